"""Splitting tax off lines and putting it on, without a database."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InvalidLine, TaxLineConflict, UnknownCurrency, UnknownTaxCode
from ledger.journal.drafts import AccountCode, LineDraft
from ledger.models import AccountRole
from ledger.tax.calculation import TaxRule, add_tax, expand_gross, expand_net, split_gross

INPUT_VAT, OUTPUT_VAT, INPUT_13B, OUTPUT_13B = (UUID(int=number) for number in range(1, 5))
OFFICE, BANK, PAYABLES, REVENUE = (AccountCode(code) for code in ("6815", "1800", "3300", "4400"))

CODES = {
    rule.code: rule
    for rule in (
        TaxRule("VST19", Decimal(19), INPUT_VAT),
        TaxRule("VST7", Decimal(7), INPUT_VAT),
        TaxRule("UST19", Decimal(19), OUTPUT_VAT),
        TaxRule("VST-13B19", Decimal(19), INPUT_13B, OUTPUT_13B),
        TaxRule("UST0-IGL", Decimal(0), OUTPUT_VAT),
        TaxRule("ALL", Decimal(100), OUTPUT_VAT),
    )
}


def debit(account: AccountCode, amount: str, **more: str) -> LineDraft:
    return LineDraft.debit(account, Decimal(amount), **more)


def credit(account: AccountCode, amount: str, **more: str) -> LineDraft:
    return LineDraft.credit(account, Decimal(amount), **more)


def shape(lines: tuple[LineDraft, ...]) -> list[tuple[object, str, str, str]]:
    return [(line.account, str(line.amount), line.tax_code, line.tax_role) for line in lines]


@pytest.mark.parametrize(
    ("gross", "rate", "currency", "net", "tax"),
    [
        ("119.00", "19", "EUR", "100.00", "19.00"),
        ("107.00", "7", "EUR", "100.00", "7.00"),
        ("24.95", "7", "EUR", "23.32", "1.63"),
        ("5950.00", "19", "EUR", "5000.00", "950.00"),
        ("-119.00", "19", "EUR", "-100.00", "-19.00"),
        ("0.01", "19", "EUR", "0.01", "0.00"),
        ("108", "8", "JPY", "100", "8"),
        ("50.00", "0", "EUR", "50.00", "0.00"),
        ("10.00", "6.625", "USD", "9.38", "0.62"),
    ],
)
def test_takes_tax_out_of_a_gross_amount(gross: str, rate: str, currency: str, net: str, tax: str) -> None:
    split = split_gross(Decimal(gross), Decimal(rate), currency)
    assert (str(split.net), str(split.tax), split.gross) == (net, tax, Decimal(gross))


@pytest.mark.parametrize(
    ("net", "rate", "currency", "tax"),
    [
        ("100.00", "19", "EUR", "19.00"),
        ("0.50", "7", "EUR", "0.04"),
        ("-0.50", "7", "EUR", "-0.04"),
        ("105", "10", "JPY", "11"),
    ],
)
def test_puts_tax_on_a_net_amount(net: str, rate: str, currency: str, tax: str) -> None:
    assert str(add_tax(Decimal(net), Decimal(rate), currency).tax) == tax


def test_splits_a_gross_purchase() -> None:
    lines = expand_gross([debit(OFFICE, "119.00", tax_code="VST19"), credit(BANK, "119.00")], CODES, "EUR")
    assert shape(lines) == [
        (OFFICE, "100.00", "VST19", "base"),
        (INPUT_VAT, "19.00", "VST19", "tax"),
        (BANK, "-119.00", "", ""),
    ]


def test_puts_the_tax_of_a_sale_on_the_credit_side() -> None:
    lines = expand_gross([debit(BANK, "119.00"), credit(REVENUE, "119.00", tax_code="ust19")], CODES, "EUR")
    assert shape(lines)[1:] == [(REVENUE, "-100.00", "UST19", "base"), (OUTPUT_VAT, "-19.00", "UST19", "tax")]


@pytest.mark.parametrize("expand", [expand_gross, expand_net])
def test_books_self_assessed_tax_on_both_sides_of_a_net_amount(expand: object) -> None:
    lines = expand([debit(OFFICE, "100.00", tax_code="VST-13B19"), credit(PAYABLES, "100.00")], CODES, "EUR")  # type: ignore[operator]
    assert shape(lines) == [
        (OFFICE, "100.00", "VST-13B19", "base"),
        (INPUT_13B, "19.00", "VST-13B19", "tax"),
        (OUTPUT_13B, "-19.00", "VST-13B19", "self_assessed"),
        (PAYABLES, "-100.00", "", ""),
    ]


def test_adds_tax_to_net_lines() -> None:
    lines = expand_net([credit(REVENUE, "100.00", tax_code="UST19"), debit(BANK, "119.00")], CODES, "EUR")
    assert shape(lines) == [
        (REVENUE, "-100.00", "UST19", "base"),
        (OUTPUT_VAT, "-19.00", "UST19", "tax"),
        (BANK, "119.00", "", ""),
    ]


def test_adds_no_line_for_a_tax_of_zero() -> None:
    lines = expand_gross([credit(REVENUE, "50.00", tax_code="UST0-IGL"), debit(BANK, "50.00")], CODES, "EUR")
    assert shape(lines) == [(REVENUE, "-50.00", "UST0-IGL", "base"), (BANK, "50.00", "", "")]


def test_leaves_lines_alone_that_carry_their_role_already() -> None:
    done = expand_gross([debit(OFFICE, "119.00", tax_code="VST19"), credit(BANK, "119.00")], CODES, "EUR")
    assert expand_gross(done, CODES, "EUR") == done


def test_keeps_what_the_caller_said_about_the_line() -> None:
    line = LineDraft.debit(
        OFFICE, Decimal("119.00"), tax_code="VST19", description="Paper", class_id="c1", input_path="lines[4]"
    )
    base, tax = expand_gross([line], CODES, "EUR")
    assert base == replace(line, amount=Decimal("100.00"), tax_role="base")
    assert (tax.description, tax.input_path, tax.class_id) == ("Paper", "lines[4]", "")


def test_refuses_an_unknown_code_by_its_path() -> None:
    with pytest.raises(UnknownTaxCode, match="NOPE") as refusal:
        expand_gross([credit(BANK, "1.00"), debit(OFFICE, "1.00", tax_code="NOPE")], CODES, "EUR")
    assert refusal.value.field == "lines[1].tax_code"


@pytest.mark.parametrize("reference", [INPUT_VAT, AccountCode("1406"), AccountRole.INPUT_TAX])
def test_refuses_tax_by_hand_beside_tax_codes(reference: UUID | AccountCode | AccountRole) -> None:
    lines = [
        debit(OFFICE, "119.00", tax_code="VST19"),
        LineDraft.debit(reference, Decimal("1.00"), input_path="body.lines[1]"),
        credit(BANK, "120.00"),
    ]
    with pytest.raises(TaxLineConflict) as refusal:
        expand_gross(lines, CODES, "EUR", vat_accounts={INPUT_VAT, AccountCode("1406"), AccountRole.INPUT_TAX})
    assert refusal.value.field == "body.lines[1]"


def test_takes_tax_by_hand_where_no_line_has_a_code() -> None:
    lines = (debit(OFFICE, "100.00"), LineDraft.debit(INPUT_VAT, Decimal("19.00")), credit(BANK, "119.00"))
    assert expand_gross(lines, CODES, "EUR") == lines


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (debit(OFFICE, "0.01", tax_code="ALL"), "lines[0].amount"),
        (debit(OFFICE, "0.00", tax_code="VST19"), "lines[0].amount"),
        (debit(OFFICE, "1.005", tax_code="VST19"), "lines[0].amount"),
        (debit(OFFICE, "NaN", tax_code="VST19"), "lines[0].amount"),
        (debit(OFFICE, "Infinity", tax_code="VST19"), "lines[0].amount"),
        (replace(debit(OFFICE, "1.00", tax_code="VST19"), base_amount=Decimal(1)), "lines[0].tax_code"),
    ],
)
def test_refuses_a_line_that_cannot_be_split(line: LineDraft, field: str) -> None:
    with pytest.raises(InvalidLine) as refusal:
        expand_gross([line], CODES, "EUR")
    assert refusal.value.field == field


def test_refuses_an_unknown_currency() -> None:
    with pytest.raises(UnknownCurrency):
        expand_gross([debit(OFFICE, "119.00", tax_code="VST19")], CODES, "XXX")


AMOUNTS = st.integers(-(10**10), 10**10).filter(bool).map(lambda cents: Decimal(cents).scaleb(-2))
RATES = st.integers(0, 1_000_000).map(lambda parts: Decimal(parts).scaleb(-4))


@given(AMOUNTS, RATES)
def test_loses_no_cent_of_a_gross_amount(amount: Decimal, rate: Decimal) -> None:
    split = split_gross(amount, rate, "EUR")
    assert split.net + split.tax == amount
    assert abs(split.tax * (100 + rate) - amount * rate) <= Decimal("0.005") * (100 + rate)
    assert split_gross(-amount, rate, "EUR").tax == -split.tax


@given(AMOUNTS, RATES)
def test_finds_the_net_again_that_tax_was_put_on(net: Decimal, rate: Decimal) -> None:
    gross = add_tax(net, rate, "EUR").gross
    assert abs(split_gross(gross, rate, "EUR").net - net) <= Decimal("0.01")


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from(["", *CODES])), min_size=1, max_size=20))
def test_keeps_an_entry_balanced_in_gross_mode(given_lines: list[tuple[Decimal, str]]) -> None:
    lines = [LineDraft(account=OFFICE, amount=amount, tax_code=code) for amount, code in given_lines if code != "ALL"]
    expanded = expand_gross(lines, CODES, "EUR")
    assert sum(line.amount for line in expanded) == sum(line.amount for line in lines)
    assert all(line.amount for line in expanded)
    assert expand_gross(expanded, CODES, "EUR") == expanded
