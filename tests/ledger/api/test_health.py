"""GET /v1/ledger/health."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.checks.books import check_books
from ledger.currencies.rates import store_ecb_rates
from ledger.models import BooksCheck
from tests.factories import make_entry
from tests.ledger.api.conftest import ApiClient

pytestmark = pytest.mark.django_db


def test_knows_nothing_before_the_first_proof(api: ApiClient) -> None:
    assert api.get("/v1/ledger/health").json() == {
        "status": "unknown",
        "checked_at": None,
        "entry_count": None,
        "findings": [],
    }


def test_answers_the_last_proof(api: ApiClient) -> None:
    make_entry(api.company)
    check = check_books(api.company)

    body = api.get("/v1/ledger/health").json()

    assert (body["status"], body["entry_count"], body["findings"]) == ("ok", 1, [])
    assert body["checked_at"].startswith(f"{check.finished_at:%Y-%m-%dT%H:%M:%S}")


def test_names_what_is_off(api: ApiClient) -> None:
    finding = {"invariant": "L7 totals agree", "subject": "account 1000", "message": "off by 1"}
    check = check_books(api.company)
    BooksCheck.objects.filter(pk=check.pk).update(findings=[finding])

    body = api.get("/v1/ledger/health").json()

    assert (body["status"], body["findings"]) == ("off", [finding])


def test_shows_nothing_of_another_company(api: ApiClient, api_client: Any) -> None:
    check_books(api_client().company)

    assert api.get("/v1/ledger/health").json()["status"] == "unknown"


def test_needs_the_scope_to_read_the_journal(api_client: Any, db: None) -> None:
    assert api_client(scopes=("journal:read",)).get("/v1/ledger/health").status_code == 200
    assert api_client(scopes=("bank:write",)).get("/v1/ledger/health").status_code == 403


def test_costs_the_same_statements_whatever_was_proven(api: ApiClient, django_assert_num_queries: Any) -> None:
    check_books(api.company)
    api.get("/v1/ledger/health")
    with django_assert_num_queries(4):
        api.get("/v1/ledger/health")


@pytest.mark.parametrize("is_proven", [True, False])
def test_says_when_the_reference_rates_end(api: ApiClient, is_proven: bool) -> None:
    latest = api.company.today() - timedelta(days=1)
    store_ecb_rates([("USD", latest, Decimal(1))], on_progress=lambda _count: None)
    if is_proven:
        check_books(api.company)
    command = ".venv/bin/python manage.py load_exchange_rates eurofxref-hist.zip"
    behind = {"latest": latest.isoformat(), "command": command}
    assert api.get("/v1/ledger/health").json()["exchange_rates"] == behind
    store_ecb_rates([("USD", api.company.today(), Decimal(1))], on_progress=lambda _count: None)
    assert "exchange_rates" not in api.get("/v1/ledger/health").json()
