"""Answers kept for retries: one row per company and Idempotency-Key."""

from datetime import timedelta
from typing import Final

from django.db import models
from django.utils import timezone

from backfill.ids import uuid7
from backfill.tenancy.models import Company

KEPT_FOR: Final = timedelta(hours=24)


class IdempotencyRecord(models.Model):
    """The answer to a request that had an effect, written in the transaction of that effect."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "key"], name="idempotency_key_once"),)

    def __str__(self) -> str:
        return self.key

    @property
    def is_expired(self) -> bool:
        return self.created_at <= timezone.now() - KEPT_FOR
