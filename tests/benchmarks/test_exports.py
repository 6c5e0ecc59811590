"""A fiscal year as a file: how long, how many statements and how much memory it takes as the year grows."""

import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.models import Company
from reporting.balance_sheet import balance_sheet
from reporting.datev import datev_file
from reporting.exports import FileFormat, report_file
from reporting.ranges import DateRange
from reporting.report_tables import balance_sheet_table, trial_balance_table
from reporting.trial_balance import trial_balance
from tests.benchmarks import filling
from tests.benchmarks.harness import table

SIZES = (15_000, 30_000, 60_000)
YEAR = DateRange(date(2023, 1, 1), date(2023, 12, 31))
CREATED_AT = datetime(2024, 1, 5, tzinfo=UTC)


def datev(company: Company) -> int:
    lines = datev_file(company, asked=YEAR, created_at=CREATED_AT).lines
    size = 0
    for line in lines:
        size += len(line)
    return size


def as_file(report: Callable[[Company], object], file_format: FileFormat) -> Callable[[Company], int]:
    return lambda company: len(report_file(report(company), file_format).content)


EXPORTS: dict[str, Callable[[Company], int]] = {
    "DATEV batch": datev,
    "trial balance, CSV": as_file(lambda company: trial_balance_table(trial_balance(company, as_of=YEAR.end)), "csv"),
    "trial balance, XLSX": as_file(lambda company: trial_balance_table(trial_balance(company, as_of=YEAR.end)), "xlsx"),
    "balance sheet, CSV": as_file(lambda company: balance_sheet_table(balance_sheet(company, as_of=YEAR.end)), "csv"),
}


def test_exports_as_the_year_grows(books: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "DAYS", 365)
    Company.objects.filter(pk=books.pk).update(datev_consultant_number=29098, datev_client_number=55003)
    books.refresh_from_db()
    for size in SIZES:
        filling.fill_journal(books, lines=size * filling.LINES_PER_ENTRY)
        rows = [(name, *measured(partial(export, books))) for name, export in EXPORTS.items()]
        table(f"{size:,} entries in one year", ("", "seconds", "statements", "MB more at the peak", "MB written"), rows)


def measured(work: Callable[[], int]) -> tuple[str, int, str, str]:
    before = peak()
    with CaptureQueriesContext(connection) as statements:
        start = time.perf_counter()
        written = work()
        taken = time.perf_counter() - start
    return f"{taken:.2f}", len(statements), str(peak() - before), f"{written / 1e6:.1f}"


def peak() -> int:
    """Return the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
