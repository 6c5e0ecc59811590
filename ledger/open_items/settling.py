"""Writing what settles what, and undoing it. Whoever calls holds the parties' locks and is in a transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q

from backfill.database.prepared import prepared_cursor
from backfill.ids import uuid7
from backfill.tenancy.actors import Actor
from ledger.open_items.differences import Cause, Moves, post_differences
from ledger.open_items.drafts import AllocationRequest, ItemDraft
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.opening import open_items
from ledger.open_items.planning import Explain, PlannedAllocation, Settlement, locked_items, plan_settlement

ZERO: Final = Decimal(0)
_COLUMNS: Final = (
    "company_id, id, debit_item_id, credit_item_id, amount, base_debit, base_credit, applied_on, allocated_at, "
    "allocated_by, entry_id"
)
_INSERT: Final = f"""
INSERT INTO open_items_allocation ({_COLUMNS}, created_at)
SELECT {_COLUMNS}, clock_timestamp() FROM json_populate_recordset(NULL::open_items_allocation, %s)
"""  # noqa: S608 - columns of ours
_END: Final = """
UPDATE open_items_allocation a SET undone_on = greatest(%s, a.applied_on), undoing_entry_id = t.entry_id,
    undone_by = %s, undone_at = clock_timestamp()
FROM unnest(%s::uuid[], %s::uuid[]) AS t (id, entry_id) WHERE a.company_id = %s AND a.id = t.id
"""


def record_settlement(plan: Settlement, *, actor: Actor, entry_id: UUID | None = None) -> list[Allocation]:
    """Open the item of a source that an entry has posted, post the exchange differences of other days and insert the
    allocations."""
    source = plan.source
    held: dict[tuple[UUID, date], UUID] = {}
    if isinstance(source, ItemDraft):
        if entry_id is None:
            raise ValueError("an item that is about to open has an entry")
        source.entry_id = entry_id
        open_items([source])
    if not plan.planned:
        return []
    later = _later(plan)
    cause = Cause(company_id=source.company_id, side=source.side, number=source.number, party_id=source.party_id)
    entries = {key: one.id for key, one in post_differences(later, cause, undoes=False, actor=actor).items()}
    if isinstance(source, ItemDraft) and entry_id is not None and source.account_id is not None:
        held[source.account_id, source.opened_on] = entry_id
    return insert_allocations(source.company_id, plan.planned, {**entries, **held}, actor=actor)


def allocate(
    source: OpenItem,
    requests: Sequence[AllocationRequest],
    *,
    on: date,
    actor: Actor,
    explain: Explain | None = None,
) -> list[Allocation]:
    """Plan and record what an open item settles. Raises what `plan_settlement` raises."""
    return record_settlement(plan_settlement(source, requests, on=on, explain=explain), actor=actor)


def unapply(allocations: Sequence[Allocation], *, on: date, actor: Actor, cause: Cause) -> None:
    """End active allocations on `on`, those that count only later on their own first day, and take back their exchange
    differences. Safe to repeat. In part: unapply, then allocate the rest on the same day."""
    if not allocations:
        return
    company_id = allocations[0].company_id
    keys = {key for row in allocations for key in (row.debit_item_id, row.credit_item_id)}
    accounts = {item.id: item.account_id for item in locked_items(company_id, Q(id__in=keys))}
    active = Allocation.objects.filter(company_id=company_id, id__in=[row.id for row in allocations], undone_on=None)
    end(list(active), on=on, actor=actor, cause=cause, accounts=accounts, moves={})


def end(
    rows: Sequence[Allocation],
    *,
    on: date,
    actor: Actor,
    cause: Cause,
    accounts: dict[UUID, UUID],
    moves: Moves,
) -> None:
    """End allocations on `on`, whatever day they end on now, and post what their exchange differences move, with what
    `moves` names besides. The items are locked; `accounts` tells their accounts."""
    for row in rows:
        account, difference = accounts[row.debit_item_id], row.base_credit - row.base_debit
        move(moves, account, max(on, row.applied_on), -difference)
        if row.undone_on is not None:
            move(moves, account, row.undone_on, difference)
    entries = post_differences(moves, cause, undoes=True, actor=actor)
    if not rows:
        return
    undoing = [entries.get((accounts[row.debit_item_id], max(on, row.applied_on))) for row in rows]
    with connection.cursor() as cursor:
        keys, held = [row.id for row in rows], [one.id if one else None for one in undoing]
        cursor.execute(_END, [on, actor.label, keys, held, rows[0].company_id])


def move(moves: Moves, account: UUID, day: date, amount: Decimal) -> None:
    """Add to what a control account is moved by on a day."""
    moves[account, day] = moves.get((account, day), ZERO) + amount


def _later(plan: Settlement) -> Moves:
    moves: Moves = {}
    own = plan.source.opened_on if isinstance(plan.source, ItemDraft) else None
    for row in plan.planned:
        if row.applied_on != own:
            account = row.debit.account_id or row.credit.account_id
            if account is None:
                raise RuntimeError("one side of an allocation is posted, and so has an account")
            move(moves, account, row.applied_on, row.difference)
    return moves


def insert_allocations(
    company_id: UUID, planned: Iterable[PlannedAllocation], entries: Mapping[tuple[UUID, date], UUID], *, actor: Actor
) -> list[Allocation]:
    """Insert planned allocations; `entries` tells by account and day what holds their exchange differences."""
    made = [
        Allocation(
            id=uuid7(),
            company_id=company_id,
            debit_item_id=row.debit.id,
            credit_item_id=row.credit.id,
            amount=row.amount,
            base_debit=row.base_debit,
            base_credit=row.base_credit,
            applied_on=row.applied_on,
            allocated_at=row.allocated_at,
            allocated_by=actor.label,
            entry_id=_held(row, entries) if row.difference else None,
        )
        for row in planned
    ]
    names = _COLUMNS.split(", ")
    records = [{name: getattr(row, name) for name in names} for row in made]
    with prepared_cursor() as cursor:
        cursor.execute(_INSERT, [orjson.dumps(records, default=_text).decode()])
    return made


def _held(row: PlannedAllocation, entries: Mapping[tuple[UUID, date], UUID]) -> UUID | None:
    account = row.debit.account_id or row.credit.account_id
    return entries.get((account, row.applied_on)) if account else None


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is not a value of a column")
