"""`ledger.journal.events.paired`: how the debits and credits of an entry meet (no database)."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.journal.events import paired


@dataclass(frozen=True)
class Line:
    amount: Decimal
    tax_code: str = ""
    tax_role: str = ""
    account_id: UUID = field(default_factory=uuid4)

    @property
    def currency_amount(self) -> Decimal:
        return self.amount


def lines(*amounts: str | tuple[str, str, str]) -> list[Line]:
    """Lines from amounts, or from (amount, tax code, tax role)."""
    return [
        Line(Decimal(item)) if isinstance(item, str) else Line(Decimal(item[0]), item[1], item[2]) for item in amounts
    ]


def met(*amounts: str | tuple[str, str, str]) -> list[tuple[int, int, str]]:
    return [(pair.debit, pair.credit, str(pair.amount)) for pair in paired(lines(*amounts))]


def test_pairs_one_debit_with_one_credit() -> None:
    assert met("100.00", "-100.00") == [(0, 1, "100.00")]
    assert met("-100.00", "100.00") == [(1, 0, "100.00")]


def test_splits_one_debit_over_many_credits() -> None:
    assert met("119.00", "-100.00", "-19.00") == [(0, 1, "100.00"), (0, 2, "19.00")]


def test_splits_one_credit_over_many_debits() -> None:
    assert met("100.00", "19.00", "-119.00") == [(0, 2, "100.00"), (1, 2, "19.00")]


def test_walks_both_sides_in_the_order_given() -> None:
    assert met("30.00", "70.00", "-60.00", "-40.00") == [(0, 2, "30.00"), (1, 2, "30.00"), (1, 3, "40.00")]


def test_starts_anew_where_both_sides_are_used_up() -> None:
    assert met("50.00", "50.00", "-50.00", "-50.00") == [(0, 2, "50.00"), (1, 3, "50.00")]


def test_pairs_self_assessed_tax_with_its_input_tax_first() -> None:
    expense, tax, owed = "100.00", ("19.00", "VST-13B19", "tax"), ("-19.00", "VST-13B19", "self_assessed")
    assert met(expense, tax, owed, "-100.00") == [(1, 2, "19.00"), (0, 3, "100.00")]


def test_pairs_the_self_assessed_tax_of_a_credit_note() -> None:
    tax, owed = ("-19.00", "VST-13B19", "tax"), ("19.00", "VST-13B19", "self_assessed")
    assert met("-100.00", tax, owed, "100.00") == [(2, 1, "19.00"), (3, 0, "100.00")]


def test_tells_self_assessed_taxes_apart_by_code_and_amount() -> None:
    assert met(
        ("19.00", "A", "tax"),
        ("19.00", "B", "tax"),
        ("19.00", "B", "tax"),
        ("-19.00", "B", "self_assessed"),
        ("-19.00", "A", "self_assessed"),
        ("-19.00", "B", "self_assessed"),
    ) == [(1, 3, "19.00"), (0, 4, "19.00"), (2, 5, "19.00")]


def test_pairs_an_ordinary_tax_like_any_line() -> None:
    assert met("100.00", ("19.00", "VST19", "tax"), "-119.00") == [(0, 2, "100.00"), (1, 2, "19.00")]


def test_pairs_a_self_assessed_tax_without_its_partner_like_any_line() -> None:
    assert met("19.00", ("-19.00", "A", "self_assessed")) == [(0, 1, "19.00")]


amounts = st.integers(1, 10_000).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def balanced(draw: st.DrawFn) -> list[Line]:
    """A balanced entry in any order, perhaps with self-assessed taxes in it."""
    parts = [
        Line(amount * draw(st.sampled_from((1, -1)))) for amount in draw(st.lists(amounts, min_size=1, max_size=8))
    ]
    rest = -sum((line.amount for line in parts), Decimal(0))
    if rest:
        parts.append(Line(rest))
    for amount in draw(st.lists(amounts, max_size=3)):
        code = draw(st.sampled_from("AB"))
        parts += [Line(amount, code, "tax"), Line(-amount, code, "self_assessed")]
    if len(parts) < 2:
        parts += lines("1.00", "-1.00")
    return draw(st.permutations(parts))


@given(balanced())
def test_gives_every_line_exactly_its_amount(entry: list[Line]) -> None:
    taken = [Decimal(0)] * len(entry)
    for pair in paired(entry):
        assert pair.amount > 0
        taken[pair.debit] += pair.amount
        taken[pair.credit] -= pair.amount
    assert taken == [line.amount for line in entry]


@given(balanced())
def test_needs_fewer_events_than_lines(entry: list[Line]) -> None:
    assert 1 <= len(paired(entry)) < len(entry)


@given(balanced())
def test_lets_every_self_assessed_tax_meet_a_tax_of_its_code(entry: list[Line]) -> None:
    for pair in paired(entry):
        roles = {entry[pair.debit].tax_role, entry[pair.credit].tax_role}
        assert roles in ({""}, {"tax", "self_assessed"})
        assert entry[pair.debit].tax_code == entry[pair.credit].tax_code


@pytest.mark.parametrize("count", [2, 1_000])
def test_handles_long_entries(count: int) -> None:
    assert len(paired(lines(*["1.00"] * count, f"-{count}.00"))) == count
