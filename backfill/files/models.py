"""Uploaded files, addressed by content and never changed or deleted (GoBD)."""

from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class StoredFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="documents")
    sha256 = models.CharField(max_length=64)
    mime_type = models.CharField(max_length=100)
    original_name = models.CharField(max_length=255)
    size = models.PositiveIntegerField(help_text="Bytes.")
    storage_name = models.CharField(max_length=255)
    uploaded_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "id"], name="document_company_id"),
            models.UniqueConstraint(fields=["company", "sha256"], name="document_content_once"),
        )

    def __str__(self) -> str:
        return self.original_name
