"""Tax codes and the dates of supply they are for. Pure."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from ledger.errors import UnknownTaxCode
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule


def rule(code: str, rate: int, family: str, since: str = "", until: str = "") -> TaxRule:
    days = [date.fromisoformat(day) if day else None for day in (since, until)]
    return TaxRule(code, Decimal(rate), UUID(int=1), family=family, valid_from=days[0], valid_until=days[1])


RULES = (
    rule("UST19", 19, "output_standard", "2007-01-01"),
    rule("UST16", 16, "output_standard", "2020-07-01", "2020-12-31"),
    rule("OLD16", 16, "output_standard", "1998-04-01", "2006-12-31"),
    rule("UST7", 7, "output_reduced"),
    rule("MINE", 20, ""),
)
BOOK = TaxBook({one.code: one for one in RULES})


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("1998-03-31", None),
        ("1998-04-01", "OLD16"),
        ("2006-12-31", "OLD16"),
        ("2007-01-01", "UST19"),
        ("2020-06-30", "UST19"),
        ("2020-07-01", "UST16"),
        ("2020-12-31", "UST16"),
        ("2021-01-01", "UST19"),
        ("2199-12-31", "UST19"),
    ],
)
@pytest.mark.parametrize("named", ["UST19", "ust16", "OLD16"])
def test_chooses_the_code_of_the_family_for_the_day(named: str, day: str, code: str | None) -> None:
    found = BOOK.on(named, date.fromisoformat(day))
    assert (found and found.code) == code


def test_keeps_a_code_without_a_family_for_every_day() -> None:
    found = BOOK.on("mine", date(1950, 1, 1))
    assert found is not None
    assert found.code == "MINE"
    assert BOOK.on("nope", date(2026, 1, 1)) is None


def test_refuses_a_code_of_another_day_and_names_the_one_to_use() -> None:
    with pytest.raises(UnknownTaxCode, match=r"UST19 is not for a supply on 2020-08-15: use UST16 \(16 %\)") as refusal:
        BOOK.check("UST19", [date(2020, 8, 15)], field="lines[0].tax_code")
    assert refusal.value.field == "lines[0].tax_code"
    assert BOOK.check("UST19", [date(2020, 8, 15), date(2020, 6, 30)], field="").code == "UST19"


def test_finds_the_code_that_had_a_rate() -> None:
    found = BOOK.with_rate(RULES[1], Decimal(19), date(2020, 8, 1))
    assert found is not None
    assert found.code == "UST19"
    assert BOOK.with_rate(RULES[1], Decimal(5), date(2020, 8, 1)) is None
