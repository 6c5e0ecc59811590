"""Open items of the journal: what a posted entry left open on a receivable or payable account, and what settles it.

Documents are not needed for it: a booking made by hand has an open item too. Apps that keep documents over such
entries hear of every settlement through `ledger.registry` and keep their own figures in step.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum, Value
from django.db.models.functions import Greatest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger import registry
from ledger.activities import record_activity
from ledger.documents.errors import OverAllocated
from ledger.errors import EntryNotFound, EntryNotPosted
from ledger.models import EntryStatus, JournalEntry, JournalLine, Settlement
from ledger.money import part_of_base, quantize

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is left of an open item: in its entry's currency and in base currency. A receivable is positive, a payable
    negative, as on the account. What has been settled so far is positive for both."""

    currency: str
    amount: Decimal
    base_amount: Decimal
    settled_amount: Decimal = ZERO
    settled_base: Decimal = ZERO


@transaction.atomic
def settle_entry(
    *,
    company_id: UUID,
    open_entry_id: UUID,
    open_account_id: UUID,
    settlement_entry: JournalEntry,
    amount: Decimal,
    actor: Actor,
) -> Settlement:
    """Record that a posted entry settles `amount` (positive, the open entry's currency) of an open item.

    The settlement entry must relieve the account at the open entry's rate; `open_item_of` tells the base amount.
    Raises EntryNotFound, EntryNotPosted, OverAllocated, ValidationFailed for an entry that would settle itself.
    """
    if settlement_entry.id == open_entry_id:
        raise ValidationFailed(f"entry {settlement_entry.entry_number} does not settle itself", field="amount")
    registry.lock_owners(company_id, open_entry_id)
    entry = _locked(company_id, open_entry_id)
    item = open_item_of(entry, open_account_id)
    left = abs(item.amount)
    if not 0 < amount <= left:
        raise OverAllocated(
            f"entry {entry.entry_number} has {quantize(left, item.currency)} {item.currency} open; "
            f"{amount} cannot be settled",
            field="amount",
            open_amount=str(left),
        )
    settlement = Settlement.objects.create(
        company_id=company_id,
        open_entry=entry,
        open_account_id=open_account_id,
        settlement_entry=settlement_entry,
        document_amount=amount,
        base_amount=base_part(item, amount, entry),
        settled_on=settlement_entry.entry_date,
    )
    _record(settlement, "settled", actor)
    for hook in registry.entry_settled:
        hook(settlement, actor)
    return settlement


@transaction.atomic
def undo_settlements(*, company_id: UUID, settlement_entry_id: UUID, on: date, actor: Actor) -> list[Settlement]:
    """Open again what an entry settled. Safe to repeat. The entry itself is reversed by whoever calls."""
    rows = Settlement.objects.select_for_update().filter(company_id=company_id, undone_on=None)
    return _undone(list(rows.filter(settlement_entry_id=settlement_entry_id).order_by("id")), on, actor)


def open_item_of(entry: JournalEntry, account_id: UUID) -> OpenItem:
    """Return what is left of the item that `entry` opened on an account."""
    lines = JournalLine.objects.filter(entry=entry, account_id=account_id)
    opened = lines.aggregate(stated=Sum("currency_amount"), base=Sum("amount"))
    active = Settlement.objects.filter(open_entry=entry, open_account_id=account_id, undone_on=None)
    settled = active.aggregate(stated=Sum("document_amount"), base=Sum("base_amount"))
    amount, base = opened["stated"] or ZERO, opened["base"] or ZERO
    sign = -1 if amount < 0 or base < 0 else 1
    settled_amount, settled_base = settled["stated"] or ZERO, settled["base"] or ZERO
    return OpenItem(
        entry.currency, amount - sign * settled_amount, base - sign * settled_base, settled_amount, settled_base
    )


def base_part(item: OpenItem, amount: Decimal, entry: JournalEntry) -> Decimal:
    """Return what `amount` of an open item is worth at its entry's rate; the last part takes what is left."""
    return part_of_base(
        settled=item.settled_amount,
        settled_base=item.settled_base,
        amount=amount,
        rate=entry.exchange_rate,
        left=abs(item.base_amount),
        is_last=amount == abs(item.amount),
        base_currency=entry.company.base_currency,
    )


def undo_of_reversed(original: JournalEntry, reversal: JournalEntry, actor: Actor) -> list[registry.Consequence]:
    """Follow a reversal in the journal: what the entry settled is open again, what settled it settles nothing. Returns
    the other entries."""
    rows = Settlement.objects.select_for_update().filter(company_id=original.company_id, undone_on=None)
    involved = rows.filter(settlement_entry=original) | rows.filter(open_entry=original)
    rows = involved.select_related("open_entry", "settlement_entry").order_by("id")
    undone = _undone(list(rows), reversal.entry_date, actor)
    others = (row.settlement_entry if row.open_entry_id == original.id else row.open_entry for row in undone)
    return [
        registry.Consequence(object="journal_entry", id=other.id, number=other.entry_number, change="unsettled")
        for other in others
    ]


def settlement_links(entry: JournalEntry) -> registry.SettlementLinks:
    """Return what an entry settles and what settles it."""
    rows = Settlement.objects.filter(company_id=entry.company_id, undone_on=None)
    return registry.SettlementLinks(
        settles=tuple(rows.filter(settlement_entry=entry).values_list("open_entry_id", flat=True)),
        settled_by=tuple(rows.filter(open_entry=entry).values_list("settlement_entry_id", flat=True)),
    )


def _undone(rows: Collection[Settlement], on: date, actor: Actor) -> list[Settlement]:
    """Undo settlements on a day; what was settled later is undone on its own day: it never counted."""
    Settlement.objects.filter(id__in=[row.id for row in rows]).update(undone_on=Greatest(Value(on), F("settled_on")))
    for row in rows:
        row.undone_on = max(on, row.settled_on)
        _record(row, "unsettled", actor)
        for hook in registry.settlement_undone:
            hook(row, actor)
    return list(rows)


def _locked(company_id: UUID, entry_id: UUID) -> JournalEntry:
    rows = JournalEntry.objects.select_for_update(of=("self",)).select_related("company")
    entry = rows.filter(company_id=company_id, id=entry_id).first()
    if entry is None:
        raise EntryNotFound(f"journal entry {entry_id} does not exist")
    if entry.status != EntryStatus.POSTED:
        raise EntryNotPosted(f"journal entry {entry.entry_number} is {entry.status}; nothing of it can be settled")
    return entry


def _record(settlement: Settlement, verb: str, actor: Actor) -> None:
    record_activity(
        company_id=settlement.company_id,
        subject_type="journal_entry",
        subject_id=settlement.open_entry_id,
        verb=verb,
        actor=actor,
        settlement_entry_id=str(settlement.settlement_entry_id),
        amount=str(settlement.document_amount),
    )
