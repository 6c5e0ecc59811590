"""Parts of an item in a foreign currency: converted together, so that they add up and nothing is refused at the end."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.tenancy.models import Company
from ledger.currencies.money import part_of_base
from ledger.journal.posting import post
from ledger.models import Account, AccountRole, JournalLine
from receivables.models import Invoice
from receivables.services.payments import apply_payment, unapply_payment, void_payment
from tests.factories import entry_draft, line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, balances, by, open_item_of, prove, settle_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


def invoice_of(company: Company, amount: str, *, currency: str = "JPY", rate: str = "0.00625") -> Invoice:
    customer = make_customer(company)
    return make_invoice(company, line(amount), customer=customer, currency=currency, exchange_rate=Decimal(rate))


def part(company: Company, invoice: Invoice, amount: str, *, rate: str = "0.00625", **values: Any) -> Any:
    paid = [{"invoice_id": invoice.id, "amount": Decimal(amount)}]
    return make_payment(
        company,
        amount,
        customer=invoice.customer,
        currency=invoice.currency,
        exchange_rate=Decimal(rate),
        **{"allocations": paid, **values},
    )


def fx(company: Company) -> Decimal:
    codes = Account.objects.filter(company=company, slot__in=(AccountRole.FX_GAIN, AccountRole.FX_LOSS)).values_list(
        "code", flat=True
    )
    held = balances(company)
    return sum((held.get(str(code), Decimal(0)) for code in codes), Decimal(0))


def receivable(company: Company) -> Decimal:
    return balances(company).get("1100", Decimal(0))


class TestPartsOfAnInvoice:
    def test_settles_three_yen_one_by_one(self, company: Company) -> None:
        # 0.00625 each: together 0.01, 0.01 and 0.02, so the parts are worth 0.01, 0.00 and 0.01.
        invoice = invoice_of(company, "3")
        assert invoice.base_amount == Decimal("0.02")
        worth = [part(company, invoice, "1").base_amount for _ in range(3)]
        assert worth == [Decimal("0.01"), Decimal(0), Decimal("0.01")]
        invoice.refresh_from_db()
        assert (invoice.status, invoice.settled_base) == ("paid", Decimal("0.02"))
        assert (receivable(company), fx(company)) == (0, 0)
        prove(company)

    def test_settles_many_parts_of_less_than_a_cent_too_much(self, company: Company) -> None:
        # 100 yen are 0.625: rounded one by one, twenty of them were 12.60 of the 12.50.
        invoice = invoice_of(company, "2000")
        for _ in range(20):
            part(company, invoice, "100")
        invoice.refresh_from_db()
        assert (invoice.status, invoice.settled_base) == ("paid", Decimal("12.50"))
        assert (receivable(company), fx(company)) == (0, 0)
        prove(company)

    @pytest.mark.parametrize(("currency", "rate"), [("EUR", "1.23456"), ("KWD", "3.2573"), ("IDR", "0.000061")])
    def test_leaves_no_exchange_difference_in_ten_equal_parts(self, company: Company, currency: str, rate: str) -> None:
        invoice = invoice_of(company, "100", currency=currency, rate=rate)
        for _ in range(10):
            part(company, invoice, "10", rate=rate)
        invoice.refresh_from_db()
        assert invoice.status == "paid"
        assert (receivable(company), fx(company)) == (0, 0)
        assert sum(balances(company).values()) == 0
        prove(company)

    def test_realises_a_real_difference_still(self, company: Company) -> None:
        invoice = invoice_of(company, "1000")  # 6.25
        part(company, invoice, "500", rate="0.007")  # 3.50 for 3.13
        part(company, invoice, "500", rate="0.007")  # 3.50 for 3.12
        assert (receivable(company), fx(company)) == (0, Decimal("-0.75"))
        prove(company)

    def test_keeps_the_sum_on_the_bank_for_many_invoices(self, company: Company) -> None:
        # 100 at 1.0045 are 100.45; ten invoices of 10 are 10.05 each. The money is what it is, give or take a cent.
        customer = make_customer(company)
        invoices = [
            make_invoice(company, line("10"), customer=customer, currency="EUR", exchange_rate=Decimal("1.0045"))
            for _ in range(10)
        ]
        payment = make_payment(company, "100", *invoices, currency="EUR", exchange_rate=Decimal("1.0045"))
        assert abs(payment.base_amount - Decimal("100.45")) < Decimal("0.01")
        assert receivable(company) == 0
        prove(company)

    def test_counts_on_after_a_part_is_taken_off(self, company: Company) -> None:
        invoice = invoice_of(company, "7")
        payments = [part(company, invoice, "1") for _ in range(4)]
        unapply_payment(**by(company, payments[1]))
        void_payment(**by(company, payments[2]))
        for _ in range(5):
            part(company, invoice, "1")
        invoice.refresh_from_db()
        assert (invoice.status, invoice.settled_base) == ("paid", invoice.base_amount)
        prove(company)

    def test_applies_money_on_account_bit_by_bit(self, company: Company) -> None:
        invoice = invoice_of(company, "300")
        payment = part(company, invoice, "300", allocations=[])
        for _ in range(3):
            wanted = [{"invoice_id": invoice.id, "amount": Decimal(100)}]
            apply_payment(**by(company, payment), allocations=wanted)
        payment.refresh_from_db()
        assert payment.settled_base == payment.base_amount == Decimal("1.88")
        assert (receivable(company), fx(company)) == (0, 0)
        prove(company)


def test_puts_the_rounding_of_many_lines_on_revenue(company: Company) -> None:
    # A hundred lines of 10.00 at 0.92345 are owed as 923.45; 45 of them bring in a cent more than 9.23.
    lines = [line("10.00") for _ in range(100)]
    invoice = make_invoice(company, *lines, currency="EUR", exchange_rate=Decimal("0.92345"))
    owed, *revenue = JournalLine.objects.filter(entry=invoice.entry_id).order_by("line_number")
    assert (owed.amount, sum(one.amount for one in revenue)) == (Decimal("923.45"), Decimal("-923.45"))
    assert {one.amount for one in revenue} <= {Decimal("-9.23"), Decimal("-9.24"), Decimal("-923.45")}
    prove(company)


class TestPartsOfAnEntry:
    def test_settles_an_open_item_part_by_part(self, company: Company) -> None:
        rate = {"currency": "JPY", "exchange_rate": Decimal("0.00625")}
        opened = post(
            entry_draft(company, (AccountRole.ACCOUNTS_RECEIVABLE, "3"), (AccountRole.REVENUE, "-3"), **rate),
            actor=ACTOR,
        )
        worth = []
        for _ in range(3):
            lines = ((AccountRole.CASH, "1"), (AccountRole.ACCOUNTS_RECEIVABLE, "-1"))
            paid = post(entry_draft(company, *lines, on=date(2026, 1, 20), **rate), actor=ACTOR)
            worth.append(settle_entry(opened, paid, "1").base_debit)
        assert worth == [Decimal("0.01"), Decimal(0), Decimal("0.01")]
        left = open_item_of(opened)
        assert (left.open_amount, left.open_base, left.amount) == (0, 0, 3)


@pytest.mark.parametrize(
    ("settled_base", "left", "expected"),
    [
        *(("0", "0.05", "0.02"), ("0.03", "0.05", "0"), ("0.01", "0.05", "0.01")),
        *(("0", "0.01", "0.01"), ("0", "0", "0"), ("0.03", "0.01", "0")),
    ],
)
def test_takes_no_part_below_zero_or_beyond_what_is_left(settled_base: str, left: str, expected: str) -> None:
    worth = part_of_base(
        settled=Decimal(2),
        settled_base=Decimal(settled_base),
        amount=Decimal(1),
        rate=Decimal("0.00625"),
        left=Decimal(left),
        is_last=False,
        base_currency="USD",
    )
    assert worth == Decimal(expected)
