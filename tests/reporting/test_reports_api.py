"""GET /v1/reports/trial_balance, /v1/reports/balance_sheet, /v1/reports/income_statement."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from rest_framework import serializers

from backfill.tenancy.models import Company
from reporting.api.serializers import BalanceSheetAnswer, IncomeStatementAnswer, TrialBalanceAnswer
from tests.factories import make_company

ClientFor = Callable[..., Client]
REPORTS = ("trial_balance", "balance_sheet", "income_statement")
SHAPES = {
    "trial_balance": TrialBalanceAnswer,
    "balance_sheet": BalanceSheetAnswer,
    "income_statement": IncomeStatementAnswer,
}


@pytest.fixture
def client(us: Company, client_for: ClientFor) -> Client:
    return client_for(us, scopes=("reports:read",))


def data(client: Client, report: str, **query: str) -> Any:
    answer = client.get(f"/v1/reports/{report}", query)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["object"] == report
    return body["data"]


def test_answers_a_trial_balance_that_ties(client: Client) -> None:
    report = data(client, "trial_balance", as_of_date="2026-12-31")
    assert report["is_balanced"] is True
    assert report["totals"]["debit"] == report["totals"]["credit"] == "18000.00"
    assert (report["start_date"], report["as_of_date"]) == ("2026-01-01", "2026-12-31")
    cash = report["sections"][0]["rows"][0]
    assert cash["code"] == "1000"
    assert (cash["opening_balance"], cash["period_credit"], cash["debit"], cash["credit"], cash["balance"]) == (
        "11600.00",
        "600.00",
        "11000.00",
        "0.00",
        "11000.00",
    )


def test_answers_a_balance_sheet_that_ties(client: Client) -> None:
    report = data(client, "balance_sheet", as_of_date="2026-12-31", compare_to="previous_year")
    totals = report["totals"]
    assert totals["assets"] == {"amount": "15500.00", "comparison_amount": "11600.00", "change": "3900.00"}
    assert totals["liabilities_and_equity"] == totals["assets"]
    assert totals["difference"]["amount"] == "0.00"
    assert report["compare_as_of"] == "2025-12-31"


def test_answers_an_income_statement_with_subtotals(client: Client) -> None:
    report = data(client, "income_statement", start_date="2026-01-01", end_date="2026-12-31")
    assert [(each["key"], each["amount"], each["after"]) for each in report["subtotals"]] == [
        ("gross_profit", "2500.00", "material_expense"),
        ("net_income", "1900.00", "other_opex"),
    ]
    assert [section["account_type"] for section in report["sections"]] == ["revenue", "expense", "expense"]
    assert report["totals"]["net_income"]["amount"] == "1900.00"


def test_links_every_account_to_its_entries(client: Client, us: Company) -> None:
    row = data(client, "income_statement", start_date="2026-01-01", end_date="2026-12-31")["sections"][0]["rows"][0]
    sales = us.accounts.get(code="4000")
    assert row["links"] == {
        "account": f"/v1/accounts/{sales.id}",
        "journal_entries": f"/v1/journal_entries?account_id={sales.id}&start_date=2026-01-01&end_date=2026-12-31",
    }


@time_machine.travel("2026-06-15T12:00:00Z", tick=False)
def test_reports_up_to_today_unless_told_otherwise(client: Client) -> None:
    assert data(client, "trial_balance")["as_of_date"] == "2026-06-15"
    assert data(client, "balance_sheet")["totals"]["assets"]["amount"] == "16100.00"
    statement = data(client, "income_statement")
    assert (statement["start_date"], statement["end_date"]) == ("2026-01-01", "2026-06-15")


@pytest.mark.parametrize("report", REPORTS)
def test_has_the_documented_shape(client: Client, report: str) -> None:
    answer = client.get(f"/v1/reports/{report}", {"compare_to": "previous_year"}).json()
    _same_shape(SHAPES[report](), answer, report)


def _same_shape(shape: Any, value: Any, where: str) -> None:
    if isinstance(shape, serializers.ListSerializer):
        for each in value:
            _same_shape(shape.child, each, where)
    elif isinstance(shape, serializers.Serializer) and value is not None:
        assert set(value) == set(shape.fields), where
        for name, field in shape.fields.items():
            _same_shape(field, value[name], f"{where}.{name}")


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"as_of_date": "2026-02-30", "end_date": "2026-02-30"}, None),
        ({"compare_to": "last_decade"}, "compare_to"),
        ({"format": "docx"}, "format"),
        ({"include_zero": "maybe"}, "include_zero"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_refuses_a_parameter_it_does_not_understand(
    client: Client, report: str, query: dict[str, str], field: str | None
) -> None:
    answer = client.get(f"/v1/reports/{report}", query)
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields >= ({field} if field else {"as_of_date", "end_date"})


def test_refuses_a_range_that_ends_before_it_starts(client: Client) -> None:
    answer = client.get("/v1/reports/income_statement", {"start_date": "2026-02-01", "end_date": "2026-01-01"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "start_date"


def test_refuses_a_comparison_asked_for_twice(client: Client) -> None:
    answer = client.get("/v1/reports/balance_sheet", {"compare_to": "previous_year", "compare_as_of": "2025-01-01"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "compare_as_of"


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
@pytest.mark.parametrize("compare_to", ["previous_year", "previous_period"])
def test_survives_the_first_and_last_day_there_is(client: Client, day: str, compare_to: str) -> None:
    for report in ("trial_balance", "balance_sheet"):
        data(client, report, as_of_date=day, compare_to=compare_to)
    data(client, "income_statement", start_date=day, end_date=day, compare_to=compare_to)


@pytest.mark.parametrize("report", REPORTS)
def test_needs_the_scope_to_read_reports(us: Company, client_for: ClientFor, report: str) -> None:
    assert Client().get(f"/v1/reports/{report}").status_code == 401
    refused = client_for(us, scopes=("journal:read",)).get(f"/v1/reports/{report}")
    assert refused.status_code == 403
    assert client_for(us, scopes=("finance:read",)).get(f"/v1/reports/{report}").status_code == 200


@pytest.mark.parametrize("report", REPORTS)
def test_shows_nothing_of_another_company(us: Company, client_for: ClientFor, report: str) -> None:
    other = client_for(make_company())
    assert [section["rows"] for section in data(other, report)["sections"] if section["rows"]] == []


def test_is_served_to_a_key_of_the_bookkeeping_contract(us: Company, client_for: ClientFor) -> None:
    answer = client_for(us, contract="books").get("/v1/reports/balance_sheet")
    assert answer.status_code == 200
    assert answer["Backfill-Contract"] == "backfill"


def test_answers_amounts_with_the_decimals_of_the_currency(client_for: ClientFor, db: None) -> None:
    from tests.reporting.books import book

    company = make_company(chart="ifrs", currency="JPY", country="JP")
    book(company, "2026-03-01", ("1000", "1200"), ("4000", "-1200"))
    report = data(client_for(company), "balance_sheet", as_of_date="2026-12-31")
    assert report["currency"] == "JPY"
    assert report["totals"]["assets"]["amount"] == "1200"


@pytest.mark.parametrize("report", REPORTS)
def test_downloads_csv_for_programs_and_spreadsheets(client: Client, report: str) -> None:
    answer = client.get(f"/v1/reports/{report}", {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{report}_acme-tools-inc_')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {"row", "level", "code", "name"} <= set(rows[0])
    assert rows[-1]["row"] == "total"


def test_downloads_the_same_figures_as_it_answers(client: Client) -> None:
    query = {"as_of_date": "2026-12-31"}
    file = client.get("/v1/reports/trial_balance", {**query, "format": "csv"}).content.decode("utf-8-sig")
    total = list(csv.DictReader(io.StringIO(file, newline="")))[-1]
    answered = data(client, "trial_balance", **query)["totals"]
    columns = ("opening_debit", "opening_credit", "period_debit", "period_credit", "debit", "credit")
    assert {name: total[name] for name in columns} == {name: answered[name] for name in columns}


def test_downloads_a_workbook_with_numbers(client: Client) -> None:
    answer = client.get("/v1/reports/balance_sheet", {"format": "xlsx", "as_of_date": "2026-12-31"})
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cash = next(row for row in page.iter_rows(values_only=True) if row[0] == "1000")
    assert cash[2] == 11_000


@pytest.mark.parametrize("report", REPORTS)
def test_downloads_a_pdf(client: Client, report: str) -> None:
    answer = client.get(f"/v1/reports/{report}", {"format": "pdf", "compare_to": "previous_year"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert answer.content.startswith(b"%PDF-")


def test_answers_a_file_to_who_accepts_only_that_type(client: Client) -> None:
    answer = client.get("/v1/reports/balance_sheet", {"format": "pdf"}, headers={"Accept": "application/pdf"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("report", "statements"), [("trial_balance", 5), ("balance_sheet", 4), ("income_statement", 2)]
)
def test_costs_as_many_statements_as_the_report(
    client: Client, report: str, statements: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/v1/reports/{report}")
    with django_assert_num_queries(statements + 3):  # the key, and the row security set and lifted
        client.get(f"/v1/reports/{report}")
