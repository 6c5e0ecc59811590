"""Invoices: drafts, approval, what may change when, and how they end."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Role
from ledger.documents.errors import DocumentNotFound, DuplicateDocumentNumber
from ledger.errors import (
    ApprovalRequired,
    DocumentPosted,
    InvalidLine,
    InvalidStateTransition,
    PeriodLocked,
    ReferenceNotFound,
    SelfApprovalDenied,
)
from ledger.models import Activity, JournalEntry
from ledger.periods.calendar import soft_lock
from receivables.models import Customer, Invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import (
    approve_invoice,
    confirm_invoice,
    create_invoice,
    delete_invoice,
    reject_invoice,
    submit_invoice,
    update_invoice,
    void_invoice,
)
from tests.factories import (
    actor_of,
    line,
    make_company,
    make_customer,
    make_invoice,
    make_item,
    make_member,
    make_payment,
)
from tests.receivables.books import ACTOR, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, name="Acme")


def create(company: Company, values: dict[str, Any]) -> Invoice:
    return create_invoice(values, company=company, actor=ACTOR)


class TestADraft:
    def test_has_no_number_and_posts_nothing(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, customer=customer, status="draft")
        assert (draft.document_number, draft.status, draft.approval_status) == ("", "draft", "draft")
        assert not JournalEntry.objects.exists()

    def test_takes_its_date_from_the_instant_where_the_company_is(self) -> None:
        company = make_company(chart="us", currency="USD", time_zone="America/New_York")
        values = {
            "customer_id": make_customer(company, payment_terms_days=14).id,
            "issued_at": datetime(2026, 5, 6, 2, 0, tzinfo=UTC),
            "lines": [line("1.00")],
        }
        draft = create(company, values)
        assert (draft.document_date, draft.due_date) == (date(2026, 5, 5), date(2026, 5, 19))

    def test_is_due_on_the_day_of_due_at(self, company: Company, customer: Customer) -> None:
        due = datetime(2026, 6, 1, 12, tzinfo=UTC)
        draft = make_invoice(company, customer=customer, status="draft", due_at=due)
        assert draft.due_date == date(2026, 6, 1)

    def test_is_not_due_before_it_is_written(self, company: Company, customer: Customer) -> None:
        with pytest.raises(ValidationFailed, match="cannot be due before") as refusal:
            make_invoice(company, customer=customer, on=date(2026, 5, 5), due_date=date(2026, 5, 4))
        assert refusal.value.field == "due_date"

    def test_finds_a_customer_by_name_when_only_one_has_it(self, company: Company, customer: Customer) -> None:
        draft = create(company, {"customer_name": "ACME", "lines": [line("1.00")]})
        assert draft.customer == customer
        make_customer(company, name="Acme")
        with pytest.raises(ReferenceNotFound, match="more than one customer"):
            create(company, {"customer_name": "Acme", "lines": [line("1.00")]})

    def test_needs_a_line(self, company: Company, customer: Customer) -> None:
        with pytest.raises(ValidationFailed, match="at least one line"):
            create(company, {"customer_id": customer.id, "lines": []})

    def test_is_calculated_anew_when_its_terms_change(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, line("104.00", tax_code="ST-NY"), customer=customer, status="draft")
        assert draft.total_amount == Decimal("108.16")
        draft = update_invoice(draft, {"tax_behavior": "inclusive"}, actor=ACTOR)
        assert (draft.total_amount, draft.tax_amount) == (Decimal("104.00"), Decimal("4.00"))
        draft = update_invoice(draft, {"discount_details": [{"amount": "52.00"}]}, actor=ACTOR)
        assert (draft.total_amount, draft.tax_amount) == (Decimal("52.00"), Decimal("2.00"))
        assert draft.lines.get().gross_amount == Decimal("52.00")

    def test_taxes_its_lines_again_when_it_goes_to_a_customer_who_is_not_exempt(
        self, company: Company, customer: Customer
    ) -> None:
        church = make_customer(company, tax_exempt=True)
        taxed = make_item(company, tax_code="ST-NY")
        draft = make_invoice(company, line("100.00", product_id=taxed.id), customer=church, status="draft")
        assert draft.tax_amount == 0
        draft = update_invoice(draft, {"customer_id": customer.id}, actor=ACTOR)
        assert (draft.tax_amount, draft.lines.get().tax_status) == (Decimal("4.00"), "taxable")
        assert draft.lines.get().tax_exempt_reason == ""
        untold = make_invoice(company, line("100.00", tax_rate=Decimal(4)), customer=church, status="draft")
        with pytest.raises(ValidationFailed, match="send the lines again and say how they are taxed") as refusal:
            update_invoice(untold, {"customer_id": customer.id}, actor=ACTOR)
        assert refusal.value.field == "lines[0].tax_code"

    def test_charges_a_customer_who_is_exempt_what_a_line_states(self, company: Company) -> None:
        church = make_customer(company, tax_exempt=True)
        made = make_invoice(company, line("100.00", tax_code="ST-NY"), customer=church)
        assert (made.tax_amount, made.lines.get().tax_status) == (Decimal("4.00"), "taxable")
        assert [one["code"] for one in made.warnings] == ["TAX_FOR_CUSTOMER"]

    def test_keeps_what_a_line_itself_is_exempt_for(self, company: Company, customer: Customer) -> None:
        church = make_customer(company, tax_exempt=True)
        own = {"tax_status": "exempt", "tax_exempt_reason": "Food", "tax_code": "ST-NY"}
        draft = make_invoice(company, line("100.00", **own), customer=church, status="draft")
        draft = update_invoice(draft, {"customer_id": customer.id}, actor=ACTOR)
        assert (draft.tax_amount, draft.lines.get().tax_exempt_reason) == (0, "Food")

    def test_keeps_the_base_that_was_stated_for_the_tax(self, company: Company, customer: Customer) -> None:
        half = line("100.00", tax_rate=Decimal(10), taxable_amount=Decimal(50))
        draft = make_invoice(company, half, customer=customer, status="draft")
        assert draft.tax_amount == Decimal("5.00")
        draft = update_invoice(draft, {"customer_id": make_customer(company).id}, actor=ACTOR)
        assert draft.tax_amount == Decimal("5.00")

    def test_forgets_the_rate_of_another_currency(self, company: Company, customer: Customer) -> None:
        foreign = {"currency": "EUR", "exchange_rate": Decimal("1.1")}
        draft = make_invoice(company, customer=customer, status="draft", **foreign)
        draft = update_invoice(draft, {"memo": "Same"}, actor=ACTOR)
        assert draft.exchange_rate == Decimal("1.1")
        draft = update_invoice(draft, {"currency": "GBP"}, actor=ACTOR)
        assert draft.exchange_rate is None
        draft = update_invoice(draft, {"currency": "EUR", "exchange_rate": Decimal("1.2")}, actor=ACTOR)
        assert update_invoice(draft, {"currency": "USD"}, actor=ACTOR).exchange_rate is None

    def test_refuses_a_currency_that_its_amounts_are_too_fine_for(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, line("10.55"), customer=customer, status="draft")
        with pytest.raises(InvalidLine, match="amounts in JPY have at most 0") as refusal:
            update_invoice(draft, {"currency": "JPY"}, actor=ACTOR)
        assert refusal.value.field == "lines[0].amount"

    @pytest.mark.parametrize("code", ["1100", "1110", "2000"])
    def test_refuses_lines_on_accounts_for_open_items(self, company: Company, customer: Customer, code: str) -> None:
        with pytest.raises(ValidationFailed, match=f"account {code} is for open items") as refusal:
            make_invoice(company, line("10.00", account_code=code), customer=customer)
        assert refusal.value.field == "lines[0].account_code"

    def test_replaces_its_lines(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, line("1.00"), line("2.00"), customer=customer, status="draft")
        draft = update_invoice(draft, {"lines": [line("5.00")], "total_amount": Decimal(5)}, actor=ACTOR)
        assert [row.amount for row in draft.lines.all()] == [Decimal("5.00")]

    def test_can_be_deleted(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, customer=customer, status="draft")
        delete_invoice(**by(company, draft))
        assert not Invoice.objects.exists()
        assert Activity.objects.filter(subject_id=draft.id, verb="deleted").exists()

    def test_can_be_voided_and_stays(self, company: Company, customer: Customer) -> None:
        draft = void_invoice(**by(company, make_invoice(company, customer=customer, status="draft"))).document
        assert (draft.status, draft.approval_status, draft.document_number) == ("void", "void", "")
        with pytest.raises(InvalidStateTransition, match="is void; a void invoice cannot be confirmed"):
            confirm_invoice(**by(company, draft))


class TestTenancy:
    @pytest.mark.parametrize("step", [confirm_invoice, delete_invoice, void_invoice, submit_invoice])
    def test_hides_another_companys_invoice(self, company: Company, step: Any) -> None:
        foreign = make_invoice(make_company(), status="draft")
        with pytest.raises(DocumentNotFound, match="does not exist"):
            step(**by(company, foreign))

    def test_refuses_references_across_companies(self, company: Company, customer: Customer) -> None:
        other = make_company()
        account = other.accounts.get(code="4000")
        foreign_invoice = make_invoice(other)
        with pytest.raises(ReferenceNotFound) as refusal:
            make_invoice(company, line("1.00", account_id=account.id), customer=customer)
        assert refusal.value.field == "lines[0].account_id"
        with pytest.raises(ReferenceNotFound):
            create(company, {"customer_id": foreign_invoice.customer_id, "lines": [line("1.00")]})
        with pytest.raises(ReferenceNotFound) as refusal:
            make_payment(company, "1.00", foreign_invoice, customer=customer)
        assert refusal.value.field == "allocations[0].invoice_id"


class TestConfirming:
    def test_repeats_without_effect(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        again = confirm_invoice(**by(company, invoice))
        assert again.entry_id == invoice.entry_id
        assert JournalEntry.objects.count() == 1

    def test_posts_an_invoice_of_nothing_as_paid(self, company: Company, customer: Customer) -> None:
        free = [{"percent": 100}]
        invoice = make_invoice(company, line("10.00"), customer=customer, discount_details=free)
        assert (invoice.status, invoice.total_amount, invoice.entry) == ("paid", 0, None)

    def test_dates_the_entry_on_the_effective_date(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer, on=date(2026, 1, 31), effective_date=date(2026, 2, 1))
        assert invoice.entry is not None
        assert (invoice.entry.entry_date, invoice.entry.document_date) == (date(2026, 2, 1), date(2026, 1, 31))

    def test_posts_to_line_item_customer_and_default_accounts(self, company: Company) -> None:
        accounts = {code: company.accounts.get(code=code).id for code in ("4000", "4900", "4020")}
        customer = make_customer(company, default_account_id=accounts["4900"])
        item = make_item(company, revenue_account_id=accounts["4020"])
        invoice = make_invoice(
            company,
            line("1.00", account_id=accounts["4000"], product_id=item.id),
            line("2.00", product_id=item.id),
            line("3.00"),
            customer=customer,
        )
        assert lines_of(invoice.entry) == posted(
            ("1100", "6.00"), ("4000", "-1.00"), ("4020", "-2.00"), ("4900", "-3.00")
        )

    def test_refuses_a_closed_period_and_keeps_the_draft(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, customer=customer, status="draft", on=date(2026, 1, 15))
        soft_lock(company=company, name="2026-01", actor=ACTOR)
        with pytest.raises(PeriodLocked):
            confirm_invoice(**by(company, draft))
        draft.refresh_from_db()
        assert (draft.status, draft.document_number) == ("draft", "")


class TestNumbers:
    def test_accepts_an_own_number_once(self, company: Company, customer: Customer) -> None:
        first = make_invoice(company, customer=customer, document_number="R-1")
        assert first.document_number == "R-1"
        with pytest.raises(DuplicateDocumentNumber, match="invoice R-1 exists already") as refusal:
            make_invoice(company, customer=make_customer(company), document_number="R-1")
        assert refusal.value.details["existing_id"] == str(first.id)

    def test_passes_over_numbers_that_people_chose(self, company: Company, customer: Customer) -> None:
        make_invoice(company, customer=customer, document_number="INV-1001", status="draft")
        assert make_invoice(company, customer=customer).document_number == "INV-1002"

    def test_counts_every_company_for_itself(self, company: Company, customer: Customer) -> None:
        make_invoice(company, customer=customer)
        assert make_invoice(make_company()).document_number == "INV-1001"


class TestApproval:
    @pytest.fixture
    def strict(self) -> Company:
        return make_company(chart="us", currency="USD", requires_approval=True)

    def test_takes_two_people_where_the_company_asks_for_it(self, strict: Company) -> None:
        kim, lee = (actor_of(make_member(strict, role=Role.OWNER)) for _ in range(2))
        draft = make_invoice(strict, status="draft")
        key = {"company_id": strict.id, "document_id": draft.id}
        with pytest.raises(ApprovalRequired, match="submit invoice"):
            confirm_invoice(**key, actor=kim)
        with pytest.raises(ApprovalRequired, match="has not been submitted"):
            approve_invoice(**key, actor=lee)
        assert submit_invoice(**key, actor=kim).approval_status == "pending_approval"
        with pytest.raises(SelfApprovalDenied):
            approve_invoice(**key, actor=kim)
        assert approve_invoice(**key, actor=lee).approval_status == "approved"
        assert confirm_invoice(**key, actor=kim).status == "open"

    @pytest.mark.parametrize("another", [False, True])
    def test_refuses_a_program_to_approve_what_a_program_submitted(self, strict: Company, another: bool) -> None:
        """A key made on the command line is nobody's, so two of them are not two people."""
        draft = make_invoice(strict, status="draft")
        key = {"company_id": strict.id, "document_id": draft.id}
        submit_invoice(**key, actor=system_actor("One"))
        with pytest.raises(SelfApprovalDenied):
            approve_invoice(**key, actor=system_actor("Another" if another else "One"))
        draft.refresh_from_db()
        assert (draft.approval_status, draft.posted_at) == ("pending_approval", None)
        person = actor_of(make_member(strict, role=Role.OWNER))
        assert approve_invoice(**key, actor=person).approval_status == "approved"

    def test_ends_when_what_was_approved_is_edited(self, strict: Company) -> None:
        kim, lee = (actor_of(make_member(strict, role=Role.OWNER)) for _ in range(2))
        draft = make_invoice(strict, status="draft")
        key = {"company_id": strict.id, "document_id": draft.id}
        submit_invoice(**key, actor=kim)
        approve_invoice(**key, actor=lee)
        update_invoice(draft, {"lines": [line("9999.00")]}, actor=kim)
        with pytest.raises(ApprovalRequired):
            confirm_invoice(**key, actor=kim)

    def test_sends_a_rejected_draft_back(self, strict: Company) -> None:
        kim, lee = (actor_of(make_member(strict, role=Role.OWNER)) for _ in range(2))
        draft = make_invoice(strict, status="draft")
        key = {"company_id": strict.id, "document_id": draft.id}
        with pytest.raises(InvalidStateTransition, match="a draft invoice cannot be rejected"):
            reject_invoice(**key, actor=lee)
        submit_invoice(**key, actor=kim)
        assert reject_invoice(**key, actor=lee, reason="too high").approval_status == "rejected"
        with pytest.raises(InvalidStateTransition, match="is rejected; a rejected invoice cannot be confirmed"):
            confirm_invoice(**key, actor=kim)
        with pytest.raises(InvalidStateTransition, match="a rejected invoice cannot be voided"):
            void_invoice(**key, actor=kim)
        assert submit_invoice(**key, actor=kim).approval_status == "pending_approval"

    def test_tells_the_trail(self, company: Company, customer: Customer) -> None:
        draft = make_invoice(company, customer=customer, status="draft")
        submit_invoice(**by(company, draft))
        confirm_invoice(**by(company, draft))
        void_invoice(**by(company, draft), reason="wrong customer")
        trail = Activity.objects.filter(subject_type="invoice", subject_id=draft.id).order_by("at")
        assert [row.verb for row in trail] == ["created", "submitted", "confirmed", "voided"]
        assert trail.last().detail["reason"] == "wrong customer"  # type: ignore[union-attr]
        assert trail.last().detail["date_policy"] == "original date"  # type: ignore[union-attr]


