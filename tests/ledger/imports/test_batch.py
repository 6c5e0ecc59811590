"""All or nothing, once, whatever happens at the same time."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.datev import import_datev
from ledger.imports.results import ImportOptions, ImportResult
from ledger.models import JournalEntry, Period
from ledger.periods.calendar import soft_lock
from tests.factories import make_company
from tests.ledger.imports.datev_files import batch

ACTOR = system_actor()


def _company() -> Company:
    return make_company(chart="skr03", currency="EUR")


def _import(company: Company, *rows: dict[int, str], options: ImportOptions | None = None) -> ImportResult:
    return import_datev(company=company, file=batch(*rows), actor=ACTOR, options=options)


@pytest.mark.django_db
def test_what_goes_wrong_while_posting_rolls_everything_back() -> None:
    company = _company()

    def lock_after_checking(stage: str, done: int, total: int) -> None:
        if stage == "Checking" and not Period.objects.filter(company=company).exists():
            soft_lock(company=company, name="2026-01", actor=ACTOR)

    result = _import(company, {}, {10: "1601"}, options=ImportOptions(progress=lock_after_checking))
    assert [problem.reason for problem in result.problems] == [
        "period 2026-01 is soft-locked; choose a date in an open period"
    ]
    assert result.entry_ids == ()
    assert not JournalEntry.objects.filter(company=company).exists()
    assert not Period.objects.filter(company=company).exists()


@pytest.mark.django_db
def test_posts_more_than_one_chunk_in_order() -> None:
    company = _company()
    result = _import(company, *[{11: f"R-{number}"} for number in range(1_203)])
    assert result.entry_count == 1_203
    numbers = (
        JournalEntry.objects.filter(company=company).order_by("sequence").values_list("document_number", flat=True)
    )
    assert list(numbers) == [f"R-{number}" for number in range(1_203)]


@pytest.mark.django_db
def test_reports_progress_by_lines() -> None:
    told: list[tuple[str, int, int]] = []
    _import(_company(), {}, {}, options=ImportOptions(progress=lambda *report: told.append(report)))
    assert told == [("Checking", 4, 4), ("Checking", 4, 4), ("Posting", 4, 4), ("Posting", 4, 4)]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_imported_at_the_same_time_posts_once() -> None:
    company = _company()
    start, results = Barrier(4), list[ImportResult]()

    def run() -> None:
        start.wait()
        results.append(_import(company, {}, {1: "50,00"}))
        connection.close()

    _in_threads(run, 4)
    assert sorted(result.entry_count for result in results) == [0, 0, 0, 2]
    assert sorted(result.already_imported_count for result in results) == [0, 2, 2, 2]
    assert JournalEntry.objects.filter(company=company).count() == 2


def _in_threads(run: Callable[[], None], count: int) -> None:
    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
