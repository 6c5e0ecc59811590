"""A bookkeeper's day, in a real browser: sign in, make an entry, find it in the reports, let a program in."""

import json
import re
import urllib.request
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from backfill.tenancy.models import Company, Role
from ledger.models import EntryStatus, JournalEntry
from tests.browser.conftest import EMAIL, sign_in
from tests.factories import make_company, make_member
from tests.reporting.books import book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def type_line(page: Page, account: str, *, debit: str = "", credit: str = "") -> None:
    """Type a line from its account on by keyboard alone, and go on to the next with Enter."""
    page.keyboard.type(account)
    for _ in range(3 if debit else 4):
        page.keyboard.press("Tab")
    page.keyboard.type(debit or credit)
    page.keyboard.press("Enter")


def first_account(page: Page) -> None:
    page.wait_for_load_state()  # Keys typed before the editor's script runs would be plain text to the browser.
    page.locator("tr[data-line] [name=account]").first.focus()


def test_makes_an_entry_and_follows_it_through_the_reports(page: Page, company: Company) -> None:
    sign_in(page, company)
    page.get_by_role("link", name="New entry").click()
    page.fill("[name=memo]", "Capital paid in")
    first_account(page)
    type_line(page, "1000", debit="10000")
    expect(page.locator("[data-difference]").first).to_have_text("10,000.00 missing on the credit side")
    type_line(page, "3000", credit="10,000.00")
    expect(page.locator("[data-difference]").first).to_have_text("Balanced")
    expect(page.locator("[name=account]").nth(0)).to_have_value("1000 Cash")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"Posted as \d{4}-000001"))).to_be_visible()

    page.get_by_role("link", name="Trial balance").click()
    row = page.locator("tr", has=page.get_by_role("link", name="Common Stock"))
    expect(row.locator("td").last).to_have_text("10,000.00")
    expect(page.locator("tr.bf-total td").last).to_have_text("10,000.00")
    row.get_by_role("link", name="Common Stock").click()
    expect(page.locator("h1")).to_have_text("3000 Common Stock")
    page.get_by_role("link", name=re.compile(r"\d{4}-000001")).click()
    expect(page.get_by_role("heading", name="Capital paid in")).to_be_visible()
    page.get_by_role("link", name="Reverse").click()
    page.fill("[name=reason]", "Only a test")
    page.get_by_role("button", name="Post the reversal").click()
    expect(page.get_by_text("Reversed by").first).to_be_visible()
    assert JournalEntry.objects.filter(company=company, status=EntryStatus.REVERSED).count() == 1


def test_shows_an_unbalanced_entry_again_with_the_reason(page: Page, company: Company) -> None:
    sign_in(page, company)
    page.goto(reverse("admin:new_entry"))
    page.fill("[name=memo]", "Half a thought")
    first_account(page)
    type_line(page, "6300", debit="12.5")
    type_line(page, "1000", credit="12")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Debits and credits differ")
    expect(page.locator("[name=memo]")).to_have_value("Half a thought")
    expect(page.locator("[name=debit]").nth(0)).to_have_value("12.50")
    expect(page.locator("[data-difference]").first).to_have_text("0.50 missing on the credit side")
    assert not JournalEntry.objects.exists()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    assert JournalEntry.objects.get().is_draft


