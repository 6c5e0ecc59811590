"""Open items, what settles them, and what moved each control account on each day.

Amounts of an item are signed as on its account, debit positive. What is open of it is kept by triggers, as are the days
of the control accounts. The tables' own primary key is (company_id, id): relations name both.
"""

from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import F, Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from backfill.words import noun_of
from ledger.models import Account, ControlSide, JournalEntry

ENTRY_KIND: Final = "entry"
"""The kind of an item without a document."""


def _amount() -> "models.DecimalField[Decimal | int, Decimal]":
    return models.DecimalField(max_digits=20, decimal_places=4, default=Decimal(0))


def _reference(to: type[models.Model], *, null: bool = False, help_text: str = "") -> "models.ForeignKey[Any, Any]":
    """A key within the company: the migration makes it of both columns, and the indexes that are used."""
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text=help_text,
    )


class OpenItem(models.Model):
    """What one entry put on one control account for one party.

    It counts from `opened_on` and, where its entry was reversed, up to the day before `closed_on`. `base` is in base
    currency; `embedded` is the exchange difference that the entry's line on the account holds beside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    side = models.CharField(max_length=10, choices=ControlSide.choices)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="The control account it is on.",
    )
    party_id = models.UUIDField(null=True, blank=True, help_text="Customer or vendor; null until it is known.")
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="open_items",
        db_index=False,
        db_constraint=False,
        help_text="What opened it.",
    )
    closing_entry = _reference(JournalEntry, null=True)
    kind = models.CharField(max_length=30, default=ENTRY_KIND, help_text="The type of its document, else entry.")
    document_id = models.UUIDField(null=True, blank=True)
    number = models.CharField(max_length=100, help_text="The document's, else the entry's.")
    document_date = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(
        max_digits=24, decimal_places=12, null=True, blank=True, help_text="Base units per unit; null: base / amount."
    )
    amount = _amount()
    base = _amount()
    embedded = _amount()
    open_amount = _amount()
    open_base = _amount()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    undone_until = models.DateField(
        null=True, blank=True, help_text="The last day on which an allocation ended that had counted."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(base=0) | Q(amount__gt=0, base__gt=0) | Q(amount__lt=0, base__lt=0),
                name="open_item_amount",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, open_amount__gte=0, open_amount__lte=F("amount"))
                | Q(amount__lt=0, open_amount__lte=0, open_amount__gte=F("amount")),
                name="open_item_open_amount",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, open_base__gte=0, open_base__lte=F("base"))
                | Q(amount__lt=0, open_base__lte=0, open_base__gte=F("base")),
                name="open_item_open_base",
            ),
            models.CheckConstraint(
                condition=~Q(open_amount=0) | Q(open_base=0), name="open_item_settled_leaves_nothing"
            ),
            models.CheckConstraint(
                condition=~Q(open_amount=F("amount")) | Q(open_base=F("base")), name="open_item_untouched_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closing_entry__isnull=True)
                | Q(closed_on__gte=F("opened_on"), closing_entry__isnull=False, open_amount=0),
                name="open_item_closed",
            ),
            models.UniqueConstraint(
                fields=["company", "document_id"],
                condition=Q(document_id__isnull=False, closed_on__isnull=True),
                name="open_item_of_document",
            ),
        )
        indexes = (
            models.Index(fields=["company", "entry"], name="open_item_of_entry"),
            models.Index(fields=["company", "party_id", "opened_on"], name="open_item_of_party"),
            # All that ageing reads, so that it needs no look at the table.
            models.Index(
                fields=["company", "side", "party_id", "due_on"],
                include=["opened_on", "open_amount", "open_base", "amount"],
                condition=~Q(open_amount=0),
                name="open_item_open",
            ),
            models.Index(
                fields=["company", "closed_on"], condition=Q(closed_on__isnull=False), name="open_item_closed_by_day"
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def noun(self) -> str:
        return noun_of(self.kind)


class Allocation(models.Model):
    """An amount of a debit item settled by a credit item, in their currency.

    `base_debit` and `base_credit` are the amount at either item's own rate; `difference` is what the control account
    needs beside both items, a realised exchange gain above zero and a loss below. It counts from `applied_on` up to
    the day before `undone_on`; where both are the same day, it never counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debit_item_id = models.UUIDField()
    credit_item_id = models.UUIDField()
    debit_item = models.ForeignObject(
        OpenItem,
        on_delete=models.DO_NOTHING,
        from_fields=("company", "debit_item_id"),
        to_fields=("company", "id"),
        related_name="debit_allocations",
    )
    credit_item = models.ForeignObject(
        OpenItem,
        on_delete=models.DO_NOTHING,
        from_fields=("company", "credit_item_id"),
        to_fields=("company", "id"),
        related_name="credit_allocations",
    )
    amount = _amount()
    base_debit = _amount()
    base_credit = _amount()
    difference = models.GeneratedField(
        expression=F("base_credit") - F("base_debit"),
        output_field=models.DecimalField(max_digits=20, decimal_places=4),
        db_persist=True,
    )
    applied_on = models.DateField()
    undone_on = models.DateField(null=True, blank=True)
    allocated_at = models.DateTimeField(null=True, blank=True, help_text="The instant the sender stated.")
    allocated_by = models.CharField(max_length=254, blank=True, default="", db_default="")
    undone_by = models.CharField(max_length=254, blank=True, default="", db_default="")
    undone_at = models.DateTimeField(null=True, blank=True)
    entry = _reference(JournalEntry, null=True, help_text="Holds the difference; null where there is none.")
    undoing_entry = _reference(JournalEntry, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, base_debit__gte=0, base_credit__gte=0), name="open_allocation_positive"
            ),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=F("applied_on")),
                name="open_allocation_undone_after_done",
            ),
        )
        indexes = (
            models.Index(fields=["company", "debit_item_id"], name="open_allocation_of_debit"),
            models.Index(fields=["company", "credit_item_id"], name="open_allocation_of_credit"),
            # Reports as of an earlier day read what happened since.
            models.Index(
                fields=["company", "applied_on"], condition=Q(undone_on__isnull=True), name="open_allocation_by_day"
            ),
            models.Index(
                fields=["company", "undone_on"], condition=Q(undone_on__isnull=False), name="open_allocation_undone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} on {self.applied_on}"

    @property
    def is_active(self) -> bool:
        return self.undone_on is None


class ControlDay(models.Model):
    """What the journal and the open items moved on a control account on a day. Only triggers write it."""

    pk = models.CompositePrimaryKey("company_id", "account_id", "day")
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    journal = models.DecimalField(max_digits=24, decimal_places=4, default=Decimal(0), db_default=Decimal(0))
    items = models.DecimalField(max_digits=24, decimal_places=4, default=Decimal(0), db_default=Decimal(0))

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}"
