"""What customers owe as of any day, by how long it is overdue, in base currency and debit positive.

An item's open amount on a day is what it has open now, with what was applied, unapplied or voided after that day taken
back. So a report reads open items and what happened since, however long the history is. Amounts are additive: the sums
per customer are made straight from these pieces.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection

from backfill.tenancy.models import Company

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
        """What the customer owes in all, less its unapplied payments and credit memos."""
        return self.current + self.overdue + self.credits


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedCustomer:
    customer_id: UUID
    name: str
    amounts: Aged


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Customers with anything open on `as_of`, by name. `totals` ties to the receivables control account."""

    company: Company
    as_of: date
    customers: tuple[AgedCustomer, ...]
    totals: Aged


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """One open document on a day. `amount` is in its currency, `base_amount` in base currency; credits are below zero.

    `kind` is invoice, payment, credit_memo or refund_receipt.
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

# The pieces of every kind of document: what is open now, what moved after the day, what was voided after it.
_KINDS: Final = (
    # kind, table, allocation's key, allocation's base amount, sign, when something is open now
    ("invoice", "invoice", "invoice_id", "base_debit", "", "status IN ('open', 'partially_paid')"),
    ("payment", "payment", "payment_id", "base_credit", "-", "status = 'completed' AND settled_amount < total_amount"),
    ("credit_memo", "creditmemo", "credit_memo_id", "base_credit", "-", "status IN ('open', 'partially_applied')"),
    ("refund_receipt", "refundreceipt", "refund_id", "base_debit", "", ""),  # settled by what it refunds, always
)
_DUE: Final = "coalesce(d.due_date, d.document_date)"
_POSTED: Final = "d.posted_at IS NOT NULL AND coalesce(d.effective_date, d.document_date) <= %(day)s"

_MOVED: Final = """
moved AS MATERIALIZED (
    SELECT a.invoice_id, a.payment_id, a.credit_memo_id, a.refund_id, a.amount, a.base_debit, a.base_credit, 1 AS sign
    FROM receivables_allocation a
    WHERE a.company_id = %(company)s AND {customer} AND a.undone_on IS NULL AND a.applied_on > %(day)s
    UNION ALL
    SELECT a.invoice_id, a.payment_id, a.credit_memo_id, a.refund_id, a.amount, a.base_debit, a.base_credit, -1
    FROM receivables_allocation a
    WHERE a.company_id = %(company)s AND {customer} AND a.undone_on > %(day)s AND a.applied_on <= %(day)s
)"""

_AGEING: Final = """
WITH {moved}, items (customer_id, due_on, amount, is_credit) AS ({items}), aged AS (
    SELECT customer_id,
        sum(amount) FILTER (WHERE NOT is_credit AND due_on >= %(day)s) AS current,
        sum(amount) FILTER (WHERE NOT is_credit AND %(day)s::date - due_on BETWEEN 1 AND 30) AS days_1_30,
        sum(amount) FILTER (WHERE NOT is_credit AND %(day)s::date - due_on BETWEEN 31 AND 60) AS days_31_60,
        sum(amount) FILTER (WHERE NOT is_credit AND %(day)s::date - due_on BETWEEN 61 AND 90) AS days_61_90,
        sum(amount) FILTER (WHERE NOT is_credit AND %(day)s::date - due_on > 90) AS over_90,
        sum(amount) FILTER (WHERE is_credit) AS credits
    FROM items GROUP BY customer_id
)
SELECT c.id, c.name, a.current, a.days_1_30, a.days_31_60, a.days_61_90, a.over_90, a.credits
FROM aged a JOIN receivables_customer c ON c.id = a.customer_id
WHERE num_nonnulls(nullif(a.current, 0), nullif(a.days_1_30, 0), nullif(a.days_31_60, 0), nullif(a.days_61_90, 0),
    nullif(a.over_90, 0), nullif(a.credits, 0)) > 0
