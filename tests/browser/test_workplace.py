"""The hand at work: where the focus is, what one key does, paper, phones, and a browser without JavaScript."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from tests.browser.conftest import PATIENCE, sign_in
from tests.factories import make_customer, make_invoice
from tests.reporting.books import book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HUGE = "9999999999999.99"
REPORTS = ("trial_balance", "balance_sheet", "income_statement", "journal", "ageing", "health", "accounts", "periods")
# A sheet of A4 in CSS pixels, less margins of 12 mm: upright and turned.
PORTRAIT, LANDSCAPE = 703, 1032


@pytest.fixture
def books(company: Company) -> Company:
    """Books whose figures have thirteen digits."""
    book(company, "2026-01-02", ("1000", HUGE), ("3000", f"-{HUGE}"), memo="Capital of a very large company paid in")
    book(company, "2026-03-10", ("1100", HUGE), ("4000", f"-{HUGE}"), memo="Sale", document_number="INV-1")
    book(company, "2026-06-20", ("6320", "600"), ("1000", "-600"), memo="Rent of June")
    return company


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.name || document.activeElement.id || document.activeElement.tagName")
    )


def widest(page: Page) -> int:
    """How far to the right anything reaches that is shown."""
    return int(
        page.evaluate(
            """() => Math.ceil(Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll(
                 ".bf-page, .bf-table, .bf-table td, .bf-table th, .bf-kpi, .bf-kpi *")]
                 .filter((one) => one.offsetParent !== null).map((one) => one.getBoundingClientRect().right)))"""
        )
    )


class TestTheFocus:
    def test_is_on_the_field_that_is_typed_next(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        invoice = make_invoice(company)
        entry = book(company, "2026-01-02", ("1000", "5"), ("3000", "-5"))
        customer = {"customer": str(invoice.customer_id)}
        wanted = {
            reverse("admin:reverse_entry", args=[entry.pk]): "reason",
            reverse("admin:void_invoice", args=[invoice.pk]): "reason",
            reverse("admin:pay_invoice", args=[invoice.pk]): "amount",
            reverse("admin:new_payment") + f"?customer={customer['customer']}": "amount",
            reverse("admin:discount_invoice", args=[invoice.pk]): "percent",
            reverse("admin:new_customer"): "name",
            reverse("admin:new_item"): "name",
            reverse("admin:new_account"): "code",
            reverse("admin:new_tax_code"): "code",
            reverse("admin:invite_member"): "email",
            reverse("admin:new_api_key"): "name",
            reverse("admin:new_invoice"): "customer",
            reverse("admin:new_entry"): "entry_date",
        }
        found = {}
        for url in wanted:
            page.goto(url)
            page.wait_for_load_state()
            found[url] = focused(page)
        assert found == wanted

    def test_is_on_the_field_that_was_refused(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:new_customer"))
        page.fill("[name=name]", "Harbor")
        page.fill("[name=email]", "no address")
        page.keyboard.press("Enter")
        expect(page.locator(".bf-invalid")).to_be_visible()
        assert focused(page) == "email"

    def test_reverses_an_entry_by_keyboard_and_one_click(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        entry = book(company, "2026-01-02", ("1000", "5"), ("3000", "-5"))
        page.goto(reverse("admin:journal_entry", args=[entry.pk]))
        page.get_by_role("link", name="Reverse").click()
        expect(page.locator("[name=reason]")).to_be_focused()
        page.keyboard.type("Typed twice")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Reversed by").first).to_be_visible()

    def test_skips_the_menu(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:journal"))
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()
        page.keyboard.press("Enter")
        assert focused(page) == "bf-main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('#bf-main').contains(document.activeElement)")

    def test_passes_the_menu_in_few_stops_and_walks_it_with_arrows(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:journal"))
        stops = 0
        while not page.evaluate("document.querySelector('#main').contains(document.activeElement)"):
            page.keyboard.press("Tab")
            stops += 1
            assert stops < 10
        page.locator("#nav-sidebar").get_by_role("link", name="Journal").focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name="Chart of accounts")).to_be_focused()

    def test_opens_a_new_one_with_n(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        entry, invoice = book(company, "2026-01-02", ("1000", "5"), ("3000", "-5")), make_invoice(company)
        for name, key, new in (("journal_entry", entry.pk, "new_entry"), ("invoice", invoice.pk, "new_invoice")):
            page.goto(reverse(f"admin:{name}", args=[key]))
            page.wait_for_load_state()
            page.keyboard.press("n")
            page.wait_for_url(f"**{reverse(f'admin:{new}')}")


class TestPaper:
    @pytest.mark.parametrize("width", [PORTRAIT, LANDSCAPE])
    def test_cuts_nothing_off(self, page: Page, books: Company, width: int) -> None:
        sign_in(page, books)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": width, "height": 1000})
        customer = make_customer(books, name="Harbor")
        urls = {name: reverse(f"admin:{name}") for name in REPORTS}
        urls["trial_balance"] += "?compare_to=previous_year"
        urls["sheet"] = reverse(
            "admin:account", args=[JournalEntry.objects.earliest("sequence").lines.all()[0].account_id]
        )
        urls["statement"] = reverse("admin:customer_statement", args=[customer.pk])
        over = {}
        for name, url in urls.items():
            page.goto(url)
            page.wait_for_load_state()
            expect(page.locator("#nav-sidebar")).to_be_hidden()
            if (reach := widest(page)) > width + 1:
                over[name] = reach
        assert over == {}

    def test_turns_the_sheet_for_wide_tables(self, page: Page, books: Company) -> None:
        sign_in(page, books)
        for name, is_wide in (("trial_balance", True), ("balance_sheet", False)):
            page.goto(reverse(f"admin:{name}"))
            pdf = page.pdf(prefer_css_page_size=True)
            boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
            assert {float(width) > float(height) for width, height in boxes} == {is_wide}, name


def test_a_phone_shows_thirteen_digits(page: Page, books: Company) -> None:
    sign_in(page, books)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("admin:index"))
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    inside = """() => [...document.querySelectorAll(".bf-kpi")].filter((one) => one.scrollWidth > one.clientWidth + 1)
                 .map((one) => one.textContent)"""
    assert page.evaluate(inside) == []


class TestWithoutJavaScript:
    @pytest.fixture
    def plain(self, chromium: Browser, live_server: Any) -> Iterator[Page]:
        context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        context.close()

    def test_no_page_is_blank(self, plain: Page, books: Company) -> None:
        sign_in(plain, books)
        names = ("index", "journal", "new_entry", "new_invoice", "new_payment", "trial_balance", "customers", "imports")
        for name in names:
            plain.goto(reverse(f"admin:{name}"))
            expect(plain.locator("h1")).to_be_visible()
            expect(plain.locator("#bf-main")).to_be_visible()
            expect(plain.locator("noscript p.bf-alert")).to_be_visible()

    def test_an_entry_and_an_invoice_are_made(self, plain: Page, company: Company) -> None:
        sign_in(plain, company)
        plain.goto(reverse("admin:new_entry"))
        plain.get_by_role("link", name="Show 20 lines").click()
        rows = plain.locator("tr[data-line]")
        expect(rows).to_have_count(20)
        for row, (account, side, amount) in enumerate([("1000", "debit", "12.50"), ("3000", "credit", "12.50")]):
            rows.nth(row).locator("[name=account]").fill(account)
            rows.nth(row).locator(f"[name={side}]").fill(amount)
        plain.get_by_role("button", name="Post").click()
        expect(plain.get_by_text(re.compile("Posted as"))).to_be_visible()
        make_customer(company, name="Harbor Supplies")
        plain.goto(reverse("admin:new_invoice"))
        plain.fill("[name=customer]", "Harbor Supplies")
        line = plain.locator("tr[data-line]").first
        line.locator("[name=description]").fill("Work")
        line.locator("[name=unit_amount]").fill("100")
        plain.get_by_role("button", name="Confirm").click()
        expect(plain.get_by_text("is confirmed")).to_be_visible()
