"""GET /v1/reports/ageing and /v1/customers/{id}/statement."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from backfill.tenancy.models import Company
from receivables.models import Customer
from reporting.api.receivables.serializers import AgeingAnswer, StatementAnswer
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.letters import pages_of

ClientFor = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(name="Acme Tools", country="US")


@pytest.fixture
def customer(company: Company) -> Customer:
    """Two invoices, one due 20 days on 20 February, one not due, and an unapplied payment."""
    customer = make_customer(company, name="Jane Roe", company_name="Contoso")
    make_invoice(company, line("100"), customer=customer, on=date(2026, 1, 1), due_date=date(2026, 1, 31))
    make_invoice(company, line("50"), customer=customer, on=date(2026, 2, 10), due_date=date(2026, 3, 10))
    make_payment(company, "30", customer=customer, on=date(2026, 2, 15))
    return customer


@pytest.fixture
def client(company: Company, client_for: ClientFor) -> Client:
    return client_for(company, scopes=("reports:read",))


def answer(client: Client, path: str, **query: str) -> Any:
    response = client.get(f"/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def rows_of(client: Client, path: str, **query: str) -> list[dict[str, str]]:
    response = client.get(f"/v1/{path}", {**query, "format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


class TestAgeing:
    def test_answers_what_is_due(self, client: Client, customer: Customer) -> None:
        body = answer(client, "reports/ageing", as_of_date="2026-02-20")
        assert body["object"] == "ageing"
        (row,) = body["data"]["customers"]
        assert row == {
            "customer_id": str(customer.id),
            "name": "Jane Roe",
            "current": "50.00",
            "days_1_30": "100.00",
            "days_31_60": "0.00",
            "days_61_90": "0.00",
            "over_90": "0.00",
            "credits": "-30.00",
            "balance": "120.00",
            "links": {
                "customer": f"/v1/customers/{customer.id}",
                "statement": f"/v1/customers/{customer.id}/statement?end_date=2026-02-20",
            },
        }
        assert body["data"]["totals"]["balance"] == "120.00"

    def test_looks_as_described(self, client: Client, customer: Customer) -> None:
        body = answer(client, "reports/ageing")
        assert AgeingAnswer(body).data.keys() == body.keys()
        assert AgeingAnswer().fields["data"].fields.keys() == body["data"].keys()

    @time_machine.travel("2026-02-20T12:00:00Z")
    def test_is_of_today_unless_told_otherwise(self, client: Client, customer: Customer) -> None:
        assert answer(client, "reports/ageing")["data"]["as_of_date"] == "2026-02-20"

    def test_writes_files_with_the_same_rows(self, client: Client, customer: Customer) -> None:
        rows = rows_of(client, "reports/ageing", as_of_date="2026-02-20")
        assert [(row["row"], row["name"], row["days_1_30"], row["balance"]) for row in rows] == [
            ("account", "Jane Roe", "100.00", "120.00"),
            ("total", "Total", "100.00", "120.00"),
        ]
        pdf = client.get("/v1/reports/ageing", {"as_of_date": "2026-02-20", "format": "pdf"}).content
        assert "Jane Roe 50.00 100.00 (30.00) 120.00" in pages_of(pdf)[0]

    def test_shows_one_company_only(self, client: Client, client_for: ClientFor, customer: Customer) -> None:
        other = client_for(make_company(), scopes=("reports:read",))
        assert answer(other, "reports/ageing")["data"]["customers"] == []

    def test_reads_the_items_once(
        self, client: Client, customer: Customer, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        answer(client, "reports/ageing")
        with django_assert_num_queries(4):  # the key, the row security set and reset, the report
            answer(client, "reports/ageing")

    def test_needs_the_scope(self, company: Company, client_for: ClientFor) -> None:
        assert client_for(company, scopes=("bank:read",)).get("/v1/reports/ageing").status_code == 403


class TestStatement:
    RANGE: dict[str, str] = {"start_date": "2026-02-01", "end_date": "2026-02-28"}  # noqa: RUF012

    def test_answers_the_account(self, client: Client, customer: Customer) -> None:
        data = answer(client, f"customers/{customer.id}/statement", **self.RANGE)["data"]
        assert (data["opening_balance"], data["closing_balance"], data["currencies"]) == ("100.00", "120.00", ["USD"])
        assert [(row["type"], row["amount"], row["balance"]) for row in data["movements"]] == [
            ("invoice", "50.00", "150.00"),
            ("payment", "-30.00", "120.00"),
        ]

    def test_looks_as_described(self, client: Client, customer: Customer) -> None:
        body = answer(client, f"customers/{customer.id}/statement", **self.RANGE)
        assert StatementAnswer().fields["data"].fields.keys() == body["data"].keys()

    def test_writes_files(self, client: Client, customer: Customer) -> None:
        path = f"customers/{customer.id}/statement"
        rows = rows_of(client, path, **self.RANGE)
        assert [(row["date"], row["charged"], row["credited"], row["balance"]) for row in rows] == [
            ("2026-02-01", "", "", "100.00"),
            ("2026-02-10", "50.00", "", "150.00"),
            ("2026-02-15", "", "30.00", "120.00"),
            ("2026-02-28", "", "", "120.00"),
        ]
        book = load_workbook(io.BytesIO(client.get(f"/v1/{path}", {**self.RANGE, "format": "xlsx"}).content))
        assert book.active.cell(row=7, column=1).value.date() == date(2026, 2, 10)
        text = pages_of(client.get(f"/v1/{path}", {**self.RANGE, "format": "pdf"}).content)[0]
        assert "Contoso" in text
        assert "Statement of account" in text
        assert "Balance on Feb 28, 2026 $120.00" in text

    def test_is_in_the_currency_asked_for(self, client: Client, customer: Customer) -> None:
        data = answer(client, f"customers/{customer.id}/statement", currency="EUR", **self.RANGE)["data"]
        assert (data["currency"], data["movements"], data["currencies"]) == ("EUR", [], ["USD"])

    def test_may_be_read_with_either_scope(self, company: Company, client_for: ClientFor, customer: Customer) -> None:
        seller = client_for(company, scopes=("receivables:read",))
        assert seller.get(f"/v1/customers/{customer.id}/statement").status_code == 200

    def test_knows_nothing_of_someone_elses_customer(self, client: Client) -> None:
        foreign = make_customer(make_company())
        assert client.get(f"/v1/customers/{foreign.id}/statement").status_code == 404
