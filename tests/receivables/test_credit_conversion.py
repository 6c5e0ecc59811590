"""An invoice in a foreign currency that is credited in parts leaves nothing on any account, and no exchange gain."""

import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.tenancy.models import Company
from receivables.models import CreditMemo, Invoice
from receivables.services.adjustments import discount_invoice, write_off_invoice
from receivables.services.credit_memos import create_credit_memo, void_credit_memo
from receivables.services.payments import create_payment
from tests.factories import line, make_company, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 25)
REVENUE = ("4100", "4120", "4125", "4150", "4185", "4200", "4300", "4336", "4400", "4320")
BAD_DEBTS = "6930"


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def sold(company: Company, *lines: dict[str, Any], rate: str | Decimal, **values: Any) -> Invoice:
    return make_invoice(company, *lines, currency="USD", exchange_rate=Decimal(rate), **values)


def credit(invoice: Invoice, *lines: dict[str, Any], **values: Any) -> CreditMemo:
    stated = {"document_date": DAY, "status": "open", "invoice_id": invoice.id, "lines": list(lines), **values}
    return create_credit_memo(stated, company=invoice.company, actor=ACTOR)


def taxed(amount: str | Decimal, code: str = "UST19", **values: Any) -> dict[str, Any]:
    return line(amount, tax_code=code, **values)


class TestParts:
    @pytest.mark.parametrize("rate", ["0.33335", "0.91234", "1.005"])
    def test_that_are_equal_leave_nothing(self, company: Company, rate: str) -> None:
        """100.00 and 19.00 of tax at 0.33335 are 33.34 and 6.33; ten parts left 0.03 between 3806 and 4400."""
        invoice = sold(company, taxed("100.00"), rate=rate)
        for _ in range(10):
            credit(invoice, taxed("10.00"))
        assert balances(company) == {}
        prove(company)

    def test_are_converted_with_those_before(self, company: Company) -> None:
        """11.90, 23.80 and 35.70 USD at 0.33335: 3.97, 7.93, 11.90. Tax: 0.63, 1.27, 1.90. Revenue is the rest."""
        invoice = sold(company, taxed("30.00"), rate="0.33335")
        entries = [lines_of(credit(invoice, taxed("10.00")).entry) for _ in range(3)]
        assert entries == [
            posted(("4400", "3.34"), ("3806", "0.63"), ("1200", "-3.97")),
            posted(("4400", "3.32"), ("3806", "0.64"), ("1200", "-3.96")),
            posted(("4400", "3.34"), ("3806", "0.63"), ("1200", "-3.97")),
        ]
        assert balances(company) == {}

    def test_of_lines_on_several_accounts_leave_nothing(self, company: Company) -> None:
        """Ten accounts of 10.00 at 0.33335: four of them got a cent more of the 33.34, and give it back first."""
        codes = REVENUE
        free = {"tax_rate": Decimal(0)}
        stated = [line("10.00", account_code=code, line_key=code, **free) for code in codes]
        invoice = sold(company, *stated, rate="0.33335")
        worth = dict(lines_of(invoice.entry))
        for code in sorted(codes, key=lambda code: worth[code]):
            credit(invoice, line("10.00", invoice_line_ref=code, **free))
        assert balances(company) == {}
        prove(company)

    def test_of_a_line_post_where_it_did(self, company: Company) -> None:
        item = make_item(company, revenue_account_id=company.accounts.get(code="4120").id)
        free = {"tax_rate": Decimal(0)}
        first = line("10.00", account_code="4200", line_key="a", **free)
        invoice = sold(company, first, line("10.00", product_id=item.id, line_key="b", **free), rate="0.33335")
        for key in ("a", "b", "b", "a"):
            credit(invoice, line("5.00", invoice_line_ref=key, quantity=Decimal(0), **free))
        assert balances(company) == {}
        other = credit(
            sold(company, first, rate="0.9"), line("10.00", invoice_line_ref="a", account_code="4320", **free)
        )
        assert lines_of(other.entry)[0] == ("4320", Decimal("9.00"))

    def test_with_lines_that_lower_them_leave_nothing(self, company: Company) -> None:
        lines = taxed("100.00", line_key="a"), taxed("-33.33", line_key="b", quantity=Decimal(1))
        invoice = sold(company, *lines, rate="0.91234")
        for amount, rebate in (("33.33", "-11.11"), ("33.33", "-11.11"), ("33.34", "-11.11")):
            credit(invoice, taxed(amount), taxed(rebate, quantity=Decimal(1)))
        assert balances(company) == {}
        prove(company)

    def test_of_less_than_a_cent_leave_nothing(self, company: Company) -> None:
        """0.30 and 0.20 USD at 0.0451 are 0.02 together with their tax; a tenth of them is nothing."""
        invoice = sold(company, taxed("0.30"), taxed("0.20", "UST7"), rate="0.0451")
        for _ in range(10):
            credit(invoice, taxed("0.03"), taxed("0.02", "UST7"))
        assert balances(company) == {}
        prove(company)

    def test_count_on_after_one_is_void(self, company: Company) -> None:
        invoice = sold(company, taxed("100.00"), rate="0.33335")
        memos = [credit(invoice, taxed("10.00")) for _ in range(10)]
        for memo in (memos[1], memos[4], memos[7]):
            void_credit_memo(**by(company, memo))
        for _ in range(3):
            credit(invoice, taxed("10.00"))
        assert balances(company) == {}
        prove(company)


