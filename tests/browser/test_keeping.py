"""What is typed survives whatever interrupts it, in a real browser, and is gone once it had its effect."""

import contextlib
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company, Membership, User
from ledger.models import JournalEntry
from receivables.models import Customer, Invoice
from tests.browser.conftest import EMAIL, sign_in
from tests.factories import PASSWORD, line, make_company, make_customer, make_invoice, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW_INVOICE = "admin:new_invoice"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('backfill.typed ')).length"


@pytest.fixture
def page(page: Page, company: Company) -> Page:
    sign_in(page, company)
    return page


def notice(page: Page) -> Locator:
    return page.locator(".bf-kept")


def type_invoice(page: Page) -> None:
    """An invoice of two lines, and a note in the part that is folded up."""
    page.goto(reverse(NEW_INVOICE))
    page.wait_for_load_state()
    page.locator("[name=customer]").fill("Harbor Supplies")
    page.locator("[name=customer]").press("Tab")  # its list closes
    page.locator("summary").first.click()
    page.locator("[name=memo]").fill("By courier")
    for number, (text, price) in enumerate((("Rope, 10 mm", "12.50"), ("Hooks", "3.00"))):
        row = page.locator("tr[data-line]").nth(number)
        row.locator("[name=description]").fill(text)
        row.locator("[name=quantity]").fill("4")
        row.locator("[name=unit_amount]").fill(price)
        row.locator("[name=tax_code]").select_option("ST-CA")
    page.locator("[name=memo]").press("Tab")


def expect_invoice(page: Page) -> None:
    expect(notice(page)).to_contain_text("Restored as typed")
    expect(page.locator("[name=customer]")).to_have_value("Harbor Supplies")
    expect(page.locator("[name=memo]")).to_have_value("By courier")
    expect(page.locator("[name=memo]")).to_be_visible()
    rows = page.locator("tr[data-line]")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).locator("[name=description]")).to_have_value("Rope, 10 mm")
    expect(rows.nth(1).locator("[name=unit_amount]")).to_have_value("3.00")
    expect(rows.nth(1).locator("[name=tax_code]")).to_have_value("ST-CA")
    expect(page.locator("[data-total=lines]")).to_have_text("62.00")  # 4 × 12.50 and 4 × 3


def sign_in_again(page: Page, email: str = EMAIL) -> None:
    page.fill("[name=username]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state()


def expect_kept(page: Page, number: int) -> None:
    """Wait until so many forms are kept. Not by `wait_for_function`, which the security policy forbids."""
    for _ in range(50):
        if page.evaluate(KEPT) == number:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(KEPT) == number


def crash(page: Page) -> None:
    """End the page's process."""
    session = page.context.new_cdp_session(page)
    page.once("crash", lambda _: None)
    with contextlib.suppress(Error):
        session.send("Page.crash")


def leave(page: Page, address: str) -> None:
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(address)


def test_a_session_that_ended_loses_nothing(page: Page, context: BrowserContext, company: Company) -> None:
    make_customer(company, name="Harbor Supplies")
    type_invoice(page)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Your session had ended, so nothing was done.")).to_be_visible()
    assert not Invoice.objects.exists()
    sign_in_again(page)
    assert page.url.endswith(reverse(NEW_INVOICE))
    expect_invoice(page)

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    assert [one.description for one in Invoice.objects.get().lines.order_by("line_number")] == ["Rope, 10 mm", "Hooks"]
    assert page.evaluate(KEPT) == 0
    page.goto(reverse(NEW_INVOICE))
    expect(notice(page)).to_have_count(0)
    expect(page.locator("[name=customer]")).to_have_value("")


def test_a_page_from_before_signing_in_anew_loses_nothing(
    page: Page, context: BrowserContext, company: Company
) -> None:
    make_customer(company, name="Harbor Supplies")
    type_invoice(page)
    context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Open the page anew")).to_be_visible()
    page.get_by_role("link", name="Back to the page").click()
    expect_invoice(page)


def test_another_company_loses_nothing(page: Page, company: Company) -> None:
    make_customer(company, name="Harbor Supplies")
    other = make_company(name="Globex Corp.", chart="us", currency="USD", country="US")
    Membership.objects.create(company=other, user=User.objects.get(email=EMAIL), role="owner")
    type_invoice(page)
    window = page.context.new_page()
    window.goto(reverse("admin:index"))
    window.locator(".bf-switcher-button").first.click()
    window.get_by_role("button", name="Globex Corp.").click()
    window.goto(reverse(NEW_INVOICE))
    expect(notice(window)).to_have_count(0)
    expect(window.locator("[name=customer]")).to_have_value("")

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("This page was about another company")).to_be_visible()
    page.get_by_role("button", name="Back to Acme Tools, Inc.").click()
    expect_invoice(page)


