"""Rounding, precision and splitting of amounts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from backfill.currencies import CURRENCIES as KNOWN
from ledger.currencies.money import allocate, ensure_precision, largest_remainder, minor_units, quantize
from ledger.errors import InvalidLine, UnknownCurrency

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF"])


def amounts(currency: str, *, largest: int = 10**9) -> st.SearchStrategy[Decimal]:
    return st.integers(-largest, largest).map(lambda units: Decimal(units).scaleb(-minor_units(currency)))


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_knows_the_minor_units_of_iso_4217(currency: str, decimals: int) -> None:
    assert minor_units(currency) == decimals


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XAU", "XXX", "XTS", "DEM", "ABC", "€"])
def test_refuses_what_is_no_currency_in_use(currency: str) -> None:
    with pytest.raises(UnknownCurrency, match="ISO 4217") as refusal:
        minor_units(currency)
    assert refusal.value.field == "currency"
    with pytest.raises(UnknownCurrency):
        quantize(Decimal(1), currency)
    with pytest.raises(UnknownCurrency):
        ensure_precision(Decimal(1), currency, field="amount")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("0.0049999", "EUR", "0.00"),
        ("2.675", "EUR", "2.68"),
        ("-0.005", "EUR", "-0.01"),
        ("-2.675", "EUR", "-2.68"),
        ("-0.001", "EUR", "0.00"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_rounds_half_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(quantize(Decimal(amount), currency)) == rounded


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6), CURRENCIES)
def test_rounds_debits_and_credits_alike(amount: Decimal, currency: str) -> None:
    rounded = quantize(amount, currency)
    assert quantize(-amount, currency) == -rounded
    assert abs(rounded - amount) <= Decimal(1).scaleb(-minor_units(currency)) / 2
    assert quantize(rounded, currency) == rounded


@pytest.mark.parametrize(
    ("amount", "normal"), [("1", "1.00"), ("1.50", "1.50"), ("1.5000", "1.50"), ("1E+2", "100.00")]
)
def test_accepts_zeros_behind_the_minor_unit(amount: str, normal: str) -> None:
    assert str(ensure_precision(Decimal(amount), "EUR", field="amount")) == normal


@pytest.mark.parametrize(("amount", "currency"), [("1.001", "EUR"), ("1.5", "JPY"), ("-0.0001", "KWD")])
def test_refuses_more_decimals_than_the_currency_has(amount: str, currency: str) -> None:
    with pytest.raises(InvalidLine, match=f"more decimals than {currency}") as refusal:
        ensure_precision(Decimal(amount), currency, field="lines[2].amount")
    assert refusal.value.field == "lines[2].amount"


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+16", "-1E+16", "1E+400"])
def test_refuses_what_is_no_amount(amount: str) -> None:
    with pytest.raises(InvalidLine, match="not an amount"):
        ensure_precision(Decimal(amount), "EUR", field="amount")


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("100.00", ["1", "1", "1"], ["33.34", "33.33", "33.33"]),
        ("-100.00", ["1", "1", "1"], ["-33.34", "-33.33", "-33.33"]),
        ("0.01", ["1", "1"], ["0.01", "0.00"]),
        ("10.00", ["0", "0"], ["5.00", "5.00"]),
        ("10.00", ["3", "0", "1"], ["7.50", "0.00", "2.50"]),
        ("10.00", ["2", "-1"], ["20.00", "-10.00"]),
        ("10.00", ["1", "-1"], ["5.00", "5.00"]),
        ("0.00", ["1", "2"], ["0.00", "0.00"]),
        ("0.05", ["10", "1"], ["0.05", "0.00"]),
    ],
)
def test_shares_out_by_the_largest_remainder(total: str, weights: list[str], parts: list[str]) -> None:
    shares = allocate(Decimal(total), [Decimal(weight) for weight in weights], currency="EUR")
    assert [str(share) for share in shares] == parts


def test_shares_out_whole_yen() -> None:
    assert allocate(Decimal(100), [Decimal(1)] * 3, currency="JPY") == [Decimal(34), Decimal(33), Decimal(33)]


def test_takes_a_total_as_the_database_gives_it() -> None:
    shares = allocate(Decimal("0.0500"), [Decimal(1), Decimal(1)], currency="EUR")
    assert [str(share) for share in shares] == ["0.03", "0.02"]


def test_refuses_a_total_too_precise_to_share_out() -> None:
    with pytest.raises(InvalidLine):
        allocate(Decimal("0.001"), [Decimal(1)], currency="EUR")
    with pytest.raises(ValueError, match="weights are empty"):
        allocate(Decimal("1.00"), [], currency="EUR")


WEIGHTS = st.lists(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=4), min_size=1
)


@given(CURRENCIES.flatmap(lambda code: st.tuples(st.just(code), amounts(code))), WEIGHTS)
def test_loses_nothing_when_sharing_out(currency_and_total: tuple[str, Decimal], weights: list[Decimal]) -> None:
    currency, total = currency_and_total
    parts = allocate(total, weights, currency=currency)
    assert sum(parts) == total
    for part in parts:
        ensure_precision(part, currency, field="part")
    assert [-part for part in allocate(-total, weights, currency=currency)] == parts


@given(amounts("EUR"), st.lists(st.integers(1, 10**6).map(Decimal), min_size=1))
def test_gives_each_its_proportion_to_within_a_unit(total: Decimal, weights: list[Decimal]) -> None:
    parts = allocate(total, weights, currency="EUR")
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total) * Fraction(weight) / Fraction(sum(weights))
        assert abs(Fraction(part) - exact) < Fraction(1, 100)


@given(st.lists(st.fractions(min_value=0, max_value=1000), min_size=1))
def test_rounds_shares_up_or_down_by_less_than_one(shares: list[Fraction]) -> None:
    units = int(sum(shares))
    parts = largest_remainder(shares, units)
    assert sum(parts) == units
    assert all(abs(part - share) < 1 for part, share in zip(parts, shares, strict=True))


@pytest.mark.django_db
def test_has_the_decimals_that_postgresql_holds_lines_to() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, ledger_minor_units(code) FROM unnest(%s::text[]) AS code", [list(KNOWN)])
        held = dict(cursor.fetchall())
    assert held == {code: currency.decimals for code, currency in KNOWN.items()}
    assert held == {code: minor_units(code) for code in KNOWN}