class TestWithMoney:
    @pytest.mark.parametrize("rate", ["0.33335", "0.91234"])
    def test_parts_of_what_was_not_paid_leave_no_difference(self, company: Company, rate: str) -> None:
        invoice = sold(company, taxed("100.00"), rate=rate)
        make_payment(company, "59.50", invoice, currency="USD", exchange_rate=Decimal(rate))
        for _ in range(5):
            credit(invoice, taxed("10.00"))
        invoice.refresh_from_db()
        assert (invoice.status, invoice.open_base) == ("paid", Decimal(0))
        assert balances(company).keys() <= {"4400", "3806", "1460"}
        prove(company)

    def test_parts_between_payments_leave_no_difference(self, company: Company) -> None:
        """90.00 and 17.10 of tax, paid and credited by turns, each time 5.95."""
        for rate in ("0.33335", "0.91234", "1.00045", "0.0731"):
            invoice = sold(company, taxed("90.00"), rate=rate)
            for _ in range(6):
                make_payment(company, "5.95", invoice, currency="USD", exchange_rate=Decimal(rate))
                credit(invoice, taxed("5.00"))
            invoice.refresh_from_db()
            make_payment(company, invoice.open_amount, invoice, currency="USD", exchange_rate=Decimal(rate))
            assert balances(company).keys().isdisjoint({"1200", "4840", "6880"})
        prove(company)

    @pytest.mark.parametrize("rate", ["0.33335", "0.91234"])
    def test_discounts_and_payments_leave_no_difference(self, company: Company, rate: str) -> None:
        invoice = sold(company, taxed("100.00"), taxed("33.33", "UST7"), rate=rate)
        discount_invoice(**by(company, invoice), percent=Decimal(3), on=DAY)
        credit(invoice, taxed("10.00"))
        invoice.refresh_from_db()
        body = {
            "customer_id": invoice.customer_id,
            "amount": invoice.open_amount,
            "document_date": DAY,
            "currency": "USD",
            "exchange_rate": Decimal(rate),
            "allocations": [{"invoice_id": invoice.id}],
            "status": "completed",
        }
        create_payment(body, company=company, actor=ACTOR)
        assert balances(company).keys().isdisjoint({"1200", "4840", "6880"})
        prove(company)


PRICES = st.decimals(min_value="0.01", max_value="250.00", places=2)
CODES = st.sampled_from(["UST19", "UST7"])
RATES = st.decimals(min_value="0.00500", max_value="3.00000", places=5)
LINES = st.lists(st.tuples(PRICES, CODES), min_size=1, max_size=3)
CUTS = st.lists(st.integers(0, 100), max_size=5)


def in_parts(amount: Decimal, cuts: Sequence[int]) -> list[Decimal]:
    """An amount cut at the given hundredths of it; at none into one part."""
    places = [(amount * cut / 100).quantize(Decimal("0.01")) for cut in sorted({0, *cuts, 100})]
    return [more - less for less, more in pairwise(places) if more != less]


