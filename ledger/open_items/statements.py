"""A party's account as it sees it: what was charged, paid and credited, with the balance carried along.

In the items' own currency, one currency at a time, because that is what is owed. Dates are posting dates, so that a
statement in base currency ties to the ledger.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from ledger.open_items.sides import Side

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line. `amount` raises what is owed when above zero; `balance` is what was owed after it.

    `is_void` marks the taking back of an earlier line. A `settlement` was posted in the journal, and so was an `entry`,
    which raises what is owed; their number is that of the entry.
    """

    on: date
    kind: str
    document_id: UUID
    document_number: str
    due_date: date | None
    amount: Decimal
    balance: Decimal
    is_void: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStatement:
    """`opening` is the balance before `start`, `closing` the one at the end of `end`, both days included in between.

    `currencies` are all in which the party had movements up to `end`.
    """

    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    currencies: tuple[str, ...]


# An item that turned out to be a document's, or to settle something, is in the place of the one that it was: that one
# is closed by its own entry and never counted.
_STATEMENT: Final = """
WITH own AS (
    SELECT i.opened_on, i.closed_on, coalesce(i.document_id, i.entry_id) AS id, i.number, i.currency,
        i.amount * %(sign)s AS amount, i.created_at,
        CASE WHEN i.document_id IS NOT NULL THEN i.kind WHEN i.amount * %(sign)s < 0 THEN 'settlement' ELSE 'entry'
            END AS kind,
        (SELECT d.due_date FROM {due_table} d WHERE d.company_id = i.company_id AND d.id = i.document_id) AS due
    FROM open_items_openitem i WHERE i.company_id = %(company)s AND i.side = %(side)s AND i.party_id = %(party)s
        AND i.opened_on <= %(end)s AND i.closing_entry_id IS DISTINCT FROM i.entry_id
), movements (day, kind, id, number, due, currency, amount, is_void, created_at) AS (
    SELECT opened_on, kind, id, number, due, currency, amount, false, created_at FROM own
    UNION ALL SELECT closed_on, kind, id, number, due, currency, -amount, true, created_at FROM own
        WHERE closed_on <= %(end)s
)
SELECT NULL::date, '', NULL::uuid, '', NULL::date, currency, coalesce(sum(amount) FILTER (WHERE day < %(start)s), 0),
    false, NULL::timestamptz
FROM movements GROUP BY currency
UNION ALL
SELECT * FROM movements WHERE day >= %(start)s AND currency = %(currency)s
ORDER BY 1 NULLS FIRST, 8, 9, 4
"""


def party_statement(
    *, company_id: UUID, side: Side, party_id: UUID, start: date, end: date, currency: str
) -> PartyStatement:
    """Return the movements of a party from `start` to `end` in a currency. One statement."""
    facts: dict[str, Any] = {"company": company_id, "side": side.name, "sign": side.sign, "party": party_id}
    with connection.cursor() as cursor:
        sql = _STATEMENT.format(due_table=side.due_table)
        cursor.execute(sql, {**facts, "start": start, "end": end, "currency": currency})
        rows = cursor.fetchall()
    openings = {row[5]: row[6] for row in rows if row[0] is None}
    opening = openings.get(currency, ZERO)
    movements = _carried(opening, [row for row in rows if row[0] is not None])
    return PartyStatement(
        opening=opening,
        closing=movements[-1].balance if movements else opening,
        movements=movements,
        currencies=tuple(sorted(openings)),
    )


def _carried(opening: Decimal, rows: list[tuple[Any, ...]]) -> tuple[Movement, ...]:
    movements, balance = [], opening
    for day, kind, key, number, due, _, amount, is_void, _ in rows:
        balance += amount
        movements.append(
            Movement(
                on=day,
                kind=kind,
                document_id=key,
                document_number=number,
                due_date=due,
                amount=amount,
                balance=balance,
                is_void=is_void,
            )
        )
    return tuple(movements)
