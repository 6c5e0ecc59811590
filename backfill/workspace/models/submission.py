"""Forms that were submitted and had an effect: one row per form as it was shown and content as it was sent."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class FormSubmission(models.Model):
    """Written in the transaction of the effect, so neither exists without the other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    request_id = models.UUIDField(help_text="Made when the form was shown.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of path, fields and files.")
    location = models.TextField(blank=True, help_text="The page that followed; empty where the answer was the page.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["company", "request_id", "digest"], name="form_submission_once"),
        )

    def __str__(self) -> str:
        return str(self.request_id)
