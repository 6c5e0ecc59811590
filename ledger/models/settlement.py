"""Which posted entry settles which: an open receivable or payable, and the entry that paid part of it."""

from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models.account import Account
from ledger.models.entry import JournalEntry


class Settlement(models.Model):
    """An amount of the open item that `open_entry` made on `open_account`, settled by `settlement_entry`.

    `document_amount` is in the open entry's currency, `base_amount` in base currency at the open entry's rate; both are
    positive. An undone settlement stays, with the date on which it was undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    open_entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="settlements")
    open_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    settlement_entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="settles")
    document_amount = models.DecimalField(max_digits=20, decimal_places=4)
    base_amount = models.DecimalField(max_digits=20, decimal_places=4)
    settled_on = models.DateField()
    undone_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="settlement_company_id"),
            models.CheckConstraint(condition=Q(document_amount__gt=0, base_amount__gte=0), name="settlement_positive"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=models.F("settled_on")),
                name="settlement_undone_after_done",
            ),
            models.CheckConstraint(
                condition=~Q(open_entry=models.F("settlement_entry")), name="settlement_of_another_entry"
            ),
        )
        indexes = (
            models.Index(
                fields=["company", "open_entry", "open_account"],
                condition=Q(undone_on__isnull=True),
                name="settlement_active",
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_amount} on {self.settled_on}"