def test_a_crash_loses_nothing(page: Page, context: BrowserContext) -> None:
    type_invoice(page)
    expect(page.locator("[data-total=lines]")).to_have_text("62.00")
    expect_kept(page, 1)
    page.wait_for_timeout(500)  # longer than the pause after which it is written
    page.evaluate(
        "window.onpagehide = null; window.addEventListener('pagehide', (e) => e.stopImmediatePropagation(), true)"
    )
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(reverse(NEW_INVOICE))
    if again.get_by_role("button", name="Restore it here").count():  # nobody told that the other window is gone
        again.get_by_role("button", name="Restore it here").click()
    expect_invoice(again)


def test_the_back_button_loses_nothing_and_a_notice_discards_it(page: Page) -> None:
    type_invoice(page)
    leave(page, reverse("admin:index"))
    page.go_back()
    expect_invoice(page)
    page.get_by_role("button", name="Discard").click()
    page.wait_for_load_state()
    expect(page.locator("[name=customer]")).to_have_value("")
    expect(notice(page)).to_have_count(0)
    assert page.evaluate(KEPT) == 0


def test_a_form_that_is_open_elsewhere_is_offered_and_not_filled_in(page: Page, context: BrowserContext) -> None:
    type_invoice(page)
    expect_kept(page, 1)
    window = context.new_page()
    window.goto(reverse(NEW_INVOICE))
    expect(notice(window)).to_contain_text("In another window something was typed")
    expect(window.locator("[name=customer]")).to_have_value("")
    window.get_by_role("button", name="Restore it here").click()
    expect_invoice(window)


def test_a_refused_entry_is_kept_until_it_posts(page: Page) -> None:
    page.goto(reverse("admin:new_entry"))
    page.wait_for_load_state()
    rows = page.locator("tr[data-line]")
    for number in range(3):
        rows.nth(number).locator("[name=account]").fill("6300" if number < 2 else "1000")
        rows.nth(number).locator("[name=debit]" if number < 2 else "[name=credit]").fill("5" if number < 2 else "11")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("[role=alert]").first).to_be_visible()
    leave(page, reverse("admin:index"))
    page.goto(reverse("admin:new_entry"))
    expect(notice(page)).to_be_visible()
    expect(rows).to_have_count(4)
    rows.nth(2).locator("[name=credit]").fill("10")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Posted as")).to_be_visible()
    assert JournalEntry.objects.count() == 1
    assert page.evaluate(KEPT) == 0


