"""The lines of an entry and of an invoice, in a real browser: one editor, so the same keys do the same in both."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from receivables.models import Invoice
from tests.browser.test_sales import enter
from tests.factories import line, make_company, make_customer, make_invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Editor:
    """What is typed into one of the editors. `begins` is where a line begins, `rows` how many there are at first."""

    address: str
    begins: str
    figure: str
    rows: int
    columns: tuple[str, ...]
    pasted: str
    read: tuple[dict[str, str], ...] = field(default=())


ENTRY = Editor(
    "new_entry",
    "account",
    "debit",
    rows=2,
    columns=("account", "description", "tax_code", "debit", "credit"),
    pasted='6300\t"Pens, ""blue"""\t\t1234.5\t0\n6310\tStamps\t\t5\t\n1000\tPaid\t\t\t1239.50\n',
    read=(
        {"account": "6300", "description": 'Pens, "blue"', "debit": "1,234.50", "credit": ""},
        {"account": "6310", "description": "Stamps", "debit": "5.00", "credit": ""},
        {"account": "1000", "description": "Paid", "debit": "", "credit": "1,239.50"},
    ),
)
INVOICE = Editor(
    "new_invoice",
    "item",
    "quantity",
    rows=3,
    columns=("item", "description", "account", "quantity", "unit_amount", "discount", "tax_code"),
    pasted='\t"Pens, ""blue"""\t\t2\t1234.5\t10 %\tst-ca\r\n\tStamps\t\t1\t5\r\n\tPaper\t\t\t7.5\r\n',
    read=(
        {"description": 'Pens, "blue"', "quantity": "2", "unit_amount": "1,234.50", "discount": "10 %"},
        {"description": "Stamps", "quantity": "1", "unit_amount": "5.00", "discount": ""},
        {"description": "Paper", "quantity": "", "unit_amount": "7.50", "discount": ""},
    ),
)
both = pytest.mark.parametrize("editor", [ENTRY, INVOICE], ids=["entry", "invoice"])


@pytest.fixture
def page(page: Page, context: BrowserContext, company: Company, live_server: LiveServer) -> Page:
    enter(context, company, live_server)
    return page


def opened(page: Page, editor: Editor) -> Locator:
    """Open it and return its rows."""
    page.goto(reverse(f"admin:{editor.address}"))
    page.wait_for_load_state()
    rows = page.locator("tr[data-line]")
    expect(rows).to_have_count(editor.rows)
    return rows


def cell(row: Locator, name: str) -> Locator:
    return row.locator(f"[name={name}]")


def paste(input_: Locator, text: str) -> None:
    input_.focus()
    input_.evaluate(
        """(input, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          if (input.dispatchEvent(event)) input.value += text;
        }""",
        text,
    )


@both
def test_enter_goes_on_and_with_shift_back(page: Page, editor: Editor) -> None:
    rows = opened(page, editor)
    cell(rows.first, editor.figure).focus()
    for _ in range(editor.rows):
        page.keyboard.press("Enter")
    expect(rows).to_have_count(editor.rows + 1)
    expect(cell(rows.last, editor.begins)).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(cell(rows.nth(editor.rows - 1), editor.begins)).to_be_focused()
    assert page.url.endswith(reverse(f"admin:{editor.address}")), "Shift and Enter must not send the form"


@both
def test_enter_above_the_lines_posts_nothing(page: Page, editor: Editor) -> None:
    opened(page, editor)
    page.locator("summary").first.click()
    for name in ("memo", "currency"):
        page.locator(f"[name={name}]").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Enter")
    assert page.url.endswith(reverse(f"admin:{editor.address}"))
    expect(page.locator("[role=alert]")).to_have_count(0)
    assert not JournalEntry.objects.exists()
    assert not Invoice.objects.exists()