class TestEditor:
    """By keyboard."""

    def test_finds_accounts_by_words_and_takes_them_with_tab(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:new_entry"))
        first_account(page)
        page.keyboard.type("supplies")
        expect(page.locator(".bf-picker-list [role=option]")).to_have_count(1)
        page.keyboard.press("Tab")
        expect(page.locator("[name=account]").first).to_have_value("6300 Office Supplies")
        assert page.evaluate("document.activeElement.name") == "description"

    def test_chooses_with_arrows_and_enter_without_sending_the_form(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:new_entry"))
        first_account(page)
        page.keyboard.type("10")
        expect(page.locator(".bf-picker-list [role=option]").first).to_contain_text("1000")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("[name=account]").first).to_have_value("1010 Petty Cash")
        page.keyboard.press("Escape")
        assert page.url.endswith(reverse("admin:new_entry"))

    def test_fills_in_what_is_missing(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:new_entry"))
        first_account(page)
        type_line(page, "6300", debit="12.34")
        page.keyboard.type("1000")
        for _ in range(4):
            page.keyboard.press("Tab")
        page.keyboard.press("=")
        expect(page.locator("[name=credit]").nth(1)).to_have_value("12.34")
        expect(page.locator("[data-difference]").first).to_have_text("Balanced")

    def test_adds_and_removes_lines(self, page: Page, company: Company) -> None:
        sign_in(page, company)
        page.goto(reverse("admin:new_entry"))
        lines = page.locator("tr[data-line]")
        expect(lines).to_have_count(2)
        page.get_by_role("button", name="Add a line").click()
        expect(lines).to_have_count(3)
        page.keyboard.type("1000")
        page.keyboard.press("Control+Backspace")
        expect(lines).to_have_count(3)  # there is always an empty line to go on with
        expect(lines.locator("[name=account]").nth(2)).to_have_value("")

    def test_shows_the_tax_in_an_amount_as_the_ledger_will_post_it(self, page: Page, transactional_db: None) -> None:
        company = make_company(chart="skr03", currency="EUR", country="DE", name="Nordwind")
        sign_in(page, company)
        page.goto(reverse("admin:new_entry"))
        first_account(page)
        type_line(page, "4930", debit="1.190,55")
        note = page.locator("[data-tax-note]").first
        page.locator("[name=tax_code]").first.select_option("VST19")
        expect(note).to_have_text("net 1.000,46 + tax 190,09")
        page.locator("[name=tax_code]").first.select_option("VST-13B19")
        expect(note).to_have_text("net 1.190,55, tax 226,20 owed and deducted")
        page.locator("[name=account]").nth(1).focus()
        type_line(page, "1200", credit="1190,55")
        page.get_by_role("button", name="Post", exact=True).click()
        page.wait_for_url("**/journal/*/")
        amounts = [str(line.amount.normalize()) for line in JournalEntry.objects.get().lines.order_by("line_number")]
        assert amounts == ["1190.55", "226.2", "-226.2", "-1190.55"]


def test_makes_a_key_with_which_a_program_gets_in(page: Page, company: Company, live_server: Any) -> None:
    book(company, "2026-01-02", ("1000", "500"), ("3000", "-500"))
    sign_in(page, company)
    page.get_by_role("link", name="API keys").click()
    page.get_by_role("link", name="Create the first one").click()
    page.fill("[name=name]", "Report script")
    page.get_by_role("checkbox", name="Read all books finance:read").check()
    page.get_by_role("button", name="Create the key").click()
    token = page.locator("#token").inner_text()
    request = urllib.request.Request(
        f"{live_server.url}/v1/reports/trial_balance", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        report = json.load(answer)
    assert report["data"]["totals"]["debit"] == "500.00"
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_text("Report script")).to_be_visible()
    assert token not in page.content()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("is revoked")).to_be_visible()


def test_lets_a_viewer_look_and_nothing_else(page: Page, company: Company) -> None:
    book(company, "2026-01-02", ("1000", "500"), ("3000", "-500"), memo="Capital paid in")
    sign_in(page, company, Role.VIEWER)
    expect(page.get_by_text("Latest entries")).to_be_visible()
    for name in ("New entry", "API keys", "Import"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.get_by_role("link", name="2026-000001").click()
    expect(page.get_by_role("link", name="Reverse")).to_have_count(0)
    page.goto(reverse("admin:new_entry"))
    expect(page.locator("h1")).to_have_text("Not allowed")


def test_approves_what_somebody_else_has_submitted(page: Page, company: Company, context: Any, chromium: Any) -> None:
    company.requires_approval = True
    company.save()
    sign_in(page, company, Role.BOOKKEEPER)
    page.goto(reverse("admin:new_entry"))
    first_account(page)
    type_line(page, "6300", debit="5")
    type_line(page, "1000", credit="5")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("This draft waits for approval.")).to_be_visible()
    entry = JournalEntry.objects.get()
    context.clear_cookies()
    sign_in(page, company, Role.APPROVER, email="boss@example.com")
    page.get_by_role("link", name="1 waiting for approval").click()
    page.get_by_role("link", name="Draft").click()
    page.get_by_role("button", name="Approve and post").click()
    expect(page.get_by_text("Approved and posted")).to_be_visible()
    entry.refresh_from_db()
    assert entry.status == EntryStatus.POSTED


def test_switches_the_company(page: Page, company: Company) -> None:
    other = make_company(name="Second Company", chart="ifrs", currency="EUR")
    sign_in(page, company)
    make_member(other, email="anna@example.com", role=Role.VIEWER)
    page.reload()
    page.get_by_role("button", name=re.compile("Acme Tools")).click()
    page.get_by_role("button", name=re.compile("Second Company")).click()
    expect(page.get_by_role("button", name=re.compile("Second Company"))).to_be_visible()
    expect(page.get_by_text("Viewer · EUR")).to_be_visible()


def test_posts_nothing_into_the_company_of_another_window(page: Page, company: Company, context: Any) -> None:
    other = make_company(name="Second Company", chart="us", currency="USD")
    make_member(other, email=EMAIL, role=Role.OWNER)
    sign_in(page, company)
    if not page.get_by_role("button", name=re.compile("Acme Tools")).is_visible():
        page.get_by_role("button", name=re.compile("Second Company")).click()
        page.get_by_role("button", name=re.compile("Acme Tools")).click()
    page.goto(reverse("admin:new_entry"))
    first_account(page)
    type_line(page, "6300", debit="5")
    type_line(page, "1000", credit="5")
    window = context.new_page()
    window.goto(reverse("admin:index"))
    window.get_by_role("button", name=re.compile("Acme Tools")).click()
    window.get_by_role("button", name=re.compile("Second Company")).click()
    expect(window.get_by_role("button", name=re.compile("Second Company"))).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("This page was about another company")).to_be_visible()
    assert not JournalEntry.objects.exists()


