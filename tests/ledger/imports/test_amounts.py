"""Decimal point or decimal comma, decided for the whole file."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.amounts import AmountSurvey, DecimalMark, NotAnAmount, parse_amount
from ledger.imports.errors import UnrecognisedFile

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("1e12"), places=2, allow_nan=False, allow_infinity=False)


def _decision(*texts: str) -> DecimalMark:
    survey = AmountSurvey()
    for text in texts:
        survey.add(text)
    return survey.decide()


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1234.56", DecimalMark.POINT, "1234.56"),
        ("1,234.56", DecimalMark.POINT, "1234.56"),
        ("1 234 567.8", DecimalMark.POINT, "1234567.8"),
        ("1'234.56", DecimalMark.POINT, "1234.56"),
        ("1,234", DecimalMark.POINT, "1234"),
        ("1.234", DecimalMark.POINT, "1.234"),
        ("1.234", DecimalMark.COMMA, "1234"),
        ("1.234.567,89", DecimalMark.COMMA, "1234567.89"),
        ("1\u202f234,50", DecimalMark.COMMA, "1234.50"),
        ("-5,00", DecimalMark.COMMA, "-5.00"),
        ("0", DecimalMark.COMMA, "0"),
    ],
)
def test_reads_an_amount(text: str, mark: DecimalMark, amount: str) -> None:
    assert parse_amount(text, mark) == Decimal(amount)


@pytest.mark.parametrize("mark", list(DecimalMark))
@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "1,2,3", "12.34,56", "1e5", "NaN", "5-", "(5)", "5 EUR", "٣", "1,23.45", "1.234,567.8"]
)
def test_refuses_what_is_no_amount(text: str, mark: DecimalMark) -> None:
    with pytest.raises(NotAnAmount):
        parse_amount(text, mark)


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1,234", "5.50"], DecimalMark.POINT),
        (["1.234", "5,50"], DecimalMark.COMMA),
        (["1.234.567"], DecimalMark.COMMA),
        (["100", "200"], DecimalMark.POINT),
        (["5,50", "6,50", "7.50"], DecimalMark.COMMA),
        (["abc", "5,50"], DecimalMark.COMMA),
    ],
)
def test_decides_by_all_amounts_of_the_file(texts: list[str], mark: DecimalMark) -> None:
    assert _decision(*texts) is mark


@pytest.mark.parametrize("texts", [["1.234"], ["1,234", "100"], ["5,50", "5.50"]])
def test_refuses_to_guess(texts: list[str]) -> None:
    with pytest.raises(UnrecognisedFile):
        _decision(*texts)


@given(st.lists(AMOUNTS, min_size=1))
def test_english_amounts_with_two_decimals_are_read_back(amounts: list[Decimal]) -> None:
    texts = [f"{amount:,.2f}" for amount in amounts]
    assert [parse_amount(text, _decision(*texts)) for text in texts] == amounts


@given(st.lists(AMOUNTS, min_size=1))
def test_german_amounts_with_two_decimals_are_read_back(amounts: list[Decimal]) -> None:
    texts = [f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) for amount in amounts]
    assert [parse_amount(text, _decision(*texts)) for text in texts] == amounts


@given(st.text(max_size=20), st.sampled_from(DecimalMark))
def test_any_text_is_an_amount_or_refused(text: str, mark: DecimalMark) -> None:
    with suppress(NotAnAmount):
        assert parse_amount(text, mark).is_finite()
