"""What is paid, applied, taken off, credited, refunded and voided, in any order, on any day and in several currencies:
what is open equals the account on every day, the proof of the books looks at every day, and nothing is undone before it
was done."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.models import Company
from ledger.accounts.balances import account_balance
from ledger.checks.books import check_books
from ledger.entries.entries import reverse_entry
from ledger.models import Account, AccountRole
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.sides import DIFFERENCE_KIND
from receivables.ageing import ageing, open_items
from receivables.models import CreditMemo, Customer, Invoice, Payment, RefundReceipt
from receivables.services.adjustments import discount_invoice, write_off_invoice
from receivables.services.credit_memos import (
    apply_credit_memo,
    create_credit_memo,
    unapply_credit_memo,
    void_credit_memo,
)
from receivables.services.invoices import void_invoice
from receivables.services.payments import apply_payment, unapply_payment, void_payment
from receivables.services.refund_receipts import create_refund_receipt, void_refund_receipt
from tests import factories
from tests.factories import make_company, make_customer, make_entry, make_invoice, make_payment
from tests.receivables.books import ACTOR, by, drifts, prove

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)
LENGTH = 60
CURRENCIES = ("EUR", "CHF", "JPY")
VOIDS: dict[type[Any], Callable[..., Any]] = {
    Invoice: void_invoice,
    Payment: void_payment,
    CreditMemo: void_credit_memo,
    RefundReceipt: void_refund_receipt,
}


def line(amount: str | Decimal, **values: Any) -> dict[str, Any]:
    """A document's line of one amount; without tax unless told otherwise."""
    says = values.keys() & {"tax_code", "tax_amount"}
    return factories.line(amount, **({} if says else {"tax_rate": Decimal(0)}), **values)


def control(company: Company, day: date) -> Decimal:
    account = Account.objects.get(company=company, slot=AccountRole.ACCOUNTS_RECEIVABLE)
    return account_balance(account=account, on=day).net


def tied(company: Company, day: date) -> Decimal:
    """What is open on a day, which is what the account holds."""
    balance = ageing(company, as_of=day).totals.balance
    assert balance == control(company, day), day
    return balance


@dataclass(frozen=True)
class Step:
    """What happens, on which day, to which of the documents there are, and how much of it at which rate."""

    what: str
    day: date
    pick: int
    size: int
    currency: str


class Story:
    """A customer to whom things happen. What is refused has not happened."""

    def __init__(self) -> None:
        self.company = make_company(chart="skr04", currency="EUR")
        self.customer = make_customer(self.company)
        self.days = {FIRST - timedelta(days=1)}

    def happen(self, step: Step) -> None:
        try:
            with transaction.atomic():
                getattr(self, step.what)(step)
        except DomainError:
            return
        self.days |= {step.day, step.day - timedelta(days=1)}

    def money(self, step: Step) -> dict[str, Any]:
        if step.currency == "EUR":
            return {"currency": "EUR"}
        unit = Decimal("0.006") if step.currency == "JPY" else Decimal("0.9")
        return {"currency": step.currency, "exchange_rate": unit * (100 + step.size % 40) / 100}

    def amount(self, step: Step) -> Decimal:
        return Decimal(step.size) if step.currency == "JPY" else Decimal(step.size) / 100

    def rows(self, model: type[Any], step: Step) -> list[Any]:
        return list(model.objects.filter(company=self.company, currency=step.currency).order_by("created_at"))

    def one(self, model: type[Any], step: Step, *, shift: int = 0) -> Any:
        rows = self.rows(model, step)
        if not rows:
            raise ValidationFailed("there is none yet")
        return rows[(step.pick + shift) % len(rows)]

    def stated(self, step: Step) -> dict[str, Any]:
        return {"customer_id": self.customer.id, "document_date": step.day, **self.money(step)}

    def invoice(self, step: Step) -> None:
        make_invoice(self.company, line(self.amount(step)), customer=self.customer, on=step.day, **self.money(step))

    def pay(self, step: Step) -> None:
        invoices = self.rows(Invoice, step)[: step.pick % 3]
        make_payment(
            self.company, self.amount(step), *invoices, customer=self.customer, on=step.day, **self.money(step)
        )

    def credit(self, step: Step) -> None:
        of = {"invoice_id": self.one(Invoice, step).id, "exchange_rate": None} if step.pick % 2 else {}
        stated = {**self.stated(step), **of, "lines": [line(self.amount(step))], "status": "open"}
        create_credit_memo(stated, company=self.company, actor=ACTOR)

    def apply(self, step: Step) -> None:
        model, apply = ((Payment, apply_payment), (CreditMemo, apply_credit_memo))[step.size % 2]
        wanted = {"invoice_id": self.one(Invoice, step, shift=step.size).id}
        credit = self.one(model, step)
        apply(**by(self.company, credit), allocations=[wanted], applied_on=max(step.day, credit.posting_date))

    def unapply(self, step: Step) -> None:
        model, unapply = ((Payment, unapply_payment), (CreditMemo, unapply_credit_memo))[step.size % 2]
        unapply(**by(self.company, self.one(model, step)), on=step.day)

    def refund(self, step: Step) -> None:
        model, name = ((Payment, "payment_id"), (CreditMemo, "credit_memo_id"))[step.size % 2]
        of = {name: self.one(model, step).id, "total_amount": self.amount(step), "status": "completed"}
        create_refund_receipt({**self.stated(step), **of}, company=self.company, actor=ACTOR)

    def discount(self, step: Step) -> None:
        invoice = self.one(Invoice, step)
        discount_invoice(**by(self.company, invoice), percent=Decimal(step.size % 50 + 1), on=step.day)

    def write_off(self, step: Step) -> None:
        account = self.company.accounts.get(code="6930")
        write_off_invoice(**by(self.company, self.one(Invoice, step)), account_id=account.id, on=step.day)

    def void(self, step: Step) -> None:
        model = list(VOIDS)[step.size % len(VOIDS)]
        document = self.one(model, step)
        VOIDS[model](**by(self.company, document), on=max(step.day, document.posting_date))