def credited_in_parts(
    invoice: Invoice, lines: Sequence[tuple[Decimal, str]], cuts: Sequence[int], *, by_line: bool, behavior: str
) -> None:
    """Credit all of an invoice, its lines together or one by one and with reference to them."""
    every: list[list[dict[str, Any]]] = []
    for number, (price, code) in enumerate(lines):
        refers = {"invoice_line_ref": str(number + 1), "quantity": Decimal(0)} if by_line else {}
        every.append([taxed(part, code, **refers) for part in in_parts(price, cuts)])
    if by_line:
        memos = [[one] for parts in every for one in parts]
    else:
        longest = max(len(parts) for parts in every)
        memos = [[parts[place] for parts in every if place < len(parts)] for place in range(longest)]
    for stated in memos:
        credit(invoice, *stated, tax_behavior=behavior)


class TestAnyParts:
    @given(
        lines=LINES,
        rate=RATES,
        cuts=CUTS,
        by_line=st.booleans(),
        behavior=st.sampled_from(["exclusive", "inclusive"]),
    )
    @settings(
        max_examples=int(os.environ.get("BACKFILL_EXAMPLES", "10")),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    def test_leave_nothing(
        self,
        company: Company,
        *,
        lines: list[tuple[Decimal, str]],
        rate: Decimal,
        cuts: list[int],
        by_line: bool,
        behavior: str,
    ) -> None:
        with transaction.atomic():
            stated = [taxed(price, code) for price, code in lines]
            invoice = sold(company, *stated, rate=rate, tax_behavior=behavior)
            credited_in_parts(invoice, lines, cuts, by_line=by_line, behavior=behavior)
            assert balances(company) == {}
            prove(company)
            transaction.set_rollback(True)

    @given(
        lines=st.lists(
            st.tuples(st.decimals(min_value="1.00", max_value="250.00", places=2), CODES), min_size=1, max_size=3
        ),
        rate=RATES,
        cuts=CUTS,
        percent=st.integers(1, 60),
        reduction=st.sampled_from(["discount", "write_off"]),
    )
    @settings(
        max_examples=int(os.environ.get("BACKFILL_EXAMPLES", "10")),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    def test_with_a_reduction_leave_only_revenue(
        self,
        company: Company,
        *,
        lines: list[tuple[Decimal, str]],
        rate: Decimal,
        cuts: list[int],
        percent: int,
        reduction: str,
    ) -> None:
        """A discount takes off the invoice first; a bad debt is what credits leave. What they posted to is not an
        account of the invoice, so revenue stands against it, with the same sum."""
        with transaction.atomic():
            invoice = sold(company, *[taxed(price, code) for price, code in lines], rate=rate)
            if reduction == "discount":
                discount_invoice(**by(company, invoice), percent=Decimal(percent), on=DAY)
                parts = [taxed(rest, code) for rest, code in rests(invoice)]
                if parts:
                    credit(invoice, *parts)
            else:
                first = [(part, code) for price, code in lines for part in in_parts(price, [percent])[:-1]]
                for part, code in first:
                    credit(invoice, taxed(part, code))
                bad_debts = company.accounts.get(code=BAD_DEBTS).id
                write_off_invoice(**by(company, invoice), account_id=bad_debts, on=DAY)
            left = balances(company)
            assert left.keys() <= {"4300", "4400", "4730", "4731", BAD_DEBTS}
            assert sum(left.values(), Decimal(0)) == 0
            prove(company)
            transaction.set_rollback(True)


def rests(invoice: Invoice) -> list[tuple[Decimal, str]]:
    """What is left of an invoice without tax, by tax code."""
    left: dict[str, Decimal] = {}
    for sold_line in invoice.lines.all():
        left[sold_line.tax_code] = left.get(sold_line.tax_code, Decimal(0)) + sold_line.net_amount
    for memo in invoice.credit_memos.all():
        for taken in memo.lines.all():
            left[taken.tax_code] -= taken.net_amount
    return [(amount, code) for code, amount in left.items() if amount > 0]
