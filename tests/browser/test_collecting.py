"""Collecting in a real browser: an invoice that comes by itself, and a reminder of one that nobody paid."""

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from celery import current_app
from django.core import mail
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company
from receivables.models import DunningProposal, Invoice, RecurringInvoice
from receivables.tasks import draft_recurring_invoices
from tests.factories import line, make_company, make_customer, make_invoice, make_member
from tests.receivables.books import prove
from tests.receivables.letters import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("BACKFILL_SCREENSHOTS", "")


@pytest.fixture(autouse=True)
def eager_tasks() -> Iterator[None]:
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    current_app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def company(transactional_db: None) -> Company:
    return make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")


@pytest.fixture
def page(page: Page, context: BrowserContext, company: Company, live_server: LiveServer) -> Page:
    """A browser in which the company's owner is signed in, who means what they press."""
    client = Client()
    client.force_login(make_member(company).user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def look(page: Page, name: str) -> None:
    """Keep a picture where the environment names a folder for it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def follow(page: Page, name: str) -> None:
    """Click a link and wait for the scripts of the page it leads to."""
    page.get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def test_drafts_an_invoice_that_was_set_up_to_recur(page: Page, company: Company) -> None:
    make_customer(company, name="Harbor Supplies")
    page.goto("/admin/")
    follow(page, "Recurring invoices")
    look(page, "recurring_none")
    follow(page, "New recurring invoice")
    page.get_by_label("Name", exact=True).fill("Rent of the warehouse")
    customer = page.get_by_label("Customer", exact=True)
    customer.click()
    customer.press_sequentially("harb")
    page.get_by_role("option", name="Harbor").click()
    expect(customer).to_have_value("Harbor Supplies")
    page.get_by_label("Text of the line").first.fill("Rent")
    page.get_by_label("Price", exact=True).first.fill("1450")
    expect(page.locator("[data-total=gross]")).to_have_text("1,450.00")
    look(page, "recurring_editor")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Rent of the warehouse is saved.")).to_be_visible()
    expect(page.get_by_text("None yet")).to_be_visible()

    for _ in range(2):
        draft_recurring_invoices()
    invoice = Invoice.objects.get(company=company)
    page.reload()
    page.wait_for_load_state()
    look(page, "recurring_page")
    follow(page, f"Draft {str(invoice).removeprefix('draft ')}")
    expect(page.get_by_role("link", name="Rent of the warehouse")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("is confirmed.")).to_be_visible()
    follow(page, "Rent of the warehouse")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: no invoice is drafted")).to_be_visible()
    assert RecurringInvoice.objects.get().status == "paused"
    prove(company)


def test_reminds_of_an_invoice_that_nobody_paid(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies", email="pay@harbor.example")
    due = company.today() - timedelta(days=10)
    invoice = make_invoice(company, line("250.00"), customer=customer, on=due - timedelta(days=14), due_date=due)
    page.goto("/admin/")
    follow(page, "Reminders")
    follow(page, "Set up levels")
    page.get_by_label("Fee").first.fill("5.50")
    page.get_by_role("button", name="Remove this level").last.click()
    expect(page.get_by_text("Level 3")).to_be_hidden()
    look(page, "levels")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The levels are saved.")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Look for overdue invoices").click()
    expect(page.get_by_text("1 reminder is proposed.")).to_be_visible()
    page.wait_for_load_state()
    look(page, "reminders")

    preview = page.get_by_role("link", name="Letter").first.get_attribute("href")
    letter = page.context.request.get(f"{preview}")
    assert "To pay $255.50" in pages_of(letter.body())[0]

    page.get_by_role("checkbox", name="All reminders", exact=True).check()
    expect(page.get_by_role("checkbox", name=f"Reminder of {invoice}")).to_be_checked()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("1 reminder is on the way, in 1 letter.")).to_be_visible()
    assert [message.to for message in mail.outbox] == [["pay@harbor.example"]]
    assert DunningProposal.objects.get(invoice=invoice).status == "sent"

    page.goto(f"/admin/customers/{customer.pk}/")
    page.wait_for_load_state()
    look(page, "customer_reminded")
    page.get_by_role("row", name=f"{invoice} Level 1").get_by_role("link").click()
    page.wait_for_load_state()
    expect(page.get_by_text("Handed to the mail server")).to_be_visible()
    look(page, "reminder")
    page.get_by_role("button", name="Invoice fee and interest").click()
    expect(page.get_by_text("charges fee and interest.")).to_be_visible()
    prove(company)


def test_sends_a_statement(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies", email="pay@harbor.example")
    make_invoice(company, line("250.00"), customer=customer, on=company.today())
    page.goto(f"/admin/customers/{customer.pk}/")
    follow(page, "Statement of account")
    expect(page.get_by_text("Balance brought forward")).to_be_visible()
    look(page, "statement")
    follow(page, "Send")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The statement is on its way to pay@harbor.example.")).to_be_visible()
    assert "Balance on" in pages_of(mail.outbox[0].attachments[0][1])[0]


def test_warns_while_an_invoice_exceeds_the_credit_limit(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor Supplies", credit_limit=Decimal(150))
    make_invoice(company, line("100.00"), customer=customer)
    page.goto("/admin/invoices/new/")
    page.wait_for_load_state()
    chooser = page.get_by_label("Customer", exact=True)
    chooser.click()
    chooser.press_sequentially("harb")
    page.get_by_role("option", name="Harbor").click()
    warning = page.locator("[data-over-limit]")
    page.get_by_label("Price", exact=True).first.fill("50")
    expect(page.locator("[data-total=gross]")).to_have_text("50.00")
    expect(warning).to_be_hidden()
    page.get_by_label("Price", exact=True).first.fill("1050.5")
    expect(warning).to_contain_text("the customer owes 1,000.50 USD more than its credit limit.")
    look(page, "over_limit")
