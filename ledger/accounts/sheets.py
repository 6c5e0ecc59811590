"""Account sheets: the lines of one account between two days, a page at a time, with the running balance.

Revenue and expense accounts count from the start of a fiscal year, as in every list of accounts; all others from the
first entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from ledger.accounts.balances import ZERO, bounded, standing_balance
from ledger.accounts.openings import OpeningLine, opening_lines
from ledger.models import Account, AccountType, JournalLine
from ledger.periods.calendar import year_start_of


@dataclass(frozen=True, slots=True)
class SheetPosition:
    """Where an account sheet page ended; the next page starts after it."""

    entry_date: date
    journal_number: int
    line_number: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of an account sheet. `running_balance` is debits less credits up to and including the line; of revenue
    and expense accounts since the start of the line's fiscal year."""

    line: JournalLine
    running_balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """A page of an account's movements with the balances around it, all debits less credits in base currency.

    `opening_balance` is the balance before the first row, `closing_balance` the one at the end of the whole
    range, and `next_position` is None on the last page. Of a range that begins with a fiscal year, the lines of
    opening entries on that day are no rows but part of the opening balance; `opened_by` are those entries.
    """

    account: Account
    opening_balance: Decimal
    rows: list[SheetRow]
    closing_balance: Decimal
    next_position: SheetPosition | None
    opened_by: tuple[OpeningLine, ...] = ()


def account_sheet(
    *, account: Account, start: date | None, end: date | None, limit: int, after: SheetPosition | None = None
) -> AccountSheet:
    """Return one page of an account's lines between two inclusive dates, by date and then journal number.

    A page costs three statements, however far back it lies, and one more where the range begins with a fiscal year.
    """
    start, end = bounded(start), bounded(end)
    opened_by = _opened_by(account, start)
    lines = JournalLine.objects.filter(company_id=account.company_id, account=account).select_related("entry")
    lines = lines.exclude(entry__in={one.entry_id for one in opened_by}) if opened_by else lines
    if start:
        lines = lines.filter(entry_date__gte=start)
    if end:
        lines = lines.filter(entry_date__lte=end)
    page = list(_after(lines, after).order_by("entry_date", "journal_number", "line_number")[: limit + 1])
    has_more, page = len(page) > limit, page[:limit]
    carried = _carried(account, page[0], opened_by) if page else ZERO
    opening = carried
    if start and not after and not (page and counts_from(account, start) == counts_from(account, page[0].entry_date)):
        # Nothing is carried to a row of this fiscal year, but the balance at the start of the range is still told.
        opening = balance_before(account, start) + sum((one.amount for one in opened_by), ZERO)
    last = page[-1] if page else None
    return AccountSheet(
        account=account,
        opening_balance=opening,
        rows=[SheetRow(line, balance) for line, balance in running(account, page, carried)],
        closing_balance=standing_balance(account=account, on=end).net,
        next_position=SheetPosition(last.entry_date, last.journal_number, last.line_number)
        if has_more and last
        else None,
        opened_by=opened_by,
    )


def running(account: Account, lines: Iterable[JournalLine], carried: Decimal) -> Iterator[tuple[JournalLine, Decimal]]:
    """Yield each line with the account's balance after it; `carried` is the one before the first."""
    balance, since = carried, None
    for line in lines:
        year_start = counts_from(account, line.entry_date)
        balance = ZERO if since is not None and year_start != since else balance
        balance, since = balance + line.amount, year_start
        yield line, balance


def counts_from(account: Account, day: date) -> date | None:
    """Return the day from which the account's balance of a day counts; None means its first entry."""
    if AccountType(account.type).is_on_balance_sheet:
        return None
    return year_start_of(account.company, day)


def balance_before(account: Account, day: date) -> Decimal:
    """Return debits less credits before a day, of revenue and expense accounts those of the day's fiscal year."""
    if counts_from(account, day) == day:
        return ZERO
    return standing_balance(account=account, on=day - timedelta(days=1)).net


def _opened_by(account: Account, start: date | None) -> tuple[OpeningLine, ...]:
    if start is None or counts_from(account, start) or year_start_of(account.company, start) != start:
        return ()
    return tuple(opening_lines(company_id=account.company_id, day=start, account_id=account.id))


def _after(lines: QuerySet[JournalLine], position: SheetPosition | None) -> QuerySet[JournalLine]:
    if position is None:
        return lines
    day, number, line_number = position.entry_date, position.journal_number, position.line_number
    # The first condition alone lets PostgreSQL start in the index where the last page ended.
    return lines.filter(entry_date__gte=day).filter(
        Q(entry_date__gt=day) | Q(journal_number__gt=number) | Q(journal_number=number, line_number__gt=line_number)
    )


def _carried(account: Account, first: JournalLine, opened_by: Sequence[OpeningLine]) -> Decimal:
    """Return the balance before `first`, opening lines included wherever they stand."""
    month, since = first.entry_date.replace(day=1), counts_from(account, first.entry_date) or date.min
    place = (first.entry_date, first.journal_number, first.line_number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(debit - credit), 0) FROM ledger_accounttotal "
            "WHERE company_id = %s AND account_id = %s AND month >= %s AND month < %s) + "
            "(SELECT coalesce(sum(amount), 0) FROM ledger_journalline WHERE company_id = %s AND account_id = %s "
            "AND entry_date >= %s AND (entry_date, journal_number, line_number) < (%s, %s, %s))",
            [account.company_id, account.id, since, month, account.company_id, account.id, month, *place],
        )
        before = Decimal(cursor.fetchone()[0])
    return before + sum((one.amount for one in opened_by if one.place > place), ZERO)
