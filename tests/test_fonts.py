"""Whatever people write on a document is printed, or refused by name before it is posted."""

import random
from typing import Any

import pypdfium2
import pytest
import typst
from django.core import mail

from backfill.fonts import TextNotPrintable, printable, typst_fonts, unprintable_characters
from receivables.delivery.sending import send_invoice
from receivables.models import Invoice, Mailing, MailingStatus
from receivables.printing.documents import document_pdf, printable_invoice
from receivables.services.delivery import deliver_mailing
from receivables.services.invoices import create_invoice, update_invoice
from tests.factories import line, make_company, make_customer, make_invoice
from tests.receivables.books import ACTOR

SCRIPTS = {
    "Chinese": "株式会社 东京 中文发票 臺北",
    "Korean": "주식회사 서울 인보이스",
    "Japanese": "請求書 カタカナ ひらがな",
    "Thai": "บริษัท กรุงเทพ จำกัด",
    "Tamil": "தமிழ் நிறுவனம்",
    "Amharic": "አማርኛ ድርጅት",
    "Hindi": "क्षत्रिय हिन्दी",
    "Bengali": "বাংলা প্রতিষ্ঠান",
    "Arabic": "شركة التجارة ١٢٣",
    "Hebrew": "חברה בע״מ",
    "Georgian": "საქართველო",
    "Armenian": "Հայաստան",
    "Khmer": "ក្រុមហ៊ុន",
    "Vietnamese": "Nguyễn Thị Ánh",
    "Greek": "Ελλάδα ἀρχή",
    "Emoji": "👩‍👩‍👧 🏳️‍🌈 🇩🇪 👍🏽 ❤️ 1️⃣ #️⃣",
    "Signs": "€ ₿ ₹ ₺ № ™ → ✓ ≤ ½ ²",
}


def compiled(text: str) -> bytes:
    source = b'#set text(font: "Libertinus Serif")\n#for one in sys.inputs.texts.split("\\u{1f}") [#one \\ ]'
    return typst.compile(
        source, font_paths=typst_fonts(), sys_inputs={"texts": text}, format="pdf", pdf_standards=["a-3b"]
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_prints_every_script(script: str) -> None:
    assert unprintable_characters(SCRIPTS[script]) == ""
    assert compiled(printable(SCRIPTS[script])).startswith(b"%PDF")


def test_says_of_no_character_that_it_prints_when_it_does_not() -> None:
    """What `coverage.txt` promises, typst draws; a sample of it, the same every time."""
    every = [chr(code) for code in range(0x20, 0x30000) if not 0xD800 <= code <= 0xDFFF]
    promised = [character for character in every if not unprintable_characters(character)]
    sample = random.Random(42).sample(promised, 4_000)  # noqa: S311
    marks = [character for character in sample if not character.isprintable() or not character.isalnum()]
    plain = [character for character in sample if character.isalnum()]
    assert len(plain) > 3_000
    assert compiled("\x1f".join(plain)).startswith(b"%PDF")
    assert len(marks) > 50


@pytest.mark.parametrize("character", ["\ufffe", "\U0001ffff", "\u0378", "\U00030000"])
def test_knows_what_no_font_has(character: str) -> None:
    assert unprintable_characters(f"a{character}b{character}") == character
    with pytest.raises(RuntimeError, match="could not be displayed"):
        compiled(f"a{character}b")


def test_shapes_hindi_and_writes_arabic_from_right_to_left() -> None:
    """क्षत्रिय has fewer glyphs than characters; the first letter of an Arabic word stands on the right."""
    hindi = pypdfium2.PdfDocument(compiled("क्षत्रिय"))[0].get_textpage()
    assert hindi.count_rects() >= 1
    page = pypdfium2.PdfDocument(compiled("مرحبا"))[0].get_textpage()
    text = page.get_text_range()
    places = {character: page.get_charbox(text.index(character))[0] for character in "ما" if character in text}
    assert places["م"] > places["ا"]


@pytest.mark.django_db
class TestAnInvoice:
    @pytest.fixture
    def company(self) -> Any:
        return make_company()

    @pytest.mark.parametrize("script", SCRIPTS)
    def test_prints_what_its_lines_say(self, company: Any, script: str) -> None:
        invoice = make_invoice(company, line("10.00", description=SCRIPTS[script]), notes=SCRIPTS[script])
        printed = printable_invoice(company_id=company.pk, document_id=invoice.pk)
        assert document_pdf(printed).startswith(b"%PDF")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"lines": [line("1.00"), line("1.00", description="Paper \ufffe")]}, "lines[1].description"),
            ({"memo": "for\ufffe you"}, "memo"),
            ({"notes": "\u0378"}, "notes"),
            ({"terms": "\ufffe"}, "terms"),
            ({"billing_address": {"line1": "\ufffe"}}, "billing_address"),
        ],
    )
    def test_is_refused_before_it_is_posted(self, company: Any, values: dict[str, Any], field: str) -> None:
        body = {"customer_id": make_customer(company).pk, "lines": [line("1.00")], "status": "open", **values}
        with pytest.raises(TextNotPrintable, match=r"U\+(FFFE|0378)") as refusal:
            create_invoice(body, company=company, actor=ACTOR)
        assert refusal.value.field == field
        assert not company.journal_entries.exists()
        assert create_invoice({**body, "status": "draft"}, company=company, actor=ACTOR).status == "draft"

    def test_is_refused_for_the_name_of_its_customer(self, company: Any) -> None:
        customer = make_customer(company, name="A\ufffe")
        with pytest.raises(TextNotPrintable) as refusal:
            make_invoice(company, customer=customer)
        assert refusal.value.field == "customer_id"

    def test_takes_no_such_text_later(self, company: Any) -> None:
        invoice = make_invoice(company)
        with pytest.raises(TextNotPrintable):
            update_invoice(invoice, {"notes": "a\ufffe"}, actor=ACTOR)
        invoice.refresh_from_db()
        assert invoice.notes == ""

    def test_is_told_at_once_when_its_mail_cannot_be_printed(self, company: Any) -> None:
        """The customer was renamed since the invoice was posted, before confirmed invoices kept their facts."""
        customer = make_customer(company, email="pay@harbor.example")
        invoice = make_invoice(company, customer=customer)
        Invoice.objects.filter(pk=invoice.pk).update(confirmed_facts={})
        customer.name = "Harbor \ufffe"
        customer.save()
        mailing = send_invoice(company_id=company.pk, document_id=invoice.pk, actor=ACTOR)
        assert deliver_mailing(mailing.pk) == MailingStatus.FAILED
        assert "cannot be printed" in Mailing.objects.get().error
        assert mail.outbox == []
