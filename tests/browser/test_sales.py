"""Sales in a real browser: from a quote to the money, as somebody does who has never seen the pages."""

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company, Role
from receivables.models import CreditMemo, Invoice, Mailing, Payment, RefundReceipt, SalesOrder
from receivables.services.delivery import deliver_mailing
from tests.factories import line, make_company, make_customer, make_invoice, make_item, make_member
from tests.receivables.books import prove

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("BACKFILL_SCREENSHOTS", "")


@pytest.fixture
def company(transactional_db: None) -> Company:
    company = make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")
    make_item(company, name="Rope", sku="R-1", unit_price=Decimal("4.25"), description="Rope, 10 mm", tax_code="ST-CA")
    return company


@pytest.fixture
def page(page: Page, context: BrowserContext, company: Company, live_server: LiveServer) -> Page:
    """A browser in which the company's owner is signed in."""
    enter(context, company, live_server)
    return page


def enter(context: BrowserContext, company: Company, live_server: LiveServer, role: str = Role.OWNER) -> None:
    """Sign a new member in, without the form."""
    client = Client()
    client.force_login(make_member(company, role=role).user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


def look(page: Page, name: str) -> None:
    """Keep a picture where the environment names a folder for it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow a link and wait until the page's scripts are there; typing before that would be lost."""
    page.get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def choose(page: Page, label: str, typed: str, option: str, *, nth: int = 0) -> None:
    """Type into an input that searches, and take what it finds."""
    field = page.get_by_label(label, exact=True).nth(nth)
    field.click()
    field.press_sequentially(typed)
    page.get_by_role("option", name=option).first.click()


def test_goes_from_a_quote_to_the_money(page: Page, company: Company) -> None:
    make_customer(company, name="Harbor Supplies", email="accounts@harbor.example", payment_terms_days=14)
    page.goto(reverse("admin:index"))
    follow(page, re.compile("Quotes$"))
    look(page, "quotes_empty")
    follow(page, "New quote")
    choose(page, "Customer", "harb", "Harbor Supplies")
    choose(page, "Item", "rop", "Rope")
    expect(page.get_by_label("Text of the line").first).to_have_value("Rope, 10 mm")
    page.get_by_label("Quantity").first.fill("40")
    page.get_by_label("Text of the line").nth(1).fill("Delivery")
    page.get_by_label("Price", exact=True).nth(1).fill("30")
    page.get_by_label("Discount", exact=True).fill("10 %")
    expect(page.locator("[data-total=net]")).to_have_text("180.00")
    shown = page.locator("[data-total=gross]").inner_text()
    look(page, "quote_editor")
    press(page, "Mark as sent")
    expect(page.get_by_text("is marked as sent.")).to_be_visible()
    expect(page.locator(".bf-document-total dd")).to_have_text(shown)
    look(page, "quote_sent")
    press(page, "Accepted")
    expect(page.get_by_text("is accepted.")).to_be_visible()
    look(page, "quote_accepted")
    press(page, "Make sales order")
    expect(page.get_by_text("was made of quote")).to_be_visible()

    follow(page, "Deliver")
    look(page, "order_deliver")
    page.get_by_label("Quantity of line 1").fill("25")
    press(page, "Mark as delivered")
    expect(page.get_by_text("The delivery is noted")).to_be_visible()
    look(page, "order_delivered")
    follow(page, re.compile("Invoice$"))
    page.get_by_label("Quantity of line 1").fill("41")
    press(page, "Draft invoice")
    expect(page.get_by_text("Between 0 and the 40 that are left.")).to_be_visible()
    look(page, "order_refused")
    page.get_by_label("Quantity of line 1").fill("25")
    press(page, "Draft invoice")
    expect(page.get_by_text("was drafted from sales order")).to_be_visible()
    look(page, "invoice_draft")
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    look(page, "invoice_confirmed")

    follow(page, re.compile("Send$"))
    expect(page.get_by_label("To", exact=True)).to_have_value("accounts@harbor.example")
    look(page, "send")
    press(page, "Send")
    expect(page.get_by_text("is on its way to accounts@harbor.example.")).to_be_visible()
    expect(page.get_by_text("On its way", exact=True)).to_be_visible()
    deliver_mailing(Mailing.objects.get().pk)
    expect(page.get_by_text("Handed to the mail server")).to_be_visible()  # the page asks again by itself
    look(page, "invoice_sent")
    assert [one.to for one in mail.outbox] == [["accounts@harbor.example"]]

    follow(page, "Record payment")
    look(page, "pay_invoice")
    press(page, "Record payment")
    expect(page.get_by_text(re.compile(r"Invoice INV-\S+ is paid\."))).to_be_visible()
    look(page, "invoice_paid")
    assert Invoice.objects.get(company=company).status == "paid"
    assert SalesOrder.objects.get(company=company).status == "partially_invoiced"
    prove(company)


def test_goes_from_a_new_customer_to_a_paid_invoice(page: Page, company: Company) -> None:
    page.goto("/admin/customers/")
    follow(page, "New customer")
    look(page, "customer_form")
    page.get_by_label("Name", exact=True).fill("Harbor Supplies")
    page.get_by_label("Days to pay").fill("14")
    press(page, "Add customer")
    follow(page, "New invoice")
    expect(page.get_by_label("Customer", exact=True)).to_have_value("Harbor Supplies")

    choose(page, "Item", "rop", "Rope")
    expect(page.get_by_label("Text of the line").first).to_have_value("Rope, 10 mm")
    page.get_by_label("Quantity").first.fill("10")
    page.get_by_label("Discount, an amount or a percentage").first.fill("10 %")
    expect(page.get_by_label("Tax code").first).to_have_value("")  # that of the item: 38.25 at 7.25 % is 2.77
    page.get_by_label("Quantity").first.press("Enter")
    page.get_by_label("Text of the line").nth(1).fill("Delivery")
    page.get_by_label("Price", exact=True).nth(1).fill("1000")
    expect(page.locator("[data-total=gross]")).to_have_text("1,041.02")
    press(page, "Confirm")

    expect(page.get_by_text("is confirmed.")).to_be_visible()
    follow(page, "Record payment")
    press(page, "Record payment")
    expect(page.get_by_text(re.compile(r"Invoice INV-\S+ is paid\."))).to_be_visible()
    assert Invoice.objects.get(company=company).status == "paid"
    prove(company)


def test_proposes_the_oldest_invoices_first(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies")
    for day in (5, 20):
        make_invoice(company, customer=customer, on=date(2026, 1, day))
    page.goto("/admin/payments/new/")
    choose(page, "Customer", "harb", "Harbor")
    page.wait_for_url("**/payments/new/?customer=*")
    page.wait_for_load_state()
    page.get_by_label("Amount", exact=True).press_sequentially("130")
    amounts = page.locator(".bf-allocate input")
    expect(amounts.nth(0)).to_have_value("100.00")
    expect(amounts.nth(1)).to_have_value("30.00")
    amounts.nth(1).fill("10")
    expect(page.locator("[data-rest]")).to_have_text("20.00")
    look(page, "payment_entry")
    press(page, "Record payment")
    expect(page.get_by_text("is recorded.")).to_be_visible()
    look(page, "payment")
    for path in (
        "",
        "customers/",
        f"customers/{customer.pk}/",
        "invoices/",
        "open-items/",
        f"open-items/{customer.pk}/",
    ):
        page.goto(f"/admin/{path}")
        look(page, path.replace("/", "_") or "dashboard")
    prove(company)


def test_credits_a_part_of_an_invoice(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies")
    goods = line("100.00", quantity=Decimal(4), unit_amount=Decimal(25))
    invoice = make_invoice(company, goods, customer=customer)
    page.goto(f"/admin/invoices/{invoice.pk}/")
    page.get_by_role("button", name="More").click()
    follow(page, re.compile("^Credit"))
    quantity = page.get_by_label("Quantity").first
    expect(quantity).to_have_value("4")
    quantity.fill("5")
    press(page, "Confirm")
    expect(page.get_by_text("would be credited")).to_be_visible()
    look(page, "credit_refused")
    expect(quantity).to_have_value("5")
    quantity.fill("1")
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    look(page, "credit_memo")
    follow(page, f"Invoice {invoice}")
    expect(page.get_by_text("75.00 USD")).to_be_visible()
    look(page, "invoice_credited")
    prove(company)


def test_saves_a_partial_payment_and_takes_it_off_again(page: Page, company: Company) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    customer = make_customer(company, name="Harbor Supplies")
    first, second = (make_invoice(company, customer=customer, on=date(2026, 1, day)) for day in (5, 20))
    page.goto(reverse("admin:new_payment") + f"?customer={customer.pk}")
    page.get_by_label("Amount", exact=True).press_sequentially("130")
    expect(page.locator(".bf-allocate input").nth(1)).to_have_value("30.00")
    press(page, "Save draft")
    expect(page.get_by_text("Will be applied to")).to_be_visible()
    look(page, "payment_draft")
    assert Payment.objects.get().entry_id is None
    follow(page, re.compile("Edit$"))
    page.get_by_label("Amount", exact=True).fill("150")
    press(page, "Record payment")
    expect(page.get_by_text("is recorded.")).to_be_visible()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.open_amount, second.open_amount) == (0, 70)

    page.goto(reverse("admin:invoice", args=[second.pk]))
    press(page, "Take off")
    expect(page.get_by_text(f"is taken off invoice {second}")).to_be_visible()
    expect(page.get_by_text("100.00 USD").first).to_be_visible()
    look(page, "taken_off")
    prove(company)


def test_refunds_a_credit(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies")
    page.goto(reverse("admin:customer", args=[customer.pk]))
    page.goto(reverse("admin:new_credit_memo") + f"?customer={customer.pk}")
    page.get_by_label("Text of the line").first.fill("Goodwill")
    page.get_by_label("Price", exact=True).first.fill("50")
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    page.get_by_role("button", name="More").click()
    look(page, "more")
    follow(page, re.compile("^Refund"))
    expect(page.get_by_label("Amount", exact=True)).to_have_value("50.00")
    page.get_by_label("Amount", exact=True).fill("60")
    press(page, "Refund")
    expect(page.locator(".bf-invalid .bf-error")).to_be_visible()
    look(page, "refund_refused")
    page.get_by_label("Amount", exact=True).fill("20")
    press(page, "Refund")
    expect(page.get_by_text("is recorded.")).to_be_visible()
    look(page, "refund")
    refund, memo = RefundReceipt.objects.get(), CreditMemo.objects.get()
    assert (refund.total_amount, memo.open_amount) == (20, 30)
    prove(company)


def test_shows_the_totals_that_the_books_get(page: Page, company: Company) -> None:
    """Small lines at two rates, with and without tax in the price: rounded once per rate, the discount shared out."""
    make_customer(company, name="Harbor Supplies")
    rows = [
        ("7", "0.05", "ST-CA"),
        ("3", "0.335", "ST-FL"),
        ("1", "0.05", "ST-CA"),
        ("11", "1.999", ""),
        ("1", "0.05", "ST-CA"),
    ]
    for discount, is_inclusive in (("", False), ("3.333 %", False), ("1.01", True), ("0.07 + 12.5 %", True)):
        page.goto(reverse("admin:new_invoice"))
        choose(page, "Customer", "harb", "Harbor")
        for index, (quantity, price, code) in enumerate(rows):
            page.get_by_label("Text of the line").nth(index).fill("Small things")
            page.get_by_label("Quantity").nth(index).fill(quantity)
            page.get_by_label("Price", exact=True).nth(index).fill(price)
            page.get_by_label("Tax code").nth(index).select_option(code)
        page.get_by_label("Discount", exact=True).fill(discount)
        page.get_by_label("Prices include tax").set_checked(is_inclusive)
        shown = {name: page.locator(f"[data-total={name}]").inner_text() for name in ("net", "gross")}
        press(page, "Save draft")
        expect(page.get_by_text("Draft saved.")).to_be_visible()
        invoice = Invoice.objects.filter(company=company).latest("created_at")
        assert shown == {
            "net": f"{invoice.total_amount - invoice.tax_amount:.2f}",
            "gross": f"{invoice.total_amount:.2f}",
        }


def test_counts_tax_that_came_with_a_line(page: Page, company: Company) -> None:
    """Kept while the line is untouched, taken back with the pieces that are credited, gone with another price."""
    taxed = line("100.00", quantity=Decimal(4), unit_amount=Decimal(25), tax_amount=Decimal("8.25"))
    draft, sold = make_invoice(company, taxed, status="draft"), make_invoice(company, taxed)
    gross = page.locator("[data-total=gross]")
    page.goto(reverse("admin:edit_invoice", args=[draft.pk]))
    expect(gross).to_have_text("108.25")
    page.get_by_label("Quantity").first.fill("2")
    expect(gross).to_have_text("50.00")
    press(page, "Save draft")
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    draft.refresh_from_db()
    assert draft.total_amount == 50

    page.goto(reverse("admin:new_credit_memo") + f"?invoice={sold.pk}")
    expect(gross).to_have_text("108.25")
    page.get_by_label("Quantity").first.fill("1")
    expect(gross).to_have_text("27.06")
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    assert CreditMemo.objects.get().total_amount == Decimal("27.06")
    prove(company)


def test_reaches_every_page_of_sales_in_three_clicks(page: Page, company: Company) -> None:
    """From the dashboard to each list, and from there to its form."""
    for name, form in (
        ("Customers", "New customer"),
        ("Invoices", "New invoice"),
        ("Payments", "Record payment"),
        ("Quotes", "New quote"),
        ("Sales orders", "New sales order"),
        ("Credit memos", "New credit memo"),
        ("Sales receipts", "New sales receipt"),
        ("Refunds", "New refund"),
        ("Items", "New item"),
    ):
        page.goto(reverse("admin:index"))
        follow(page, re.compile(rf"\b{name}$"))
        expect(page.locator("h1")).to_have_text(name)
        follow(page, form)
        expect(page.locator("h1")).to_have_text(form)
    page.goto(reverse("admin:index"))
    page.keyboard.press("i")
    page.wait_for_url(f"**{reverse('admin:new_invoice')}")


def test_sells_on_a_narrow_screen(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies")
    invoice = make_invoice(company, customer=customer)
    page.set_viewport_size({"width": 390, "height": 844})
    for name, ids in (
        *((name, []) for name in ("invoices", "new_invoice", "new_sales_receipt", "items", "new_item", "customers")),
        *((name, [invoice.pk]) for name in ("invoice", "pay_invoice", "send_invoice", "void_invoice", "xml_invoice")),
    ):
        page.goto(reverse(f"admin:{name}", args=ids))
        page.wait_for_load_state()
        look(page, f"narrow_{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.goto(reverse("admin:new_invoice") + f"?customer={customer.pk}")
    page.get_by_label("Text of the line").first.fill("Advice")
    page.get_by_label("Price", exact=True).first.fill("80")
    for label in ("Quantity", "Price", "Tax code"):
        box = page.get_by_label(label, exact=True).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390, label
        assert box["width"] >= 60, label
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()


def test_approves_an_invoice_that_somebody_else_wrote(
    page: Page, company: Company, context: BrowserContext, live_server: Any
) -> None:
    company.requires_approval = True
    company.save()
    customer = make_customer(company, name="Harbor Supplies")
    page.goto(reverse("admin:new_invoice") + f"?customer={customer.pk}")
    page.get_by_label("Text of the line").first.fill("Advice")
    page.get_by_label("Price", exact=True).first.fill("80")
    press(page, "Submit for approval")
    expect(page.get_by_text("This draft waits for approval.")).to_be_visible()
    look(page, "approval")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    context.clear_cookies()
    enter(context, company, live_server, Role.BOOKKEEPER)
    page.goto(reverse("admin:invoices") + "?state=pending_approval")
    follow(page, re.compile("^Draft"))
    press(page, "Approve")
    expect(page.get_by_text("is approved.")).to_be_visible()
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    prove(company)


def test_no_tax_is_chosen_for_one_line_only(page: Page, context: BrowserContext, live_server: LiveServer) -> None:
    german = make_company(name="Muster GmbH", chart="skr03", currency="EUR", country="DE")
    context.clear_cookies()
    enter(context, german, live_server)
    page.goto(reverse("admin:new_invoice"))
    codes = page.get_by_label("Tax code")
    page.get_by_label("Price", exact=True).first.fill("100")
    codes.first.select_option("_none")
    assert [codes.nth(row).input_value() for row in range(3)] == ["_none", "", ""]
    page.get_by_label("Price", exact=True).nth(2).fill("100")
    codes.nth(2).select_option("_none")
    expect(codes).to_have_count(4)
    expect(codes.nth(3)).to_have_value("")
    codes.first.select_option("UST7")
    assert [codes.nth(row).input_value() for row in range(4)] == ["UST7", "UST7", "_none", "UST7"]
    offered = "option[data-family]:not([disabled])"
    assert "UST5" not in [one.get_attribute("value") for one in codes.nth(1).locator(offered).all()]
    page.get_by_label("Date", exact=True).fill("2020-12-31")
    page.get_by_label("Date", exact=True).dispatch_event("change")
    assert {one.get_attribute("value") for one in codes.nth(2).locator(offered).all()} >= {"UST5", "UST16"}
    assert "UST19" not in [one.get_attribute("value") for one in codes.nth(2).locator(offered).all()]
    look(page, "invoice_codes_of_2020")


def test_an_items_code_goes_behind_a_customer_who_is_not_charged(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    german = make_company(name="Muster GmbH", chart="skr03", currency="EUR", country="DE")
    make_item(german, name="Book", unit_price=Decimal(100), tax_code="UST7")
    make_customer(german, name="Amt", tax_exempt=True)
    make_customer(german, name="Kunde", billing_address={"country": "DE"})
    context.clear_cookies()
    enter(context, german, live_server)
    page.goto(reverse("admin:new_invoice"))
    derived = page.locator("select[name=tax_code] option[data-derived]")
    choose(page, "Customer", "kun", "Kunde")
    choose(page, "Item", "boo", "Book")
    expect(derived.first).to_have_text("Auto (UST7)")
    expect(derived.nth(1)).to_have_text("Auto (UST19)")
    expect(page.locator("[data-total=gross]")).to_have_text("107,00")
    page.get_by_label("Customer", exact=True).fill("")
    choose(page, "Customer", "amt", "Amt")
    expect(derived.first).to_have_text("Auto (UST0-EX)")
    expect(page.locator("[data-total=gross]")).to_have_text("100,00")
    press(page, "Confirm")
    expect(page.get_by_text("UST0-EX was taken, not UST7 of the item")).to_be_visible()
    look(page, "invoice_question")
    page.get_by_label("Yes, go on with it").check()
    press(page, "Confirm")
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    look(page, "invoice_exempt")
    assert (Invoice.objects.get().lines.get().tax_code, Invoice.objects.get().total_amount) == ("UST0-EX", 100)
