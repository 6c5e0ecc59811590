"""The output tax in what customers pay in advance: how each payment is taxed, and what was posted of it."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.documents.models import amount_field
from ledger.models import Account, JournalEntry
from receivables.models.payment import Payment


class AdvanceTax(models.Model):
    """How the part of a payment that pays no invoice is taxed. Decided once, on the first day on which it pays none, so
    that what is posted and what is taken back go by one rate and to the same accounts.

    `rate` is percent; 0 means that nothing is taxed, and then there are neither code nor accounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="advance_tax")
    tax_code = models.CharField(max_length=20, blank=True)
    rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    clearing_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    advance_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    vat_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="advance_tax_company_id"),
            models.CheckConstraint(
                condition=Q(rate=0, tax_code="")
                | Q(rate__gt=0)
                & ~Q(tax_code="")
                & Q(clearing_account__isnull=False, advance_account__isnull=False, vat_account__isnull=False),
                name="advance_tax_with_accounts",
            ),
        )

    def __str__(self) -> str:
        return self.tax_code or "not taxed"


class AdvanceTaxMove(models.Model):
    """What one entry posted: positive where a part of a payment became an advance payment, negative where it stopped to
    be one. Base currency; `gross` contains `tax`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    advance_tax = models.ForeignKey(AdvanceTax, on_delete=models.PROTECT, related_name="moves")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    moved_on = models.DateField()
    gross = amount_field()
    tax = amount_field()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="advance_tax_move_company_id"),
            models.CheckConstraint(condition=~Q(gross=0), name="advance_tax_move_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.tax} of {self.gross} on {self.moved_on}"
