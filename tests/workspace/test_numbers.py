"""Numbers as people type and read them."""

from decimal import Decimal

import pytest

from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats, formats_of, locale_of
from backfill.workspace.numbers import NotANumber, parse_number


def formats(country: str = "US", currency: str = "USD") -> Formats:
    return formats_of(Company(country=country, base_currency=currency, time_zone="UTC"))


@pytest.mark.parametrize(
    ("country", "currency", "expected"),
    [
        ("US", "USD", "-1,234,567.50"),
        ("DE", "EUR", "-1.234.567,50"),
        ("FR", "EUR", "-1\u202f234\u202f567,50"),
        ("CH", "CHF", "-1’234’567.50"),
        ("IN", "INR", "-12,34,567.50"),
        ("JP", "JPY", "-1,234,568"),
        ("", "EUR", "-1,234,567.50"),
        ("ZZ", "EUR", "-1,234,567.50"),
    ],
)
def test_writes_amounts_as_the_country_does(country: str, currency: str, expected: str) -> None:
    assert formats(country, currency).amount(Decimal("-1234567.5")) == expected


def test_writes_the_decimals_of_the_currency() -> None:
    assert formats().amount(Decimal("1.5"), "KWD") == "1.500"
    assert formats().amount(Decimal(1500), "JPY") == "1,500"


def test_loses_no_digit_of_a_large_amount() -> None:
    assert formats("DE", "EUR").amount(Decimal("999999999999999.99")) == "999.999.999.999.999,99"


@pytest.mark.parametrize(
    ("country", "text", "expected"),
    [
        ("US", "1,234.50", "1234.50"),
        ("US", "1234.5", "1234.5"),
        ("US", " 1 234 567.89 ", "1234567.89"),
        ("US", ".5", "0.5"),
        ("US", "12,5", "12.5"),
        ("US", "1,234", "1234"),
        ("DE", "1.234,50", "1234.50"),
        ("DE", "1.234", "1234"),
        ("DE", "12.5", "12.5"),
        ("DE", "1234.56", "1234.56"),
        ("DE", ",5", "0.5"),
        ("CH", "1’234.50", "1234.50"),
        ("IN", "12,34,567.50", "1234567.50"),
        ("US", "-7", "-7"),
        ("US", "12.50+3", "15.50"),
        ("DE", "12,50+3", "15.50"),
        ("DE", "12,50 + 3 - 1,25", "14.25"),
        ("DE", "1.234,50+1.000", "2234.50"),
        ("DE", "-5+2", "-3"),
        ("DE", "12.5+,5", "13.0"),
        ("CH", "1’234.50-0.50", "1234.00"),
        ("US", "+".join(["0.01"] * 50), "0.50"),
    ],
)
def test_reads_what_is_written_there(country: str, text: str, expected: str) -> None:
    assert parse_number(text, formats(country)) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "abc", "1.2.3", "1,23,4", "12e3", "٣", "1/2", "NaN", "Infinity", "1..2", "--1"]
)
def test_takes_nothing_else_for_a_number(text: str) -> None:
    for country in ("US", "DE"):
        with pytest.raises(NotANumber):
            parse_number(text, formats(country))


def test_says_how_to_write_one() -> None:
    with pytest.raises(NotANumber, match=r"write it like 1\.234,50"):
        parse_number("viel", formats("DE", "EUR"))


def test_knows_no_country_better_than_english() -> None:
    assert str(locale_of("")) == str(locale_of("XX")) == "en"
