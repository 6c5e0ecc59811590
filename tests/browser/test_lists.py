"""Lists in a browser: rows ticked over pages and added up, and the way into a record and back."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from backfill.tenancy.models import Company
from tests.browser.conftest import sign_in
from tests.factories import line, make_customer, make_invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_adds_up_what_is_ticked_and_comes_back_to_it(page: Page, company: Company) -> None:
    customer = make_customer(company, name="Harbor")
    for amount in ("1000.10", "2000.20", "3000.30"):
        make_invoice(company, line(amount), customer=customer, status="draft")
    sign_in(page, company)
    page.goto(reverse("admin:invoices") + "?state=draft&sort=total")
    bar = page.locator("[data-selection-bar]")
    expect(bar).to_contain_text("Tick rows to do something with them.")
    boxes = page.locator("input[name=row]")
    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(bar).to_contain_text("2 rows selected")
    expect(bar).to_contain_text(f"Total: {Decimal('4000.40'):,} USD")
    page.locator(".bf-list tbody tr").nth(1).locator("a").first.click()
    expect(page.locator(".bf-neighbours a")).to_have_count(2)
    page.locator(".bf-crumbs a").click()
    expect(page).to_have_url(re.compile(r"\?state=draft&sort=total$"))
    expect(bar).to_contain_text("2 rows selected")  # still ticked
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main h2")).to_contain_text("To be confirmed: 2")
