"""The outcome of a proof of the books, kept so that the health page answers at once."""

from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class BooksCheck(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="books_checks")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    entry_count = models.PositiveBigIntegerField(help_text="Entries proven.")
    findings = models.JSONField(default=list, help_text="What is off; empty when the books are right.")

    class Meta:
        indexes = (models.Index(fields=["company", "-finished_at"], name="books_check_latest"),)

    def __str__(self) -> str:
        return f"{len(self.findings)} findings"

    @property
    def is_ok(self) -> bool:
        return not self.findings
