"""Files dropped on a record, and members named in a comment, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from backfill.tenancy.models import Company
from ledger.models import Attachment, Comment, Mention
from tests.browser.conftest import sign_in
from tests.factories import make_invoice, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PDF = "%PDF-1.7\\n1 0 obj\\n<<>>\\nendobj\\ntrailer\\n<<>>\\n%%EOF\\n"
DROP = """([files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, text] of files) transfer.items.add(new File([text], name, { type, lastModified: 1 }));
  const place = document.querySelector(".bf-record");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""


def drop(page: Page, *files: tuple[str, str, str]) -> None:
    page.wait_for_selector(".bf-drop.bf-scripted")
    page.evaluate(DROP, [[list(one) for one in files]])


def open_invoice(page: Page, company: Company) -> Any:
    sign_in(page, company)
    invoice = make_invoice(company, status="draft")
    page.goto(reverse("admin:invoice", args=[invoice.pk]))
    return invoice


def test_keeps_what_is_dropped_on_a_record_and_shows_it_beside(page: Page, company: Company) -> None:
    open_invoice(page, company)
    page.fill("#beside-comment", "half a thought")
    text = PDF.replace("\\n", "\n")
    drop(page, ("offer.pdf", "application/pdf", text))
    drop(page, ("offer.pdf", "application/pdf", text))
    expect(page.locator(".bf-file-list a[data-file]")).to_have_text(["offer.pdf"])
    expect(page.locator("[data-drop-told]")).to_contain_text("kept")
    expect(page.locator("iframe.bf-file-frame")).to_have_attribute(
        "src", page.locator("a[data-file]").get_attribute("href") or ""
    )
    expect(page.locator("#trail")).to_contain_text("File kept")
    expect(page.locator("#beside-comment")).to_have_value("half a thought")
    assert Attachment.objects.count() == 1
    box, main = page.locator(".bf-beside").bounding_box(), page.locator(".bf-record").bounding_box()
    assert box
    assert main
    assert box["x"] >= main["x"] + main["width"]
    page.set_viewport_size({"width": 390, "height": 800})
    box, main = page.locator(".bf-beside").bounding_box(), page.locator(".bf-record").bounding_box()
    assert box
    assert main
    assert box["y"] >= main["y"] + main["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_says_at_the_place_what_is_wrong_with_each_file(page: Page, company: Company) -> None:
    open_invoice(page, company)
    drop(
        page,
        ("empty.pdf", "application/pdf", ""),
        ("virus.pdf.exe", "application/pdf", PDF.replace("\\n", "\n")),
        ("notes.txt", "text/plain", "hello"),
        ("fine.pdf", "application/pdf", PDF.replace("\\n", "\n")),
    )
    told = page.locator("[data-drop-told] > li")
    expect(told).to_have_count(4)
    expect(page.locator(".bf-file-list a[data-file]")).to_have_text(["fine.pdf"])
    expect(page.locator("[data-drop-told] .bf-refused")).to_have_count(3)
    expect(told.nth(0)).to_contain_text("The file is empty.")
    expect(told.nth(1)).to_contain_text("end in .pdf")
    expect(told.nth(2)).to_contain_text("Only PDF, JPEG and PNG files can be stored.")


def test_names_a_member_by_keyboard(page: Page, company: Company) -> None:
    for name, email in (("Ben Cole", "ben@example.com"), ("Bea Dunn", "bea@example.com")):
        user = make_member(company, email=email).user
        user.full_name = name
        user.save()
    open_invoice(page, company)
    page.locator("#beside-comment").focus()
    page.keyboard.type("Is this right, @be")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Ben Cole")
    page.keyboard.press("Enter")
    page.keyboard.type("?")
    expect(page.locator("#beside-comment")).to_have_value("Is this right, @Ben Cole ?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".bf-comment-text")).to_have_text("Is this right, @Ben Cole ?")
    expect(page.locator(".bf-named")).to_have_text("@Ben Cole")
    assert Mention.objects.get().user.email == "ben@example.com"


def test_works_without_scripts(context: Any, page: Page, company: Company, tmp_path: Path) -> None:
    invoice = open_invoice(page, company)
    plain = context.browser.new_context(base_url=page.url.partition("/admin")[0], java_script_enabled=False)
    plain.add_cookies(context.cookies())
    bare = plain.new_page()
    bare.goto(reverse("admin:invoice", args=[invoice.pk]))
    path = tmp_path / "offer.pdf"
    path.write_bytes(PDF.replace("\\n", "\n").encode())
    bare.set_input_files("form[data-drop] input[type=file]", path)
    bare.get_by_role("button", name="Add file").click()
    assert bare.locator(".bf-file-list").inner_text().startswith("offer.pdf")
    bare.fill("#beside-comment", "By hand")
    bare.get_by_role("button", name="Comment", exact=True).click()
    assert bare.locator(".bf-comment-text").inner_text() == "By hand"
    assert Comment.objects.get().text == "By hand"
    plain.close()