WHAT = ("invoice", "invoice", "pay", "pay", "credit", "apply", "apply", "unapply", "unapply", "refund", "void", "void")
STEPS = st.builds(
    Step,
    what=st.sampled_from((*WHAT, "void", "discount", "write_off")),
    day=st.integers(0, LENGTH).map(lambda days: FIRST + timedelta(days=days)),
    pick=st.integers(0, 5),
    size=st.integers(1, 900),
    currency=st.sampled_from(("CHF", "CHF", *CURRENCIES)),
)


@settings(
    max_examples=int(os.environ.get("BACKFILL_EXAMPLES", "10")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=6, max_size=20))
def test_ties_what_is_open_to_the_account_on_every_day(steps: list[Step]) -> None:
    story = Story()
    for step in steps:
        story.happen(step)
    connection.check_constraints()
    assert drifts(story.company) == []
    customer = Customer.objects.get(id=story.customer.id)
    for day in sorted({*story.days, FIRST + timedelta(days=LENGTH), date(2027, 1, 1)}):
        owed = tied(story.company, day)
        listed = open_items(company_id=story.company.id, customer_id=customer.id, as_of=day)
        assert sum((item.base_amount for item in listed), Decimal(0)) == owed, day


class TestAnInvoiceAndItsPaymentBothVoidBeforeTheyWereTakenApart:
    """100.00 CHF owed at 1.00, paid at 0.90: 10.00 lost, taken apart on 10 April."""

    def parted(self) -> tuple[Company, Invoice, Payment]:
        company = make_company(chart="skr04", currency="EUR")
        rate = {"currency": "CHF", "exchange_rate": Decimal("1.00")}
        invoice = make_invoice(company, line("100.00"), on=date(2026, 1, 10), **rate)
        rate["exchange_rate"] = Decimal("0.90")
        payment = make_payment(company, "100.00", invoice, on=date(2026, 2, 10), **rate)
        unapply_payment(**by(company, payment), on=date(2026, 4, 10))
        return company, invoice, payment

    @pytest.mark.parametrize(
        ("invoice_on", "payment_on", "between"),
        [(date(2026, 3, 1), date(2026, 3, 15), "-90.00"), (date(2026, 3, 15), date(2026, 3, 1), "100.00")],
    )
    @pytest.mark.parametrize("invoice_first", [True, False])
    def test_takes_the_difference_back_once(
        self, invoice_on: date, payment_on: date, between: str, invoice_first: bool
    ) -> None:
        company, invoice, payment = self.parted()
        steps = [(void_invoice, invoice, invoice_on), (void_payment, payment, payment_on)]
        for void, document, on in steps if invoice_first else steps[::-1]:
            void(**by(company, document), on=on)
        days = [date(2026, 2, 28), date(2026, 3, 5), date(2026, 3, 20), date(2026, 4, 9), date(2026, 4, 10)]
        found = [tied(company, day) for day in days]
        assert found == [Decimal(0), Decimal(between), Decimal(0), Decimal(0), Decimal(0)]
        assert Allocation.objects.get().undone_on == date(2026, 3, 1)
        prove(company)


