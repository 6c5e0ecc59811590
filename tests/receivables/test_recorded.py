"""Outgoing invoices of the Bookkeeping contract: recorded, linked once, settled in the journal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.documents.errors import (
    DuplicateInvoiceNumber,
    IntentAlreadyLinked,
    IntentAlreadySet,
    IntentNotFound,
    InvalidStateTransition,
    OverAllocated,
    TotalsMismatch,
)
from ledger.entries import reverse_entry
from ledger.models import Account, JournalEntry, Slot
from ledger.settlements import open_item_of, settle_entry, undo_settlements
from receivables import selectors
from receivables.errors import CustomerNotFound
from receivables.models import CreditMemo, Customer, Invoice
from receivables.services.customers import deactivate_customer
from receivables.services.invoices import confirm_invoice, update_invoice, void_invoice
from receivables.services.recorded import change_outgoing_invoice, record_outgoing_invoice
from tests.factories import make_company, make_customer, make_entry, make_invoice, make_payment
from tests.receivables.books import ACTOR, by, prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company)


@pytest.fixture
def receivable(company: Company) -> Account:
    return Account.objects.get(company=company, slot=Slot.ACCOUNTS_RECEIVABLE)


def values(customer: Customer, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": customer.id,
        "invoice_number": "RE-4711",
        "invoice_date": date(2026, 3, 1),
        "due_date": date(2026, 3, 15),
        "total_net": Decimal("100.00"),
        "total_tax": Decimal("19.00"),
        "total_gross": Decimal("119.00"),
        "type": "invoice",
        "lines": [
            {
                "position": 1,
                "description": "Printer paper",
                "quantity": Decimal(10),
                "unit_price": Decimal("10.00"),
                "tax_rate": Decimal("0.19"),
                "tax_amount": Decimal("19.00"),
                "line_total": Decimal("119.00"),
                "account_number": "4400",
            }
        ],
        **more,
    }


def record(customer: Customer, **more: Any) -> Any:
    return record_outgoing_invoice(values(customer, **more), company=customer.company, actor=ACTOR)


def booked(company: Company, amount: str = "119.00") -> JournalEntry:
    return make_entry(company, (Slot.ACCOUNTS_RECEIVABLE, amount), (Slot.REVENUE, f"-{amount}"), on=date(2026, 3, 1))


def received(company: Company, amount: str) -> JournalEntry:
    return make_entry(company, (Slot.CASH, amount), (Slot.ACCOUNTS_RECEIVABLE, f"-{amount}"), on=date(2026, 3, 20))


def status(company: Company, today: date = date(2026, 3, 10)) -> str:
    return selectors.with_computed_status(Invoice.objects.filter(company=company), today=today).get().computed_status


class TestRecording:
    def test_posts_nothing_and_is_a_draft(self, company: Company, customer: Customer) -> None:
        invoice = record(customer)
        assert not JournalEntry.objects.exists()
        assert (invoice.status, invoice.is_recorded, status(company)) == ("draft", True, "draft")
        line = invoice.lines.get()
        assert (line.net_amount, line.tax_amount, line.tax_rate, line.account.code) == (100, 19, 19, "4400")

    def test_is_open_with_a_posted_intent(self, company: Company, customer: Customer) -> None:
        invoice = record(customer, intent_id=booked(company).id)
        assert (invoice.status, status(company), status(company, date(2026, 3, 16))) == ("open", "open", "overdue")
        prove(company)

    def test_keeps_a_credit_note_as_a_credit_memo(self, company: Company, customer: Customer) -> None:
        note = record(customer, type="credit_note")
        assert isinstance(note, CreditMemo)
        assert note.total_amount == Decimal("119.00")

    def test_takes_the_same_number_for_another_customer(self, company: Company, customer: Customer) -> None:
        record(customer)
        record(make_customer(company))
        with pytest.raises(DuplicateInvoiceNumber, match="has an invoice RE-4711 already"):
            record(customer)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"total_gross": Decimal("118.99")}, TotalsMismatch),
            ({"total_net": Decimal(90), "total_gross": Decimal(109)}, TotalsMismatch),
            ({"due_date": date(2026, 2, 28)}, ValidationFailed),
            ({"lines": []}, ValidationFailed),
        ],
    )
    def test_refuses_what_does_not_add_up(
        self, customer: Customer, changes: dict[str, Any], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            record(customer, **changes)

    def test_tolerates_a_cent_per_line(self, customer: Customer) -> None:
        lines = [{**values(customer)["lines"][0], "line_total": Decimal("119.01")}]
        assert record(customer, lines=lines).total_amount == Decimal("119.00")

    def test_needs_a_known_active_customer(self, company: Company, customer: Customer) -> None:
        with pytest.raises(CustomerNotFound):
            record_outgoing_invoice(values(make_customer(make_company())), company=company, actor=ACTOR)
        deactivate_customer(company_id=company.id, customer_id=customer.id, actor=ACTOR)
        with pytest.raises(ValidationFailed, match="inactive"):
            record(customer)


class TestLinking:
    def test_happens_once(self, company: Company, customer: Customer) -> None:
        invoice, entry = record(customer), booked(company)
        link = {"company_id": company.id, "document_id": invoice.id, "actor": ACTOR}
        change_outgoing_invoice(**link, changes={"intent_id": entry.id})
        with pytest.raises(IntentAlreadySet):
            change_outgoing_invoice(**link, changes={"intent_id": booked(company).id})
        with pytest.raises(IntentAlreadyLinked):
            record(customer, invoice_number="RE-2", intent_id=entry.id)
        with pytest.raises(IntentNotFound):
            record(customer, invoice_number="RE-3", intent_id=make_entry(make_company()).id)

    def test_changes_notes_and_due_date_only(self, company: Company, customer: Customer) -> None:
        invoice = record(customer)
        change_outgoing_invoice(
            company_id=company.id, document_id=invoice.id, changes={"notes": "call", "due_date": None}, actor=ACTOR
        )
        invoice.refresh_from_db()
        assert (invoice.notes, invoice.due_date) == ("call", None)

    def test_ends_when_the_entry_is_reversed(self, company: Company, customer: Customer) -> None:
        entry = booked(company)
        invoice = record(customer, intent_id=entry.id)
        payment = make_payment(company, "19.00", invoice, on=date(2026, 3, 5))
        reverse_entry(company_id=company.id, entry_id=entry.id, actor=ACTOR)
        invoice.refresh_from_db()
        payment.refresh_from_db()
        assert (invoice.status, invoice.entry, status(company)) == ("draft", None, "draft")
        assert payment.unapplied_amount == Decimal("19.00")
        prove(company)

    @pytest.mark.parametrize("step", [confirm_invoice, void_invoice])
    def test_leaves_posting_to_others(self, company: Company, customer: Customer, step: Any) -> None:
        invoice = record(customer, intent_id=booked(company).id) if step is void_invoice else record(customer)
        with pytest.raises(InvalidStateTransition, match="was recorded as posted elsewhere"):
            step(**by(company, invoice))
        with pytest.raises(InvalidStateTransition):
            update_invoice(invoice, {"memo": "x"}, actor=ACTOR)


class TestSettlingInTheJournal:
    def test_follows_the_settled_entry(self, company: Company, customer: Customer, receivable: Account) -> None:
        entry = booked(company)
        invoice = record(customer, intent_id=entry.id)
        part = received(company, "19.00")
        key = {"company_id": company.id, "open_entry_id": entry.id, "open_account_id": receivable.id, "actor": ACTOR}
        settle_entry(**key, settlement_entry=part, amount=Decimal(19))
        assert status(company) == "partially_paid"
        assert open_item_of(entry, receivable.id).amount == Decimal(100)
        settle_entry(**key, settlement_entry=received(company, "100.00"), amount=Decimal(100))
        assert status(company) == "paid"
        with pytest.raises(OverAllocated):
            settle_entry(**key, settlement_entry=received(company, "1.00"), amount=Decimal(1))
        undo_settlements(company_id=company.id, settlement_entry_id=part.id, on=date(2026, 3, 21), actor=ACTOR)
        invoice.refresh_from_db()
        assert invoice.balance_due == Decimal(19)
        prove(company)

    def test_takes_settlements_made_before_the_link(
        self, company: Company, customer: Customer, receivable: Account
    ) -> None:
        entry = booked(company)
        settle_entry(
            company_id=company.id,
            open_entry_id=entry.id,
            open_account_id=receivable.id,
            settlement_entry=received(company, "119.00"),
            amount=Decimal(119),
            actor=ACTOR,
        )
        assert record(customer, intent_id=entry.id).balance_due == 0
        assert status(company) == "paid"
        prove(company)

    def test_opens_again_when_the_settling_entry_is_reversed(
        self, company: Company, customer: Customer, receivable: Account
    ) -> None:
        entry, settling = booked(company), received(company, "119.00")
        invoice = record(customer, intent_id=entry.id)
        settle_entry(
            company_id=company.id,
            open_entry_id=entry.id,
            open_account_id=receivable.id,
            settlement_entry=settling,
            amount=Decimal(119),
            actor=ACTOR,
        )
        reverse_entry(company_id=company.id, entry_id=settling.id, actor=ACTOR)
        invoice.refresh_from_db()
        assert (invoice.status, invoice.balance_due) == ("open", Decimal(119))
        prove(company)

    def test_settles_an_invoice_that_posted_itself_too(
        self, company: Company, customer: Customer, receivable: Account
    ) -> None:
        invoice = make_invoice(company, customer=customer)
        assert invoice.entry_id is not None
        settle_entry(
            company_id=company.id,
            open_entry_id=invoice.entry_id,
            open_account_id=receivable.id,
            settlement_entry=received(company, "100.00"),
            amount=Decimal(100),
            actor=ACTOR,
        )
        invoice.refresh_from_db()
        assert invoice.status == "paid"
        prove(company)
        void_invoice(**by(company, invoice))
        prove(company)
