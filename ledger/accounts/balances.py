"""Balances. Whole months come from the monthly totals, the rest from the lines, so that the
cost grows with accounts and months and not with lines (L7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from django.db import connection

from backfill.tenancy.models import Company
from ledger.journal.resolving import EARLIEST, LATEST
from ledger.models import Account, AccountType
from ledger.periods.calendar import fiscal_year_end, fiscal_year_of, year_start_of

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
_CLOSING = (
    "SELECT l.account_id, -greatest(l.amount, 0), -greatest(-l.amount, 0) FROM ledger_journalentry e "
    "JOIN ledger_journalline l ON l.company_id = e.company_id AND l.entry_id = e.id "
    "WHERE e.company_id = %s AND e.kind = 'closing' AND e.status <> 'draft' AND e.entry_date BETWEEN %s AND %s"
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


class TypedAccount(Protocol):
    """An account, or what a report knows of one."""

    @property
    def id(self) -> UUID: ...
    @property
    def type(self) -> str: ...


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
    return _summed(_parts(company_id, start, end, account_ids))


def earnings(*, company_id: UUID, start: date, end: date) -> dict[UUID, Balance]:
    """Return `movements` without those of closing entries, which earn nothing: for statements of what was earned.

    One statement, whatever the range.
    """
    closing: _Part = (_CLOSING, [company_id, bounded(start), bounded(end)])
    return _summed([*_parts(company_id, start, end, None), closing])


def standing_balances(*, company: Company, accounts: Iterable["TypedAccount"], on: date) -> dict[UUID, Balance]:
    """Return what accounts stand at on the end of a day, by the rule for every list of accounts: revenue and expense
    accounts count from the start of the day's fiscal year, all others from the first entry. One statement."""
    counted: dict[bool, list[UUID]] = {True: [], False: []}
    for account in accounts:
        counted[AccountType(account.type).is_on_balance_sheet].append(account.id)
    year_start = year_start_of(company, on)
    parts = _parts(company.id, None, on, counted[True]) if counted[True] else []
    parts += _parts(company.id, year_start, on, counted[False]) if counted[False] else []
    return _summed(parts)


def standing_balance(*, account: Account, on: date | None) -> Balance:
    """Return what one account stands at by the same rule; None means everything posted, of a revenue or expense
    account everything in the fiscal year of today."""
    company = account.company
    if on is None and AccountType(account.type).is_on_balance_sheet:
        return account_balance(account=account)
    if on is None:
        year = fiscal_year_of(company.today(), start_month=company.fiscal_year_start_month)
        on = fiscal_year_end(year, start_month=company.fiscal_year_start_month)
    return standing_balances(company=company, accounts=[account], on=on).get(account.id, Balance())


_Part: TypeAlias = tuple[str, list[Any]]


def _parts(company_id: UUID, start: date | None, end: date | None, account_ids: Sequence[UUID] | None) -> list[_Part]:
    months, edges = _split(bounded(start), bounded(end))
    some = [] if account_ids is None else [list(account_ids)]
    parts: list[_Part] = []
    if months is not None:
        parts.append((_MONTHS + (" AND account_id = ANY(%s)" if some else ""), [company_id, *months, *some]))
    for edge in edges:
        facts = [edge.sign, edge.sign, edge.first, edge.last, company_id, *some]
        parts.append((_EDGE + (" AND a.id = ANY(%s)" if some else ""), facts))
    return parts


def _summed(parts: Sequence[_Part]) -> dict[UUID, Balance]:
    if not parts:
        return {}
    sql = (
        "SELECT account_id, sum(debit), sum(credit) FROM "  # noqa: S608 - only literals above
        f"({' UNION ALL '.join(sql for sql, _ in parts)}) AS t (account_id, debit, credit) "
        "GROUP BY account_id HAVING sum(debit) <> 0 OR sum(credit) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _, params in parts for param in params])
        return {account_id: Balance(debit, credit) for account_id, debit, credit in cursor.fetchall()}


def account_balance(*, account: Account, on: date | None = None) -> Balance:
    """Return one account's balance up to `on`, inclusive; None means everything posted."""
    found = balances_as_of(company_id=account.company_id, on=on, account_ids=[account.id])
    return found.get(account.id, Balance())


def bounded(day: date | None) -> date | None:
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
