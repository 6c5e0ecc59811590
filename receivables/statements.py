"""A customer's account as the customer sees it: what was charged, paid and credited, with the balance carried along.

In the documents' own currency, one currency at a time, because that is what the customer owes. Dates are posting
dates, so that a statement in base currency ties to the ledger.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection

from receivables.models import Customer

ZERO: Final = Decimal(0)
MovementKind = Literal["invoice", "payment", "credit_memo", "refund_receipt", "settlement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line. `amount` raises what the customer owes when above zero; `balance` is what it owed after it.

    `is_void` marks the taking back of an earlier line. A `settlement` was posted in the journal; its number is that of
    the entry.
    """

    on: date
    kind: MovementKind
    document_id: UUID
    document_number: str
    due_date: date | None
    amount: Decimal
    balance: Decimal
    is_void: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerStatement:
    """`opening` is the balance before `start`, `closing` the one at the end of `end`, both days included in between.

    `currencies` are all in which the customer had movements up to `end`: each has a statement of its own.
    """

    customer: Customer
    currency: str
    start: date
    end: date
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    currencies: tuple[str, ...]


_TABLES: Final = (
    # kind, table, sign, due date
    ("invoice", "invoice", "", "due_date"),
    ("payment", "payment", "-", "NULL::date"),
    ("credit_memo", "creditmemo", "-", "NULL::date"),
    ("refund_receipt", "refundreceipt", "", "NULL::date"),
)
_DOCUMENT: Final = """
SELECT {day}, '{kind}', id, document_number, {due}, currency, {sign}total_amount, {void}, created_at
FROM receivables_{table} WHERE company_id = %(company)s AND customer_id = %(customer)s AND posted_at IS NOT NULL
    AND {day} <= %(end)s {more}
"""
_SETTLED: Final = """
SELECT a.{day}, 'settlement', a.settlement_entry_id,
    e.fiscal_year || '-' || lpad(e.sequence::text, greatest(6, length(e.sequence::text)), '0'), NULL::date, i.currency,
    {sign}a.amount, {void}, a.created_at
FROM receivables_allocation a JOIN ledger_journalentry e ON e.id = a.settlement_entry_id
    JOIN receivables_invoice i ON i.id = a.invoice_id
WHERE a.company_id = %(company)s AND a.customer_id = %(customer)s AND a.{day} <= %(end)s
"""
_STATEMENT: Final = """
WITH movements (day, kind, id, number, due, currency, amount, is_void, created_at) AS ({movements})
SELECT NULL::date, '', NULL::uuid, '', NULL::date, currency, coalesce(sum(amount) FILTER (WHERE day < %(start)s), 0),
    false, NULL::timestamptz
FROM movements GROUP BY currency
UNION ALL
SELECT * FROM movements WHERE day >= %(start)s AND currency = %(currency)s
ORDER BY 1 NULLS FIRST, 8, 9, 4
"""


def customer_statement(customer: Customer, *, start: date, end: date, currency: str = "") -> CustomerStatement:
    """Return the movements of a customer from `start` to `end`. One statement.

    `currency` is by default the customer's own, else the company's.
    """
    chosen = currency or customer.currency or customer.company.base_currency
    sql = _STATEMENT.format(movements=" UNION ALL ".join(_movements()))
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "company": customer.company_id,
                "customer": customer.id,
                "start": start,
                "end": end,
                "currency": chosen,
            },
        )
        rows = cursor.fetchall()
    openings = {row[5]: row[6] for row in rows if row[0] is None}
    opening = openings.get(chosen, ZERO)
    movements = _carried(opening, [row for row in rows if row[0] is not None])
    return CustomerStatement(
        customer=customer,
        currency=chosen,
        start=start,
        end=end,
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


def _movements() -> list[str]:
    """Return the SELECTs of everything that moves a customer's account, and of its taking back."""
    selects = []
    for kind, table, sign, due in _TABLES:
        more = "AND (payment_id IS NOT NULL OR credit_memo_id IS NOT NULL)" if kind == "refund_receipt" else ""
        shared = {"kind": kind, "table": table, "due": due, "more": more}
        posted = "coalesce(effective_date, document_date)"
        back = "" if sign else "-"
        selects.append(_DOCUMENT.format(**shared, day=posted, sign=sign, void="false"))
        selects.append(_DOCUMENT.format(**shared, day="voided_on", sign=back, void="true"))
    selects.append(_SETTLED.format(day="applied_on", sign="-", void="false"))
    selects.append(_SETTLED.format(day="undone_on", sign="", void="true"))
    return selects