def test_nobody_else_sees_it_and_signing_out_forgets_it(page: Page, context: BrowserContext, company: Company) -> None:
    make_member(company, role="owner", email="ben@example.com", password=PASSWORD)
    type_invoice(page)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save draft").click()
    sign_in_again(page, "ben@example.com")
    assert page.url.endswith(reverse(NEW_INVOICE))
    expect(page.locator("[name=customer]")).to_have_value("")
    expect(notice(page)).to_have_count(0)

    context.clear_cookies(name="sessionid")
    page.goto(reverse(NEW_INVOICE))
    sign_in_again(page)
    expect_invoice(page)
    page.locator(".bf-person .bf-switcher-button").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/logout/**")
    assert page.evaluate(KEPT) == 0


def test_a_draft_that_was_saved_meanwhile_is_asked_about(page: Page, company: Company) -> None:
    draft = make_invoice(company, line("100.00"), line("20.00"), on=date(2026, 3, 2), status="draft")
    address = reverse("admin:edit_invoice", args=[draft.pk])
    page.goto(address)
    page.locator("tr[data-line]").nth(0).locator("[data-remove-line]").click()
    page.locator("tr[data-line]").nth(0).locator("[name=description]").fill("As typed")
    expect_kept(page, 1)
    leave(page, reverse("admin:index"))
    page.goto(address)
    expect(notice(page)).to_contain_text("Restored as typed")
    expect(page.locator("tr[data-line]").nth(0).locator("[name=description]")).to_have_value("As typed")
    expect(page.locator("tr[data-line]").nth(0).locator("[name=unit_amount]")).to_have_value("20.00")

    leave(page, reverse("admin:index"))
    Invoice.objects.get(pk=draft.pk).save()  # its version is another one now
    page.goto(address)
    expect(notice(page)).to_contain_text("This was saved since you typed into it")
    expect(page.locator("tr[data-line]").nth(0).locator("[name=description]")).not_to_have_value("As typed")
    page.get_by_role("button", name="Restore what I typed").click()
    expect(page.locator("tr[data-line]").nth(0).locator("[name=description]")).to_have_value("As typed")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    assert [one.description for one in Invoice.objects.get().lines.all()] == ["As typed"]


def test_plain_forms_are_kept_and_passwords_never(page: Page) -> None:
    page.goto(reverse("admin:new_customer"))
    page.wait_for_load_state()
    page.locator("[name=name]").fill("Harbor Supplies")
    leave(page, reverse("admin:password"))
    page.wait_for_load_state()
    for number, input_ in enumerate(page.locator("main input[type=password]").all()):
        input_.fill(f"hunter{number}hunter")
    page.wait_for_timeout(500)
    assert "hunter" not in page.evaluate("JSON.stringify(localStorage)")
    leave(page, reverse("admin:new_customer"))
    expect(page.locator("[name=name]")).to_have_value("Harbor Supplies")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    assert Customer.objects.get().name == "Harbor Supplies"
    assert page.evaluate(KEPT) == 0


def test_what_is_old_is_forgotten(page: Page) -> None:
    type_invoice(page)
    leave(page, reverse("admin:index"))
    page.evaluate(
        """() => Object.keys(localStorage).filter((key) => key.startsWith("backfill.typed ")).forEach((key) => {
          const entry = JSON.parse(localStorage.getItem(key));
          localStorage.setItem(key, JSON.stringify({ ...entry, at: entry.at - 8 * 86_400_000 }));
        })"""
    )
    page.goto(reverse(NEW_INVOICE))
    expect(page.locator("[name=customer]")).to_have_value("")
    assert page.evaluate(KEPT) == 0


def test_works_where_nothing_can_be_kept(page: Page, live_server: LiveServer, company: Company) -> None:
    make_customer(company, name="Harbor Supplies")
    page.add_init_script("""const { setItem } = Storage.prototype;
        Storage.prototype.setItem = function (key, value) {
          if (key.startsWith("backfill.")) throw new DOMException("full", "QuotaExceededError");
          setItem.call(this, key, value);
        };""")
    type_invoice(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()


def test_levels_that_were_added_come_back(page: Page) -> None:
    page.goto(reverse("admin:dunning_policy"))
    page.wait_for_load_state()
    levels = page.locator("[data-level]:visible")
    before = levels.count()
    page.get_by_role("button", name="Add a level").click()
    levels.last.locator("input[type=text]:visible, input:not([type]):visible, input[type=number]:visible").first.fill(
        "77"
    )
    levels.first.locator("[data-remove-level]").click()
    leave(page, reverse("admin:index"))
    page.goto(reverse("admin:dunning_policy"))
    expect(notice(page)).to_be_visible()
    expect(levels).to_have_count(before)
    assert "77" in [one.input_value() for one in levels.last.locator("input:visible").all()]
