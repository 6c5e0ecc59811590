"""Steps that are not possible say why and lead to what is in the way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.models import Account, JournalEntry
from receivables.models import CreditMemo, Invoice
from receivables.services.adjustments import write_off_invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.services.refund_receipts import create_refund_receipt
from tests.factories import line, make_customer, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR, by
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db


def credit(invoice: Invoice, amount: str) -> CreditMemo:
    stated = {"invoice_id": invoice.id, "document_date": date(2026, 1, 25), "status": "open", "lines": [line(amount)]}
    return create_credit_memo(stated, company=invoice.company, actor=ACTOR)


def href(name: str, document: Any) -> str:
    return f'href="{reverse(f"admin:{name}", args=[document.pk])}"'


class TestVoid:
    def check(self, owner: Client, name: str, document: Any, blocked_by: tuple[str, Any], says: str) -> None:
        assert "Void<small>Not possible now" in words(owner.get(reverse(f"admin:{name}", args=[document.pk])))
        entries = JournalEntry.objects.count()
        url = reverse(f"admin:void_{name}", args=[document.pk])
        for page in (owner.get(url), owner.post(url, {"reason": "Wrong"})):
            assert page.status_code == 409
            assert says in words(page)
            assert href(*blocked_by) in page.content.decode()
            assert 'name="reason"' not in page.content.decode()
        assert JournalEntry.objects.count() == entries

    def test_of_a_credited_invoice(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        memo = credit(invoice, "10.00")
        self.check(owner, "invoice", invoice, ("credit_memo", memo), f"was credited by {memo}")

    def test_of_a_refunded_payment(self, owner: Client, company: Company) -> None:
        payment = make_payment(company, "50.00", customer=make_customer(company))
        stated = {"payment_id": payment.id, "total_amount": Decimal(20), "status": "completed"}
        refund = create_refund_receipt(stated, company=company, actor=ACTOR)
        self.check(owner, "payment", payment, ("refund_receipt", refund), f"was refunded by {refund}")

    def test_of_a_paid_invoice_is_possible_and_says_what_it_undoes(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        payment = make_payment(company, "100.00", invoice)
        page = owner.get(reverse("admin:void_invoice", args=[invoice.pk]))
        assert page.status_code == 200
        assert f"100.00 USD of payment {payment}" in words(page)


class TestCredit:
    def test_of_a_credited_invoice_shows_no_empty_form(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        url = reverse("admin:new_credit_memo") + f"?invoice={invoice.pk}"
        half = credit(invoice, "50.00")
        assert "lines-0" in owner.get(url).content.decode() or owner.get(url).status_code == 200
        losses = Account.objects.get(company=company, code="6300")
        rest = write_off_invoice(**by(company, invoice), account_id=losses.id)
        page = owner.get(url)
        assert f"All of invoice {invoice} is credited already." in words(page)
        assert "<textarea" not in page.content.decode()
        for memo in (half, rest):
            assert href("credit_memo", memo) in page.content.decode()

    def test_of_a_draft_is_refused(self, owner: Client, company: Company) -> None:
        draft = make_invoice(company, status="draft")
        page = owner.get(reverse("admin:new_credit_memo") + f"?invoice={draft.pk}")
        assert page.status_code == 409
        assert "a draft invoice cannot be credited" in words(page)


class TestAccounts:
    @pytest.mark.parametrize("status", ["draft", "open"])
    def test_of_lines_are_those_that_post(self, owner: Client, company: Company, status: str) -> None:
        """By the role of revenue, by the item, as stated; the default of the customer comes before the role."""
        codes = list(
            Account.objects.filter(company=company, type="revenue", is_active=True, slot=None).order_by("code")[:3]
        )
        by_item, stated, default = codes
        item = make_item(company, name="Hours", type="service", revenue_account_id=by_item.id)
        lines = [line("10.00"), line("20.00", product_id=item.id), line("30.00", account_id=stated.id)]
        plain = make_invoice(company, *lines, status=status)
        usual = Account.objects.get(company=company, slot="revenue")
        page = owner.get(reverse("admin:invoice", args=[plain.pk]))
        assert [one.shown_account for one in page.context["lines"]] == [usual, by_item, stated]
        customer = make_customer(company, default_account_code=default.code)
        own = make_invoice(company, line("10.00"), customer=customer, status=status)
        page = owner.get(reverse("admin:invoice", args=[own.pk]))
        assert href("account", default) in page.content.decode()

    def test_stays_the_posted_one_when_the_role_moves(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, line("10.00"))
        usual = Account.objects.get(company=company, slot="revenue")
        Account.objects.filter(id=usual.id).update(slot=None)
        page = owner.get(reverse("admin:invoice", args=[invoice.pk]))
        assert [one.shown_account for one in page.context["lines"]] == [usual]


def test_names_kinds_in_words(owner: Client, company: Company) -> None:
    stated = {"total_amount": Decimal(20), "status": "completed", "lines": [line("20.00")]}
    refund = create_refund_receipt(stated, company=company, actor=ACTOR)
    page = words(owner.get(reverse("admin:journal_entry", args=[refund.entry_id])))
    assert "<dt>Kind</dt><dd>Refund receipt" in page
    assert "efund_receipt<" not in page
