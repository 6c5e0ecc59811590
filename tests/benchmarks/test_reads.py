"""Reports and account sheets as the journal grows, against a plain SUM … GROUP BY over its lines.

`BENCH_LINES=10000000 make bench` goes up to ten million lines, which takes five minutes and 8 GB of disk.
"""

import os
from collections.abc import Callable
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from backfill.tenancy.models import Company
from backfill.workspace.list_pages import list_page
from ledger.accounts.balances import SheetPosition, account_balance, account_sheet
from ledger.models import Account, JournalEntry
from ledger.pages.journal import filtered_entries
from reporting.balance_sheet import balance_sheet
from reporting.trial_balance import trial_balance
from tests.benchmarks.filling import fill_journal
from tests.benchmarks.harness import milliseconds, seconds, table, times

SIZES = [size for size in (100_000, 1_000_000, 10_000_000) if size <= int(os.environ.get("BENCH_LINES", "1000000"))]
MONTH_END, MID_MONTH = date(2025, 11, 30), date(2025, 11, 15)
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def plain_sum(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, sum(amount) FROM ledger_journalline WHERE company_id = %s GROUP BY account_id",
            [company.id],
        )
        cursor.fetchall()


def reads(company: Company) -> dict[str, Callable[[], object]]:
    """The reads of the product; the busy account is on every tenth line, the quiet one on every seventieth."""
    busy, quiet = Account.objects.filter(company=company).order_by("code")[0:31:30]
    deep = SheetPosition(date(2025, 6, 20), 1, 1)
    middle = str(JournalEntry.objects.filter(company=company).count() // 100)  # of pages of fifty
    return {
        "trial balance, month end": lambda: trial_balance(company, as_of=MONTH_END),
        "trial balance, mid-month": lambda: trial_balance(company, as_of=MID_MONTH),
        "balance sheet, month end": lambda: balance_sheet(company, as_of=MONTH_END),
        "balance sheet, mid-month": lambda: balance_sheet(company, as_of=MID_MONTH),
        "balance of the busy account": lambda: account_balance(account=busy, on=MONTH_END),
        "balance of a quiet account": lambda: account_balance(account=quiet, on=MONTH_END),
        "sheet of the busy account, first page": lambda: sheet(busy, None),
        "sheet of the busy account, deep page": lambda: sheet(busy, deep),
        "sheet of a quiet account, deep page": lambda: sheet(quiet, deep),
        "journal, first page": lambda: list_page(entries(company), "1"),
        "journal, far down": lambda: list_page(entries(company), middle),
        "journal, one document number": lambda: list_page(entries(company, q="INV-12345"), "1"),
    }


def entries(company: Company, **wanted: str) -> QuerySet[JournalEntry]:
    return filtered_entries(company, wanted)


def sheet(account: Account, after: SheetPosition | None) -> object:
    return account_sheet(account=account, start=YEAR[0], end=YEAR[1], limit=50, after=after)


def measured(company: Company) -> tuple[float, dict[str, float]]:
    plain = seconds({"plain": lambda: plain_sum(company)}, rounds=3)["plain"]
    return plain, seconds(reads(company), rounds=9)


def test_reads_as_the_journal_grows(books: Company) -> None:
    plain: list[float] = []
    found: list[dict[str, float]] = []
    for size in SIZES:
        fill_journal(books, lines=size)
        sum_of_lines, taken = measured(books)
        plain.append(sum_of_lines)
        found.append(taken)
    head = ("milliseconds", *(f"{size:,} lines" for size in SIZES), "SUM … = 1")
    rows = [("SUM … GROUP BY over the lines", *map(milliseconds, plain), "1")]
    rows += [
        (name, *(milliseconds(taken[name]) for taken in found), times(found[-1][name] / plain[-1])) for name in found[0]
    ]
    table("Reading the books", head, rows)
    compare_row_security(books, found[-1])


def compare_row_security(company: Company, unrestricted: dict[str, float]) -> None:
    """The same on a connection that has named its company, as every request does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('backfill.company_id', %s, false)", [str(company.id)])
    try:
        named = seconds(reads(company), rounds=9)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('backfill.company_id', '', false)")
    table(
        f"The same at {SIZES[-1]:,} lines, held to one company by row-level security",
        ("milliseconds", "any company", "company named"),
        [(name, milliseconds(unrestricted[name]), milliseconds(named[name])) for name in named],
    )
