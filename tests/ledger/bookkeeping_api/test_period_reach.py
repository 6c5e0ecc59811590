"""A period that is mistyped by years is no period to close: nothing is locked, and the list stays short."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from ledger.models import Period
from tests.factories import make_company
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("period", ["2199-12", "9999-12", "2027-01", "1026-01", "2015-12"])
def test_soft_locks_nothing_beyond_the_years_of_the_company(books: BookkeepingClient, period: str) -> None:
    with time_machine.travel(datetime(2026, 3, 17, 9, tzinfo=UTC), tick=False):
        response = books.post(f"periods/{period}/soft-lock")
        opened = books.post(f"periods/{period}/reopen")
    body = response.json()
    assert (response.status_code, body["errors"][0]["field"]) == (400, "period"), body
    assert "close periods" in body["message"]
    assert opened.status_code == 400
    assert not Period.objects.exists()


@pytest.mark.parametrize("period", ["2016-01", "2026-03", "2026-12"])
def test_soft_locks_within_them(books: BookkeepingClient, period: str) -> None:
    with time_machine.travel(datetime(2026, 3, 17, 9, tzinfo=UTC), tick=False):
        assert books.post(f"periods/{period}/soft-lock").status_code == 200


def test_follows_the_fiscal_year(books_client: Any) -> None:
    books = books_client(make_company(chart="skr04", currency="EUR", country="DE", fiscal_year_start_month=7))
    with time_machine.travel(datetime(2026, 3, 17, 9, tzinfo=UTC), tick=False):
        assert books.post("periods/2026-06/soft-lock").status_code == 200
        assert books.post("periods/2026-07/soft-lock").status_code == 400


def test_locks_nothing_before_them_for_good(books: BookkeepingClient) -> None:
    with time_machine.travel(datetime(2026, 3, 17, 9, tzinfo=UTC), tick=False):
        response = books.post("periods/1900-01/lock")
        assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "period")
        ahead = books.post("periods/2199-12/lock")
    assert (ahead.status_code, ahead.json()["errors"][0]["field"]) == (409, "period")
    assert not Period.objects.exists()
