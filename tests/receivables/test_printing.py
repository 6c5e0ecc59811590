"""Invoices and credit memos as PDF."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import schwifty
import segno
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.letters.payment_code import payment_code
from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound
from receivables.printing.content import printed_document
from receivables.printing.documents import document_pdf, file_name, printable_credit_memo, printable_invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import void_invoice
from tests.factories import line, make_company, make_customer, make_invoice, make_item
from tests.receivables.books import ACTOR, by
from tests.receivables.letters import IBAN, german_company, german_customer, pages_of, printed, text_of

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 2)


@pytest.fixture
def company() -> Company:
    return german_company()


def priced(quantity: str, price: str, **values: Any) -> dict[str, Any]:
    return {"description": "Ware", "quantity": Decimal(quantity), "unit_amount": Decimal(price), **values}


def test_prints_in_german_what_an_invoice_must_say(company: Company) -> None:
    customer = german_customer(company, buyer_reference="04011000-12345-03")
    item = make_item(company, name="Beratung", type="service", unit_label="Std.")
    invoice = make_invoice(
        company,
        priced("7.5", "120", product_id=item.id, tax_code="UST19", description="Einrichtung vor Ort"),
        priced("3", "24.90", discount_percent=Decimal(10), tax_code="UST7", description="Fachbuch"),
        customer=customer,
        on=DAY,
        terms="Zahlbar in 14 Tagen ohne Abzug.",
        discount_details=[{"percent": "5"}],
    )
    text = text_of(invoice)
    for expected in (
        "Rechnung INV-1001",
        "Nordwind Handel GmbH · Speicherstraße 12 · 20457 Hamburg",
        "Übergrößen & Söhne KG Erika Muster Lange Reihe 5 10115 Berlin",
        "Datum 02.11.2026",
        "Leistungsdatum 02.11.2026",
        "Fällig am 16.11.2026",
        "Ihre Referenz 04011000-12345-03",
        "USt-IdNr. DE136695976",
        "Steuernr. 22/815/08150",
        "Beratung Einrichtung vor Ort 7,5 Std. 120,00 19 % 900,00",
        "Fachbuch 3 24,90 10 % 7 % 67,23",
        "Zwischensumme 967,23 Rabatt −48,36 Netto 918,87",
        "USt. 19 % auf 855,00 162,45",
        "USt. 7 % auf 63,87 4,47",
        "Gesamtbetrag 1.085,79 €",
        "Bitte überweisen Sie 1.085,79 € bis zum 16.11.2026.",
        "Zahlbar in 14 Tagen ohne Abzug.",
        "IBAN DE89 3704 0044 0532 0130 00",
        "BIC COBADEFFXXX",
        "Verwendungszweck INV-1001",
        "Seite 1 von 1",
    ):
        assert expected in text


def test_prints_in_english_as_americans_write() -> None:
    company = make_company(
        name="Northwind Supply",
        country="US",
        address={"line1": "500 Market St", "city": "San Francisco", "state": "CA"},
    )
    address = {"line1": "1 Main St", "city": "Portland", "state": "OR", "postal_code": "97201", "country": "US"}
    customer = make_customer(company, name="Contoso LLC", billing_address=address, payment_terms_days=30)
    invoice = make_invoice(
        company,
        priced("2", "1299.99", tax_code="ST-CA", description="Espresso machine"),
        line("250", tax_code="NONTAX", description="Installation"),
        customer=customer,
        on=DAY,
    )
    text = text_of(invoice)
    for expected in (
        "Contoso LLC 1 Main St Portland, OR 97201",
        "Date Nov 2, 2026",
        "Due date Dec 2, 2026",
        "Espresso machine 2 1,299.99 7.25 % 2,599.98",
        "Tax 7.25 % on 2,599.98 188.50",
        "Total $3,038.48",
        "Please pay $3,038.48 by Dec 2, 2026.",
    ):
        assert expected in text
    assert "VAT" not in text
    assert "Delivery date" not in text


def test_writes_in_the_customers_language(company: Company) -> None:
    customer = german_customer(company, language="en")
    text = text_of(make_invoice(company, line("100", tax_code="UST19"), customer=customer, on=DAY))
    assert "Invoice INV-1001" in text
    assert "Date 2 Nov 2026" in text
    assert "VAT 19 %" in text


def test_shows_prices_with_tax_as_they_were_stated(company: Company) -> None:
    lines = [line("119", tax_code="UST19"), line("53.50", tax_code="UST7", discount_amount=Decimal("3.50"))]
    text = text_of(make_invoice(company, *lines, tax_behavior="inclusive", on=DAY))
    assert "Beträge in EUR einschließlich USt." in text
    assert "57,00 −3,50 7 % 53,50 Gesamtbetrag 172,50 €" in text
    assert "darin USt. 19 % auf 100,00 19,00" in text


def test_shows_a_mixture_without_tax(company: Company) -> None:
    lines = [line("119", tax_code="UST19", amount_includes_tax=True), line("100", tax_code="UST19")]
    text = text_of(make_invoice(company, *lines, on=DAY))
    assert "1 100,00 19 % 100,00" in text
    assert "Netto 200,00 USt. 19 % 38,00 Gesamtbetrag 238,00 €" in text


def test_says_why_nothing_is_taxed(company: Company) -> None:
    lines = [line("500", tax_code="UST0-EUL"), line("200", tax_code="UST0-IGL")]
    text = text_of(make_invoice(company, *lines, on=DAY))
    assert "500,00: Steuerschuldnerschaft des Leistungsempfängers" in text
    assert "200,00: Steuerfreie innergemeinschaftliche Lieferung" in text


def test_states_foreign_tax_in_the_companys_currency(company: Company) -> None:
    terms = {"currency": "USD", "exchange_rate": Decimal("0.92"), "on": DAY}
    text = text_of(make_invoice(company, line("1000", tax_code="UST19"), **terms))
    assert "Steuer in EUR zum Kurs 0,92 174,80" in text
    assert "Scannen und zahlen" not in text


def test_tells_the_service_period(company: Company) -> None:
    def month(number: int) -> dict[str, Any]:
        start = datetime(2026, number, 1, tzinfo=UTC)
        return {"billing_period_start": start, "billing_period_end": start.replace(day=28)}

    lines = [line("10", description="Oktober", **month(10)), line("10", description="November", **month(11))]
    text = text_of(make_invoice(company, *lines, on=DAY))
    assert "Leistungszeitraum 01.10.2026 – 28.11.2026" in text
    assert "01.10.2026 – 28.10.2026" in text


def test_prints_a_credit_memo(company: Company) -> None:
    invoice = make_invoice(company, line("100", tax_code="UST19"), on=DAY, customer=german_customer(company))
    memo = create_credit_memo(
        {
            "invoice_id": invoice.id,
            "lines": [line("49", tax_code="UST19")],
            "document_date": date(2026, 11, 9),
            "status": "open",
        },
        company=company,
        actor=ACTOR,
    )
    text = text_of(memo)
    assert "Rechnungskorrektur CM-1001" in text
    assert "Zu Rechnung INV-1001 vom 02.11.2026" in text
    assert "58,31 € werden Ihrem Kundenkonto gutgeschrieben" in text
    assert "Scannen und zahlen" not in text


def test_takes_text_as_text(company: Company) -> None:
    hostile = 'a#b $x$ *c* @d <e> `f` #read("/etc/passwd") \\ "'
    item = make_item(company, name=hostile)
    invoice = make_invoice(
        company, line("10", description=f"Mit {hostile}", product_id=item.id, tax_code="UST19"), on=DAY, notes=hostile
    )
    assert text_of(invoice).count(hostile) == 3


def test_repeats_the_heading_on_every_page(company: Company) -> None:
    lines = [priced(str(n % 5 + 1), f"{n}.45", tax_code="UST19") for n in range(1, 61)]
    pages = pages_of(document_pdf(printed(make_invoice(company, *lines, on=DAY))))
    assert len(pages) == 3
    assert all("Bezeichnung" in page for page in pages[:2])
    assert [f"Seite {number} von 3" in page for number, page in enumerate(pages, start=1)] == [True] * 3
    assert "Gesamtbetrag" in pages[1]


def test_makes_the_same_bytes_of_the_same_document(company: Company) -> None:
    invoice = printed(make_invoice(company, on=DAY))
    assert document_pdf(invoice) == document_pdf(invoice)


def test_marks_what_is_no_invoice_yet_or_no_longer(company: Company) -> None:
    draft = make_invoice(company, status="draft")
    assert "ENTWURF" in text_of(draft)
    assert printed_document(printed(draft), [], {})["payment"]["qr"] == ""
    void = make_invoice(company)
    void_invoice(**by(company, void))
    assert "STORNIERT" in text_of(void)


@pytest.mark.parametrize("load", [printable_invoice, printable_credit_memo])
def test_knows_nothing_of_someone_elses_documents(company: Company, load: Any) -> None:
    foreign = make_invoice(make_company())
    with pytest.raises(DocumentNotFound):
        load(company_id=company.id, document_id=foreign.id)


def test_reads_any_number_of_lines_in_three_statements(company: Company) -> None:
    invoice = make_invoice(company, *[line("1", tax_code="UST19") for _ in range(20)])
    with CaptureQueriesContext(connection) as queries:
        document_pdf(printable_invoice(company_id=company.id, document_id=invoice.id))
    assert len(queries) == 3


def test_names_files_for_every_system(company: Company) -> None:
    assert file_name(make_invoice(company, document_number="RE 2026/17"), "pdf") == "RE_2026_17.pdf"


class TestPaymentCode:
    def code(self, **changes: Any) -> str:
        facts: dict[str, Any] = {"name": "Nordwind", "account": schwifty.IBAN(IBAN), "bic": "COBADEFFXXX"}
        facts |= {"amount": Decimal("1085.79"), "currency": "EUR", "reference": "INV-1001"}
        return payment_code(**{**facts, **changes})

    def test_is_drawn_for_euros_on_an_account(self) -> None:
        assert self.code().startswith("<svg")

    @pytest.mark.parametrize(
        "changes",
        [{"currency": "USD"}, {"account": None}, {"amount": Decimal(0)}, {"amount": Decimal("1e9")}],
        ids=str,
    )
    def test_is_absent_where_the_standard_has_none(self, changes: dict[str, Any]) -> None:
        assert self.code(**changes) == ""

    def test_cuts_what_is_too_long(self) -> None:
        assert self.code(name="N" * 200, reference="R" * 300)

    def test_says_what_the_standard_says(self) -> None:
        said = ("BCD", "002", "1", "SCT", "COBADEFFXXX", "Nordwind", IBAN, "EUR1085.79", "", "", "INV-1001")
        out = io.BytesIO()
        same = segno.make_qr("\n".join(said), error="m", boost_error=False)
        same.save(out, kind="svg", border=0, xmldecl=False, omitsize=True)
        assert self.code() == out.getvalue().decode()
