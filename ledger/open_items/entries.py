"""Entries that settle: a bank line, a match group, a booking by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.currencies.money import quantize
from ledger.errors import ReferenceNotFound
from ledger.models import JournalEntry
from ledger.open_items.drafts import ItemDraft
from ledger.open_items.errors import OverAllocated
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.planning import PlannedAllocation, locked_items, read_past
from ledger.open_items.replacing import entry_item, replace_items
from ledger.open_items.settling import insert_allocations
from ledger.open_items.standing import Past, Standing

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class SettledPart:
    """An amount of an open item, positive and in its currency, that an entry settles; None: all that is open."""

    item_id: UUID
    amount: Decimal | None = None


def settle_by_entry(entry: JournalEntry, parts: Sequence[SettledPart], *, actor: Actor) -> list[Allocation]:
    """Let a posted entry settle items at their own rates: what it put on their control accounts becomes one opposite
    item for each account, party and currency, allocated at once. What is left of it stays an item without a document.

    Raises OverAllocated where less is open, or where the entry holds less than it is to settle; ReferenceNotFound.
    """
    found = locked_items(
        entry.company_id, Q(id__in=[part.item_id for part in parts]) | Q(entry_id=entry.id, document_id=None)
    )
    items = {item.id: item for item in found.filter(closed_on=None)}
    settled = _settled(entry, parts, items)
    counters = _counters(entry, settled)
    free = [
        item
        for item in items.values()
        if item.entry_id == entry.id and item.document_id is None and item.open_amount == item.amount
    ]
    replace_items(entry, _taken(entry, counters, free), counters, actor)
    planned = [
        PlannedAllocation(
            debit=standing if standing.sign > 0 else _counter_of(standing, counters),
            credit=_counter_of(standing, counters) if standing.sign > 0 else standing,
            amount=amount,
            base_debit=base,
            base_credit=base,
            applied_on=day,
        )
        for standing, amount, base, day in settled
    ]
    return insert_allocations(entry.company_id, planned, {}, actor=actor)


def _settled(
    entry: JournalEntry, parts: Sequence[SettledPart], items: dict[UUID, OpenItem]
) -> list[tuple[Standing, Decimal, Decimal, date]]:
    """Return each part with its worth and the day from which it counts."""
    standings = {key: Standing.of_item(item) for key, item in items.items()}
    read_past(entry.company_id, standings.values(), since=entry.entry_date)
    found = []
    for index, part in enumerate(parts):
        standing = standings.get(part.item_id)
        if standing is not None and items[part.item_id].entry_id == entry.id:
            raise ValidationFailed(
                _("entry {number} does not settle itself").format(number=entry.entry_number), field="amount"
            )
        if standing is None:
            raise ReferenceNotFound(
                _("open item {item_id} does not exist").format(item_id=part.item_id), field=f"parts[{index}].item_id"
            )
        amount = standing.open_amount if part.amount is None else part.amount
        if not 0 < amount <= standing.open_amount:
            left = quantize(standing.open_amount, standing.currency)
            raise OverAllocated(
                _("{noun} {number} has {left} {currency} open; {amount} cannot be settled").format(
                    noun=standing.noun, number=standing.number, left=left, currency=standing.currency, amount=amount
                ),
                field="amount",
                open_amount=str(left),
            )
        base = standing.part(amount)
        standing.settle(amount, base)
        first = max(entry.entry_date, standing.opened_on)
        day = next(one for one in sorted(standing.days(first)) if standing.fits(amount, base, one))
        if standing.past:
            standing.past.append(Past(day, None, amount, base))
        found.append((standing, amount, base, day))
    return found


def _counters(entry: JournalEntry, settled: Iterable[tuple[Standing, Decimal, Decimal, date]]) -> list[ItemDraft]:
    """Return the opposite items, one for each account, party and currency."""
    counters: dict[tuple[object, ...], ItemDraft] = {}
    for standing, amount, base, _rest in settled:
        key = (standing.account_id, standing.party_id, standing.currency, standing.sign)
        counter = counters.get(key)
        if counter is None:
            counter = counters[key] = entry_item(
                entry,
                side=standing.side,
                account_id=standing.account_id,
                party_id=standing.party_id,
                currency=standing.currency,
            )
        counter.amount -= standing.sign * amount
        counter.base -= standing.sign * base
    return list(counters.values())


def _counter_of(standing: Standing, counters: Iterable[ItemDraft]) -> Standing:
    key = (standing.account_id, standing.party_id, standing.currency)
    return next(
        Standing.of_draft(one)
        for one in counters
        if (one.account_id, one.party_id, one.currency) == key and one.amount * standing.sign < 0
    )


def _taken(entry: JournalEntry, counters: Iterable[ItemDraft], free: Sequence[OpenItem]) -> list[OpenItem]:
    """Return the entry's own items that the opposite items are made of. Raises OverAllocated where they are less."""
    taken: list[OpenItem] = []
    wanted: dict[tuple[UUID | None, bool], Decimal] = {}
    for counter in counters:
        key = (counter.account_id, counter.amount > 0)
        wanted[key] = wanted.get(key, ZERO) + abs(counter.base)
        own = [item for item in free if (item.account_id, item.amount > 0) == key]
        own.sort(key=lambda item: (item.party_id != counter.party_id, item.party_id is not None))
        for item in own:
            if _worth(taken, key) < wanted[key] and item not in taken:
                taken.append(item)
        if _worth(taken, key) < wanted[key]:
            has, needs = (quantize(one, counter.base_currency) for one in (_worth(taken, key), wanted[key]))
            raise OverAllocated(
                _(
                    "entry {number} holds {has} {base_currency} on the control account; {needs} "
                    "{base_currency} are to be settled by it"
                ).format(number=entry.entry_number, has=has, base_currency=counter.base_currency, needs=needs),
                field="amount",
                open_amount=str(has),
            )
    return taken


def _worth(items: Iterable[OpenItem], key: tuple[UUID | None, bool]) -> Decimal:
    return sum((abs(item.base) for item in items if (item.account_id, item.amount > 0) == key), ZERO)
