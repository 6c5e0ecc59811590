"""Files that belong to a record: scans, delivery notes, contracts."""

from django.db import models

from backfill.files.models import StoredFile
from backfill.ids import uuid7
from backfill.tenancy.models import Company


class Attachment(models.Model):
    """The subject is named as in the activity trail, so that every kind of record can have files."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)
        constraints = (models.UniqueConstraint(fields=["company", "subject_id", "document"], name="attachment_once"),)

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"
