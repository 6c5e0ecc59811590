"""Balances and account sheets. Whole months come from the monthly totals, the rest from the lines, so that the
cost grows with accounts and months and not with lines (L7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from ledger.models import Account, JournalLine
from ledger.resolving import EARLIEST, LATEST

ZERO = Decimal(0)
_HALF_MONTH = 15
_MONTHS = (
    "SELECT account_id, debit, credit FROM ledger_accounttotal WHERE company_id = %s AND month >= %s AND month < %s"
)
# The lateral join walks the account sheet's index once per account instead of scanning the month.
_EDGE = (
    "SELECT a.id, %s * greatest(l.amount, 0), %s * greatest(-l.amount, 0) FROM ledger_account a CROSS JOIN LATERAL ("
    "SELECT amount FROM ledger_journalline WHERE company_id = a.company_id AND account_id = a.id "
    "AND entry_date BETWEEN %s AND %s) l WHERE a.company_id = %s"
)


@dataclass(frozen=True, slots=True)
class Balance:
    """Debits and credits in base currency, both positive sums."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Debits less credits: positive means a debit balance."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class SheetPosition:
    """Where an account sheet page ended; the next page starts after it."""

    entry_date: date
    journal_number: int
    line_number: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of an account sheet. `running_balance` is debits less credits up to and including the line."""

    line: JournalLine
    running_balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """A page of an account's movements with the balances around it, all debits less credits in base currency.

    `opening_balance` is the balance before the first row, `closing_balance` the one at the end of the whole
    range, and `next_position` is None on the last page.
    """

    account: Account
    opening_balance: Decimal
    rows: list[SheetRow]
    closing_balance: Decimal
    next_position: SheetPosition | None


def balances_as_of(
    *, company_id: UUID, on: date | None, account_ids: Sequence[UUID] | None = None
) -> dict[UUID, Balance]:
    """Return the balance of every account with movements up to `on`, inclusive; None means everything posted."""
    return movements(company_id=company_id, start=None, end=on, account_ids=account_ids)


def movements(
    *, company_id: UUID, start: date | None, end: date | None, account_ids: Sequence[UUID] | None = None
) -> dict[UUID, Balance]:
    """Return debits and credits per account between two dates, both inclusive; None leaves a side open.

    One statement, whatever the range.
    """
    months, edges = _split(_bounded(start), _bounded(end))
    some = [] if account_ids is None else [list(account_ids)]
    parts: list[str] = []
    params: list[Any] = []
    if months is not None:
        parts.append(_MONTHS + (" AND account_id = ANY(%s)" if some else ""))
        params += [company_id, *months, *some]
    for edge in edges:
        parts.append(_EDGE + (" AND a.id = ANY(%s)" if some else ""))
        params += [edge.sign, edge.sign, edge.first, edge.last, company_id, *some]
    if not parts:
        return {}
    sql = (
        "SELECT account_id, sum(debit), sum(credit) FROM "  # noqa: S608 - only literals above
        f"({' UNION ALL '.join(parts)}) AS t (account_id, debit, credit) "
        "GROUP BY account_id HAVING sum(debit) <> 0 OR sum(credit) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {account_id: Balance(debit, credit) for account_id, debit, credit in cursor.fetchall()}


def account_balance(*, account: Account, on: date | None = None) -> Balance:
    """Return one account's balance up to `on`, inclusive; None means everything posted."""
    found = balances_as_of(company_id=account.company_id, on=on, account_ids=[account.id])
    return found.get(account.id, Balance())


