"""The activity trail: who did what to which record, when. Append-only."""

from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class Activity(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=40, help_text="journal_entry, period, invoice, …")
    subject_id = models.UUIDField()
    verb = models.CharField(max_length=40, help_text="posted, reversed, reopened, voided, …")
    detail = models.JSONField(default=dict, blank=True)
    actor = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "activities"
        indexes = (models.Index(fields=["company", "subject_type", "subject_id", "-at"], name="activity_by_subject"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type}"
