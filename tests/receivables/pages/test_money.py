"""Drafts of payments, taking single invoices off, and giving credits back."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from receivables.models import Customer, Invoice, Payment, RefundReceipt
from tests.factories import make_customer, make_invoice, make_payment
from tests.receivables.books import prove
from tests.receivables.pages.conftest import make_credit_memo, make_draft_payment, make_unapplied_payment
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db


class TestDraft:
    @pytest.fixture
    def invoice(self, company: Company, customer: Customer) -> Invoice:
        return make_invoice(company, customer=customer)

    def shown(self, client: Client, payment: Payment) -> dict[str, Any]:
        page = client.get(reverse("admin:edit_payment", args=[payment.pk]))
        form, grid = page.context["form"], page.context["grid"]
        fields = {name: form[name].value() or "" for name in form.fields}
        return {
            **fields,
            **{f"pay-{row.document.pk}": row.typed for row in grid.rows},
            "version": page.context["version"],
        }

    def test_is_saved_without_touching_the_books(
        self, owner: Client, company: Company, customer: Customer, invoice: Invoice
    ) -> None:
        form = {"amount": "80", "paid_on": "2026-02-01", f"pay-{invoice.pk}": "60", "action": "save"}
        page = owner.post(reverse("admin:new_payment") + f"?customer={customer.pk}", form, follow=True)
        payment = Payment.objects.get(company=company)
        assert (payment.status, payment.entry_id) == ("draft", None)
        text = words(page)
        assert "Will be applied to" in text
        assert "60.00" in text

    def test_is_edited_and_recorded(
        self, owner: Client, company: Company, customer: Customer, invoice: Invoice
    ) -> None:
        wanted = [{"invoice_id": invoice.pk, "amount": Decimal("20.00")}]
        payment = make_draft_payment(company, customer, allocations=wanted, reference_number="R-1")
        form = self.shown(owner, payment)
        assert (form["amount"], form[f"pay-{invoice.pk}"], form["reference_number"]) == ("30.00", "20.00", "R-1")
        changed = {**form, "amount": "50", f"pay-{invoice.pk}": "45", "deposit_to": "1000"}
        owner.post(reverse("admin:edit_payment", args=[payment.pk]), changed)
        payment.refresh_from_db()
        assert (payment.status, payment.total_amount, payment.unapplied_amount) == ("completed", 50, 5)
        assert payment.reference_number == "R-1"
        prove(company)

    def test_stays_a_draft_when_it_is_only_saved(self, owner: Client, company: Company, customer: Customer) -> None:
        payment = make_draft_payment(company, customer)
        form = {**self.shown(owner, payment), "amount": "31", "action": "save"}
        owner.post(reverse("admin:edit_payment", args=[payment.pk]), form)
        payment.refresh_from_db()
        assert (payment.status, payment.total_amount) == ("draft", 31)

    def test_is_not_overwritten_when_somebody_else_changed_it(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        payment = make_draft_payment(company, customer)
        form = {**self.shown(owner, payment), "amount": "31"}
        payment.save()
        page = owner.post(reverse("admin:edit_payment", args=[payment.pk]), form)
        assert page.status_code == 409
        assert "Somebody has changed this payment" in words(page)
        payment.refresh_from_db()
        assert payment.total_amount == 30

    def test_is_deleted(self, owner: Client, company: Company, customer: Customer) -> None:
        payment = make_draft_payment(company, customer)
        owner.post(reverse("admin:delete_payment", args=[payment.pk]))
        assert not Payment.objects.exists()

    def test_opens_no_editor_once_it_is_recorded(self, owner: Client, company: Company, customer: Customer) -> None:
        payment = make_unapplied_payment(company, customer)
        answer = owner.get(reverse("admin:edit_payment", args=[payment.pk]))
        assert answer.headers["Location"] == reverse("admin:payment", args=[payment.pk])


def test_waits_for_a_second_person_where_the_company_asks_for_it(
    owner: Client, company: Company, customer: Customer
) -> None:
    """Money that goes out is approved like everything else."""
    payment = make_unapplied_payment(company, customer)
    Company.objects.filter(pk=company.pk).update(requires_approval=True)
    form = {"total_amount": "30", "document_date": "2026-02-03"}
    page = owner.post(reverse("admin:refund_payment", args=[payment.pk]), form, follow=True)
    assert "waits for somebody else" in words(page)
    refund = RefundReceipt.objects.get(company=company)
    assert (refund.approval_status, refund.is_posted) == ("pending_approval", False)
    payment.refresh_from_db()
    assert payment.unapplied_amount == 30


class TestTakingOff:
    def test_takes_a_payment_off_one_invoice(self, owner: Client, company: Company, customer: Customer) -> None:
        first, second = (make_invoice(company, customer=customer) for _ in range(2))
        payment = make_payment(company, "200", first, second)
        url = reverse("admin:unapply_payment", args=[payment.pk])
        page = owner.post(url, {"invoice": str(first.pk)}, follow=True)
        assert f"is taken off invoice {first}; it is the customer" in words(page)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.open_amount, second.open_amount) == (100, 0)
        prove(company)

    def test_goes_back_to_the_invoice_it_was_pressed_on(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        invoice = make_invoice(company, customer=customer)
        memo = make_credit_memo(company, customer, invoice_id=invoice.pk)
        here = reverse("admin:invoice", args=[invoice.pk])
        url = reverse("admin:unapply_credit_memo", args=[memo.pk])
        answer = owner.post(url, {"invoice": str(invoice.pk), "next": here})
        assert answer.headers["Location"] == here
        invoice.refresh_from_db()
        assert invoice.open_amount == 100

    def test_knows_no_invoice_of_another_company(
        self, owner: Client, company: Company, customer: Customer, other: Company
    ) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "100", invoice)
        theirs = make_invoice(other, customer=make_customer(other))
        for wrong in (theirs.pk, uuid4()):
            answer = owner.post(reverse("admin:unapply_payment", args=[payment.pk]), {"invoice": str(wrong)})
            assert answer.status_code == 404
        invoice.refresh_from_db()
        assert invoice.open_amount == 0


class TestGivingBack:
    def test_refunds_what_is_left_of_a_payment(self, owner: Client, company: Company, customer: Customer) -> None:
        payment = make_unapplied_payment(company, customer)
        url = reverse("admin:refund_payment", args=[payment.pk])
        assert owner.get(url).context["form"]["total_amount"].value() == "30.00"
        form = {
            "total_amount": "12.50",
            "document_date": "2026-02-03",
            "paid_from_account_id": "1000",
            "reason": "Twice",
        }
        page = owner.post(url, form, follow=True)
        refund = RefundReceipt.objects.get(company=company)
        assert (refund.status, refund.total_amount, refund.payment_id) == ("completed", Decimal("12.50"), payment.pk)
        assert f"Refund {refund} is recorded." in words(page)
        seen = words(owner.get(reverse("admin:payment", args=[payment.pk])))
        assert "17.50" in seen
        assert str(refund) in seen
        prove(company)

    def test_refunds_a_credit_memo_and_voids_the_refund(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        memo = make_credit_memo(company, customer)
        form = {"total_amount": "20", "document_date": "2026-02-03"}
        owner.post(reverse("admin:refund_credit_memo", args=[memo.pk]), form)
        memo.refresh_from_db()
        assert memo.open_amount == 0
        refund = RefundReceipt.objects.get(company=company)
        owner.post(reverse("admin:void_refund_receipt", args=[refund.pk]), {"reason": "Came back"})
        memo.refresh_from_db()
        assert memo.open_amount == 20
        prove(company)

    def test_gives_back_no_more_than_there_is(self, owner: Client, company: Company, customer: Customer) -> None:
        memo = make_credit_memo(company, customer)
        form = {"total_amount": "20.01", "document_date": "2026-02-03"}
        page = owner.post(reverse("admin:refund_credit_memo", args=[memo.pk]), form)
        assert page.status_code == 422
        assert page.context["form"].errors["total_amount"]
        assert not RefundReceipt.objects.exists()

    def test_refunds_no_draft(self, owner: Client, company: Company, customer: Customer) -> None:
        draft = make_draft_payment(company, customer)
        page = owner.get(reverse("admin:refund_payment", args=[draft.pk]))
        assert (page.status_code, "a draft payment cannot be refunded" in words(page)) == (409, True)
