"""Selling in the admin: customer, invoice, payment, credit, quote and order, and what is refused on the way."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from receivables.models import CreditMemo, Customer, Invoice, Payment, Quote, SalesOrder
from tests.factories import line, make_customer, make_invoice, make_item
from tests.receivables.books import prove
from tests.receivables.pages.conftest import make_order, make_quote, make_unapplied_payment
from tests.receivables.pages.forms import as_shown, typed
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db


class TestCustomers:
    def test_adds_one_and_shows_it(self, owner: Client, company: Company) -> None:
        form = {"name": "Bay Foods", "street": "1 Pier", "city": "Oakland", "country": "US", "credit_limit": "1,000.50"}
        page = owner.post(reverse("admin:new_customer"), form, follow=True)
        customer = Customer.objects.get(company=company)
        assert (customer.name, customer.credit_limit) == ("Bay Foods", Decimal("1000.50"))
        assert customer.billing_address == {"street": "1 Pier", "city": "Oakland", "country": "US"}
        assert "1 Pier" in words(page)

    def test_keeps_what_was_typed_when_something_is_wrong(self, owner: Client) -> None:
        page = owner.post(reverse("admin:new_customer"), {"name": "", "phone": "555-0100", "credit_limit": "much"})
        assert page.status_code == 422
        assert "555-0100" in words(page)
        assert "«much» is not a number" in words(page)

    def test_finds_by_words_of_the_name(self, owner: Client, customer: Customer) -> None:
        assert "Harbor Supplies" in words(owner.get(reverse("admin:customers") + "?q=supp+harb"))
        assert "Harbor Supplies" not in words(owner.get(reverse("admin:customers") + "?q=bay"))
        found = owner.get(reverse("admin:customer_search") + "?q=harbor").json()["results"]
        assert [one["name"] for one in found] == ["Harbor Supplies"]

    def test_says_why_one_with_documents_cannot_be_deleted(self, owner: Client, company: Company) -> None:
        customer = make_invoice(company).customer
        page = owner.post(reverse("admin:delete_customer", args=[customer.pk]), follow=True)
        assert "has documents and stays in the books" in words(page)

    def test_leads_to_all_documents_of_one(self, owner: Client, company: Company) -> None:
        customer = make_customer(company, name="Smith & Sons")
        own, foreign = make_invoice(company, customer=customer), make_invoice(company)
        page = words(owner.get(reverse("admin:customer", args=[customer.pk])))
        link = reverse("admin:invoices") + "?customer=Smith%20%26%20Sons"
        assert f'href="{link}"' in page
        listed = owner.get(link).context["page"].rows
        assert (own in listed, foreign in listed) == (True, False)


class TestEditor:
    def test_saves_a_draft_with_the_services_totals(self, owner: Client, company: Company, customer: Customer) -> None:
        item = make_item(company, name="Rope", sku="R-1", unit_price=Decimal("4.25"))
        lines: tuple[dict[str, str], ...] = (
            {"item": "R-1 Rope", "quantity": "10", "discount": "10 %"},
            {"description": "Delivery", "unit_amount": "1,000.00", "account": "4000"},
            {},
        )
        owner.post(reverse("admin:new_invoice"), typed(customer, *lines))
        invoice = Invoice.objects.get(company=company)
        assert (invoice.status, invoice.total_amount) == ("draft", Decimal("1038.25"))
        assert invoice.due_date == invoice.document_date + timedelta(days=14)
        first = invoice.lines.first()
        assert first is not None
        assert (first.item_id, first.discount_amount, first.description) == (item.pk, Decimal("4.25"), "Rope")

    def test_confirms_in_one_go(self, owner: Client, company: Company, customer: Customer) -> None:
        form = typed(customer, {"description": "Work", "unit_amount": "80"}, action="confirm")
        page = owner.post(reverse("admin:new_invoice"), form, follow=True)
        invoice = Invoice.objects.get(company=company)
        assert invoice.status == "open"
        assert f"Invoice {invoice.document_number} is confirmed." in words(page)
        prove(company)

    def test_shows_each_error_at_its_place_and_keeps_everything(self, owner: Client, customer: Customer) -> None:
        lines = (
            {"description": "Kept text", "unit_amount": "many"},
            {"item": "Nothing like it", "unit_amount": "5"},
            {"description": "No price", "account": "99999"},
        )
        page = owner.post(reverse("admin:new_invoice"), {**typed(customer, *lines), "customer": "Nobody"})
        assert page.status_code == 422
        text = words(page)
        for told in (
            *("No customer is named «Nobody».", "«many» is not a number", "«Nothing like it»", "Write a price."),
            *("There is no account «99999».", "Kept text"),
        ):
            assert told in text, told
        assert not Invoice.objects.exists()

    def test_shows_a_refusal_of_the_service_at_its_line(self, owner: Client, customer: Customer) -> None:
        lines = ({"description": "Fine", "unit_amount": "5"}, {"unit_amount": "5", "tax_code": "NONE"})
        page = owner.post(reverse("admin:new_invoice"), typed(customer, *lines))
        assert page.status_code == 422
        refused = page.content.decode().split("<tr data-line")[2]
        assert "NONE" in refused.partition("bf-error")[2]

    def test_keeps_what_it_does_not_show_of_a_draft(self, owner: Client, company: Company, customer: Customer) -> None:
        stated = line("100.00", tax_amount=Decimal("7.77"), dimensions={"project": "A"})
        invoice = make_invoice(company, stated, customer=customer, status="draft")
        form = {**_form_of(owner, invoice), "memo": "Changed"}
        owner.post(reverse("admin:edit_invoice", args=[invoice.pk]), form)
        invoice.refresh_from_db()
        kept = invoice.lines.get()
        assert (invoice.memo, kept.stated_tax, kept.dimensions) == ("Changed", Decimal("7.77"), {"project": "A"})

    def test_refuses_a_draft_that_somebody_changed_meanwhile(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, status="draft")
        form = _form_of(owner, invoice)
        invoice.save()
        page = owner.post(reverse("admin:edit_invoice", args=[invoice.pk]), form)
        assert page.status_code == 409
        assert "Somebody has changed this invoice" in words(page)


class TestInvoice:
    @pytest.mark.parametrize(
        ("amount", "told", "left"),
        [
            ("100.00", "Invoice {0} is paid.", 0),
            ("30", "70.00 USD of invoice {0} are still open.", 70),
            ("120", "Invoice {0} is paid.", -20),
        ],
    )
    def test_is_paid_by_one_form(self, amount: str, told: str, left: int, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        url = reverse("admin:pay_invoice", args=[invoice.pk])
        assert owner.get(url).context["form"]["amount"].value() == "100.00"
        form = {"amount": amount, "paid_on": "2026-02-03", "deposit_to": "1000", "payment_method": "Transfer"}
        page = owner.post(url, form, follow=True)
        assert told.format(invoice) in words(page)
        invoice.refresh_from_db()
        payment = Payment.objects.get(company=company)
        assert invoice.balance_due - payment.unapplied_amount == left
        prove(company)

    def test_is_paid_where_the_last_one_was(self, owner: Client, company: Company) -> None:
        address = reverse("admin:pay_invoice", args=[make_invoice(company).pk])
        assert not owner.get(address).context["form"]["deposit_to"].value()
        owner.post(address, {"amount": "100", "paid_on": "2026-02-03", "deposit_to": "1010"})
        again = reverse("admin:pay_invoice", args=[make_invoice(company).pk])
        for form in (owner.get(again).context["form"], owner.get(reverse("admin:new_payment")).context["form"]):
            assert str(form["deposit_to"].value()).startswith("1010")

    def test_is_not_paid_twice(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        url, form = reverse("admin:pay_invoice", args=[invoice.pk]), {"amount": "100", "paid_on": "2026-02-03"}
        owner.post(url, form)
        for answer in (owner.get(url), owner.post(url, form)):
            assert answer.status_code == 409
            assert "a paid invoice cannot be paid" in words(answer)
        assert Payment.objects.count() == 1

    def test_is_voided_with_a_reason(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        page = owner.post(reverse("admin:void_invoice", args=[invoice.pk]), {"reason": "Wrong customer"}, follow=True)
        assert "is void, reversed on" in words(page)
        assert "Wrong customer" in words(page)
        prove(company)

    def test_is_credited_by_a_prefilled_memo(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, line("100.00"))
        page = owner.get(reverse("admin:new_credit_memo") + f"?invoice={invoice.pk}")
        form = {**as_shown(page), "action": "confirm", "document_date": "2026-03-01"}
        owner.post(reverse("admin:new_credit_memo"), form)
        memo = CreditMemo.objects.get(company=company)
        assert (memo.status, memo.invoice_id, memo.total_amount) == ("applied", invoice.pk, invoice.total_amount)
        again = owner.post(reverse("admin:new_credit_memo"), form)
        assert "would be credited" in words(again)
        prove(company)

    def test_is_printed(self, owner: Client, company: Company) -> None:
        page = owner.get(reverse("admin:print_invoice", args=[make_invoice(company).pk]))
        assert page["Content-Type"] == "application/pdf"
        assert page.content.startswith(b"%PDF")

    def test_filters_by_state_and_customer(self, owner: Client, company: Company, customer: Customer) -> None:
        late = make_invoice(company, customer=customer)
        draft = make_invoice(company, status="draft")
        overdue = words(owner.get(reverse("admin:invoices") + "?state=overdue"))
        assert str(late) in overdue
        assert draft.customer.name not in overdue
        assert "No customer, or more than one" in words(owner.get(reverse("admin:invoices") + "?customer=Nobody"))
        assert str(late) in words(owner.get(reverse("admin:invoices") + "?customer=harbor+supplies"))

    def test_tells_a_refusal_as_a_message(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        page = owner.post(reverse("admin:delete_invoice", args=[invoice.pk]), follow=True)
        assert page.redirect_chain == [(reverse("admin:invoice", args=[invoice.pk]), 302)]
        assert "bf-" in words(page)
        assert Invoice.objects.filter(pk=invoice.pk).exists()


class TestPayments:
    def test_pays_two_invoices_and_keeps_the_rest(self, owner: Client, company: Company, customer: Customer) -> None:
        first, second = (make_invoice(company, customer=customer) for _ in range(2))
        form = {"amount": "170", "paid_on": "2026-02-01", f"pay-{first.pk}": "100", f"pay-{second.pk}": "50.00"}
        owner.post(reverse("admin:new_payment") + f"?customer={customer.pk}", form)
        payment = Payment.objects.get(company=company)
        assert payment.unapplied_amount == 20
        assert set(Invoice.objects.values_list("status", flat=True)) == {"paid", "partially_paid"}
        prove(company)

    def test_refuses_too_much_at_its_invoice(self, owner: Client, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        form = {"amount": "170", "paid_on": "2026-02-01", f"pay-{invoice.pk}": "150"}
        page = owner.post(reverse("admin:new_payment") + f"?customer={customer.pk}", form)
        assert page.status_code == 422
        assert f'name="pay-{invoice.pk}" value="150"' in words(page)
        assert not Payment.objects.exists()

    def test_applies_and_takes_off(self, owner: Client, company: Company, customer: Customer) -> None:
        invoice, payment = make_invoice(company, customer=customer), make_unapplied_payment(company, customer)
        owner.post(reverse("admin:apply_payment", args=[payment.pk]), {f"pay-{invoice.pk}": "30"})
        invoice.refresh_from_db()
        assert invoice.open_amount == 70
        owner.post(reverse("admin:unapply_payment", args=[payment.pk]))
        invoice.refresh_from_db()
        assert invoice.open_amount == 100
        prove(company)


class TestQuotesAndOrders:
    def test_goes_from_quote_to_invoice(self, owner: Client, company: Company, customer: Customer) -> None:
        quote = make_quote(company, customer)
        owner.post(reverse("admin:confirm_quote", args=[quote.pk]))
        owner.post(reverse("admin:accept_quote", args=[quote.pk]))
        owner.post(reverse("admin:convert_quote", args=[quote.pk]))
        order = SalesOrder.objects.get(company=company)
        page = _taken(owner, "invoice_sales_order", order)
        invoice = Invoice.objects.get(company=company)
        assert (Quote.objects.get().status, invoice.total_amount) == ("converted", quote.total_amount)
        assert str(order) in words(page)

    def test_voids_what_posted_nothing_without_asking_for_a_date(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        order = make_order(company, customer, status="open")
        url = reverse("admin:void_sales_order", args=[order.pk])
        page = owner.get(url)
        assert "on" not in page.context["form"].fields
        assert "nothing is reversed" in words(page)
        assert f"Sales order {order} is void." in words(owner.post(url, {"reason": "Changed mind"}, follow=True))
        order.refresh_from_db()
        assert order.status == "void"

    def test_makes_an_invoice_of_a_quote_at_once(self, owner: Client, company: Company, customer: Customer) -> None:
        quote = make_quote(company, customer, status="sent")
        page = owner.post(reverse("admin:invoice_quote", args=[quote.pk]), follow=True)
        assert Invoice.objects.get(company=company).total_amount == quote.total_amount
        assert "Made from sales order" in words(page)

    def test_invoices_and_delivers_a_part_of_each_line(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        ropes, nails = (line("40.00", quantity=Decimal(4), description=name) for name in ("Rope", "Nails"))
        order = make_order(company, customer, lines=[ropes, nails], status="open")
        first, second = order.lines.order_by("line_number")
        _taken(owner, "fulfil_sales_order", order, {first: "3", second: ""})
        page = _taken(owner, "invoice_sales_order", order, {first: "1.5", second: "2"})
        assert "was drafted from sales order" in words(page)
        invoice = Invoice.objects.get(company=company)
        assert (invoice.total_amount, invoice.status) == (Decimal("35.00"), "draft")
        first.refresh_from_db()
        assert (first.fulfilled_quantity, first.invoiced_quantity) == (3, Decimal("1.5"))
        seen = words(owner.get(reverse("admin:sales_order", args=[order.pk])))
        assert "3 delivered, 1.5 invoiced" in seen
        left = owner.get(reverse("admin:invoice_sales_order", args=[order.pk])).context["rows"]
        assert [(row.left, row.typed) for row in left] == [(Decimal("2.5"), "2.5"), (2, "2")]

    def test_takes_no_more_than_is_left(self, owner: Client, company: Company, customer: Customer) -> None:
        order = make_order(company, customer, status="open")
        only = order.lines.get()
        for typed_quantity, told in (
            ("2", "Between 0 and the 1 that are left."),
            ("-1", "Between 0 and the 1"),
            ("some", "«some» is not a number"),
            ("", "Write a quantity next to at least one line."),
        ):
            page = _taken(owner, "invoice_sales_order", order, {only: typed_quantity})
            assert (page.status_code, told in words(page)) == (422, True), told
        assert not Invoice.objects.exists()

    def test_says_when_nothing_is_left_to_invoice(self, owner: Client, company: Company, customer: Customer) -> None:
        order = make_order(company, customer, status="open")
        _taken(owner, "invoice_sales_order", order)
        page = owner.get(reverse("admin:invoice_sales_order", args=[order.pk]))
        assert "All of this order is invoiced." in words(page)


class TestOpenItems:
    def test_ages_as_of_a_day_with_the_items_below(self, owner: Client, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        make_unapplied_payment(company, customer)
        early = words(owner.get(reverse("admin:ageing") + "?as_of=2026-01-20"))
        assert "Harbor Supplies" in early
        assert "-30.00" not in early
        assert "70.00" in words(owner.get(reverse("admin:ageing") + "?as_of=2026-02-20"))
        items = owner.get(reverse("admin:customer_items", args=[customer.pk]) + "?as_of=2026-02-20")
        assert str(invoice) in words(items)
        assert "Payment not applied" in words(items)

    def test_stands_on_the_dashboard(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, customer=make_customer(company, payment_terms_days=1))
        page = words(owner.get(reverse("admin:index")))
        assert "1 open invoice," in page
        assert str(invoice) in page


def _form_of(client: Client, invoice: Invoice) -> dict[str, Any]:
    return as_shown(client.get(reverse("admin:edit_invoice", args=[invoice.pk])))


def _taken(client: Client, name: str, order: SalesOrder, quantities: dict[Any, str] | None = None) -> Any:
    """Submit the quantities of an order's lines; without any, those that the page proposes."""
    url = reverse(f"admin:{name}", args=[order.pk])
    if quantities is None:
        quantities = {row.line: row.typed for row in client.get(url).context["rows"]}
    form = {f"take-{row.pk}": text for row, text in quantities.items()}
    return client.post(url, form, follow=True)
