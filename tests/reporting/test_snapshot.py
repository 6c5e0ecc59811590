"""A report shows one moment, whatever is posted while it is drawn up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from backfill.tenancy.models import Company
from reporting import balance_sheet as module
from reporting.balance_sheet import balance_sheet
from tests.factories import make_company
from tests.reporting.books import book


@pytest.mark.django_db(transaction=True)
def test_sees_no_entry_posted_between_its_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    company = make_company()
    book(company, "2025-06-01", ("1000", "100"), ("4000", "-100"))
    _after(monkeypatch, "unclosed_results", lambda: _elsewhere(company))
    report = balance_sheet(company, as_of=date(2026, 12, 31), compare_as_of=date(2026, 11, 30))
    assert report.assets.total.current == report.assets.total.comparison == 100
    assert report.difference.is_zero
    assert balance_sheet(company, as_of=date(2026, 12, 31)).assets.total.current > 100


def _after(monkeypatch: pytest.MonkeyPatch, name: str, step: Callable[[], None]) -> None:
    """Let `step` happen after each call of a function the report reads with."""
    original: Callable[..., Any] = getattr(module, name)

    def followed(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        step()
        return result

    monkeypatch.setattr(module, name, followed)


def _elsewhere(company: Company) -> None:
    """Post in another connection, and commit."""

    def work() -> None:
        try:
            book(company, "2025-07-01", ("1000", "7"), ("4000", "-7"))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
