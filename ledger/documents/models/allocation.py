"""The columns of what settles what."""

from decimal import Decimal

from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.documents.models.amounts import amount_field
from ledger.models import JournalEntry


class AllocationRow(models.Model):
    """An amount of one document settled by another, or by an entry that was posted elsewhere.

    `base_debit` and `base_credit` are the amount at either side's own rate; their difference is the realised exchange
    gain (positive) or loss. An undone allocation stays, with the date on which it was undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    settlement_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount = amount_field()
    base_debit = amount_field()
    base_credit = amount_field()
    allocated_at = models.DateTimeField(null=True, blank=True, help_text="The instant the sender stated.")
    applied_on = models.DateField()
    undone_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.amount} on {self.applied_on}"

    @property
    def is_active(self) -> bool:
        return self.undone_on is None

    @property
    def gain(self) -> Decimal:
        """The realised exchange gain in base currency; a loss is negative."""
        return self.base_credit - self.base_debit
