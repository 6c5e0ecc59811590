"""Exchange rates: the ECB's reference rates for everyone, and a company's own."""

from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class ExchangeRate(models.Model):
    """`rate` units of `currency` for one unit of `base_currency` on a date, as the ECB quotes them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True, related_name="exchange_rates")
    base_currency = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    rate_date = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "base_currency", "currency", "rate_date"],
                name="exchange_rate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        )

    def __str__(self) -> str:
        return f"{self.rate} {self.currency} per {self.base_currency} on {self.rate_date}"