def unguarded(table: str, trigger: str) -> None:
    """Take a guard away, for this test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class TestTheProof:
    def test_sees_a_past_day_on_which_the_account_differed(self) -> None:
        """PostgreSQL refuses it; the proof adds up the rows."""
        company = make_company(chart="skr04", currency="EUR")
        make_invoice(company, line("100.00"), on=date(2026, 1, 10))
        unguarded("open_items_controlday", "open_items_control_day_ties")
        for day, amount in ((date(2026, 3, 1), "10.00"), (date(2026, 4, 10), "-10.00")):
            lines = ((AccountRole.ACCOUNTS_RECEIVABLE, amount), (AccountRole.FX_GAIN, str(-Decimal(amount))))
            make_entry(company, *lines, on=day, kind=DIFFERENCE_KIND)
        [finding] = check_books(company).findings
        assert finding["subject"] == "accounts receivable on 2026-03-01"
        assert "holds 110.0000 of its entries, open items add up to 100.0000" in finding["message"]

    def test_sees_a_settled_amount_that_is_worth_something_else(self) -> None:
        company = make_company(chart="skr04", currency="EUR")
        invoice = make_invoice(company, line("100.00"), currency="CHF", exchange_rate=Decimal("0.9"))
        make_payment(company, "50.00", invoice, currency="CHF", exchange_rate=Decimal("0.9"))
        unguarded("receivables_invoice", "receivables_invoice_settled_by_items")
        Invoice.objects.filter(id=invoice.id).update(settled_base=Decimal("44.00"))
        messages = [finding.message for finding in drifts(company)]
        assert len(messages) == 1
        assert "settled by 50.0000 (44.0000 in EUR), but its allocations add up to 50.0000 (45.0000)" in messages[0]

    def test_sees_an_item_that_is_settled_by_something_else(self) -> None:
        company = make_company(chart="skr04", currency="EUR")
        invoice = make_invoice(company, line("100.00"))
        make_payment(company, "50.00", invoice)
        unguarded("open_items_openitem", "open_items_item_guard")
        OpenItem.objects.filter(document_id=invoice.id).update(open_amount=Decimal("40.00"), open_base=Decimal("40.00"))
        messages = [finding.message for finding in drifts(company)]
        assert "settled by 60.0000 (60.0000 in EUR), but its allocations add up to 50.0000 (50.0000)" in messages[0]

    def test_takes_as_many_statements_however_many_days_there_were(self) -> None:
        company = make_company(chart="skr04", currency="EUR")
        customer = make_customer(company)
        for offset in range(8):
            make_invoice(company, customer=customer, on=FIRST + timedelta(days=offset))
        with CaptureQueriesContext(connection) as queries:
            assert drifts(company) == []
        assert len(queries) == 6


class TestNothingIsUndoneBeforeItWasDone:
    def test_an_application_is_not_taken_off_before(self) -> None:
        company = make_company()
        invoice = make_invoice(company, on=date(2026, 1, 10))
        payment = make_payment(company, "100.00", customer=invoice.customer, on=date(2026, 1, 5))
        wanted = [{"invoice_id": invoice.id}]
        with pytest.raises(ValidationFailed, match="is not applied before") as refusal:
            apply_payment(**by(company, payment), allocations=wanted, applied_on=date(2026, 1, 4))
        assert refusal.value.field == "applied_on"
        apply_payment(**by(company, payment), allocations=wanted, applied_on=date(2026, 2, 1))
        with pytest.raises(ValidationFailed, match="100 of PAY-1001 were applied on 2026-02-01") as refusal:
            unapply_payment(**by(company, payment), on=date(2026, 1, 31))
        assert refusal.value.field == "on"
        assert unapply_payment(**by(company, payment), on=date(2026, 2, 1)).unapplied_amount == 100

    def test_money_for_an_invoice_to_come_may_be_taken_off_until_it_comes(self) -> None:
        company = make_company()
        invoice = make_invoice(company, on=date(2026, 1, 20))
        payment = make_payment(company, "100.00", invoice, on=date(2026, 1, 5))
        with pytest.raises(ValidationFailed, match="were applied on 2026-01-05"):
            unapply_payment(**by(company, payment), on=date(2026, 1, 4))
        unapply_payment(**by(company, payment), on=date(2026, 1, 8))
        assert [tied(company, date(2026, 1, day)) for day in (4, 5, 19, 20)] == [0, -100, -100, 0]

    @pytest.mark.parametrize("voided", [Payment, Invoice])
    def test_what_is_taken_apart_by_a_void_ends_on_the_day_it_began_at_the_earliest(self, voided: type[Any]) -> None:
        """100.00 CHF of 5 January at 0.90 for an invoice of 20 January at 1.00, void before that. What was
        applied never counted, nor did its loss: it is taken back on the day it would have been made."""
        company = make_company(chart="skr04", currency="EUR")
        invoice = make_invoice(
            company, line("100.00"), on=date(2026, 1, 20), currency="CHF", exchange_rate=Decimal("1.00")
        )
        payment = make_payment(
            company, "100.00", invoice, on=date(2026, 1, 5), currency="CHF", exchange_rate=Decimal("0.90")
        )
        assert Allocation.objects.get().applied_on == date(2026, 1, 20)
        document, on = (payment, date(2026, 1, 8)) if voided is Payment else (invoice, date(2026, 1, 20))
        VOIDS[voided](**by(company, document), on=on)
        assert Allocation.objects.get().undone_on == date(2026, 1, 20)
        days = [tied(company, date(2026, 1, day)) for day in (4, 5, 7, 8, 19, 20)]
        expected = (0, -90, -90, 0, 0, 100) if voided is Payment else (0, -90, -90, -90, -90, -90)
        assert days == [Decimal(figure) for figure in expected]
        prove(company)

    @pytest.mark.parametrize("model", list(VOIDS))
    def test_no_document_is_void_before_it_was_there(self, model: type[Any]) -> None:
        company = make_company()
        invoice = make_invoice(company, on=date(2026, 1, 10))
        payment = make_payment(company, "50.00", customer=invoice.customer, on=date(2026, 1, 10))
        stated = {"document_date": date(2026, 1, 10), "customer_id": invoice.customer_id}
        memo = create_credit_memo({**stated, "lines": [line("10.00")], "status": "open"}, company=company, actor=ACTOR)
        refund = create_refund_receipt(
            {**stated, "payment_id": payment.id, "total_amount": Decimal(5), "status": "completed"},
            company=company,
            actor=ACTOR,
        )
        document = next(one for one in (invoice, payment, memo, refund) if isinstance(one, model))
        with pytest.raises(ValidationFailed, match="cannot be voided before, on 2026-01-09") as refusal:
            VOIDS[model](**by(company, document), on=date(2026, 1, 9))
        document.refresh_from_db()
        assert (refusal.value.field, document.is_void, document.voided_on) == ("on", False, None)
        if model is not Payment:  # its refund stands in the way
            VOIDS[model](**by(company, document), on=date(2026, 1, 10))
            document.refresh_from_db()
            assert document.voided_on == date(2026, 1, 10)

    def test_no_document_is_void_before_it_was_there_because_its_entry_is_reversed(self) -> None:
        company = make_company()
        invoice = make_invoice(company, on=date(2026, 1, 10), effective_date=date(2026, 1, 15))
        assert invoice.entry_id is not None
        with pytest.raises(ValidationFailed) as refusal:
            reverse_entry(company_id=company.id, entry_id=invoice.entry_id, on=date(2026, 1, 14), actor=ACTOR)
        invoice.refresh_from_db()
        assert (refusal.value.field, invoice.status) == ("on", "open")

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("receivables_invoice", "status = 'void', approval_status = 'void', voided_on = document_date - 1"),
            ("receivables_payment", "status = 'void', approval_status = 'void', voided_on = document_date - 1"),
            ("open_items_allocation", "undone_on = applied_on - 1"),
        ],
    )
    def test_not_even_by_sql(self, table: str, change: str) -> None:
        company = make_company()
        payment = make_payment(company, "100.00", make_invoice(company))
        if table != "open_items_allocation":
            unapply_payment(**by(company, payment))
        with pytest.raises(DatabaseError, match="after_"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change}")

    @pytest.mark.parametrize("table", ["creditmemo", "refundreceipt"])
    def test_nothing_is_given_back_before_by_sql(self, table: str) -> None:
        company = make_company()
        invoice = make_invoice(company, on=date(2026, 2, 10))
        payment = make_payment(company, "50.00", customer=invoice.customer, on=date(2026, 2, 10))
        stated = {"document_date": date(2026, 2, 10), "lines": [line("10.00")]}
        create_credit_memo({**stated, "invoice_id": invoice.id}, company=company, actor=ACTOR)
        refund = {"document_date": date(2026, 2, 10), "payment_id": payment.id, "total_amount": Decimal(5)}
        create_refund_receipt(refund, company=company, actor=ACTOR)
        posted = "posted_at = now(), document_number = 'X', document_date = '2026-02-09'"
        status = {"creditmemo": "open", "refundreceipt": "completed"}[table]
        sql = f"UPDATE receivables_{table} SET {posted}, approval_status = 'approved', status = '{status}'"
        with (
            pytest.raises(DatabaseError, match="X counts before what it gives back, which is of 2026-02-10"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
