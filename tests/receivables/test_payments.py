"""Payments: what they settle, what is left, and what they refuse."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.documents.errors import TotalsMismatch
from ledger.entries.entries import reverse_entry
from ledger.errors import InvalidLine, InvalidStateTransition, ReferenceNotFound
from ledger.models import Account, JournalEntry
from ledger.open_items.errors import OverAllocated, SettlementMismatch
from receivables import selectors
from receivables.models import Customer
from receivables.services.invoices import void_invoice
from receivables.services.marking_paid import mark_invoice_paid
from receivables.services.payments import (
    apply_payment,
    confirm_payment,
    create_payment,
    unapply_payment,
    update_payment,
    void_payment,
)
from receivables.services.refund_receipts import create_refund_receipt, void_refund_receipt
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, amounts, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company)


def pay(company: Company, **values: Any) -> Any:
    return create_payment({"document_date": date(2026, 1, 20), **values}, company=company, actor=ACTOR)


class TestRecording:
    def test_refuses_to_go_to_an_account_for_open_items(self, company: Company, customer: Customer) -> None:
        with pytest.raises(ValidationFailed, match="is for open items") as refusal:
            make_payment(company, "10.00", customer=customer, deposit_to_account_code="1100")
        assert refusal.value.field == "deposit_to_account_code"

    def test_refuses_a_currency_that_its_amount_is_too_fine_for(self, company: Company, customer: Customer) -> None:
        draft = make_payment(company, "10.55", customer=customer, status="draft")
        with pytest.raises(InvalidLine) as refusal:
            update_payment(draft, {"currency": "JPY"}, actor=ACTOR)
        assert refusal.value.field == "amount"

    def test_reads_amount_and_customer_from_the_allocations(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = pay(company, allocations=[{"invoice_id": invoice.id, "amount": Decimal(40)}], status="completed")
        assert (payment.total_amount, payment.customer) == (Decimal(40), customer)
        invoice.refresh_from_db()
        assert (invoice.status, invoice.balance_due) == ("partially_paid", Decimal(60))

    def test_pays_the_invoice_it_names(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = pay(company, amount=Decimal(120), invoice_id=invoice.id, status="completed")
        assert payment.unapplied_amount == Decimal(20)
        invoice.refresh_from_db()
        assert invoice.status == "paid"

    def test_settles_nothing_as_a_draft(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        draft = make_payment(company, "100.00", invoice, status="draft")
        invoice.refresh_from_db()
        assert (draft.status, invoice.status) == ("draft", "open")
        draft = update_payment(draft, {"amount": Decimal(30)}, actor=ACTOR)
        confirm_payment(**by(company, draft))
        invoice.refresh_from_db()
        assert invoice.balance_due == Decimal(70)

    def test_posts_to_the_account_it_names(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "50.00", customer=customer, deposit_to_account_code="1020")
        assert lines_of(payment.entry) == posted(("1020", "50.00"), ("1100", "-50.00"))

    def test_may_be_eaten_up_by_fees(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "2.00", customer=customer, fees=Decimal(2))
        assert lines_of(payment.entry) == posted(("6230", "2.00"), ("1100", "-2.00"))

    @pytest.mark.parametrize(
        ("values", "refusal", "field"),
        [
            ({"amount": Decimal(0)}, ValidationFailed, "amount"),
            ({"amount": Decimal(-5)}, ValidationFailed, "amount"),
            ({"amount": Decimal(5), "fees": Decimal(6)}, ValidationFailed, "fees"),
            ({"amount": Decimal(5), "fees": Decimal(1), "net_amount": Decimal(3)}, TotalsMismatch, "net_amount"),
            ({"amount": Decimal(5), "deposit_to_account_code": "9999"}, ReferenceNotFound, "deposit_to_account_code"),
            ({"amount": Decimal(5), "exchange_rate": Decimal(2)}, ValidationFailed, "exchange_rate"),
        ],
    )
    def test_refuses_figures_that_cannot_be(
        self, company: Company, customer: Customer, values: dict[str, Any], refusal: type[Exception], field: str
    ) -> None:
        with pytest.raises(refusal) as refused:
            pay(company, customer_id=customer.id, **values)
        assert refused.value.field == field  # type: ignore[attr-defined]

    def test_needs_a_customer(self, company: Company) -> None:
        with pytest.raises(ReferenceNotFound, match="name the customer"):
            pay(company, amount=Decimal(5))


class TestAllocating:
    def test_refuses_more_than_the_invoice_has_left(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        allocations = [{"invoice_id": invoice.id, "amount": Decimal("100.01")}]
        with pytest.raises(
            OverAllocated, match=r"invoice INV-1001 has 100\.00 left to settle, less than the 100.01"
        ) as refused:
            pay(company, amount=Decimal(200), allocations=allocations, status="completed")
        assert refused.value.field == "allocations[0].amount"
        assert selectors.payments(company.id).count() == 0

    def test_refuses_the_same_invoice_twice_beyond_its_rest(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        twice = [{"invoice_id": invoice.id, "amount": Decimal(60)}] * 2
        with pytest.raises(OverAllocated) as refused:
            pay(company, amount=Decimal(200), allocations=twice, status="completed")
        assert refused.value.field == "allocations[1].amount"

    def test_refuses_allocations_above_the_amount(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        with pytest.raises(ValidationFailed, match=r"add up to 60, more than the 50\.00 paid"):
            pay(company, amount=Decimal(50), allocations=[{"invoice_id": invoice.id, "amount": Decimal(60)}])

    def test_refuses_another_customers_invoice(self, company: Company, customer: Customer) -> None:
        foreign = make_invoice(company)
        with pytest.raises(SettlementMismatch, match="is another customer's"):
            make_payment(company, "1.00", foreign, customer=customer)

    def test_refuses_another_currency(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer, currency="EUR", exchange_rate=Decimal("1.1"))
        with pytest.raises(SettlementMismatch, match="is in EUR; PAY-1001 in USD"):
            make_payment(company, "10.00", invoice, currency="USD")

    def test_takes_the_invoices_currency_by_itself(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer, currency="EUR", exchange_rate=Decimal("1.1"))
        payment = make_payment(company, "100.00", invoice, exchange_rate=Decimal("1.1"))
        assert payment.currency == "EUR"

    def test_refuses_drafts_and_void_invoices(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, customer=customer, status="draft")
        with pytest.raises(SettlementMismatch, match="is draft; only a confirmed invoice can be paid"):
            make_payment(company, "1.00", draft)
        void = make_invoice(company, customer=customer)
        void_invoice(**by(company, void))
        with pytest.raises(SettlementMismatch, match="is void"):
            make_payment(company, "1.00", void)

    def test_realises_gain_and_loss_per_invoice_to_the_cent(self, company: Company, customer: Customer) -> None:
        """Three invoices of 10.01 EUR at 1.10, 1.20, 1.30: 11.01, 12.01, 13.01. Paid at 1.20: 36.04 for 36.03."""
        bills = [
            make_invoice(company, line("10.01"), customer=customer, currency="EUR", exchange_rate=Decimal(rate))
            for rate in ("1.10", "1.20", "1.30")
        ]
        payment = make_payment(company, "30.03", *bills, exchange_rate=Decimal("1.20"))
        assert lines_of(payment.entry) == posted(("1050", "36.04"), ("1100", "-36.03"), ("7100", "-0.01"))
        assert {bill.open_base for bill in selectors.invoices(company.id)} == {Decimal(0)}
        prove(company)

    def test_leaves_no_cent_of_base_currency_on_a_paid_invoice(self, company: Company, customer: Customer) -> None:
        money = {"currency": "EUR", "exchange_rate": Decimal("1.333333")}
        invoice = make_invoice(company, line("10.00"), customer=customer, **money)
        for _ in range(3):
            make_payment(company, "3.33", invoice, exchange_rate=Decimal("1.333333"))
        make_payment(company, "0.01", invoice, exchange_rate=Decimal("1.333333"))
        invoice.refresh_from_db()
        assert (invoice.status, invoice.open_base) == ("paid", 0)
        prove(company)


class TestApplyingLater:
    def test_applies_the_rest_oldest_first_as_told(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "150.00", customer=customer)
        first, second = make_invoice(company, customer=customer), make_invoice(company, customer=customer)
        apply_payment(**by(company, payment), allocations=[{"invoice_id": first.id}, {"invoice_id": second.id}])
        second.refresh_from_db()
        assert second.balance_due == Decimal(50)
        payment.refresh_from_db()
        with pytest.raises(OverAllocated, match=r"0\.00 that PAY-1001 has left"):
            apply_payment(**by(company, payment), allocations=[{"invoice_id": second.id, "amount": Decimal(1)}])

    def test_takes_off_what_was_applied(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "100.00", invoice)
        payment = unapply_payment(**by(company, payment))
        assert payment.unapplied_amount == Decimal(100)
        assert unapply_payment(**by(company, payment)).unapplied_amount == Decimal(100)
        invoice.refresh_from_db()
        assert invoice.status == "open"
        assert balances(company) == amounts(_1050="100.00", _4000="-100.00")

    def test_refuses_to_apply_a_draft(self, company: Company, customer: Customer) -> None:
        draft = make_payment(company, "100.00", customer=customer, status="draft")
        with pytest.raises(InvalidStateTransition, match="a draft payment cannot be applied"):
            apply_payment(**by(company, draft), allocations=[])


class TestMarkingPaid:
    def test_pays_the_rest_on_a_date_into_an_account(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        make_payment(company, "30.00", invoice)
        bank = Account.objects.get(company=company, code="1000")
        invoice = mark_invoice_paid(
            **by(company, invoice), paid_on=date(2026, 2, 2), deposit_to_account_id=bank.id, payment_method="card"
        )
        assert invoice.status == "paid"
        payment = selectors.payments(company.id).latest("id")
        assert (payment.total_amount, payment.document_date) == (Decimal(70), date(2026, 2, 2))
        assert balances(company)["1000"] == Decimal(70)
        assert mark_invoice_paid(**by(company, invoice)).status == "paid"
        assert selectors.payments(company.id).count() == 2

    def test_refuses_a_draft(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, customer=customer, status="draft")
        with pytest.raises(InvalidStateTransition, match="a draft invoice cannot be marked as paid"):
            mark_invoice_paid(**by(company, draft))


class TestRefunding:
    def refund(self, company: Company, **values: Any) -> Any:
        stated = {"document_date": date(2026, 1, 25), "status": "completed", **values}
        return create_refund_receipt(stated, company=company, actor=ACTOR)

    def test_gives_back_what_is_left_first(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "80.00", customer=customer, deposit_to_account_code="1020")
        refund = self.refund(company, payment_id=payment.id, total_amount=Decimal(30))
        assert lines_of(refund.entry) == posted(("1100", "30.00"), ("1020", "-30.00"))
        payment.refresh_from_db()
        assert payment.unapplied_amount == Decimal(50)

    def test_opens_the_invoice_again_that_the_money_had_paid(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "100.00", invoice)
        self.refund(company, payment_id=payment.id, total_amount=Decimal(30))
        invoice.refresh_from_db()
        payment.refresh_from_db()
        assert (invoice.status, invoice.balance_due) == ("partially_paid", Decimal(30))
        assert payment.unapplied_amount == 0
        prove(company)

    def test_refuses_more_than_was_paid(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "80.00", customer=customer)
        with pytest.raises(OverAllocated, match=r"more than the 80\.00"):
            self.refund(company, payment_id=payment.id, total_amount=Decimal("80.01"))

    def test_takes_back_revenue_and_tax_when_it_stands_alone(self, company: Company) -> None:
        refund = self.refund(company, total_amount=Decimal("104.00"), net_amount=Decimal("100.00"))
        assert lines_of(refund.entry) == posted(("4000", "100.00"), ("2200", "4.00"), ("1000", "-104.00"))

    def test_waits_as_pending_until_it_is_completed(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "80.00", customer=customer)
        refund = self.refund(company, payment_id=payment.id, total_amount=Decimal(30), status="pending")
        assert (refund.status, refund.entry) == ("pending", None)

    def test_keeps_its_payment_from_being_voided(self, company: Company, customer: Customer) -> None:
        payment = make_payment(company, "80.00", customer=customer)
        refund = self.refund(company, payment_id=payment.id, total_amount=Decimal(30))
        with pytest.raises(InvalidStateTransition, match="was refunded by RF-1001; void that refund first"):
            void_payment(**by(company, payment))
        void_refund_receipt(**by(company, refund))
        void_payment(**by(company, payment))
        assert balances(company) == {}
        prove(company)


class TestAReversalInTheJournal:
    def test_voids_the_payment_and_opens_its_invoices(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "100.00", invoice)
        assert payment.entry_id is not None
        reverse_entry(company_id=company.id, entry_id=payment.entry_id, actor=ACTOR, reason="bounced")
        payment.refresh_from_db()
        invoice.refresh_from_db()
        assert (payment.status, invoice.status) == ("void", "open")
        prove(company)

    def test_voids_the_invoice_and_frees_its_payment(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "100.00", invoice)
        assert invoice.entry_id is not None
        reverse_entry(company_id=company.id, entry_id=invoice.entry_id, actor=ACTOR)
        invoice.refresh_from_db()
        payment.refresh_from_db()
        assert (invoice.status, payment.unapplied_amount) == ("void", Decimal(100))
        prove(company)


def test_leaves_the_reversal_of_what_documents_posted_to_the_documents(company: Company, customer: Customer) -> None:
    invoice = make_invoice(company, customer=customer, currency="EUR", exchange_rate=Decimal("1.1"))
    dearer = {"currency": "EUR", "exchange_rate": Decimal("1.2")}
    payment = make_payment(company, "100.00", customer=customer, **dearer)
    apply_payment(**by(company, payment), allocations=[{"invoice_id": invoice.id}])
    gain = JournalEntry.objects.get(company=company, kind="exchange_difference")
    with pytest.raises(InvalidStateTransition, match="unapply that instead"):
        reverse_entry(company_id=company.id, entry_id=gain.id, actor=ACTOR)
    void_payment(**by(company, payment))
    undone = JournalEntry.objects.get(company=company, reverses_entry=payment.entry)
    with pytest.raises(InvalidStateTransition, match="voided PAY-1001; what is void stays void"):
        reverse_entry(company_id=company.id, entry_id=undone.id, actor=ACTOR)
    prove(company)
