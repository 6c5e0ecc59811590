"""Foreign entries in base currency: the sum is converted once, rounding goes to revenue and expenses, sums balance."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.checks.books import check_books
from ledger.currencies.conversion import Conversion, base_amounts
from ledger.journal.chain import chained_events
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post, post_many, reverse
from ledger.models import AccountRole, AccountTotal, JournalEntry
from tests.factories import make_company

ACTOR = system_actor()
RATE = Decimal("0.92345")

RESULT, SUM = True, False


def converted(
    *lines: tuple[str, bool] | tuple[str, bool, str], rate: Decimal = RATE, base: str = "USD"
) -> list[Decimal]:
    """Convert (amount, is revenue or expense, base amount if stated)."""
    drafts = [
        Conversion(
            amount=Decimal(amount),
            fixed=Decimal(stated[0]) if stated else None,
            is_result=is_result,
            path=f"lines[{index}]",
            field=f"lines[{index}].amount",
        )
        for index, (amount, is_result, *stated) in enumerate(lines)
    ]
    return base_amounts(drafts, rate=rate, base=base)


class TestRounding:
    def test_converts_the_sum_of_a_hundred_lines_once(self) -> None:
        # 1,000.00 at 0.92345 is 923.45; each line is 9.2345, so 45 of the hundred are a cent more than 9.23.
        bank, *sales = converted(("1000.00", SUM), *[("-10.00", RESULT)] * 100)
        assert bank == Decimal("923.45")
        assert (sales.count(Decimal("-9.24")), sales.count(Decimal("-9.23"))) == (45, 55)

    def test_leaves_money_tax_and_open_items_as_they_convert(self) -> None:
        # 119 + 11.90 + 0.07 at the rate: 109.89055, 10.989055, 0.0646415; revenue alone makes up the cent.
        lines = converted(("130.97", SUM), ("-119.00", RESULT), ("-11.90", SUM), ("-0.07", SUM))
        assert lines[0] == Decimal("120.94")
        assert (lines[2], lines[3]) == (Decimal("-10.99"), Decimal("-0.06"))
        assert lines[1] == Decimal("-109.89")
        assert sum(lines) == 0

    def test_gives_the_units_to_the_largest_remainders(self) -> None:
        # 0.046, 0.138, 0.231 and 0.415 at the rate: 0.05 + 0.14 + 0.23 is a cent more than 0.42 has room for.
        assert converted(("0.45", SUM), ("-0.05", RESULT), ("-0.15", RESULT), ("-0.25", RESULT)) == [
            *(Decimal("0.42"), Decimal("-0.05"), Decimal("-0.14"), Decimal("-0.23"))
        ]
        # 0.02770, 0.02770 and 0.03694 against 0.09: the one furthest below its rounding gives way.
        assert converted(("0.10", SUM), ("-0.03", RESULT), ("-0.03", RESULT), ("-0.04", RESULT)) == [
            *(Decimal("0.09"), Decimal("-0.03"), Decimal("-0.03"), Decimal("-0.03"))
        ]

    def test_keeps_the_sum_where_no_line_is_revenue_or_expense(self) -> None:
        bank, *stock = converted(("-1000.00", SUM), *[("10.00", SUM)] * 100)
        assert bank == Decimal("-923.45")
        assert sum(stock) == Decimal("923.45")

    def test_moves_no_line_by_more_than_a_unit(self) -> None:
        # One small fee cannot take the 0.45 that a hundred lines of stock leave over.
        bank, fee, *stock = converted(("-1000.01", SUM), ("0.01", RESULT), *[("10.00", SUM)] * 100)
        assert (bank, fee) == (Decimal("-923.46"), Decimal("0.01"))
        assert sum(stock) == Decimal("923.45")

    def test_keeps_stated_base_amounts(self) -> None:
        lines = converted(("-10.00", SUM, "-9.00"), ("10.00", SUM), ("0", RESULT, "-0.23"))
        assert lines == [Decimal("-9.00"), Decimal("9.23"), Decimal("-0.23")]

    @given(
        st.lists(st.tuples(st.integers(-10_000, 10_000).filter(bool), st.booleans()), min_size=1, max_size=40),
        st.decimals("0.00006", "3000", places=5),
        st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
    )
    def test_balances_and_rounds_up_or_down_whatever_comes(
        self, given_lines: list[tuple[int, bool]], rate: Decimal, base: str
    ) -> None:
        total = sum(amount for amount, _ in given_lines)
        lines = [(str(amount), kind) for amount, kind in given_lines] + ([(str(-total), SUM)] if total else [])
        amounts = converted(*lines, rate=rate, base=base)
        unit = Decimal(1).scaleb({"EUR": -2, "JPY": 0, "KWD": -3, "CLF": -4}[base])
        assert sum(amounts) == 0
        for (stated, _), amount in zip(lines, amounts, strict=True):
            assert abs(amount - Decimal(stated) * rate) < unit
            assert amount * Decimal(stated) >= 0
        if all(kind for _, kind in given_lines) and total:
            assert amounts[-1] == (-total * rate).quantize(unit, ROUND_HALF_UP)


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def draft(company: Company, *lines: tuple[AccountRole, str], **fields: Any) -> EntryDraft:
    drafts = tuple(LineDraft(account=slot, amount=Decimal(amount)) for slot, amount in lines)
    given_fields = {"currency": "IDR", "exchange_rate": Decimal("0.000058823529")} | fields
    return EntryDraft(company_id=company.id, entry_date=date(2026, 3, 5), lines=drafts, **given_fields)


def proven(company: Company) -> bool:
    return check_books(company).findings == []


def worth(entry: JournalEntry) -> list[Decimal]:
    return [line.amount for line in entry.lines.order_by("line_number")]


@pytest.mark.django_db
class TestPosting:
    def test_books_a_hundred_lines(self, company: Company) -> None:
        lines = ((AccountRole.CASH, "1000.00"), *[(AccountRole.REVENUE, "-10.00")] * 100)
        entry = post(draft(company, *lines, currency="USD", exchange_rate=RATE), actor=ACTOR)
        assert worth(entry)[0] == Decimal("923.45")
        assert proven(company)

    def test_books_what_is_worth_less_than_half_a_cent(self, company: Company) -> None:
        entry = post(draft(company, (AccountRole.EXPENSE, "10.00"), (AccountRole.CASH, "-10.00")), actor=ACTOR)
        assert worth(entry) == [0, 0]
        assert (entry.total_amount, entry.event_count) == (0, 1)
        assert [line.currency_amount for line in entry.lines.order_by("line_number")] == [10, -10]
        total = AccountTotal.objects.get(company=company, account__slot=AccountRole.CASH)
        assert (total.debit, total.credit, total.currency_credit) == (0, 0, 10)
        assert proven(company)

    def test_books_lines_worth_nothing_beside_others(self, company: Company) -> None:
        lines = (
            (AccountRole.EXPENSE, "10"),
            (AccountRole.EXPENSE, "170000"),
            (AccountRole.FX_LOSS, "20"),
            (AccountRole.CASH, "-170030"),
        )
        entry = post(draft(company, *lines), actor=ACTOR)
        assert worth(entry) == [0, 10, 0, -10]
        assert entry.event_count == 1
        found = list(entry.lines.order_by("line_number"))
        assert [(event.debit, event.credit, event.amount) for event in chained_events(entry, found)] == [(1, 3, 10)]
        assert proven(company)

    def test_books_many_of_them_at_once_and_reverses_one(self, company: Company) -> None:
        small = draft(company, (AccountRole.EXPENSE, "10"), (AccountRole.CASH, "-10"))
        large = draft(
            company, (AccountRole.EXPENSE, "99999"), (AccountRole.EXPENSE, "1"), (AccountRole.CASH, "-100000")
        )
        ids = post_many([small, large, small], actor=ACTOR)
        for entry_id in ids[:2]:
            original = JournalEntry.objects.get(id=entry_id)
            reversal = reverse(original, on=date(2026, 3, 6), reason="wrong", actor=ACTOR)
            assert worth(reversal) == [-amount for amount in worth(original)]
        assert proven(company)

    @pytest.mark.parametrize(("base", "rate", "expected"), [("JPY", "0.009", "0"), ("KWD", "0.00049", "0.000")])
    def test_knows_the_smallest_unit_of_every_base_currency(self, base: str, rate: str, expected: str) -> None:
        company = make_company(currency=base)
        lines = ((AccountRole.EXPENSE, "1"), (AccountRole.CASH, "-1"))
        entry = post(draft(company, *lines, exchange_rate=Decimal(rate)), actor=ACTOR)
        assert worth(entry) == [Decimal(expected)] * 2
        assert proven(company)

    def test_books_the_smallest_unit_of_a_finer_currency(self) -> None:
        company = make_company(currency="JPY")
        lines = ((AccountRole.EXPENSE, "0.001"), (AccountRole.EXPENSE, "0.009"), (AccountRole.CASH, "-0.010"))
        entry = post(draft(company, *lines, currency="KWD", exchange_rate=Decimal(490)), actor=ACTOR)
        # 0.49, 4.41 and 4.90: the money is 5 yen, and the expense with the larger remainder has the fifth.
        assert worth(entry) == [1, 4, -5]
        assert proven(company)
