"""What an invoice carries for its buyer's program, typed in a real browser, wide and narrow."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company
from tests.browser.test_sales import enter, look
from tests.factories import line, make_customer, make_invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MORE = "Cash discount, references and more for the e-invoice"


@pytest.mark.parametrize("width", [1440, 390])
def test_is_typed_below_the_head_and_below_each_line(
    page: Page, context: BrowserContext, company: Company, live_server: LiveServer, width: int
) -> None:
    enter(context, company, live_server)
    customer = make_customer(company, name="Harbor Supplies")
    invoice = make_invoice(company, line("90.00", description="Rope"), customer=customer, status="draft")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("admin:edit_invoice", args=[invoice.pk]))
    look(page, f"editor_folded_{width}")
    page.get_by_text(MORE).click()
    page.get_by_label("Kind of invoice").select_option("326")
    page.get_by_label("Discount for early payment").fill("14 days 2 %")
    row = page.locator("tr[data-line]").first
    row.get_by_text("More", exact=True).click()
    row.get_by_label("GTIN").fill("4006381333932")
    row.get_by_label("Price before the discount").fill("100")
    look(page, f"editor_facts_{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Save draft").click()
    expect(row.get_by_role("alert")).to_contain_text("is no GTIN")
    look(page, f"editor_refused_{width}")
    row.get_by_label("GTIN").fill("4006381333931")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(f"**{reverse('admin:invoice', args=[invoice.pk])}")
    invoice.refresh_from_db()
    assert (invoice.invoice_type, invoice.cash_discounts) == ("326", [{"days": 14, "percent": "2"}])
    stored = invoice.lines.get()
    assert (stored.gtin, stored.list_price, stored.unit_amount) == ("4006381333931", Decimal(100), Decimal(90))
