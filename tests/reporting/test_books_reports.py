"""GET /v1/reports?type= and GET /v1/reports/monthly-revenue-expenses of the Bookkeeping contract."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.posting import reverse
from tests.factories import make_company
from tests.reporting.books import book

ClientFor = Callable[..., Client]
Row = dict[str, Any]


@pytest.fixture
def client(german: Company, client_for: ClientFor) -> Client:
    return client_for(german, contract="books", scopes=("auswertungen:read",))


def report(client: Client, **query: str) -> dict[str, Row]:
    answer = client.get("/v1/reports", {"startDate": "2026-01-01", "endDate": "2026-12-31", **query})
    assert answer.status_code == 200, answer.content
    rows = answer.json()
    assert isinstance(rows, list)
    return {row["number"]: row for row in rows}


def sides(rows: dict[str, Row]) -> tuple[float, float]:
    """Assets, and liabilities with equity."""
    assets = sum(row["balance"] for row in rows.values() if row["type"] == "asset")
    return assets, sum(row["balance"] for row in rows.values() if row["type"] in {"liability", "equity"})


def test_lists_revenue_and_expense_accounts_in_natural_sign(client: Client) -> None:
    rows = report(client, type="guv")
    assert set(rows) == {"4400", "5400"}
    assert rows["4400"] == {
        "number": "4400",
        "name": "Erlöse 19 % USt",
        "type": "revenue",
        "category": rows["4400"]["category"],
        "report_group": "revenue",
        "debit_total": 0,
        "credit_total": 1000,
        "balance": 1000,
    }
    assert rows["5400"]["balance"] == 500


def test_lists_every_account_debit_less_credit_in_the_trial_balance(client: Client) -> None:
    rows = report(client, type="susa")
    assert rows["4400"]["balance"] == -1000
    assert rows["1200"]["balance"] == 1190
    assert sum(row["debit_total"] for row in rows.values()) == sum(row["credit_total"] for row in rows.values())


def test_takes_trial_balance_as_another_name_of_susa(client: Client) -> None:
    assert report(client, type="trial_balance") == report(client, type="susa")


def test_balances_the_balance_sheet_with_a_profit(client: Client) -> None:
    rows = report(client, type="bilanz")
    assert sides(rows) == (26_285, 26_285)
    assert rows[""] == {
        "number": "",
        "name": "Periodenergebnis",
        "type": "equity",
        "category": None,
        "report_group": "period_result",
        "debit_total": 500,
        "credit_total": 1000,
        "balance": 500,
    }


def test_balances_the_balance_sheet_with_a_loss(client: Client, german: Company) -> None:
    book(german, "2026-06-01", ("6310", "2000"), ("1800", "-2000"))
    rows = report(client, type="bilanz")
    assert sides(rows) == (24_285, 24_285)
    assert rows[""]["balance"] == -1500


def test_balances_over_years_that_were_never_closed(client: Client, german: Company) -> None:
    book(german, "2024-06-01", ("1800", "70"), ("4400", "-70"))
    rows = report(client, type="bilanz")
    assert rows[""]["balance"] == 570
    assert sides(rows) == (26_355, 26_355)


def test_adds_no_result_where_there_is_none(client_for: ClientFor, db: None) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE")
    book(company, "2026-01-02", ("1200", "100"), ("0800", "-100"))
    assert set(report(client_for(company, contract="books"), type="bilanz")) == {"1200", "0800"}


def test_leaves_the_carry_forward_accounts_out_of_the_balance_sheet(client: Client, german: Company) -> None:
    book(german, "2026-01-01", ("0650", "300"), ("9000", "-300"))
    book(german, "2026-01-01", ("9000", "300"), ("3300", "-300"))
    rows = report(client, type="bilanz")
    assert "9000" not in rows
    assert sides(rows) == (26_585, 26_585)
    assert report(client, type="susa")["9000"]["balance"] == 0


def test_nets_a_reversed_intent_to_zero(client: Client, german: Company) -> None:
    entry = book(german, "2026-03-01", ("6310", "12.34"), ("1800", "-12.34"))
    reverse(entry, on=entry.entry_date, reason="wrong account", actor=system_actor())
    row = report(client, type="guv")["6310"]
    assert (row["debit_total"], row["credit_total"], row["balance"]) == (12.34, 12.34, 0)


def test_counts_only_the_range_but_the_balance_sheet_everything_before_its_end(client: Client) -> None:
    rows = report(client, type="guv", startDate="2026-02-11")
    assert set(rows) == {"5400"}
    assert report(client, type="bilanz", startDate="2026-02-11", endDate="2026-02-10")["1800"]["balance"] == 25_000


@time_machine.travel("2026-02-15T12:00:00Z", tick=False)
def test_covers_the_fiscal_year_up_to_today_unless_told_otherwise(client: Client, german: Company) -> None:
    book(german, "2025-12-31", ("6310", "5"), ("1800", "-5"))
    rows = client.get("/v1/reports", {"type": "guv"}).json()
    assert [row["number"] for row in rows] == ["4400"]


def test_answers_amounts_as_json_numbers(client: Client) -> None:
    raw = client.get("/v1/reports", {"type": "susa", "startDate": "2026-01-01", "endDate": "2026-12-31"}).content
    assert b'"balance":-1000.00' in raw
    assert all(isinstance(row["balance"], int | float) for row in orjson.loads(raw))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "type"),
        ({"type": "cash_flow"}, "type"),
        ({"type": "susa", "startDate": "2026-02-30"}, "startDate"),
        ({"type": "susa", "startDate": "2026-02-02", "endDate": "2026-02-01"}, "startDate"),
    ],
)
def test_refuses_what_it_does_not_understand_with_400(client: Client, query: dict[str, str], field: str) -> None:
    answer = client.get("/v1/reports", query)
    assert answer.status_code == 400
    assert answer.json()["code"] == "INVALID_INPUT"
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/v1/reports?type=susa", "/v1/reports/monthly-revenue-expenses"])
def test_needs_the_scope_to_read_reports(german: Company, client_for: ClientFor, path: str) -> None:
    assert Client().get(path).status_code == 401
    assert client_for(german, contract="books", scopes=("journal:read",)).get(path).status_code == 403


def test_shows_nothing_of_another_company(german: Company, client_for: ClientFor) -> None:
    other = client_for(make_company(), contract="books")
    assert report(other, type="susa") == {}
    months = other.get("/v1/reports/monthly-revenue-expenses").json()
    assert all(month["revenue"] == month["expenses"] == 0 for month in months)


def test_costs_a_fixed_number_of_statements(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    report(client, type="susa")
    for kind in ("guv", "bilanz", "susa"):
        with django_assert_num_queries(5):
            report(client, type=kind)
    with django_assert_num_queries(4):
        client.get("/v1/reports/monthly-revenue-expenses")


@time_machine.travel("2026-03-31T23:30:00Z", tick=False)
def test_shows_twelve_months_up_to_the_companys_current_one(client: Client) -> None:
    months = client.get("/v1/reports/monthly-revenue-expenses").json()
    assert [months[0]["month"], months[-1]["month"], len(months)] == ["2025-05", "2026-04", 12]
    assert months[9] == {"month": "2026-02", "revenue": 1000, "expenses": 500, "result": 500}


def test_shows_twelve_zeros_on_an_empty_ledger(client_for: ClientFor, db: None) -> None:
    months = client_for(make_company(), contract="books").get("/v1/reports/monthly-revenue-expenses").json()
    assert len(months) == 12
    assert {Decimal(str(month["result"])) for month in months} == {Decimal(0)}


@time_machine.travel("2027-01-20T12:00:00Z", tick=False)
def test_counts_adjustment_periods_in_their_calendar_month(client: Client, german: Company) -> None:
    book(german, "2026-12-31", ("6310", "100"), ("1800", "-100"), adjustment_period=13)
    book(german, "2026-12-31", ("6310", "10"), ("1800", "-10"), adjustment_period=14)
    december = client.get("/v1/reports/monthly-revenue-expenses").json()[-2]
    assert december == {"month": "2026-12", "revenue": 0, "expenses": 110, "result": -110}
