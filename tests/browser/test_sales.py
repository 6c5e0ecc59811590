"""Sales in a real browser: from a new customer to a paid invoice, as somebody does who has never seen the pages."""

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company
from receivables.models import Invoice
from tests.factories import line, make_company, make_customer, make_invoice, make_item, make_member
from tests.receivables.books import prove

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("BACKFILL_SCREENSHOTS", "")


@pytest.fixture
def company(transactional_db: None) -> Company:
    company = make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")
    make_item(company, name="Rope", sku="R-1", unit_price=Decimal("4.25"), description="Rope, 10 mm")
    return company


@pytest.fixture
def page(page: Page, context: BrowserContext, company: Company, live_server: LiveServer) -> Page:
    """A browser in which the company's owner is signed in."""
    client = Client()
    client.force_login(make_member(company).user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return page


def look(page: Page, name: str) -> None:
    """Keep a picture where the environment names a folder for it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_goes_from_a_new_customer_to_a_paid_invoice(page: Page, company: Company) -> None:
    page.goto("/admin/customers/")
    page.get_by_role("link", name="New customer").first.click()
    look(page, "customer_form")
    page.get_by_label("Name", exact=True).fill("Harbor Supplies")
    page.get_by_label("Days to pay").fill("14")
    page.get_by_role("button", name="Add customer").click()
    page.get_by_role("link", name="New invoice").click()
    expect(page.get_by_label("Customer")).to_have_value("Harbor Supplies")
    page.wait_for_load_state()

    item = page.get_by_label("Item").first
    item.click()
    item.type("rop")
    page.get_by_role("option", name="Rope").click()
    expect(page.get_by_label("Text of the line").first).to_have_value("Rope, 10 mm")
    page.get_by_label("Quantity").first.fill("10")
    page.get_by_label("Discount").first.fill("10 %")
    page.get_by_label("Quantity").first.press("Enter")
    page.get_by_label("Text of the line").nth(1).fill("Delivery")
    page.get_by_label("Price", exact=True).nth(1).fill("1000")
    expect(page.locator("[data-total=gross]")).to_have_text("1,038.25")
    look(page, "editor")
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_text("is confirmed.")).to_be_visible()
    look(page, "invoice_open")
    page.get_by_role("link", name="Record payment").click()
    look(page, "pay_invoice")
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_text(re.compile(r"Invoice INV-\S+ is paid\."))).to_be_visible()
    look(page, "invoice_paid")
    assert Invoice.objects.get(company=company).status == "paid"
    prove(company)


def test_proposes_the_oldest_invoices_first(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies")
    for day in (5, 20):
        make_invoice(company, customer=customer, on=date(2026, 1, day))
    page.goto("/admin/payments/new/")
    chooser = page.get_by_label("Customer")
    chooser.click()
    chooser.type("harb")
    page.get_by_role("option", name="Harbor").click()
    page.wait_for_url("**/payments/new/?customer=*")
    page.get_by_label("Amount", exact=True).press_sequentially("130")
    amounts = page.locator(".bf-allocate input")
    expect(amounts.nth(0)).to_have_value("100.00")
    expect(amounts.nth(1)).to_have_value("30.00")
    amounts.nth(1).fill("10")
    expect(page.locator("[data-rest]")).to_have_text("20.00")
    look(page, "payment_entry")
    page.get_by_role("button", name="Record payment").click()
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
    page.get_by_role("link", name=re.compile("Credit$")).click()
    quantity = page.get_by_label("Quantity").first
    expect(quantity).to_have_value("4")
    quantity.fill("5")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("would be credited")).to_be_visible()
    look(page, "credit_refused")
    expect(quantity).to_have_value("5")
    quantity.fill("1")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    look(page, "credit_memo")
    page.get_by_role("link", name=f"Invoice {invoice}").click()
    expect(page.get_by_text("75.00 USD")).to_be_visible()
    look(page, "invoice_credited")
    prove(company)