ORDER BY c.name, c.id
"""

_OPEN_ITEMS: Final = """
WITH {moved}, items (kind, id, number, document_date, due_on, currency, amount, base_amount) AS ({items})
SELECT kind, id, number, document_date, due_on, %(day)s::date - due_on, currency, sum(amount), sum(base_amount)
FROM items GROUP BY kind, id, number, document_date, due_on, currency
HAVING sum(base_amount) <> 0 OR sum(amount) <> 0
ORDER BY due_on, document_date, id
"""


def ageing(company: Company, *, as_of: date) -> Ageing:
    """Return what every customer owed at the end of `as_of`. One statement; its cost grows with the open items."""
    columns = f"d.customer_id, {{due}}, {{base}}, {'{credit}'}"
    sql = _AGEING.format(moved=_MOVED.format(customer="true"), items=_items(columns, "true"))
    customers = tuple(
        AgedCustomer(customer_id=key, name=name, amounts=_aged(amounts))
        for key, name, *amounts in _rows(sql, company=company.id, day=as_of)
    )
    return Ageing(
        company=company,
        as_of=as_of,
        customers=customers,
        totals=_total(customer.amounts for customer in customers),
    )


def owed_to_customers(company: Company, *, as_of: date) -> Decimal:
    """Return, positive, what the company owed at the end of `as_of` to customers whose payments and credit memos are
    more than what they had open. One statement."""
    return -sum((min(each.amounts.balance, ZERO) for each in ageing(company, as_of=as_of).customers), ZERO) + ZERO


def open_items(*, company_id: UUID, customer_id: UUID, as_of: date) -> list[OpenItem]:
    """Return what one customer had open at the end of `as_of`, oldest due first. One statement."""
    columns = "{kind}, d.id, d.document_number, d.document_date, {due}, d.currency, {amount}, {base}"
    own = "{table}customer_id = %(customer)s"
    sql = _OPEN_ITEMS.format(
        moved=_MOVED.format(customer=own.format(table="a.")), items=_items(columns, own.format(table="d."))
    )
    names = [field.name for field in fields(OpenItem)]
    rows = _rows(sql, company=company_id, customer=customer_id, day=as_of)
    return [OpenItem(**dict(zip(names, row, strict=True))) for row in rows]


def _items(columns: str, condition: str) -> str:
    """Return the SELECTs of all pieces, `columns` filled in for each."""
    selects = []
    for kind, table, key, base, sign, is_open in _KINDS:
        named = {
            "kind": f"'{kind}'",
            "due": _DUE if table in ("invoice", "creditmemo") else "d.document_date",
            "credit": "true" if sign else "false",
        }
        own = f"d.company_id = %(company)s AND {condition} AND {_POSTED}"
        if is_open:
            now = {"amount": f"{sign}(total_amount - settled_amount)", "base": f"{sign}(base_amount - settled_base)"}
            selects.append(_select(columns, {**named, **now}, f"receivables_{table} d WHERE {own} AND {is_open}"))
        since = {"amount": f"{sign}m.sign * m.amount", "base": f"{sign}m.sign * m.{base}"}
        joined = f"moved m JOIN receivables_{table} d ON d.id = m.{key} WHERE {own}"
        alive = "(d.voided_on IS NULL OR d.voided_on > %(day)s)"
        selects.append(_select(columns, {**named, **since}, f"{joined} AND {alive}"))
        void = {"amount": f"{sign}total_amount", "base": f"{sign}base_amount"}
        later = f"receivables_{table} d WHERE {own} AND d.voided_on > %(day)s"
        if kind == "refund_receipt":
            later += " AND (d.payment_id IS NOT NULL OR d.credit_memo_id IS NOT NULL)"
        selects.append(_select(columns, {**named, **void}, later))
    return " UNION ALL ".join(selects)


def _select(columns: str, named: dict[str, str], source: str) -> str:
    return f"SELECT {columns.format(**named)} FROM {source}"  # noqa: S608 - all of it is ours


def _rows(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _aged(amounts: Iterable[Decimal | None]) -> Aged:
    return Aged(**{name: amount or ZERO for name, amount in zip(BUCKETS, amounts, strict=True)})


def _total(rows: Iterable[Aged]) -> Aged:
    figures = list(rows)
    return Aged(**{name: sum(map(attrgetter(name), figures), ZERO) for name in BUCKETS})
