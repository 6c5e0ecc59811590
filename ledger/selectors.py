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
    parts: list[str] = []
    params: list[Any] = []
    if months is not None:
        parts.append(
            "SELECT account_id, debit, credit FROM ledger_accounttotal "
            "WHERE company_id = %s AND month >= %s AND month < %s"
        )
        params += [company_id, *months]
        if account_ids is not None:
            parts[-1] += " AND account_id = ANY(%s)"
            params.append(list(account_ids))
    for first, last in edges:
        # The lateral join walks the account sheet's index once per account instead of scanning the month.
        parts.append(
            "SELECT a.id, greatest(l.amount, 0), greatest(-l.amount, 0) FROM ledger_account a CROSS JOIN LATERAL ("
            "SELECT amount FROM ledger_journalline WHERE company_id = a.company_id AND account_id = a.id "
            "AND entry_date BETWEEN %s AND %s) l WHERE a.company_id = %s"
        )
        params += [first, last, company_id]
        if account_ids is not None:
            parts[-1] += " AND a.id = ANY(%s)"
            params.append(list(account_ids))
    if not parts:
        return {}
    sql = f"SELECT account_id, sum(debit), sum(credit) FROM ({' UNION ALL '.join(parts)}) AS t (account_id, debit, credit) GROUP BY account_id"  # noqa: S608, E501 - only literals above
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


def _split(start: date | None, end: date | None) -> tuple[tuple[date, date] | None, list[tuple[date, date]]]:
    """Split an inclusive range into whole months (first month, month after the last) and edges of days."""
    first_month = date.min if start is None else (start if start.day == 1 else _next_month(start))
    day_after = date.max if end is None else end + timedelta(days=1)
    month_after = day_after.replace(day=1) if end is not None else date.max
    if first_month < month_after:
        edges = []
        if start is not None and start < first_month:
            edges.append((start, first_month - timedelta(days=1)))
        if end is not None and month_after <= end:
            edges.append((month_after, end))
        return (first_month, month_after), edges
    if start is not None and end is not None and start <= end:
        return None, [(start, end)]
    return None, []


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
