"""The statements as pages: figures, comparison, the way down to the entries, files."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from backfill.tenancy.models import Company, User
from tests.factories import make_company, make_member
from tests.reporting.books import book
from tests.workspace.conftest import SignedIn, account, words
from tests.workspace.test_ledger_pages import cells, row_with

pytestmark = pytest.mark.django_db

YEAR = {"start": "2026-01-01", "end": "2026-12-31"}


def report(client: Client, name: str, **query: str) -> Any:
    return client.get(reverse(f"admin:{name}"), query)


def test_trial_balance_shows_every_account_and_its_totals(owner: Client) -> None:
    page = report(owner, "trial_balance", as_of="2026-12-31")
    assert row_with(page, "Cash")[:8] == ["1000", "Cash", "", "", "10,000.00", "600.00", "9,400.00", ""]
    assert cells(page)[-1] == ["", "Total", "0.00", "0.00", "14,600.00", "14,600.00", "14,000.00", "14,000.00"]
    assert "Balanced" in words(page)


def test_trial_balance_leads_to_the_sheet_with_the_same_range(owner: Client, company: Company) -> None:
    page = words(report(owner, "trial_balance", as_of="2026-06-30", start="2026-03-01"))
    sheet_page = reverse("admin:account", args=[account(company, "1000").pk])
    assert f'href="{sheet_page}?start=2026-03-01&amp;end=2026-06-30"' in page
    sheet = owner.get(f"{sheet_page}?start=2026-03-01&end=2026-06-30")
    assert cells(sheet)[1] == ["Opening balance", "10,000.00"]
    assert cells(sheet)[-1][-1] == "9,400.00"


def test_balance_sheet_compares(owner: Client) -> None:
    page = report(owner, "balance_sheet", as_of="2026-06-30", compare_to="previous_period")
    assert row_with(page, "Cash and cash")[1] == "Cash and cash equivalents"
    assert ["1000", "Cash", "9,400.00", "10,000.00", "-600.00"] in cells(page)
    assert cells(page)[-1][1:] == ["Total Liabilities and equity", "13,400.00", "14,000.00", "-600.00"]


def test_income_statement_shows_the_steps_to_the_result(owner: Client) -> None:
    page = report(owner, "income_statement", **YEAR)
    assert ["4000", "Sales Revenue", "4,000.00"] in cells(page)
    assert cells(page)[-1] == ["", "Net income", "3,400.00"]


def test_speaks_german_where_the_books_are_german(signed_in: SignedIn) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE")
    book(company, "2026-02-10", ("1400", "1190"), ("8400", "-1000"), ("1776", "-190"))
    client = signed_in(company)
    page = report(client, "income_statement", **YEAR)
    assert ["8400", "Erlöse 19 % USt", "1.000,00"] in cells(page)
    assert "Jahresüberschuss" in words(page)


@pytest.mark.parametrize(("language", "earned", "sales"), [("en", "Net income", "Revenue"), ("de", "Jahres", "Umsatz")])
@pytest.mark.parametrize("country", ["DE", "US"])
def test_names_sections_in_the_readers_language(
    signed_in: SignedIn, language: str, earned: str, sales: str, country: str
) -> None:
    company = make_company(chart="skr03", currency="EUR", country=country)
    book(company, "2026-02-10", ("1400", "1190"), ("8400", "-1000"), ("1776", "-190"))
    member = make_member(company)
    member.user.language = language
    member.user.save()
    client = Client()
    client.force_login(member.user)
    page = words(report(client, "income_statement", **YEAR))
    assert earned in page
    assert sales in page
    assert sales in report(client, "income_statement", format="csv", **YEAR).content.decode()


@pytest.mark.parametrize(
    ("country", "language", "lines"),
    [
        ("DE", "de", ["Konto;Bezeichnung;", "8400;Erlöse 19 % USt;1000,00"]),
        ("DE", "en", ["Account;Name;", "8400;Erlöse 19 % USt;1000,00"]),
        ("US", "en", ["Account,Name,", "8400,Erlöse 19 % USt,1000.00"]),
    ],
)
def test_exports_csv_as_the_readers_spreadsheet_reads_it(
    signed_in: SignedIn, country: str, language: str, lines: list[str]
) -> None:
    company = make_company(chart="skr03", currency="EUR", country=country)
    book(company, "2026-02-10", ("1400", "1190"), ("8400", "-1000"), ("1776", "-190"))
    client = signed_in(company)
    User.objects.filter(memberships__company=company).update(language=language)
    file = report(client, "income_statement", format="csv", **YEAR).content.decode("utf-8-sig")
    rows = file.split("\r\n")
    assert rows[0].startswith(lines[0])
    assert lines[1] in rows
    assert "row" not in rows[0].lower().split(";")


@pytest.mark.parametrize("name", ["trial_balance", "balance_sheet", "income_statement"])
@pytest.mark.parametrize(("ending", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_exports_what_the_page_shows(owner: Client, name: str, ending: str, start: bytes) -> None:
    file = report(owner, name, format=ending, as_of="2026-12-31", **YEAR)
    assert file.status_code == 200
    assert file.content.startswith(start)
    assert file.headers["Content-Disposition"].endswith(f'.{ending}"')


def test_exports_numbers(owner: Client) -> None:
    file = report(owner, "trial_balance", format="xlsx", as_of="2026-12-31")
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    assert 9400 in [cell.value for row in sheet.iter_rows() for cell in row]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("trial_balance", {"as_of": "2026-02-30"}),
        ("trial_balance", {"as_of": "2026-06-30", "start": "2024-01-01"}),
        ("trial_balance", {"as_of": "0001-01-01"}),
        ("balance_sheet", {"as_of": "soon"}),
        ("balance_sheet", {"compare_to": "whatever"}),
        ("balance_sheet", {"as_of": "9999-12-31", "compare_to": "previous_year"}),
        ("income_statement", {"start": "2026-07-01", "end": "2026-06-30"}),
    ],
)
def test_says_what_it_does_not_understand(owner: Client, name: str, query: dict[str, str]) -> None:
    for extra in ({}, {"format": "pdf"}):
        page = report(owner, name, **query, **extra)
        assert page.status_code == 422
        assert 'role="alert"' in words(page)


def test_shows_empty_books(signed_in: SignedIn) -> None:
    client = signed_in(make_company())
    for name in ("trial_balance", "balance_sheet", "income_statement"):
        assert report(client, name).status_code == 200


class TestDashboard:
    def test_shows_where_the_company_stands(self, owner: Client, time_machine: Any) -> None:
        time_machine.move_to("2026-07-15T12:00:00Z")
        page = words(owner.get(reverse("admin:index")))
        for figure in ("9,400.00", "4,000.00", "600.00", "3,400.00"):
            assert f'<p class="bf-kpi-value">{figure}</p>' in page
        assert '"revenue": "4000.0000"' in page
        assert "2026-000003" in page
        assert "No period is closed yet" in page

    def test_says_what_to_do_in_new_books(self, signed_in: SignedIn) -> None:
        page = words(signed_in(make_company()).get(reverse("admin:index")))
        assert "The chart begins with your first entry" in page
        assert "Nothing is posted yet." in page
        assert "New entry" in page
