"""Closing what an entry opened, because the entry was reversed: a document's void, or a reversal in the journal."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from backfill.tenancy.actors import Actor
from ledger.journal import registry
from ledger.models import JournalEntry
from ledger.open_items.differences import Cause, Moves
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.opening import open_lines
from ledger.open_items.planning import locked_items
from ledger.open_items.settling import end, move

_LOCK: Final = """
SELECT 1 FROM open_items_openitem WHERE company_id = %(company)s AND id IN (
    SELECT o.id FROM open_items_openitem o WHERE o.company_id = %(company)s AND o.entry_id = %(entry)s
    UNION ALL SELECT CASE a.debit_item_id WHEN o.id THEN a.credit_item_id ELSE a.debit_item_id END
    FROM open_items_openitem o JOIN open_items_allocation a ON a.company_id = o.company_id
        AND (a.debit_item_id = o.id OR a.credit_item_id = o.id)
    WHERE o.company_id = %(company)s AND o.entry_id = %(entry)s
) ORDER BY id FOR NO KEY UPDATE
"""


def close_items(original: JournalEntry, reversal: JournalEntry, actor: Actor) -> list[Allocation]:
    """End and close what the reversed entry opened, and return the allocations that counted until now.

    All that settles an item ends on the day of the reversal at the latest, also what was unapplied on a later day;
    each end carries its exchange difference along. Safe to repeat: what is closed stays so. An entry that reversed
    another opened nothing; what its own reversal puts on control accounts is opened.
    """
    on = reversal.entry_date
    own = OpenItem.objects.filter(company_id=original.company_id, entry_id=original.id, closed_on=None)
    closing = list(own.order_by("id"))
    if not closing:
        if original.reverses_entry_id is not None and not _was_opened(reversal):
            open_lines([reversal])
        return []
    keys = [item.id for item in closing]
    rows = _counting(original.company_id, keys, on)
    items = {
        item.id: item
        for item in locked_items(
            original.company_id,
            Q(id__in={*keys, *(row.debit_item_id for row in rows), *(row.credit_item_id for row in rows)}),
        )
    }
    moves: Moves = {}
    for item in closing:
        move(moves, item.account_id, on, item.embedded)
    first = closing[0]
    cause = Cause(company_id=first.company_id, side=first.side, number=first.number, party_id=first.party_id)
    active = [row for row in rows if row.undone_on is None]
    accounts = {item.id: item.account_id for item in items.values()}
    end(rows, on=on, actor=actor, cause=cause, accounts=accounts, moves=moves)
    OpenItem.objects.filter(company_id=original.company_id, id__in=keys).update(
        closed_on=on, closing_entry_id=reversal.id
    )
    return active


def lock_items(company_id: UUID, entry_id: UUID) -> None:
    """Lock the items of an entry that is about to be reversed, with what settles them, before the journal head."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"company": company_id, "entry": entry_id})


def close_reversed(original: JournalEntry, reversal: JournalEntry, actor: Actor) -> Iterator[registry.Consequence]:
    """Follow a reversal in the journal, and yield the entries without a document that settle nothing, or are not
    settled, any more."""
    rows = close_items(original, reversal, actor)
    if not rows:
        return
    keys = {key for row in rows for key in (row.debit_item_id, row.credit_item_id)}
    found = OpenItem.objects.filter(company_id=original.company_id, id__in=keys).select_related("entry")
    items = {item.id: item for item in found}
    for row in rows:
        debit, credit = items[row.debit_item_id], items[row.credit_item_id]
        other = credit if debit.entry_id == original.id else debit
        if debit.document_id is None or credit.document_id is None:
            yield registry.Consequence(
                object="journal_entry", id=other.entry_id, number=other.entry.entry_number, change="unsettled"
            )


def _counting(company_id: UUID, keys: Sequence[UUID], on: date) -> list[Allocation]:
    """Return the allocations of items that count beyond a day."""
    rows = Allocation.objects.filter(Q(debit_item_id__in=keys) | Q(credit_item_id__in=keys), company_id=company_id)
    beyond = Q(undone_on=None) | Q(undone_on__gt=on) & ~Q(undone_on=F("applied_on"))
    return list(rows.filter(beyond).order_by("created_at", "id"))


def _was_opened(reversal: JournalEntry) -> bool:
    return OpenItem.objects.filter(company_id=reversal.company_id, entry_id=reversal.id).exists()
