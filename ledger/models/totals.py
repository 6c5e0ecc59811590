"""Monthly totals per account, kept by a trigger in the transaction that writes the lines (L7)."""

from django.db import models

from backfill.tenancy.models import Company
from ledger.models.account import Account


class AccountTotal(models.Model):
    """Debits and credits of one account in one calendar month, per currency of the entries.

    All four amounts are positive; `debit` and `credit` are in base currency.
    """

    pk = models.CompositePrimaryKey("company_id", "account_id", "month", "currency")
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="totals", db_constraint=False, db_index=False
    )
    month = models.DateField(help_text="First day of the calendar month.")
    currency = models.CharField(max_length=3)
    debit = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    credit = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    currency_debit = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    currency_credit = models.DecimalField(max_digits=24, decimal_places=4, default=0)

    class Meta:
        indexes = (models.Index(fields=["company", "month"], name="total_by_month"),)

    def __str__(self) -> str:
        return f"{self.month}: {self.debit} / {self.credit}"