@both
def test_up_and_down_stay_in_their_column(page: Page, editor: Editor) -> None:
    rows = opened(page, editor)
    cell(rows.first, editor.figure).focus()
    page.keyboard.press("ArrowDown")
    expect(cell(rows.nth(1), editor.figure)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(cell(rows.first, editor.figure)).to_be_focused()


@both
def test_a_line_is_copied_and_taken_off(page: Page, editor: Editor) -> None:
    rows = opened(page, editor)
    cell(rows.first, "description").fill("Pens")
    cell(rows.first, editor.figure).fill("3")
    cell(rows.first, "tax_code").select_option(index=1)
    code = cell(rows.first, "tax_code").input_value()
    page.keyboard.press("Control+d")
    expect(rows).to_have_count(editor.rows + 1)
    expect(cell(rows.nth(1), editor.begins)).to_be_focused()
    for name, value in {"description": "Pens", editor.figure: "3", "tax_code": code, "origin": ""}.items():
        expect(cell(rows.nth(1), name)).to_have_value(value)
    expect(rows.locator("[data-number]")).to_have_text([str(number + 1) for number in range(editor.rows + 1)])

    page.keyboard.press("Meta+Backspace")
    page.keyboard.press("Control+Backspace")
    expect(rows).to_have_count(editor.rows - 1 if editor is INVOICE else editor.rows)
    expect(cell(rows.nth(1), "description")).to_have_value("")


@both
def test_cells_of_a_spreadsheet_are_pasted(page: Page, editor: Editor) -> None:
    rows = opened(page, editor)
    paste(cell(rows.first, editor.begins), editor.pasted)
    for number, read in enumerate(editor.read):
        for name, value in read.items():
            expect(cell(rows.nth(number), name)).to_have_value(value)
    expect(rows).to_have_count(4)  # with an empty one to go on with
    expect(cell(rows.last, "description")).to_have_value("")
    expect(page.locator("[name=memo]")).to_have_value("")


def test_what_is_pasted_is_summed_up_and_posted(page: Page, company: Company) -> None:
    rows = opened(page, ENTRY)
    paste(cell(rows.first, "account"), ENTRY.pasted)
    expect(page.locator("[data-difference]").first).to_have_text("Balanced")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Posted as")).to_be_visible()
    posted = JournalEntry.objects.get().lines.order_by("line_number")
    assert [(one.account.code, one.amount) for one in posted] == [
        ("6300", Decimal("1234.50")),
        ("6310", Decimal("5.00")),
        ("1000", Decimal("-1239.50")),
    ]

    rows = opened(page, INVOICE)
    page.locator("[name=customer]").fill(make_customer(company, name="Harbor Supplies").name)
    paste(cell(rows.first, "item"), INVOICE.pasted)
    expect(cell(rows.first, "tax_code")).to_have_value("ST-CA")
    expect(page.locator("[data-total=lines]")).to_have_text("2,234.60")  # 2 × 1,234.50 less a tenth, and 5 and 7.50
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    assert [str(one.amount.normalize()) for one in Invoice.objects.get().lines.order_by("line_number")] == [
        "2222.1",
        "5",
        "7.5",
    ]


def test_a_text_of_several_lines_stays_in_its_cell(page: Page) -> None:
    rows = opened(page, INVOICE)
    paste(cell(rows.first, "description"), "Pens\nblue")
    expect(cell(rows.first, "description")).to_have_value("Pens\nblue")
    cell(rows.first, "description").press("Shift+Enter")
    expect(cell(rows.first, "description")).to_be_focused()


def test_a_new_line_takes_over_no_tax_code_of_another_day(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    """What is chosen and not offered is not sent, which would give the codes of later lines to earlier ones."""
    german = make_company(name="Muster GmbH", chart="skr03", currency="EUR", country="DE")
    context.clear_cookies()
    enter(context, german, live_server)
    rows = (line("100.00", tax_code="UST16"), line("50.00", tax_code="UST16"))
    draft = make_invoice(german, *rows, on=date(2020, 8, 1), status="draft")
    Invoice.objects.filter(pk=draft.pk).update(document_date="2026-03-02")
    page.goto(reverse("admin:edit_invoice", args=[draft.pk]))
    page.get_by_role("button", name="Add a line").click()
    chosen = page.locator("tr[data-line] select[name=tax_code] option:checked")
    assert [one.get_attribute("value") for one in chosen.all()][:2] == ["UST16", "UST16"]
    assert not any(one.is_disabled() for one in chosen.all())
    cell(page.locator("tr[data-line]").first, "quantity").press("Control+d")
    assert [one.get_attribute("value") for one in chosen.all()][:3] == ["UST16", "UST16", "UST16"]
    assert not any(one.is_disabled() for one in chosen.all())


@both
def test_asks_for_a_rate_in_a_foreign_currency_alone(page: Page, editor: Editor) -> None:
    opened(page, editor)
    page.locator("summary").first.click()
    rate = page.locator("[name=exchange_rate]")
    expect(rate).to_be_hidden()
    page.locator("[name=currency]").select_option("EUR")
    expect(rate).to_be_visible()
    expect(page.locator("[data-rate-note]")).to_contain_text("No rate is known for this day")
    rate.fill("1.25")
    rate.press("Tab")
    expect(page.locator("[data-rate-note]")).to_have_text("")
