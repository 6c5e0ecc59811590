"""Speed of hand: days, amounts and places by few keys, in a real browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from receivables.models import Invoice
from tests.browser.test_sales import enter
from tests.factories import make_company, make_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company(transactional_db: None) -> Company:
    company = make_company(name="Muster GmbH", chart="skr03", currency="EUR", country="DE")
    make_customer(company, name="Hafen & Söhne", payment_terms_days=14)
    make_customer(company, name="Kai KG", payment_terms_days=30)
    return company


@pytest.fixture
def page(page: Page, context: BrowserContext, company: Company, live_server: LiveServer) -> Page:
    enter(context, company, live_server)
    return page


def take(page: Page, name: str) -> None:
    customer = page.locator("[name=customer]")
    customer.fill("")
    customer.press_sequentially(name)
    page.get_by_role("option", name=name).first.click()


def test_the_due_date_follows_until_another_one_is_typed(page: Page, company: Company) -> None:
    today = company.today()
    day, due = page.locator("[name=document_date]"), page.locator("[name=until]")
    page.goto(reverse("admin:new_invoice"))
    page.wait_for_load_state()
    take(page, "Hafen")
    expect(due).to_have_value(f"{today + timedelta(days=14):%d.%m.%Y}")
    day.fill("+3")
    day.press("Tab")
    expect(day).to_have_value(f"{today + timedelta(days=3):%d.%m.%Y}")
    expect(due).to_have_value(f"{today + timedelta(days=17):%d.%m.%Y}")
    take(page, "Kai")
    expect(due).to_have_value(f"{today + timedelta(days=33):%d.%m.%Y}")

    due.fill("+10")
    due.press("Tab")
    expect(due).to_have_value(f"{today + timedelta(days=10):%d.%m.%Y}")
    day.fill("heute")
    day.press("Tab")
    expect(day).to_have_value(f"{today:%d.%m.%Y}")
    expect(due).to_have_value(f"{today + timedelta(days=10):%d.%m.%Y}")
    row = page.locator("tr[data-line]").first
    row.locator("[name=description]").fill("Seil")
    row.locator("[name=unit_amount]").fill("12,50+3")
    row.locator("[name=unit_amount]").press("Tab")
    expect(row.locator("[name=unit_amount]")).to_have_value("15,50")
    expect(page.locator("[data-total=lines]")).to_have_text("15,50")
    page.locator("[value=save]").click()
    page.wait_for_url("**/invoices/*-*/")
    invoice = Invoice.objects.get()
    assert (invoice.document_date, invoice.due_date) == (today, today + timedelta(days=10))
    assert invoice.lines.get().unit_amount == Decimal("15.50")

    page.goto(reverse("admin:edit_invoice", args=[invoice.pk]))
    day.fill("+1")
    day.press("Tab")
    expect(day).to_have_value(f"{today + timedelta(days=1):%d.%m.%Y}")
    expect(due).to_have_value(f"{today + timedelta(days=10):%d.%m.%Y}")  # it was typed, and is kept


def test_what_is_typed_and_sent_at_once_is_read_by_the_server(page: Page, company: Company) -> None:
    page.goto(reverse("admin:new_entry"))
    page.wait_for_load_state()
    rows = page.locator("tr[data-line]")
    for number, (account, side, amount) in enumerate((("1200", "debit", "10+2,50"), ("0800", "credit", "12,5"))):
        rows.nth(number).locator("[name=account]").fill(account)
        rows.nth(number).locator(f"[name={side}]").fill(amount)
    page.locator("[name=entry_date]").fill("t")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/journal/*-*/")
    entry = JournalEntry.objects.get()
    assert entry.entry_date == company.today()
    assert sorted(line.amount for line in entry.lines.all()) == [Decimal("-12.50"), Decimal("12.50")]


def test_a_day_that_is_none_is_marked_and_says_what_is_understood(page: Page) -> None:
    page.goto(reverse("admin:new_entry"))
    page.wait_for_load_state()
    day = page.locator("[name=entry_date]")
    day.fill("31.02.")
    day.press("Tab")
    expect(day).to_have_attribute("aria-invalid", "true")
    assert "+3" in (day.get_attribute("title") or "")
    day.fill("2802")
    day.press("Tab")
    expect(day).to_have_attribute("aria-invalid", "false")


def test_g_and_a_letter_lead_to_a_list_and_a_question_mark_names_them(page: Page) -> None:
    page.goto(reverse("admin:index"))
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"**{reverse('admin:invoices')}")
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url(f"**{reverse('admin:journal')}")
    page.wait_for_load_state()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.locator("[data-go]").count() >= 10
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.goto(reverse("admin:new_entry"))
    page.wait_for_load_state()
    page.locator("[name=memo]").focus()
    page.keyboard.type("g i?")
    expect(page.locator("[name=memo]")).to_have_value("g i?")
    expect(dialog).to_be_hidden()
