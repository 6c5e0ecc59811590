"""Reading the PDFs that are made, and companies and customers with everything that goes on paper."""

from typing import Any

import pypdfium2

from backfill.tenancy.models import Company
from receivables.customers.buyer_details import Printable
from receivables.models import Customer
from receivables.printing.documents import document_pdf, printable_credit_memo, printable_invoice
from tests.factories import make_company, make_customer

IBAN = "DE89370400440532013000"


def german_company(**fields: Any) -> Company:
    particulars = {
        "legal_name": "Nordwind Handel GmbH",
        "country": "DE",
        "address": {"street": "Speicherstraße 12", "zip": "20457", "city": "Hamburg", "country": "DE"},
        "vat_id": "DE136695976",
        "tax_number": "22/815/08150",
        "iban": IBAN,
        "email": "rechnung@example.com",
        "phone": "+49 40 123456",
    }
    return make_company(**{"chart": "skr03", "currency": "EUR", **particulars, **fields})


def german_customer(company: Company, **values: Any) -> Customer:
    particulars = {
        "name": "Erika Muster",
        "company_name": "Übergrößen & Söhne KG",
        "email": "muster@example.com",
        "vat_id": "DE129273398",
        "payment_terms_days": 14,
        "billing_address": {"street": "Lange Reihe 5", "zip": "10115", "city": "Berlin", "country": "DE"},
    }
    return make_customer(company, **{**particulars, **values})


def printed(document: Printable) -> Printable:
    """The document as its paper is printed from."""
    load: Any = printable_invoice if document._meta.model_name == "invoice" else printable_credit_memo
    found: Printable = load(company_id=document.company_id, document_id=document.id)
    return found


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, white space normalised."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        for page in document:
            text = page.get_textpage()
            texts.append(" ".join(text.get_text_bounded().split()))
            text.close()
            page.close()
        return texts
    finally:
        document.close()


def text_of(document: Printable) -> str:
    """The text of the whole PDF of a document."""
    return " ".join(pages_of(document_pdf(printed(document))))
