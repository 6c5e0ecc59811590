"""What customers owe as of any day, and that it ties to the control account on that day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.tenancy.models import Company
from ledger.accounts.balances import account_balance
from ledger.models import Account, AccountRole
from ledger.open_items.ageing import Aged
from receivables.ageing import ageing, open_items
from receivables.models import CreditMemo, Invoice, Payment
from receivables.services.credit_memos import apply_credit_memo, create_credit_memo, void_credit_memo
from receivables.services.invoices import void_invoice
from receivables.services.payments import apply_payment, unapply_payment, void_payment
from receivables.services.refund_receipts import create_refund_receipt
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, by

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def control(company: Company, on: date) -> Decimal:
    """What the receivables account holds at the end of a day."""
    account = Account.objects.get(company=company, slot=AccountRole.ACCOUNTS_RECEIVABLE)
    return account_balance(account=account, on=on).net


def aged(company: Company, on: date) -> Aged:
    return ageing(company, as_of=on).totals


def buckets(**amounts: str) -> Aged:
    return Aged(**{name: Decimal(amount) for name, amount in amounts.items()})


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, "current"),
        (0, "current"),
        (1, "days_1_30"),
        (30, "days_1_30"),
        (31, "days_31_60"),
        (60, "days_31_60"),
        (61, "days_61_90"),
        (90, "days_61_90"),
        (91, "over_90"),
    ],
)
def test_puts_an_item_where_its_days_overdue_are(company: Company, days: int, bucket: str) -> None:
    make_invoice(company, on=date(2026, 1, 1), due_date=date(2026, 1, 15))
    assert aged(company, date(2026, 1, 15) + timedelta(days=days)) == buckets(**{bucket: "100"})


def test_counts_from_the_documents_date_where_nothing_is_agreed(company: Company) -> None:
    make_invoice(company, on=date(2026, 1, 1), due_date=None)
    assert aged(company, date(2026, 1, 2)) == buckets(days_1_30="100")


def test_names_every_customer_with_something_open(company: Company) -> None:
    make_customer(company, name="Anna")
    berta, cleo = make_customer(company, name="Berta"), make_customer(company, name="Cleo")
    make_payment(company, "100", make_invoice(company, customer=cleo))
    make_invoice(company, line("40"), customer=berta, on=date(2026, 1, 1), due_date=date(2026, 1, 1))
    make_payment(company, "15", customer=berta, on=date(2026, 1, 2))
    report = ageing(company, as_of=date(2026, 3, 1))
    assert [(row.name, row.amounts.overdue, row.amounts.credits) for row in report.customers] == [("Berta", 40, -15)]
    assert report.totals.balance == 25


def test_reads_yesterday_as_it_was_yesterday(company: Company) -> None:
    invoice = make_invoice(company, on=date(2026, 1, 1))
    payment = make_payment(company, "60", invoice, on=date(2026, 1, 10))
    unapply_payment(**by(company, payment), on=date(2026, 1, 20))
    apply_payment(
        **by(company, payment), allocations=[{"invoice_id": invoice.id, "amount": "30"}], applied_on=date(2026, 1, 25)
    )
    void_payment(**by(company, payment), on=date(2026, 1, 30))
    void_invoice(**by(company, invoice), on=date(2026, 2, 5))
    history = {
        date(2025, 12, 31): buckets(),
        date(2026, 1, 1): buckets(current="100"),
        date(2026, 1, 10): buckets(days_1_30="40"),
        date(2026, 1, 20): buckets(days_1_30="100", credits="-60"),
        date(2026, 1, 25): buckets(days_1_30="70", credits="-30"),
        date(2026, 1, 30): buckets(days_1_30="100"),
        date(2026, 2, 5): buckets(),
    }
    for day, amounts in history.items():
        assert aged(company, day) == amounts, day
        assert aged(company, day).balance == control(company, day), day


def test_sees_an_invoice_open_while_the_payment_that_settled_it_is_void(company: Company) -> None:
    """The payment was taken off on 15 February and voided as of 10 January: in between it is not there at all."""
    invoice = make_invoice(company, on=date(2026, 1, 1))
    payment = make_payment(company, "100", invoice, on=date(2026, 1, 10))
    unapply_payment(**by(company, payment), on=date(2026, 2, 15))
    void_payment(**by(company, payment))
    payment.refresh_from_db()
    assert payment.voided_on == date(2026, 1, 10)
    for day in (date(2026, 1, 9), date(2026, 1, 10), date(2026, 2, 14), date(2026, 2, 15)):
        assert aged(company, day).balance == control(company, day) == 100, day


FOREIGN = {"currency": "EUR", "exchange_rate": Decimal("1.10")}
DEARER = {"currency": "EUR", "exchange_rate": Decimal("1.20")}


class TestAnExchangeDifferenceBelongsToTheDay:
    """100.00 EUR owed at 1.10 and paid at 1.20: 10.00 are gained, from when on the payment counts until it does not."""

    def ties(self, company: Company, **balances: str) -> None:
        for name, balance in balances.items():
            day = date(2026, int(name[1:3]), int(name[4:]))
            assert (aged(company, day).balance, control(company, day)) == (Decimal(balance), Decimal(balance)), day

    def test_on_which_the_invoice_came_that_was_paid_before(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 1, 20), **FOREIGN)
        make_payment(company, "100", invoice, on=date(2026, 1, 10), **DEARER)
        self.ties(company, _01_09="0", _01_10="-120", _01_19="-120", _01_20="0")

    def test_on_which_it_was_applied_and_taken_off(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 1, 20), **FOREIGN)
        payment = make_payment(company, "100", customer=invoice.customer, on=date(2026, 1, 10), **DEARER)
        wanted = [{"invoice_id": invoice.id}]
        apply_payment(**by(company, payment), allocations=wanted, applied_on=date(2026, 1, 12))
        unapply_payment(**by(company, payment), on=date(2026, 1, 15))  # before it counted: it never did
        self.ties(company, _01_12="-120", _01_19="-120", _01_20="-10")
        apply_payment(**by(company, payment), allocations=wanted, applied_on=date(2026, 2, 1))
        unapply_payment(**by(company, payment), on=date(2026, 2, 10))
        self.ties(company, _01_31="-10", _02_01="0", _02_09="0", _02_10="-10")

    def test_on_which_the_payment_ends_though_it_was_taken_off_later(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 1, 5), **FOREIGN)
        payment = make_payment(company, "100", invoice, on=date(2026, 1, 10), **DEARER)
        unapply_payment(**by(company, payment), on=date(2026, 3, 1))
        void_payment(**by(company, payment), on=date(2026, 2, 1))
        self.ties(company, _01_10="0", _01_31="0", _02_01="110", _02_28="110", _03_01="110")

    def test_on_which_the_invoice_ends_though_it_was_taken_off_later(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 1, 5), **FOREIGN)
        payment = make_payment(company, "100", invoice, on=date(2026, 1, 10), **DEARER)
        unapply_payment(**by(company, payment), on=date(2026, 3, 1))
        void_invoice(**by(company, invoice), on=date(2026, 2, 1))
        self.ties(company, _01_31="0", _02_01="-120", _02_28="-120", _03_01="-120")

    def test_of_which_nothing_is_left_when_the_invoice_is_void_from_the_beginning(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 1, 5), **FOREIGN)
        make_payment(company, "100", invoice, on=date(2026, 2, 10), **DEARER)
        void_invoice(**by(company, invoice))
        self.ties(company, _01_05="0", _02_09="0", _02_10="-120")

    def test_on_which_it_was_given_back(self, company: Company) -> None:
        payment = make_payment(company, "100", customer=make_customer(company), on=date(2026, 1, 10), **DEARER)
        create_refund_receipt(
            {
                "payment_id": payment.id,
                "total_amount": Decimal(100),
                "document_date": date(2026, 1, 12),
                "exchange_rate": Decimal("1.25"),
                "status": "completed",
            },
            company=company,
            actor=ACTOR,
        )
        self.ties(company, _01_09="0", _01_10="-120", _01_11="-120", _01_12="0")


def test_shows_money_that_came_before_the_invoice_as_credit(company: Company) -> None:
    later = make_invoice(company, on=date(2026, 1, 20))
    make_payment(company, "100", later, on=date(2026, 1, 10))
    assert aged(company, date(2026, 1, 15)) == buckets(credits="-100")
    assert aged(company, date(2026, 1, 20)) == buckets()


def test_gives_back_what_a_refund_gave_back(company: Company) -> None:
    customer = make_customer(company)
    payment = make_payment(company, "80", customer=customer, on=date(2026, 1, 10))
    create_refund_receipt(
        {
            "payment_id": payment.id,
            "customer_id": customer.id,
            "total_amount": Decimal(50),
            "document_date": date(2026, 1, 15),
            "status": "completed",
        },
        company=company,
        actor=ACTOR,
    )
    assert aged(company, date(2026, 1, 12)) == buckets(credits="-80")
    assert aged(company, date(2026, 1, 15)) == buckets(credits="-30")


def test_calculates_in_base_currency_at_the_documents_rates(company: Company) -> None:
    foreign = {"currency": "EUR", "exchange_rate": Decimal("1.10")}
    invoice = make_invoice(company, on=date(2026, 1, 1), **foreign)
    assert aged(company, date(2026, 1, 5)).balance == Decimal(110)
    make_payment(company, "40", invoice, on=date(2026, 1, 10), currency="EUR", exchange_rate=Decimal("1.20"))
    assert aged(company, date(2026, 1, 10)).balance == Decimal(66) == control(company, date(2026, 1, 10))


def test_lists_the_items_of_one_customer(company: Company) -> None:
    customer = make_customer(company)
    first = make_invoice(company, customer=customer, on=date(2026, 1, 1), due_date=date(2026, 1, 31))
    second = make_invoice(company, customer=customer, on=date(2026, 1, 2), due_date=date(2026, 1, 12))
    make_payment(company, "100", first, on=date(2026, 2, 10))
    make_payment(company, "30", second, on=date(2026, 1, 20))
    make_invoice(company)
    found = open_items(company_id=company.id, customer_id=customer.id, as_of=date(2026, 2, 1))
    assert [(item.document_id, item.days_overdue, item.amount) for item in found] == [
        (second.id, 20, Decimal(70)),
        (first.id, 1, Decimal(100)),
    ]


def test_reads_one_company_in_one_statement(company: Company) -> None:
    make_invoice(make_company())
    make_invoice(company)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = ageing(company, as_of=date(2026, 6, 1))
    assert report.totals.balance == 100
    assert len(queries) == 1


class Story:
    """A customer to whom things happen in any order, on any day."""

    def __init__(self) -> None:
        self.company = make_company()
        self.customer = make_customer(self.company)
        self.invoices: list[Invoice] = []
        self.given: list[tuple[Any, Any, Payment | CreditMemo]] = []

    def invoice(self, day: date, size: int) -> None:
        self.invoices.append(make_invoice(self.company, line(Decimal(size) / 100), customer=self.customer, on=day))

    def payment(self, day: date, size: int) -> None:
        payment = make_payment(self.company, Decimal(size) / 100, customer=self.customer, on=day)
        self.given.append((apply_payment, void_payment, payment))

    def credit(self, day: date, size: int) -> None:
        lines = [line(Decimal(size) / 100)]
        values = {"customer_id": self.customer.id, "document_date": day, "lines": lines, "status": "open"}
        memo = create_credit_memo(values, company=self.company, actor=ACTOR)
        self.given.append((apply_credit_memo, void_credit_memo, memo))

    def apply(self, day: date, size: int) -> None:
        if not (self.invoices and self.given):
            return
        apply, _, credit = self.given[size % len(self.given)]
        invoice = self.invoices[size % len(self.invoices)]
        credit.refresh_from_db()
        invoice.refresh_from_db()
        if not credit.is_void and min(credit.open_amount, invoice.open_amount):
            apply(
                **by(self.company, credit),
                allocations=[{"invoice_id": invoice.id}],
                applied_on=max(day, credit.posting_date),
            )

    def void(self, day: date, size: int) -> None:
        if self.given:
            _, void, credit = self.given[size % len(self.given)]
            credit.refresh_from_db()
            if credit.is_void:  # on another day, which the second void would have to name
                return
            void(**by(self.company, credit), on=max(day, credit.document_date))


STEPS = st.tuples(
    st.sampled_from(["invoice", "payment", "credit", "apply", "void"]),
    st.integers(0, 40).map(lambda days: date(2026, 1, 1) + timedelta(days=days)),
    st.integers(1, 300),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=2, max_size=12))
def test_ties_to_the_control_account_on_every_day(steps: list[tuple[str, date, int]]) -> None:
    story = Story()
    for step, day, size in steps:
        getattr(story, step)(day, size)
    for offset in range(50):
        day = date(2025, 12, 30) + timedelta(days=offset)
        assert aged(story.company, day).balance == control(story.company, day), day
        listed = open_items(company_id=story.company.id, customer_id=story.customer.id, as_of=day)
        assert sum((item.base_amount for item in listed), Decimal(0)) == control(story.company, day)
