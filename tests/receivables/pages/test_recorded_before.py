"""What looks like something recorded minutes ago is asked about before it counts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backfill.tenancy.models import Company
from receivables.models import CreditMemo, Invoice, Payment, RefundReceipt
from receivables.services.payments import void_payment
from tests.factories import make_customer, make_invoice, make_payment
from tests.receivables.books import by
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db
ASKED = "Is this meant?"


@pytest.fixture
def invoice(company: Company) -> Invoice:
    return make_invoice(company, customer=make_customer(company, name="Harbor Supplies"))


class TestAPayment:
    def form(self, invoice: Invoice, amount: str = "40", **fields: str) -> dict[str, str]:
        return {"amount": amount, "paid_on": "2026-02-01", f"pay-{invoice.pk}": amount, **fields}

    def url(self, invoice: Invoice, name: str) -> str:
        if name == "pay_invoice":
            return reverse("admin:pay_invoice", args=[invoice.pk])
        return f"{reverse('admin:new_payment')}?customer={invoice.customer_id}"

    @pytest.mark.parametrize("name", ["new_payment", "pay_invoice"])
    def test_is_asked_about_and_counts_once_it_is_meant(
        self, owner: Client, company: Company, invoice: Invoice, name: str
    ) -> None:
        url = self.url(invoice, name)
        assert owner.post(url, self.form(invoice)).status_code == 302
        page = owner.post(url, self.form(invoice))
        first = Payment.objects.get(company=company)
        assert page.status_code == 422
        assert ASKED in words(page)
        assert f"Payment {first} over 40.00 USD of" in words(page)
        assert owner.post(url, self.form(invoice, accept_warnings="yes")).status_code == 302
        assert Payment.objects.filter(company=company).count() == 2

    def test_of_another_amount_or_day_is_not(self, owner: Client, invoice: Invoice) -> None:
        url = self.url(invoice, "new_payment")
        owner.post(url, self.form(invoice))
        assert owner.post(url, self.form(invoice, "39")).status_code == 302
        assert owner.post(url, self.form(invoice, "20", paid_on="2026-02-02")).status_code == 302

    def test_of_another_customer_is_not(self, owner: Client, company: Company, invoice: Invoice) -> None:
        other = make_invoice(company)
        owner.post(self.url(other, "new_payment"), self.form(other))
        assert owner.post(self.url(invoice, "new_payment"), self.form(invoice)).status_code == 302

    @pytest.mark.parametrize("is_void", [False, True])
    def test_is_not_after_an_hour_nor_where_the_first_is_void(
        self, owner: Client, company: Company, invoice: Invoice, is_void: bool
    ) -> None:
        url = self.url(invoice, "new_payment")
        owner.post(url, self.form(invoice))
        first = Payment.objects.get(company=company)
        if is_void:
            void_payment(**by(company, first))
        else:
            Payment.objects.filter(id=first.id).update(created_at=timezone.now() - timedelta(hours=2))
        assert owner.post(url, self.form(invoice)).status_code == 302

    def test_that_is_a_draft_is_saved_without_asking(self, owner: Client, company: Company, invoice: Invoice) -> None:
        url = self.url(invoice, "new_payment")
        owner.post(url, self.form(invoice))
        assert owner.post(url, self.form(invoice, action="save")).status_code == 302
        draft = Payment.objects.get(company=company, status="draft")
        edit = reverse("admin:edit_payment", args=[draft.pk])
        form = self.form(invoice, version=draft.updated_at.isoformat())
        assert ASKED in words(owner.post(edit, form))


def test_a_refund_is_asked_about(owner: Client, company: Company) -> None:
    payment = make_payment(company, "50.00", customer=make_customer(company))
    url, form = (
        reverse("admin:refund_payment", args=[payment.pk]),
        {"total_amount": "20", "document_date": "2026-02-01"},
    )
    assert owner.post(url, form).status_code == 302
    assert ASKED in words(owner.post(url, form))
    assert RefundReceipt.objects.filter(company=company).count() == 1


def test_a_write_off_is_asked_about(owner: Client, company: Company, invoice: Invoice) -> None:
    url = reverse("admin:write_off_invoice", args=[invoice.pk])
    form = {"amount": "20.00", "on": "2026-02-03", "account_id": "6300", "reason": "Insolvent"}
    assert owner.post(url, form).status_code == 302
    assert ASKED in words(owner.post(url, form))
    assert CreditMemo.objects.filter(company=company).count() == 1
