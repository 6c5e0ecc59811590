"""What parties owe as of any day, by how long it is overdue, in base currency.

What was open of an item on a day is what is open of it now, with what was allocated, unapplied or closed after that day
taken back. So a report reads open items and what happened since, however long the history is. The pieces are additive:
sums are made straight from them. Allocations end by the day on which their items close, so no piece looks at another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection

from ledger.open_items.sides import Side

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """Open items by days past the due date (the document's date where none is set); `credits` is below zero."""

    current: Decimal = ZERO
    days_1_30: Decimal = ZERO
    days_31_60: Decimal = ZERO
    days_61_90: Decimal = ZERO
    over_90: Decimal = ZERO
    credits: Decimal = ZERO

    @property
    def overdue(self) -> Decimal:
        return self.days_1_30 + self.days_31_60 + self.days_61_90 + self.over_90

    @property
    def balance(self) -> Decimal:
        """What the party owes in all, less what it has to its credit."""
        return self.current + self.overdue + self.credits


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedParty:
    party_id: UUID
    name: str
    amounts: Aged


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedItem:
    """One open item on a day. `amount` is in its currency, `base_amount` in base currency; credits are below zero.

    `kind` is the type of its document, or entry.
    """

    kind: str
    document_id: UUID
    document_number: str
    document_date: date
    due_on: date
    days_overdue: int
    currency: str
    amount: Decimal
    base_amount: Decimal


BUCKETS: Final = tuple(field.name for field in fields(Aged))

_PIECES: Final = """
    SELECT {columns}, i.open_base AS base FROM open_items_openitem i
        WHERE i.company_id = %(company)s AND i.side = %(side)s AND i.open_amount <> 0 AND i.opened_on <= %(day)s
    UNION ALL
    SELECT {columns}, i.base FROM open_items_openitem i
        WHERE i.company_id = %(company)s AND i.side = %(side)s AND i.closed_on > %(day)s AND i.opened_on <= %(day)s
    UNION ALL
    SELECT {columns}, m.base FROM (
        SELECT debit_item_id AS item_id, base_debit AS base FROM open_items_allocation
            WHERE company_id = %(company)s AND undone_on IS NULL AND applied_on > %(day)s
        UNION ALL SELECT credit_item_id, -base_credit FROM open_items_allocation
            WHERE company_id = %(company)s AND undone_on IS NULL AND applied_on > %(day)s
        UNION ALL SELECT debit_item_id, -base_debit FROM open_items_allocation
            WHERE company_id = %(company)s AND undone_on > %(day)s AND applied_on <= %(day)s
        UNION ALL SELECT credit_item_id, base_credit FROM open_items_allocation
            WHERE company_id = %(company)s AND undone_on > %(day)s AND applied_on <= %(day)s
    ) m JOIN open_items_openitem i ON i.company_id = %(company)s AND i.id = m.item_id
    WHERE i.side = %(side)s AND i.opened_on <= %(day)s
"""
# An item that raises what is owed on its side has the side's sign (`above` zero); the others are credits.
_BUCKET: Final = """CASE WHEN NOT i.amount {above} 0 THEN 5 WHEN i.due_on >= %(day)s THEN 0
        WHEN i.due_on >= %(day)s::date - 30 THEN 1 WHEN i.due_on >= %(day)s::date - 60 THEN 2
        WHEN i.due_on >= %(day)s::date - 90 THEN 3 ELSE 4 END AS bucket"""
_AGEING: Final = f"""
WITH aged AS (
    SELECT party_id, {
    ", ".join(
        f"coalesce(sum(base) FILTER (WHERE bucket = {number}), 0) AS {name}" for number, name in enumerate(BUCKETS)
    )
}
    FROM ({_PIECES.format(columns="i.party_id, " + _BUCKET)}) p GROUP BY party_id
)
SELECT c.id, c.name, {", ".join(f"a.{name}" for name in BUCKETS)}
FROM aged a JOIN {{parties}} c ON c.company_id = %(company)s AND c.id = a.party_id
WHERE num_nonnulls({", ".join(f"nullif(a.{name}, 0)" for name in BUCKETS)}) > 0
ORDER BY c.name, c.id
"""  # noqa: S608 - all of it is ours
# Of one party the changes are found by its items, not by the day.
_OPEN_ITEMS: Final = """
SELECT i.kind, coalesce(i.document_id, i.entry_id), i.number, i.document_date, i.due_on,
    %(day)s::date - i.due_on, i.currency, %(sign)s * (i.amount - m.amount), %(sign)s * (i.base - m.base)
FROM open_items_openitem i CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(base), 0) AS base FROM (
        SELECT amount, base_debit AS base FROM open_items_allocation WHERE company_id = %(company)s
            AND debit_item_id = i.id AND applied_on <= %(day)s AND coalesce(undone_on > %(day)s, true)
        UNION ALL SELECT -amount, -base_credit FROM open_items_allocation WHERE company_id = %(company)s
            AND credit_item_id = i.id AND applied_on <= %(day)s AND coalesce(undone_on > %(day)s, true)
    ) a
) m
WHERE i.company_id = %(company)s AND i.side = %(side)s AND i.party_id = %(party)s AND i.opened_on <= %(day)s
    AND coalesce(i.closed_on > %(day)s, true) AND (i.amount <> m.amount OR i.base <> m.base)
ORDER BY i.due_on, i.document_date, coalesce(i.document_id, i.entry_id), i.id
"""


def aged_parties(*, company_id: UUID, side: Side, as_of: date) -> list[AgedParty]:
    """Return what every party of a side owed at the end of `as_of`, by name; amounts are above zero where they raise
    what is owed. One statement; its cost grows with the open items."""
    sql = _AGEING.format(parties=side.party_table, above=">" if side.sign > 0 else "<")
    return [
        AgedParty(party_id=party_id, name=name, amounts=_aged(amounts, side.sign))
        for party_id, name, *amounts in _rows(sql, company=company_id, side=side.name, day=as_of)
    ]


def aged_items(*, company_id: UUID, side: Side, party_id: UUID, as_of: date) -> list[AgedItem]:
    """Return what one party had open at the end of `as_of`, oldest due first. One statement."""
    names = [field.name for field in fields(AgedItem)]
    rows = _rows(_OPEN_ITEMS, company=company_id, side=side.name, sign=side.sign, party=party_id, day=as_of)
    return [AgedItem(**dict(zip(names, row, strict=True))) for row in rows]


def total(rows: Iterable[Aged]) -> Aged:
    """Return the sums of all buckets."""
    figures = list(rows)
    return Aged(**{name: sum(map(attrgetter(name), figures), ZERO) for name in BUCKETS})


def _aged(amounts: Sequence[Decimal], sign: int) -> Aged:
    current, days_1_30, days_31_60, days_61_90, over_90, credit = (
        amounts if sign > 0 else [-amount for amount in amounts]
    )
    return Aged(
        current=current,
        days_1_30=days_1_30,
        days_31_60=days_31_60,
        days_61_90=days_61_90,
        over_90=over_90,
        credits=credit,
    )


def _rows(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
