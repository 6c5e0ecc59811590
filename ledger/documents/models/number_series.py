"""The numbers of a company's documents: one row per kind of document, and per year where the number shows it."""

from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class NumberSeries(models.Model):
    """`INV-` and 1001 make INV-1001; with the year, INV-2026-0001. The row is the lock that keeps it gapless."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="number_series", db_index=False)
    document_type = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField(default=0, help_text="0: the series runs on from year to year.")
    prefix = models.CharField(max_length=20, blank=True)
    padding = models.PositiveSmallIntegerField(default=4)
    next_number = models.PositiveBigIntegerField(default=1001)
    issued = models.PositiveBigIntegerField(default=0, help_text="How many numbers it has given out.")
    shows_year = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "number series"
        constraints = (
            models.UniqueConstraint(fields=["company", "document_type", "year"], name="number_series_once"),
            models.CheckConstraint(condition=Q(padding__lte=12, next_number__gte=1), name="number_series_sane"),
        )

    def __str__(self) -> str:
        return self.formatted(self.next_number)

    def formatted(self, number: int) -> str:
        year = f"{self.year}-" if self.year else ""
        return f"{self.prefix}{year}{number:0{self.padding}d}"
