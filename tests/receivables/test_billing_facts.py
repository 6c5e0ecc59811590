"""What real invoices carry: entered over the API and in the admin, written in both formats, printed."""

import io
from decimal import Decimal
from typing import Any

import pytest
from facturx import get_xml_from_pdf
from facturx.parse_xml import parse_ubl_cii_xml

from backfill.errors import ValidationFailed
from backfill.files.services import keep_document
from backfill.tenancy.models import Company
from backfill.tenancy.services.company_settings import update_company
from ledger.errors import ReferenceNotFound
from receivables.customers.customers import create_customer
from receivables.einvoices.documents import factur_x_pdf
from tests.factories import line, make_company, make_invoice
from tests.receivables import einvoices as kinds
from tests.receivables.books import ACTOR
from tests.receivables.einvoices import data_of, priced
from tests.receivables.letters import german_company, german_customer, printed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return german_company()


class TestData:
    def test_names_what_the_buyer_wants_named(self, company: Company) -> None:
        data = data_of(kinds.full_of_facts(company))
        terms = ("BT-13", "BT-12", "BT-11", "BT-15", "BT-16", "BT-19")
        names = ("order", "contract", "project", "receiving_advice", "despatch_advice", "accounting")
        assert [data[term] for term in terms] == [f"{name} 1" for name in names]
        assert (data["BT-17"], data["BT-18"]) == (["tender 1"], {None: "object 1"})
        assert (data["BT-3"], data["BG-3"][0]["BT-25"]) == ("326", "R-2025-1")

    def test_writes_discounts_for_early_payment_as_programs_read_them(self, company: Company) -> None:
        assert data_of(kinds.full_of_facts(company))["BT-20"].splitlines() == [
            "14 Tage netto",
            "#SKONTO#TAGE=7#PROZENT=2.00#",
            "#SKONTO#TAGE=14#PROZENT=1.50#BASISBETRAG=150.00#",
        ]

    def test_tells_charges_from_lines(self, company: Company) -> None:
        """Goods 180.00, charges 12.50 and 3.00, less 5 % of 195.50 = 9.78 (9.15 and 0.63 after sharing by amounts)."""
        data = data_of(kinds.full_of_facts(company))
        assert len(data["BG-25"]) == 1
        assert [(row["amount"], row["reason"], row["vat_rate"]) for row in data["BG-21"]] == [
            ("12.50", "Fracht", "19"),
            ("3.00", "Verpackung", "7"),
        ]
        assert (data["BT-106"], data["BT-108"], data["BT-107"], data["BT-109"]) == ("180.00", "15.50", "9.78", "185.72")
        bases = [Decimal(group["BT-116"]) for group in data["BG-23"]]
        assert sum(bases) == Decimal("185.72")

    def test_has_what_a_line_says_to_the_buyer(self, company: Company) -> None:
        (row,) = data_of(kinds.full_of_facts(company))["BG-25"]
        told = {term: row[term] for term in ("BT-132", "BT-133", "BT-156", "BT-157", "BT-157-1", "BT-148", "BT-146")}
        assert told == {
            "BT-132": "10",
            "BT-133": "4711",
            "BT-156": "K-77",
            "BT-157": "4006381333931",
            "BT-157-1": "0160",
            "BT-148": "100.00",
            "BT-146": "90.00",
        }
        assert row["BT-147-00"] == [{"BT-147": "10.00"}]
        assert row["BT-127-00"] == [{"BT-127": "Ersatz für Teil 7"}]
        assert row["BT-134"] == row["BT-135"] == kinds.DAY.replace(month=10, day=30)

    def test_names_register_and_directors(self, company: Company) -> None:
        seller = data_of(kinds.full_of_facts(company))["BG-4"]
        assert seller["legal_identifier"] == "HRB 12345"
        assert "Geschäftsführung: Anna Muster, Jan Beispiel" in seller["legal_info"]

    def test_names_every_account(self, company: Company) -> None:
        data = data_of(kinds.full_of_facts(company))
        assert (data["BT-84"], data["BT-81"]) == ("DE89370400440532013000", "58")
        assert [one["BT-84"] for one in data["BG-17"]] == ["DE02120300000000202051"]

    def test_debits_the_customers_account(self, company: Company) -> None:
        data = data_of(kinds.by_direct_debit(company))
        assert {term: data[term] for term in ("BT-81", "BT-89", "BT-90", "BT-91")} == {
            "BT-81": "59",
            "BT-89": "M-2026-1",
            "BT-90": "DE98ZZZ09999999999",
            "BT-91": "DE02100100100006820101",
        }
        assert "BT-84" not in data

    def test_carries_files_in_both_formats(self, company: Company) -> None:
        from backfill.einvoices.writing import xrechnung_xml

        invoice = kinds.full_of_facts(company)
        _, cii = get_xml_from_pdf(factur_x_pdf(printed(invoice)).pdf)
        for xml in (cii, xrechnung_xml(data_of(invoice))):
            (file,) = parse_ubl_cii_xml(io.BytesIO(xml).read(), level="en16931")["BG-24"]
            assert (file["BT-125"], file["BT-125-1"]) == (b"Menge;Preis\n1;2\n", "text/csv")