class TestAPostedInvoice:
    def test_changes_only_in_what_it_did_not_post(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer, on=date(2026, 1, 15))
        changes = {"due_date": date(2026, 3, 1), "memo": "thanks", "notes": "call", "metadata": {"a": 1}}
        invoice = update_invoice(invoice, changes, actor=ACTOR)
        invoice.refresh_from_db()
        assert (invoice.due_date, invoice.memo, invoice.metadata) == (date(2026, 3, 1), "thanks", {"a": 1})

    @pytest.mark.parametrize(
        "changes",
        [
            {"document_date": date(2026, 1, 16)},
            {"currency": "EUR"},
            {"document_number": "X-1"},
            {"lines": [line("99.00")]},
            {"lines": [line("100.00", description="Other")]},
            {"discount_details": [{"percent": 10}]},
            {"tax_behavior": "inclusive", "lines": [line("100.00", tax_rate=Decimal(4))]},
        ],
    )
    def test_refuses_to_change_what_it_posted(
        self, company: Company, customer: Customer, changes: dict[str, Any]
    ) -> None:
        invoice = make_invoice(company, customer=customer)
        with pytest.raises(DocumentPosted, match="void it, or issue a credit memo"):
            update_invoice(invoice, changes, actor=ACTOR)
        invoice.refresh_from_db()
        assert invoice.total_amount == Decimal(100)

    def test_takes_the_same_content_again_as_no_change(self, company: Company, customer: Customer) -> None:
        values = {
            "customer_id": customer.id,
            "currency": "USD",
            "document_date": date(2026, 1, 15),
            "issued_at": datetime(2026, 1, 15, 12, tzinfo=UTC),
            "source_system": "shop",
            "source_id": "42",
            "discount_details": [{"amount": Decimal("1.00")}],
            "lines": [line("100.00", tax_code="ST-NY", quantity=Decimal(3), dimensions={"k": "v"})],
            "total_amount": Decimal("102.96"),
            "tax_amount": Decimal("3.96"),
            "status": "open",
            "metadata": {},
        }
        invoice = create(company, values)
        again = update_invoice(invoice, values, actor=ACTOR)
        assert again.total_amount == Decimal("102.96")
        assert JournalEntry.objects.count() == 1
        assert invoice.lines.count() == 1

    def test_cannot_be_deleted(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        with pytest.raises(DocumentPosted, match="is posted; it cannot be deleted: void it"):
            delete_invoice(**by(company, invoice))


class TestVoiding:
    def test_reverses_on_the_original_date_while_that_is_open(self, company: Company, customer: Customer) -> None:
        done = void_invoice(**by(company, make_invoice(company, customer=customer, on=date(2026, 1, 15))))
        assert (done.on, done.date_policy) == (date(2026, 1, 15), "original date")
        assert done.reversal is not None
        assert balances(company) == {}
        prove(company)

    def test_reverses_on_the_first_open_day_when_the_period_is_closed(
        self, company: Company, customer: Customer
    ) -> None:
        invoice = make_invoice(company, customer=customer, on=date(2026, 1, 15))
        for name in ("2026-01", "2026-02"):
            soft_lock(company=company, name=name, actor=ACTOR)
        done = void_invoice(**by(company, invoice))
        assert (done.on, done.date_policy) == (date(2026, 3, 1), "first open day after the original date")
        assert done.document.voided_on == date(2026, 3, 1)

    def test_refuses_a_chosen_date_in_a_closed_period(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer, on=date(2026, 1, 15))
        soft_lock(company=company, name="2026-02", actor=ACTOR)
        with pytest.raises(PeriodLocked):
            void_invoice(**by(company, invoice), on=date(2026, 2, 2))
        invoice.refresh_from_db()
        assert invoice.status == "open"

    def test_frees_what_had_paid_it(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "60.00", invoice)
        done = void_invoice(**by(company, invoice))
        assert [row["amount"] for row in done.undone["undone_allocations"]] == ["60.0000"]
        payment.refresh_from_db()
        assert payment.unapplied_amount == Decimal(60)
        prove(company)

    def test_refuses_while_a_credit_memo_stands_on_it(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        values = {
            "invoice_id": invoice.id,
            "lines": [line("10.00")],
            "status": "open",
            "document_date": date(2026, 1, 20),
        }
        create_credit_memo(values, company=company, actor=ACTOR)
        with pytest.raises(InvalidStateTransition, match="was credited by CM-1001; void that credit memo first"):
            void_invoice(**by(company, invoice))
