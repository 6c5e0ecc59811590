"""Batches of days with other rates of tax: the date of supply chooses. Figures are worked out in the comments."""

import io
from datetime import date
from decimal import Decimal

import pytest

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.csv_journal import import_journal
from ledger.imports.datev import import_datev
from ledger.models import JournalEntry, JournalLine
from tests.factories import make_company
from tests.ledger.imports.datev_files import batch

pytestmark = pytest.mark.django_db

HEADERS = {
    2020: {13: "20200101", 15: "20200101", 16: "20201231"},
    2006: {13: "20060101", 15: "20060101", 16: "20061231"},
    2007: {13: "20070101", 15: "20070101", 16: "20071231"},
}


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr03", currency="EUR")


def posted(company: Company, row: dict[int, str], year: int) -> list[tuple[str | None, str, str]]:
    """The lines that a row posts, as account, signed amount and tax code."""
    result = import_datev(company=company, file=batch(row, header=HEADERS[year]), actor=system_actor())
    assert [problem.reason for problem in result.problems] == []
    lines = JournalLine.objects.filter(company=company).select_related("account").order_by("line_number")
    return [(line.account.code, f"{line.amount:.2f}", line.tax_code) for line in lines]


@pytest.mark.parametrize(
    ("year", "day", "row", "taxed", "tax", "rate"),
    [
        # 116.00 includes 16 %: 100.00 and 16.00. 105.00 includes 5 %: 100.00 and 5.00.
        (2020, "1507", {1: "116,00", 7: "1200", 8: "8400"}, "8400", "1775", "16"),
        (2020, "3112", {1: "116,00", 7: "1200", 8: "8400"}, "8400", "1775", "16"),
        (2020, "3006", {1: "119,00", 7: "1200", 8: "8400"}, "8400", "1776", "19"),
        (2020, "1607", {1: "116,00", 7: "4930", 8: "1200", 9: "9"}, "4930", "1575", "16"),
        (2020, "1607", {1: "105,00", 7: "4930", 8: "1200", 9: "8"}, "4930", "1568", "5"),
        (2020, "1707", {1: "105,00", 7: "1200", 8: "8300"}, "8300", "1773", "5"),
        (2020, "1707", {1: "116,00", 7: "3400", 8: "1200"}, "3400", "1575", "16"),
        (2006, "1507", {1: "116,00", 7: "1200", 8: "8400"}, "8400", "1775", "16"),
        (2006, "1507", {1: "107,00", 7: "1200", 8: "8300"}, "8300", "1771", "7"),
        (2006, "1507", {1: "116,00", 7: "4930", 8: "1200", 9: "9"}, "4930", "1575", "16"),
        (2007, "0201", {1: "119,00", 7: "1200", 8: "8400"}, "8400", "1776", "19"),
    ],
)
def test_takes_the_rate_of_the_day(
    company: Company, *, year: int, day: str, row: dict[int, str], taxed: str, tax: str, rate: str
) -> None:
    lines = {account: amount.lstrip("-") for account, amount, _ in posted(company, {**row, 2: "S", 10: day}, year)}
    assert (lines[taxed], lines[tax]) == ("100.00", f"{Decimal(rate):.2f}")


def test_the_date_of_supply_goes_before_that_of_the_document(company: Company) -> None:
    # Supplied on 30 June 2020 at 19 %, invoiced in July: 119.00 is 100.00 and 19.00.
    row = {1: "119,00", 2: "S", 7: "1200", 8: "8400", 10: "0507", 115: "30062020"}
    assert ("1776", "-19.00", "UST19") in posted(company, row, 2020)
    assert JournalEntry.objects.get(company=company).service_date == date(2020, 6, 30)


def test_a_stated_rate_goes_before_the_date(company: Company) -> None:
    row = {1: "119,00", 2: "S", 7: "1200", 8: "8400", 10: "0507", 119: "19,00"}
    assert ("1776", "-19.00", "UST19") in posted(company, row, 2020)


def test_reverse_charge_follows_the_day_too(company: Company) -> None:
    # 100.00 net from another EU country in August 2020: 16.00 on both sides.
    row = {1: "100,00", 2: "S", 7: "3425", 8: "1200", 10: "1508"}
    found = posted(company, row, 2020)
    assert [one for one in found if one[0] in ("1572", "1772")] == [
        ("1572", "16.00", "VST-IGE16"),
        ("1772", "-16.00", "VST-IGE16"),
    ]


def test_a_journal_file_refuses_the_code_of_another_day(company: Company) -> None:
    rows = (
        "Entry reference,Date,Description,Account code,Debit,Credit,Currency,Tax code",
        "1,2020-08-15,Consulting,1400,119.00,,,",
        "1,2020-08-15,,8400,,119.00,,UST19",
    )
    file = io.BytesIO("".join(f"{row}\n" for row in rows).encode())
    result = import_journal(company=company, file=file, actor=system_actor())
    assert "use UST16 (16 %)" in result.problems[0].reason
    assert not JournalEntry.objects.filter(company=company).exists()