class TestPaper:
    def test_shows_all_of_it(self, company: Company) -> None:
        """Net 185.72, 19 % of 182.87 = 34.75, 7 % of 2.85 = 0.20: 220.67 in all, and 2 % of it is 4.41."""
        text = text_of(kinds.full_of_facts(company))
        for words in (
            *("Teilrechnung INV-1001", "Registergericht: Amtsgericht Hamburg, HRB 12345", "Sitz: Hamburg"),
            *("Geschäftsführung: Anna Muster, Jan Beispiel", "Rechtsform: GmbH", "Ihre Bestellung order 1"),
            *("Vertrag contract 1", "Projekt project 1", "Ihre Artikelnr.: K-77", "GTIN: 4006381333931"),
            *("Listenpreis 100,00", "Geliefert am 30.10.2026", "Ersatz für Teil 7", "Fracht", "R-2025-1"),
            *("DE02 1203 0000 0000 2020 51", "Zahlung bitte an: Faktor Bank AG"),
        ):
            assert words in text, words
        assert "2 % Skonto bei Zahlung bis 09.11.2026: 4,41 €" in text.replace("\xa0", " ")

    def test_says_that_it_debits_instead_of_asking_for_a_transfer(self, company: Company) -> None:
        text = text_of(kinds.by_direct_debit(company))
        assert "per Lastschrift von Ihrem Konto DE02100100100006820101" in text
        assert "Bitte überweisen" not in text

    def test_names_the_tax_representative(self, company: Company) -> None:
        assert "Fiskalvertreter: Fiskal GmbH, DE136695976" in text_of(kinds.with_a_tax_representative(company))


class TestRefusals:
    def refused(self, company: Company, *lines: dict[str, Any], **values: Any) -> str | None:
        customer = german_customer(company)
        with pytest.raises(ValidationFailed) as refused:
            make_invoice(company, *(lines or (line("1", tax_code="UST19"),)), customer=customer, **values)
        return refused.value.field

    def test_name_the_field(self, company: Company) -> None:
        assert self.refused(company, priced("1", "1", tax_code="UST19", gtin="4006381333932")) == "lines[0].gtin"
        assert self.refused(company, priced("1", "5", tax_code="UST19", list_price=Decimal(4))) == "lines[0].list_price"
        discount = {"days": 7, "percent": "101"}
        assert self.refused(company, cash_discounts=[discount]) == "cash_discounts[0].percent"
        assert self.refused(company, cash_discounts=[{**discount, "percent": "1.005"}]) == "cash_discounts[0].percent"
        assert self.refused(company, is_direct_debit=True) == "is_direct_debit"
        assert self.refused(company, invoice_type="999") == "invoice_type"

    def test_keep_other_companies_files_out(self, company: Company) -> None:
        other = make_company()
        file = keep_document(company=other, content=b"1", name="a.csv", mime_type="text/csv", actor=ACTOR)
        with pytest.raises(ReferenceNotFound) as refused:
            make_invoice(company, customer=german_customer(company), attachment_ids=[str(file.id)])
        assert refused.value.field == "attachment_ids[0]"

    def test_keep_two_files_of_one_name_and_other_types_out(self, company: Company) -> None:
        def kept(content: bytes, mime_type: str) -> str:
            file = keep_document(company=company, content=content, name="a.csv", mime_type=mime_type, actor=ACTOR)
            return str(file.id)

        first, twin, text = kept(b"1", "text/csv"), kept(b"2", "text/csv"), kept(b"3", "text/plain")
        assert self.refused(company, attachment_ids=[first, twin]) == "attachment_ids[1]"
        assert self.refused(company, attachment_ids=[text]) == "attachment_ids[0]"

    @pytest.mark.parametrize(
        ("mandate", "field"),
        [
            ({"iban": "DE02100100100006820101"}, "direct_debit.mandate_reference"),
            ({"mandate_reference": "M"}, "direct_debit.iban"),
            ({"mandate_reference": "M", "iban": "DE00100100100006820101"}, "direct_debit.iban"),
        ],
    )
    def test_ask_for_a_whole_mandate(self, company: Company, mandate: dict[str, str], field: str) -> None:
        with pytest.raises(ValidationFailed) as refused:
            create_customer({"name": "A", "direct_debit": mandate}, company=company, actor=ACTOR)
        assert refused.value.field == field

    @pytest.mark.parametrize(
        "changes",
        [
            {"creditor_id": "DE97ZZZ09999999999"},
            {"further_accounts": [{"iban": "DE00120300000000202051"}]},
            {"tax_representative": {"name": "F", "vat_id": "DE136695977", "address": {"country": "DE"}}},
            {"tax_representative": {"name": "F", "vat_id": "DE136695976"}},
        ],
    )
    def test_are_told_in_the_companys_settings(self, company: Company, changes: Any) -> None:
        with pytest.raises(ValidationFailed) as refused:
            update_company(company_id=company.id, changes=changes, actor=ACTOR)
        assert refused.value.field == next(iter(changes))
