"""The arithmetic of documents: lines, discounts and tax, without a database."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfill.errors import ValidationFailed
from ledger.documents.errors import TotalsMismatch
from ledger.documents.lines.arithmetic import Charges, Terms, charges
from ledger.documents.lines.line_input import line_input
from ledger.errors import InvalidLine, UnknownTaxCode
from ledger.tax.calculation import TaxRule

RULES = {
    "UST19": TaxRule("UST19", Decimal(19), UUID(int=1)),
    "UST7": TaxRule("UST7", Decimal(7), UUID(int=2)),
    "VST-13B19": TaxRule("VST-13B19", Decimal(19), UUID(int=3), UUID(int=4)),
}


def calculated(*lines: dict[str, Any], inclusive: bool = False, currency: str = "EUR", **terms: Any) -> Charges:
    stated = [
        line_input(line, path=f"lines[{index}]", currency=currency, includes_tax=inclusive)  # type: ignore[arg-type]
        for index, line in enumerate(lines)
    ]
    return charges(stated, Terms(currency=currency, rules=RULES, **terms))


def d(text: str) -> Decimal:
    return Decimal(text)


class TestALine:
    def test_multiplies_quantity_and_price(self) -> None:
        [line] = calculated({"quantity": d("3"), "unit_amount": d("0.333")}).lines
        assert (line.stated.amount, line.net) == (d("1.00"), d("1.00"))

    def test_finds_the_price_from_the_amount(self) -> None:
        [line] = calculated({"quantity": d("3"), "amount": d("10.00")}).lines
        assert line.stated.unit_amount == d("3.333333")

    def test_takes_what_is_missing_from_detail(self) -> None:
        [line] = calculated(
            {"detail": {"type": "item", "quantity": "2", "unit_amount": "5.00", "discount_amount": "1"}}
        ).lines
        assert line.net == d("9.00")

    def test_takes_a_percentage_off(self) -> None:
        [line] = calculated({"quantity": d("3"), "unit_amount": d("9.99"), "discount_percent": d("15")}).lines
        assert (line.stated.discount_amount, line.net) == (d("4.50"), d("25.47"))

    @pytest.mark.parametrize(
        ("line", "field", "says"),
        [
            ({"quantity": d("2"), "unit_amount": d("5"), "amount": d("9")}, "lines[0].amount", "is 9, but .* 10.00"),
            ({"amount": d("5"), "discount_amount": d("-1")}, "lines[0].discount_amount", "not between 0 and"),
            (
                {"unit_amount": d("10"), "discount_amount": d("2"), "discount_percent": d("10")},
                "lines[0].discount_amount",
                "is 2, but 10 % of 10.00 is 1.00",
            ),
            ({"amount": d("5"), "tax_status": "maybe"}, "lines[0].tax_status", "one of taxable"),
            ({"amount": d("5"), "tax_rate": d("101")}, "lines[0].tax_rate", "between 0 and 100"),
            ({"amount": d("5"), "currency": "USD"}, "lines[0].currency", "in USD, its document in EUR"),
            ({"detail": {"quantity": "many", "unit_amount": "1"}}, "lines[0].detail.quantity", "not an amount"),
            ({"quantity": d("1")}, "lines[0].amount", "needs its amount"),
            (
                {"amount": d("100"), "tax_amount": d("8.25"), "tax_details": [{"tax_amount": "8.00"}]},
                "lines[0].tax_amount",
                "is 8.25, but tax_details add up to 8.00",
            ),
            ({"amount": d("100"), "tax_amount": d("18"), "tax_code": "UST19"}, "lines[0].tax_amount", "makes 19.00"),
            ({"amount": d("100"), "tax_rate": d("7"), "tax_code": "UST19"}, "lines[0].tax_rate", "charges 19 %"),
            ({"amount": d("100"), "tax_amount": d("1"), "tax_status": "exempt"}, "lines[0].tax_amount", "is exempt"),
        ],
    )
    def test_refuses_figures_that_disagree(self, line: dict[str, Any], field: str, says: str) -> None:
        with pytest.raises((TotalsMismatch, ValidationFailed), match=says) as refusal:
            calculated(line)
        assert refusal.value.field == field

    def test_refuses_more_decimals_than_the_currency_has(self) -> None:
        with pytest.raises(InvalidLine, match="at most 0"):
            calculated({"amount": d("10.5")}, currency="JPY")

    def test_refuses_a_tax_code_nobody_knows(self) -> None:
        with pytest.raises(UnknownTaxCode, match="UST91"):
            calculated({"amount": d("10"), "tax_code": "UST91"})

    def test_keeps_a_foreign_tax_code_beside_stated_tax(self) -> None:
        [line] = calculated({"amount": d("10"), "tax_code": "txcd_10", "tax_amount": d("0.83")}).lines
        assert (line.tax_code, line.tax) == ("txcd_10", d("0.83"))

    def test_refuses_a_code_of_purchases_on_a_sale(self) -> None:
        with pytest.raises(UnknownTaxCode, match="for purchases"):
            calculated({"amount": d("10"), "tax_code": "VST-13B19"})

    def test_owes_no_tax_to_the_supplier_under_reverse_charge(self) -> None:
        [line] = calculated({"amount": d("100"), "tax_code": "VST-13B19"}, is_purchase=True).lines
        assert (line.net, line.tax) == (d("100"), 0)

    def test_reads_a_fraction_where_the_stated_tax_says_so(self) -> None:
        [line] = calculated({"amount": d("100"), "tax_rate": d("0.0825"), "tax_amount": d("8.25")}).lines
        assert (line.tax_rate, line.tax) == (d("8.25"), d("8.25"))

    def test_accepts_a_unit_of_rounding_in_stated_tax(self) -> None:
        [line] = calculated({"amount": d("33.33"), "tax_code": "UST19", "tax_amount": d("6.34")}).lines
        assert line.tax == d("6.34")

    @pytest.mark.parametrize("taxes", [("19.02", "18.98"), ("18.98", "19.02")])
    def test_refuses_two_units_of_rounding_though_another_line_makes_up_for_them(self, taxes: tuple[str, str]) -> None:
        lines = [{"amount": d("100.00"), "tax_code": "UST19", "tax_amount": d(tax)} for tax in taxes]
        with pytest.raises(TotalsMismatch) as refusal:
            calculated(*lines)
        found = refusal.value.field, refusal.value.details["stated"], refusal.value.details["computed"]
        assert found == ("lines[0].tax_amount", taxes[0], "19.00")

    @pytest.mark.parametrize(("tax", "is_taken"), [("1.92", True), ("1.93", False), ("1.88", True), ("1.87", False)])
    def test_accepts_a_unit_for_each_jurisdiction_and_no_more(self, tax: str, is_taken: bool) -> None:
        parts = [{"tax_amount": d(tax) - 1}, {"tax_amount": d("1.00")}]
        line = {"amount": d("10.00"), "tax_rate": d("19"), "tax_amount": d(tax), "tax_details": parts}
        if is_taken:
            assert calculated(line).totals.tax_amount == d(tax)
        else:
            with pytest.raises(TotalsMismatch):
                calculated(line)


class TestADocument:
    def test_rounds_tax_once_per_rate(self) -> None:
        found = calculated(*({"amount": d("0.33"), "tax_code": "UST19"} for _ in range(10)))
        assert found.totals.tax_amount == d("0.63")  # 3.30 × 19 % is 0.627; line by line it would be 0.60

    def test_takes_the_tax_out_of_prices_that_include_it(self) -> None:
        found = calculated(*({"amount": d("0.99"), "tax_code": "UST7"} for _ in range(3)), inclusive=True)
        assert (found.totals.total_amount, found.totals.tax_amount) == (d("2.97"), d("0.19"))

    def test_mixes_lines_with_and_without_tax_in_them(self) -> None:
        found = calculated(
            {"amount": d("119"), "tax_code": "UST19", "amount_includes_tax": True},
            {"amount": d("100"), "tax_code": "UST19"},
        )
        assert found.totals.total_amount == d("238.00")

    def test_shares_its_discount_before_tax(self) -> None:
        found = calculated(
            {"amount": d("100"), "tax_code": "UST19"},
            {"amount": d("50"), "tax_code": "UST7"},
            discount_details=[{"amount": "10.00", "reason": "a note"}, {}],
        )
        assert [line.document_discount for line in found.lines] == [d("6.67"), d("3.33")]
        assert found.totals.tax_amount == d("17.73") + d("3.27")
        assert found.totals.total_amount == d("161.00")

    def test_refuses_a_discount_above_its_lines(self) -> None:
        with pytest.raises(ValidationFailed, match="not between 0 and the lines' 10"):
            calculated({"amount": d("10")}, discount_details=[{"amount": "11"}])

    def test_frees_an_exempt_buyer_but_not_a_line_that_says_taxable(self) -> None:
        found = calculated(
            {"amount": d("100"), "tax_rate": d("19")},
            {"amount": d("100"), "tax_code": "UST19"},
            {"amount": d("100"), "tax_code": "UST19", "tax_status": "taxable"},
            exempt_reason="resale certificate",
        )
        assert [line.tax for line in found.lines] == [0, d("19.00"), d("19.00")]
        assert found.lines[0].tax_exempt_reason == "resale certificate"


_AMOUNTS = st.decimals(min_value="0.01", max_value="99999.99", places=2)
_LINES = st.fixed_dictionaries(
    {"amount": _AMOUNTS},
    optional={
        "tax_code": st.sampled_from(["UST19", "UST7"]),
        "amount_includes_tax": st.booleans(),
        "tax_status": st.sampled_from(["taxable", "exempt"]),
    },
)


@given(st.lists(_LINES, min_size=1, max_size=12), st.decimals(min_value=0, max_value=100, places=2), st.booleans())
def test_adds_up_whatever_the_lines(lines: list[dict[str, Any]], percent: Decimal, inclusive: bool) -> None:
    found = calculated(*lines, inclusive=inclusive, discount_details=[{"percent": str(percent)}])
    totals = found.totals
    assert totals.subtotal - totals.discount_amount + totals.tax_amount == totals.total_amount
    assert totals.total_amount == sum(line.gross for line in found.lines)
    whole = sum((line.stated.amount for line in found.lines), Decimal(0))
    shared = sum((line.document_discount for line in found.lines), Decimal(0))
    assert shared == (whole * percent / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    for line in found.lines:
        assert line.net >= 0
        assert line.tax >= 0
        assert line.gross == line.charged if line.stated.includes_tax else line.net == line.charged


@given(st.lists(_AMOUNTS, min_size=1, max_size=12))
def test_is_never_off_the_tax_of_the_sum(amounts: list[Decimal]) -> None:
    found = calculated(*({"amount": amount, "tax_code": "UST19"} for amount in amounts))
    assert found.totals.tax_amount == (sum(amounts) * 19 / Decimal(100)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    for line in found.lines:
        assert abs(line.tax - line.net * 19 / Decimal(100)) < Decimal("0.01")


class TestStatedTaxTogether:
    """Stated tax is off by one unit per rate and document at most, however many lines state it."""

    def test_refuses_lines_that_are_all_rounded_the_same_way(self) -> None:
        """5 × 10.00 at 4 % is 2.00; 0.41 on each line is 2.05."""
        lines = [{"amount": d("10.00"), "tax_rate": d("4"), "tax_amount": d("0.41")}] * 5
        with pytest.raises(
            TotalsMismatch, match=r"4 % state 2\.05 of tax together, but their rate makes 2\.00"
        ) as refusal:
            calculated(*lines)
        assert (refusal.value.field, refusal.value.details["computed"]) == ("lines", "2.00")

    @pytest.mark.parametrize("code", ["UST19", ""])
    @pytest.mark.parametrize("inclusive", [False, True])
    @pytest.mark.parametrize(
        ("tax", "is_taken"), [("18", True), ("19", True), ("20", True), ("17", False), ("21", False)]
    )
    def test_takes_one_unit_either_way_over_all_lines(
        self, code: str, inclusive: bool, tax: str, is_taken: bool
    ) -> None:
        """100 lines of 0.01 are 1.00 and 0.19 of tax (1.19 with it); a line's own tax is 0.00 or 0.01."""
        terms = {"tax_code": code} if code else {"tax_rate": d("19")}
        amounts = [d("0.02")] * 19 + [d("0.01")] * 81 if inclusive else [d("0.01")] * 100
        stated = [d("0.01")] * int(tax) + [d("0.00")] * (100 - int(tax))
        lines = [{"amount": a, "tax_amount": t, **terms} for a, t in zip(amounts, stated, strict=True)]
        if is_taken:
            assert calculated(*lines, inclusive=inclusive).totals.tax_amount == d(tax) / 100
        else:
            with pytest.raises(TotalsMismatch):
                calculated(*lines, inclusive=inclusive)

    def test_counts_each_rate_by_itself(self) -> None:
        """10.00 at 19 % is 1.90, at 7 % 0.70: 1.91 and 0.71 are a unit each."""
        lines = (
            {"amount": d("10.00"), "tax_rate": d("19"), "tax_amount": d("1.91")},
            {"amount": d("10.00"), "tax_rate": d("7"), "tax_amount": d("0.71")},
        )
        assert calculated(*lines).totals.tax_amount == d("2.62")

    def test_counts_codes_and_stated_rates_of_one_rate_together(self) -> None:
        lines = (
            {"amount": d("10.00"), "tax_code": "UST19", "tax_amount": d("1.91")},
            {"amount": d("10.00"), "tax_rate": d("19"), "tax_amount": d("1.91")},
        )
        with pytest.raises(TotalsMismatch, match=r"state 3\.82 .* makes 3\.80"):
            calculated(*lines)

    def test_counts_the_smallest_unit_of_the_currency(self) -> None:
        """3 × 100 JPY at 10 % is 30; 11 on each line is 33."""
        lines = [{"amount": d("100"), "tax_rate": d("10"), "tax_amount": d("11")}] * 3
        with pytest.raises(TotalsMismatch, match=r"state 33 .* makes 30"):
            calculated(*lines, currency="JPY")