def test_finds_accounts_from_everywhere(page: Page, company: Company) -> None:
    sign_in(page, company)
    page.keyboard.press("Control+k")
    expect(page.locator("#search-input-command")).to_be_focused()
    page.keyboard.type("receivable")
    page.get_by_role("link", name=re.compile("1100 Accounts Receivable")).click()
    expect(page.locator("h1")).to_have_text("1100 Accounts Receivable")


def test_filters_the_chart_while_typing(page: Page, company: Company) -> None:
    sign_in(page, company)
    page.get_by_role("link", name="Chart of accounts").click()
    page.fill("#chart-filter", "office sup")
    expect(page.get_by_role("link", name="Office Supplies", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Petty Cash", exact=True)).to_be_hidden()
    page.fill("#chart-filter", "no such thing")
    expect(page.get_by_text("No account matches.")).to_be_visible()


def test_previews_a_file_before_it_is_imported(page: Page, company: Company) -> None:
    sign_in(page, company)
    page.get_by_role("link", name="Import").first.click()
    journal = "reference;date;account;debit;credit\nA1;2026-07-01;6310;12,50;\nA1;2026-07-01;1000;;12,50\n"
    page.set_input_files("[name=file]", {"name": "journal.csv", "mimeType": "text/csv", "buffer": journal.encode()})
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Can be imported")).to_be_visible()
    assert not JournalEntry.objects.exists()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 entry imported.")).to_be_visible()


def test_works_on_a_narrow_screen(page: Page, company: Company) -> None:
    book(company, "2026-01-02", ("1000", "500"), ("3000", "-500"))
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, company)
    for name in ("index", "accounts", "journal", "new_entry", "trial_balance", "periods", "api_keys", "company"):
        page.goto(reverse(f"admin:{name}"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_works_without_evaluating_text_as_script(page: Page, company: Company) -> None:
    """Menu, theme, command box and search under a policy that has no `unsafe-eval`."""
    sign_in(page, company)
    page.get_by_role("button", name="Acme Tools, Inc.").click()
    expect(page.get_by_text("This is the only company you are a member of.")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=EMAIL).click()
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_class("dark")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Type to search").press_sequentially("1000", delay=20)
    page.locator("#command-results li").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile(r"/admin/$"))
