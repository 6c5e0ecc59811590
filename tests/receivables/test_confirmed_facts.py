"""What a confirmed document says of seller, buyer and goods stays, whatever becomes of their records."""

from datetime import date
from typing import Any

import pytest

from backfill.tenancy.models import Company
from ledger.inventory.models import Item
from receivables.einvoices.documents import einvoice_xml, factur_x_pdf
from receivables.models import CreditMemo, Customer, Invoice
from receivables.printing.documents import document_pdf
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import confirm_invoices
from tests.factories import line, make_invoice, make_item
from tests.receivables.books import ACTOR
from tests.receivables.letters import german_company, german_customer, printed, text_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)
LEGAL = {
    "legal_form": "GmbH",
    "registered_office": "Hamburg",
    "register_court": "Amtsgericht Hamburg",
    "register_number": "HRB 123",
    "directors": "Ada Nord",
}
OTHER_COMPANY: dict[str, Any] = {
    "name": "Südwind",
    "legal_name": "Südwind Handel AG",
    "address": {"street": "Isar 1", "zip": "80331", "city": "München", "country": "AT"},
    "country": "AT",
    "vat_id": "DE129273398",
    "tax_number": "99/999/99999",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "further_accounts": [{"iban": "DE02500105170137075030"}],
    "email": "neu@example.com",
    "phone": "+49 89 1",
    "legal_form": "AG",
    "registered_office": "München",
    "register_court": "Amtsgericht München",
    "register_number": "HRB 999",
    "directors": "Bo Süd",
    "time_zone": "Pacific/Kiritimati",
}
OTHER_CUSTOMER: dict[str, Any] = {
    "name": "Otto Neu",
    "company_name": "Neu AG",
    "email": "neu@example.com",
    "phone": "1",
    "language": "en",
    "vat_id": "ATU12345675",
    "buyer_reference": "other",
    "billing_address": {"street": "Ring 1", "zip": "1010", "city": "Wien", "country": "AT"},
}


@pytest.fixture
def company() -> Company:
    return german_company(**LEGAL)


@pytest.fixture
def invoice(company: Company) -> Invoice:
    item = make_item(company, name="Beratung", type="service", unit_label="Std.", sku="B-1")
    charged = line("100.00", product_id=item.id, tax_code="UST19", description="Einrichtung")
    customer = german_customer(company, buyer_reference="04011000-12345-03", phone="+49 30 654321")
    return make_invoice(company, charged, customer=customer, on=DAY)


@pytest.fixture
def memo(invoice: Invoice) -> CreditMemo:
    stated = {"invoice_id": invoice.id, "document_date": DAY, "lines": [line("10.00", tax_code="UST19")]}
    return create_credit_memo({**stated, "status": "open"}, company=invoice.company, actor=ACTOR)


def change(company: Company, **fields: Any) -> None:
    Company.objects.filter(id=company.id).update(**(fields or OTHER_COMPANY))
    if not fields:
        Customer.objects.filter(company=company).update(**OTHER_CUSTOMER)
        Item.objects.filter(company=company).update(name="Other", unit_label="km", sku="O-1")


@pytest.mark.parametrize("kind", ["invoice", "memo"])
def test_paper_and_e_invoices_stay(request: pytest.FixtureRequest, company: Company, kind: str) -> None:
    document = request.getfixturevalue(kind)

    def said() -> tuple[bytes, ...]:
        found = printed(document)
        hybrid = factur_x_pdf(found)
        xmls = (einvoice_xml(found, "factur-x"), einvoice_xml(found, "xrechnung"))
        return (document_pdf(found), hybrid.pdf, hybrid.xml, *xmls)

    before = said()
    text = text_of(document)
    change(company)
    assert said() == before
    assert text_of(document) == text
    for words in ("Nordwind Handel GmbH", "HRB 123", "Ada Nord", "Übergrößen & Söhne KG"):
        assert words in text


def test_a_draft_says_what_is_so_today(company: Company) -> None:
    draft = make_invoice(company, line("100.00", tax_code="UST19"), customer=german_customer(company), status="draft")
    change(company)
    assert "Südwind Handel AG" in text_of(draft)
    assert "Neu AG" in text_of(draft)


def test_what_is_confirmed_together_stays_as_well(company: Company) -> None:
    customer = german_customer(company)
    drafts = [make_invoice(company, line("1.00", tax_code="UST19"), customer=customer, status="draft") for _ in "ab"]
    confirm_invoices(company_id=company.id, document_ids=[one.id for one in drafts], actor=ACTOR)
    texts = [text_of(one) for one in drafts]
    change(company)
    assert [text_of(one) for one in drafts] == texts
    assert all("Ada Nord" in text for text in texts)


def test_an_empty_fact_stays_empty_on_paper(company: Company) -> None:
    change(company, directors="")
    company.refresh_from_db()
    invoice = make_invoice(company, line("1.00", tax_code="UST19"), customer=german_customer(company))
    change(company, directors="Bo Süd", further_accounts=[{"iban": "DE02500105170137075030"}])
    assert "Bo Süd" not in text_of(invoice)
    assert "DE02 5001 0517 0137 0750 30" not in text_of(invoice)
    assert b"Bo S" not in einvoice_xml(printed(invoice), "factur-x")


def test_an_e_invoice_gets_later_what_it_lacked(company: Company) -> None:
    """Without the seller's tax numbers there is none; what was said stays."""
    change(company, email="", phone="")
    company.refresh_from_db()
    customer = german_customer(company, buyer_reference="04011000-12345-03")
    invoice = make_invoice(company, line("1.00", tax_code="UST19"), customer=customer)
    change(company, email="neu@example.com", phone="+49 40 9", legal_name="Südwind AG")
    xml = einvoice_xml(printed(invoice), "xrechnung").decode()
    assert "neu@example.com" in xml
    assert "Nordwind Handel GmbH" in xml
    assert "Südwind" not in xml