def account_sheet(
    *, account: Account, start: date | None, end: date | None, limit: int, after: SheetPosition | None = None
) -> AccountSheet:
    """Return one page of an account's lines between two inclusive dates, by date and then journal number.

    A page costs three statements, however far back it lies.
    """
    start, end = _bounded(start), _bounded(end)
    lines = JournalLine.objects.filter(company_id=account.company_id, account=account).select_related("entry")
    if start:
        lines = lines.filter(entry_date__gte=start)
    if end:
        lines = lines.filter(entry_date__lte=end)
    page = list(_after(lines, after).order_by("entry_date", "journal_number", "line_number")[: limit + 1])
    has_more, page = len(page) > limit, page[:limit]
    opening = _opening_balance(account, start, page[0] if page else None)
    rows, balance = [], opening
    for line in page:
        balance += line.amount
        rows.append(SheetRow(line, balance))
    last = page[-1] if page else None
    return AccountSheet(
        account=account,
        opening_balance=opening,
        rows=rows,
        closing_balance=account_balance(account=account, on=end).net,
        next_position=SheetPosition(last.entry_date, last.journal_number, last.line_number)
        if has_more and last
        else None,
    )


def _after(lines: QuerySet[JournalLine], position: SheetPosition | None) -> QuerySet[JournalLine]:
    if position is None:
        return lines
    day, number, line_number = position.entry_date, position.journal_number, position.line_number
    # The first condition alone lets PostgreSQL start in the index where the last page ended.
    return lines.filter(entry_date__gte=day).filter(
        Q(entry_date__gt=day) | Q(journal_number__gt=number) | Q(journal_number=number, line_number__gt=line_number)
    )


def _opening_balance(account: Account, start: date | None, first: JournalLine | None) -> Decimal:
    """Return the balance before `first`, or before `start` when the page is empty."""
    if first is None:
        return account_balance(account=account, on=start - timedelta(days=1)).net if start else ZERO
    before_month = first.entry_date.replace(day=1) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(debit - credit), 0) FROM ledger_accounttotal "
            "WHERE company_id = %s AND account_id = %s AND month <= %s) + "
            "(SELECT coalesce(sum(amount), 0) FROM ledger_journalline WHERE company_id = %s AND account_id = %s "
            "AND entry_date >= %s AND (entry_date, journal_number, line_number) < (%s, %s, %s))",
            [
                account.company_id,
                account.id,
                before_month,
                account.company_id,
                account.id,
                first.entry_date.replace(day=1),
                first.entry_date,
                first.journal_number,
                first.line_number,
            ],
        )
        return Decimal(cursor.fetchone()[0])


def _bounded(day: date | None) -> date | None:
    """Return `day`, or the nearest one that has a day before and a day after it in every calendar; nothing is
    posted beyond."""
    return day and min(max(day, EARLIEST - timedelta(days=1)), LATEST + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _Edge:
    """Days that the whole months lack (sign 1) or have too many of (sign -1), both dates inclusive."""

    first: date
    last: date
    sign: int


def _split(start: date | None, end: date | None) -> tuple[tuple[date, date] | None, list[_Edge]]:
    """Split an inclusive range into whole months (first month, month after the last) and edges of days.

    Of a month that lies partly in the range, the edge is the smaller part, which is then added or taken away. So the
    balance of today reads few lines early in the month, and few late in it, where hardly any are posted ahead.
    """
    if start is not None and end is not None:
        if start > end:
            return None, []
        is_whole_month = start.day == 1 and end == _last_of_month(end)
        if _last_of_month(start) == _last_of_month(end) and not is_whole_month:
            return None, [_Edge(start, end, 1)]
    first_month, edges = (date.min, []) if start is None else _from(start)
    month_after, more = (date.max, []) if end is None else _up_to(end)
    return (first_month, month_after), [*edges, *more]


def _from(start: date) -> tuple[date, list[_Edge]]:
    if start.day > _HALF_MONTH:
        last = _last_of_month(start)
        return last + timedelta(days=1), [_Edge(start, last, 1)]
    first = start.replace(day=1)
    return first, [_Edge(first, start - timedelta(days=1), -1)] if start > first else []


def _up_to(end: date) -> tuple[date, list[_Edge]]:
    if end.day <= _HALF_MONTH:
        first = end.replace(day=1)
        return first, [_Edge(first, end, 1)]
    last = _last_of_month(end)
    return last + timedelta(days=1), [_Edge(end + timedelta(days=1), last, -1)] if end < last else []


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
