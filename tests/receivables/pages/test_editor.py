"""The editor of documents: discounts, dates, taxes that came with a line, and kinds with fields of their own."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.inventory.models import Item
from receivables.models import CreditMemo, Customer, Invoice, RefundReceipt, SalesReceipt
from tests.factories import line, make_customer, make_invoice, make_item
from tests.receivables.books import prove
from tests.receivables.pages.conftest import make_receipt
from tests.receivables.pages.forms import as_shown, typed
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db

WORK = {"description": "Work", "quantity": "3", "unit_amount": "33.33"}


class TestDiscount:
    @pytest.mark.parametrize(
        ("text", "total"),
        [("10 %", "89.99"), ("25.00", "74.99"), ("2.5%", "97.49"), ("10 % + 5", "84.99"), ("", "99.99")],
    )
    def test_comes_off_the_whole_document(
        self, text: str, total: str, owner: Client, company: Company, customer: Customer
    ) -> None:
        owner.post(reverse("admin:new_invoice"), typed(customer, WORK, document_discount=text))
        invoice = Invoice.objects.get(company=company)
        assert invoice.total_amount == Decimal(total)
        shown = as_shown(owner.get(reverse("admin:edit_invoice", args=[invoice.pk])))
        assert shown["document_discount"].replace(" ", "") in {text.replace(" ", ""), text.replace(" ", "") + ".00"}

    def test_is_refused_at_its_input(self, owner: Client, company: Company, customer: Customer) -> None:
        for text, told in (("much", "«much» is not a number"), ("100", "is not between 0 and the lines")):
            page = owner.post(reverse("admin:new_invoice"), typed(customer, WORK, document_discount=text))
            assert page.status_code == 422
            assert told in page.context["form"].errors["document_discount"]
        assert not Invoice.objects.filter(company=company).exists()

    def test_stays_word_for_word_while_it_is_untouched(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        details = [{"amount": "5", "reason": "Spring"}]
        invoice = make_invoice(company, customer=customer, status="draft", discount_details=details)
        address = reverse("admin:edit_invoice", args=[invoice.pk])
        owner.post(address, {**as_shown(owner.get(address)), "memo": "Changed"})
        invoice.refresh_from_db()
        assert (invoice.memo, invoice.discount_details) == ("Changed", details)
        owner.post(address, {**as_shown(owner.get(address)), "document_discount": ""})
        invoice.refresh_from_db()
        assert (invoice.discount_details, invoice.total_amount) == ([], 100)

    def test_of_an_invoice_is_taken_back_in_proportion(self, owner: Client, company: Company) -> None:
        goods = line("100.00", quantity=Decimal(4), unit_amount=Decimal(25))
        invoice = make_invoice(company, goods, discount_details=[{"amount": "10.00"}])
        form = as_shown(owner.get(reverse("admin:new_credit_memo") + f"?invoice={invoice.pk}"))
        assert form["document_discount"] == "10 %"
        owner.post(reverse("admin:new_credit_memo"), {**form, "quantity": ["1"], "action": "confirm"})
        assert CreditMemo.objects.get(company=company).total_amount == Decimal("22.50")
        prove(company)


class TestCredit:
    def test_starts_with_what_is_not_credited_yet(self, owner: Client, company: Company) -> None:
        rows = [line("100.00", quantity=Decimal(4), unit_amount=Decimal(25)), line("7.00", description="Delivery")]
        invoice = make_invoice(company, *rows)
        address = reverse("admin:new_credit_memo") + f"?invoice={invoice.pk}"
        first = {**as_shown(owner.get(address)), "quantity": ["1", "1"], "action": "confirm"}
        owner.post(reverse("admin:new_credit_memo"), first)
        left = as_shown(owner.get(address))
        assert (left["quantity"], left["description"]) == (["3"], ["Goods"])
        owner.post(reverse("admin:new_credit_memo"), {**left, "action": "confirm"})
        assert f"All of invoice {invoice} is credited already." in words(owner.get(address))
        invoice.refresh_from_db()
        assert invoice.balance_due == 0
        prove(company)


class TestDates:
    def test_posts_on_the_day_that_was_asked_for(self, owner: Client, company: Company, customer: Customer) -> None:
        form = typed(customer, WORK, action="confirm", effective_date="2026-03-31", delivery_date="2026-02-27")
        page = owner.post(reverse("admin:new_invoice"), form, follow=True)
        invoice = Invoice.objects.get(company=company)
        assert invoice.entry is not None
        assert (invoice.document_date, invoice.entry.entry_date) == (date(2026, 3, 2), date(2026, 3, 31))
        assert invoice.shipping_details == {"delivery_date": "2026-02-27"}
        assert "Mar 31, 2026" in words(page)
        assert "Feb 27, 2026" in words(page)

    def test_keeps_what_else_is_told_of_the_delivery(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(
            company, status="draft", shipping_details={"carrier": "Post", "delivery_date": "2026-01-02"}
        )
        address = reverse("admin:edit_invoice", args=[invoice.pk])
        for typed_day, kept in (
            ("2026-01-05", {"carrier": "Post", "delivery_date": "2026-01-05"}),
            ("", {"carrier": "Post"}),
        ):
            owner.post(address, {**as_shown(owner.get(address)), "delivery_date": typed_day})
            invoice.refresh_from_db()
            assert invoice.shipping_details == kept

    def test_names_a_day_that_is_none(self, owner: Client, customer: Customer) -> None:
        page = owner.post(reverse("admin:new_invoice"), typed(customer, WORK, effective_date="2026-02-30"))
        refused = page.context["form"].errors
        assert list(refused) == ["effective_date"]
        assert refused["effective_date"].startswith("Enter a date of the calendar. It may be written ")


class TestCurrency:
    def test_asks_for_a_rate_that_nobody_knows(self, owner: Client, company: Company, customer: Customer) -> None:
        form = {**typed(customer, WORK, action="confirm"), "currency": "EUR"}
        page = owner.post(reverse("admin:new_invoice"), form)
        assert page.status_code == 422
        assert page.context["form"].errors["exchange_rate"].startswith("No rate is known for this day. Type one")
        owner.post(reverse("admin:new_invoice"), {**form, "exchange_rate": "1.25"})
        assert Invoice.objects.get(company=company).base_amount == Decimal("124.99")


class TestTax:
    @pytest.fixture
    def taxed_item(self, company: Company) -> Item:
        return make_item(company, name="Rope", unit_price=Decimal(10), tax_code="ST-CA")

    def test_is_what_the_line_shows(
        self, owner: Client, company: Company, customer: Customer, taxed_item: Item
    ) -> None:
        for code in ("", "_none"):  # nothing chosen is the item's; «no tax» is none
            owner.post(reverse("admin:new_invoice"), typed(customer, {"item": "Rope", "tax_code": code}))
        without, taxed = Invoice.objects.filter(company=company).order_by("total_amount")
        assert (without.tax_amount, without.total_amount) == (0, 10)
        assert taxed.tax_amount > 0
        again = as_shown(owner.get(reverse("admin:edit_invoice", args=[without.pk])))
        owner.post(reverse("admin:edit_invoice", args=[without.pk]), {**again, "memo": "Changed"})
        without.refresh_from_db()
        assert (without.memo, without.tax_amount) == ("Changed", 0)

    def test_that_was_stated_is_taken_back_with_the_pieces(self, owner: Client, company: Company) -> None:
        goods = line("100.00", quantity=Decimal(4), unit_amount=Decimal(25), tax_amount=Decimal("8.25"))
        invoice = make_invoice(company, goods)
        page = owner.get(reverse("admin:new_credit_memo") + f"?invoice={invoice.pk}")
        assert 'data-kept-tax="8.25"' in page.content.decode()
        form = {**as_shown(page), "quantity": ["1"], "action": "confirm"}
        owner.post(reverse("admin:new_credit_memo"), form)
        memo = CreditMemo.objects.get(company=company)
        assert (memo.tax_amount, memo.total_amount) == (Decimal("2.06"), Decimal("27.06"))
        prove(company)

    def test_tells_the_page_of_a_customer_who_is_exempt(self, owner: Client, company: Company) -> None:
        exempt = make_customer(company, tax_exempt=True)
        page = owner.get(reverse("admin:new_invoice") + f"?customer={exempt.pk}")
        assert 'data-exempt="yes"' in page.content.decode()
        found = owner.get(reverse("admin:customer_search") + f"?q={exempt.name}").json()["results"]
        assert found[0]["is_exempt"] is True


class TestSalesReceipt:
    def test_needs_no_customer(self, owner: Client, company: Company) -> None:
        form = typed(None, WORK, action="confirm", deposit_to_account="1000", payment_method="Card")
        page = owner.post(reverse("admin:new_sales_receipt"), form, follow=True)
        receipt = SalesReceipt.objects.get(company=company)
        assert receipt.deposit_to_account is not None
        assert (receipt.status, receipt.deposit_to_account.code) == ("completed", "1000")
        for told in ("is confirmed.", "No customer named", "1000 ", "Card"):
            assert told in words(page), told
        prove(company)

    def test_refuses_an_account_that_is_not_there(self, owner: Client, company: Company) -> None:
        page = owner.post(reverse("admin:new_sales_receipt"), typed(None, WORK, deposit_to_account="99999"))
        assert page.status_code == 422
        assert "There is no account «99999»" in page.context["form"].errors["deposit_to_account"]
        assert not SalesReceipt.objects.exists()

    def test_is_edited_and_voided(self, owner: Client, company: Company) -> None:
        draft = make_receipt(company, status="")
        address = reverse("admin:edit_sales_receipt", args=[draft.pk])
        owner.post(address, {**as_shown(owner.get(address)), "payment_method": "Cash", "action": "confirm"})
        draft.refresh_from_db()
        assert (draft.status, draft.payment_method) == ("completed", "Cash")
        owner.post(reverse("admin:void_sales_receipt", args=[draft.pk]), {"reason": "Typo"})
        draft.refresh_from_db()
        assert draft.status == "void"
        prove(company)


class TestRefund:
    def test_takes_back_a_sale_with_its_lines(self, owner: Client, company: Company) -> None:
        rows: tuple[dict[str, Any], ...] = (WORK, {"description": "Delivery", "unit_amount": "5"})
        form = typed(None, *rows, action="confirm", paid_from_account="1000", reason="Broken")
        page = owner.post(reverse("admin:new_refund_receipt"), form, follow=True)
        refund = RefundReceipt.objects.get(company=company)
        assert (refund.status, refund.total_amount, refund.net_amount) == (
            "completed",
            Decimal("104.99"),
            Decimal("104.99"),
        )
        assert "is completed." in words(page)
        prove(company)

    def test_starts_with_what_a_receipt_sold(self, owner: Client, company: Company) -> None:
        receipt = make_receipt(company, discount_details=[{"amount": "1.50"}])
        page = owner.get(reverse("admin:new_refund_receipt") + f"?sales_receipt={receipt.pk}")
        owner.post(reverse("admin:new_refund_receipt"), {**as_shown(page), "action": "confirm"})
        refund = RefundReceipt.objects.get(company=company)
        assert (refund.total_amount, refund.reason) == (receipt.total_amount, f"Refund of {receipt}")
