"""E-invoices: the data, the XML and the hybrid PDF."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from facturx import get_level, get_xml_from_pdf
from facturx.parse_xml import parse_ubl_cii_xml
from lxml import etree

from backfill.einvoices.completeness import ensure_possible
from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.schematron import broken_rules, is_installed
from backfill.einvoices.units import unit_code
from backfill.einvoices.writing import PEPPOL_BILLING, XRECHNUNG, factur_x_xml, xrechnung_xml
from backfill.tenancy.models import Company
from ledger.errors import InvalidStateTransition
from receivables.customers.buyer_details import Printable
from receivables.einvoices.documents import einvoice_xml, factur_x_pdf
from receivables.services.invoices import void_invoice
from tests.factories import line, make_customer, make_invoice
from tests.receivables import einvoices as kinds
from tests.receivables.books import by
from tests.receivables.einvoices import KINDS, as_cii_says, as_ubl_says, data_of
from tests.receivables.letters import german_company, german_customer, pages_of, printed

pytestmark = pytest.mark.django_db

DocumentAdmin = Callable[[Company], Printable]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@pytest.fixture
def company() -> Company:
    return german_company()


class TestData:
    def test_says_who_sells_to_whom(self, company: Company) -> None:
        data = data_of(kinds.plain(company))
        assert data["BG-4"] == {
            "name": "Nordwind Handel GmbH",
            "biz_name": company.name,
            "vat_identifier": "DE136695976",
            "tax_identifier": "22/815/08150",
            "einvoicing_addr": "rechnung@example.com",
            "einvoicing_addr_schemeid": "EM",
            "contacts": [{"name": company.name, "phone": "+49 40 123456", "email": "rechnung@example.com"}],
            "addr_l1": "Speicherstraße 12",
            "postcode": "20457",
            "city": "Hamburg",
            "country_code": "DE",
        }
        assert data["BG-7"]["name"] == "Übergrößen & Söhne KG"
        assert (data["BG-7"]["einvoicing_addr"], data["BG-7"]["einvoicing_addr_schemeid"]) == (
            kinds.LEITWEG_ID,
            "0204",
        )

    def test_adds_up_as_the_standard_does(self, company: Company) -> None:
        """7.5 × 119.995 = 899.9625 → 899.96; 3 × 24.90 less 12.5 % = 65.36; 20 − 1.01 = 18.99.
        Together 984.31; 5 % of it is 49.22, shared out by amounts."""
        data = data_of(kinds.rich(company))
        assert [row["BT-131"] for row in data["BG-25"]] == ["899.96", "65.36", "18.99"]
        assert (data["BT-106"], data["BT-107"], data["BT-109"]) == ("984.31", "49.22", "935.09")
        assert [(row["BT-118"], row["BT-119"], row["BT-116"], row["BT-117"]) for row in data["BG-23"]] == [
            ("S", "19", "873.00", "165.87"),
            ("S", "7", "62.09", "4.35"),
        ]
        assert data["BT-112"] == data["BT-115"] == "1105.31"

    def test_tells_discounts_apart(self, company: Company) -> None:
        data = data_of(kinds.rich(company))
        assert data["BG-25"][1]["BG-27"] == [
            {"amount": "9.34", "base_amount": "74.70", "rate": "12.5", "reason": "Rabatt", "reason_code": "95"}
        ]
        assert data["BG-25"][2]["BG-27"] == [{"amount": "1.01", "reason": "Rabatt", "reason_code": "95"}]
        assert [(row["amount"], row["rate"], row["base_amount"]) for row in data["BG-20"]] == [
            ("45.95", "5", "918.95"),
            ("3.27", "5", "65.36"),
        ]

    def test_gives_prices_without_tax(self, company: Company) -> None:
        data = data_of(kinds.prices_with_tax(company))
        for row in data["BG-25"]:
            discount = sum(Decimal(each["amount"]) for each in row.get("BG-27", ()))
            calculated = Decimal(row["BT-129"]) * Decimal(row["BT-146"]) - discount
            assert abs(calculated - Decimal(row["BT-131"])) < Decimal("0.0001")
        invoice = kinds.prices_with_tax(company)
        assert Decimal(data["BT-112"]) == invoice.total_amount

    def test_never_has_a_negative_price(self, company: Company) -> None:
        rows = data_of(kinds.with_taken_back_goods(company))["BG-25"]
        assert [(row["BT-129"], row["BT-146"], row["BT-131"]) for row in rows] == [
            ("10", "9.90", "99.00"),
            ("-2", "9.90", "-17.82"),
            ("-1", "5.00", "-5.00"),
        ]
        assert rows[1]["BG-28"][0]["amount"] == "1.98"

    @pytest.mark.parametrize(
        ("kind", "category", "reason", "code"),
        [
            (kinds.reverse_charge, "AE", "Steuerschuldnerschaft des Leistungsempfängers", "VATEX-EU-AE"),
            (kinds.within_the_community, "K", "Steuerfreie innergemeinschaftliche Lieferung", "VATEX-EU-IC"),
            (kinds.exported, "G", "Exempt export", "VATEX-EU-G"),
            (kinds.small_business, "E", "Keine Umsatzsteuer nach § 19 Abs. 1 UStG", None),
            (kinds.outside_the_scope, "O", "Nicht steuerbar", "VATEX-EU-O"),
        ],
    )
    def test_says_why_nothing_is_taxed(
        self, company: Company, kind: DocumentAdmin, category: str, reason: str, code: str | None
    ) -> None:
        (group,) = data_of(kind(company))["BG-23"]
        assert (group["BT-118"], group["BT-120"], group.get("BT-121")) == (category, reason, code)
        assert group["BT-117"] == "0.00"

    @pytest.mark.parametrize("stated", [{"tax_rate": Decimal(0)}, {"tax_amount": Decimal(0)}])
    @pytest.mark.parametrize(
        ("reason", "category", "says"),
        [("", "O", "Nicht steuerbar"), ("Steuerfrei nach § 4 Nr. 21 UStG", "E", "Steuerfrei nach § 4 Nr. 21 UStG")],
    )
    def test_knows_no_rate_of_zero_in_germany(
        self, company: Company, stated: dict[str, Decimal], reason: str, category: str, says: str
    ) -> None:
        customer = german_customer(company, **kinds.customer_values())
        lines = [line("100", **stated, tax_exempt_reason=reason)]
        data = data_of(make_invoice(company, *lines, customer=customer, on=kinds.DAY))
        (group,) = data["BG-23"]
        assert (group["BT-118"], group["BT-120"], group["BT-117"]) == (category, says, "0.00")
        assert data["BG-25"][0]["BT-151"] == category

    def test_wants_a_reason_of_an_untaxed_line_beside_taxed_ones(self, company: Company) -> None:
        customer = german_customer(company, **kinds.customer_values())
        lines = [line("100", tax_code="UST19"), line("10", tax_rate=Decimal(0))]
        data = data_of(make_invoice(company, *lines, customer=customer, on=kinds.DAY))
        with pytest.raises(EInvoiceNotPossible, match="the tax_exempt_reason of exempt ones") as refusal:
            ensure_possible(data, xrechnung=True)
        problems = [(one["rule"], one["where"]) for one in refusal.value.details["problems"]]
        assert ("BR-O-11", "lines: tax_code") in problems

    def test_is_paid_by_sepa_into_the_companys_account(self, company: Company) -> None:
        data = data_of(kinds.plain(company))
        assert {key: data[key] for key in ("BT-81", "BT-83", "BT-84", "BT-85", "BT-86", "BT-9")} == {
            "BT-81": "58",
            "BT-83": "INV-1001",
            "BT-84": "DE89370400440532013000",
            "BT-85": "Nordwind Handel GmbH",
            "BT-86": "COBADEFFXXX",
            "BT-9": kinds.DAY.replace(day=16),
        }

    def test_names_the_invoice_that_is_credited(self, company: Company) -> None:
        data = data_of(kinds.credit_memo(company))
        assert data["BT-3"] == "381"
        assert data["BG-3"] == [{"BT-25": "INV-1001", "BT-26": kinds.DAY}]
        assert data["BT-112"] == "23.32"

    def test_tells_when_it_was_delivered_within_the_community(self, company: Company) -> None:
        assert data_of(kinds.credited_within_the_community(company))["BT-72"] == kinds.DAY  # the invoice's; BR-IC-11
        assert "BT-72" not in data_of(kinds.credit_memo(company))

    def test_leaves_out_texts_of_blanks(self, company: Company) -> None:
        customer = german_customer(company, **kinds.customer_values())
        texts = {"notes": " \r\n", "terms": "  14 Tage\r\nnetto "}
        data = data_of(make_invoice(company, line("1", tax_code="UST19"), customer=customer, **texts))
        assert "BG-1" not in data
        assert data["BT-20"] == "14 Tage\nnetto"

    def test_states_the_tax_in_base_currency(self, company: Company) -> None:
        data = data_of(kinds.foreign_currency(company))
        assert (data["BT-5"], data["BT-6"], data["BT-110"], data["BT-111"]) == ("USD", "EUR", "190.00", "174.80")
        assert data["BT-81"] == "30"

    @pytest.mark.parametrize(
        ("unit", "code"), [("Std.", "HUR"), ("Stück", "H87"), ("kg", "KGM"), ("HUR", "HUR"), ("Fuhre", "C62")]
    )
    def test_knows_units(self, unit: str, code: str) -> None:
        assert unit_code(unit) == code


@EVERY_KIND
def test_comes_back_from_factur_x_as_it_went(company: Company, kind: DocumentAdmin) -> None:
    data = data_of(kind(company))
    back = parse_ubl_cii_xml(factur_x_xml(data))
    assert back == as_cii_says(data)


@EVERY_KIND
def test_comes_back_from_xrechnung_as_it_went(company: Company, kind: DocumentAdmin) -> None:
    data = data_of(kind(company))
    back = parse_ubl_cii_xml(xrechnung_xml(data), level="en16931")
    assert back == as_ubl_says(data)


@pytest.mark.skipif(not is_installed(), reason="needs the extra schematron")
@EVERY_KIND
def test_breaks_no_rule_of_the_standard(company: Company, kind: DocumentAdmin) -> None:
    document = printed(kind(company))
    assert broken_rules(einvoice_xml(document, "factur-x")) == []
    assert broken_rules(einvoice_xml(document, "xrechnung")) == []


@pytest.mark.skipif(not is_installed(), reason="needs the extra schematron")
def test_finds_broken_rules(company: Company) -> None:
    data = {**data_of(kinds.plain(company)), "BT-112": "120.00"}
    assert {broken.rule for broken in broken_rules(factur_x_xml(data))} >= {"BR-CO-15"}
    assert {broken.rule for broken in broken_rules(xrechnung_xml(data))} >= {"BR-CO-15"}


class TestXRechnung:
    def test_names_its_specification(self, company: Company) -> None:
        root = etree.fromstring(einvoice_xml(printed(kinds.plain(company)), "xrechnung"))
        assert etree.QName(root).localname == "Invoice"
        assert root.findtext("{*}CustomizationID") == XRECHNUNG
        assert root.findtext("{*}ProfileID") == PEPPOL_BILLING
        assert root.findtext("{*}BuyerReference") == kinds.LEITWEG_ID

    def test_writes_a_credit_memo_as_credit_note(self, company: Company) -> None:
        root = etree.fromstring(einvoice_xml(printed(kinds.credit_memo(company)), "xrechnung"))
        assert etree.QName(root).localname == "CreditNote"

    def test_asks_for_the_leitweg_id(self, company: Company) -> None:
        invoice = make_invoice(company, line("1", tax_code="UST19"), customer=german_customer(company))
        with pytest.raises(EInvoiceNotPossible) as refused:
            einvoice_xml(printed(invoice), "xrechnung")
        assert refused.value.details["problems"] == [
            {
                "rule": "BR-DE-15",
                "term": "BT-10",
                "message": "the buyer reference (Leitweg-ID)",
                "where": "customer: buyer_reference",
            }
        ]
        assert "the buyer reference (Leitweg-ID) (customer: buyer_reference; BR-DE-15)" in refused.value.message

    def test_asks_for_the_whole_place_of_delivery(self, company: Company) -> None:
        customer = german_customer(company, **kinds.customer_values())
        place = {"street": "Kai 1", "country": "DE"}
        invoice = make_invoice(company, line("1", tax_code="UST19"), customer=customer, shipping_address=place)
        with pytest.raises(EInvoiceNotPossible) as refused:
            einvoice_xml(printed(invoice), "xrechnung")
        assert [problem["term"] for problem in refused.value.details["problems"]] == ["BT-77", "BT-78"]

    def test_takes_a_cash_discount_in_its_own_form_only(self, company: Company) -> None:
        customer = german_customer(company, **kinds.customer_values())
        lines = [line("1", tax_code="UST19")]
        good = make_invoice(company, *lines, customer=customer, terms="Zahlbar\n#SKONTO#TAGE=7#PROZENT=2.00#")
        root = etree.fromstring(einvoice_xml(printed(good), "xrechnung"))
        assert root.findtext("{*}PaymentTerms/{*}Note") == "Zahlbar\n#SKONTO#TAGE=7#PROZENT=2.00#\n"
        with pytest.raises(EInvoiceNotPossible, match="#SKONTO#"):
            einvoice_xml(
                printed(make_invoice(company, *lines, customer=customer, terms="#2 % in 7 Tagen")), "xrechnung"
            )


class TestHybrid:
    def test_holds_the_xml(self, company: Company) -> None:
        hybrid = factur_x_pdf(printed(kinds.rich(company)))
        name, xml = get_xml_from_pdf(hybrid.pdf)
        assert (name, xml) == ("factur-x.xml", hybrid.xml)
        assert get_level(etree.fromstring(xml)) == "en16931"
        assert "Rechnung INV-1001" in pages_of(hybrid.pdf)[0]

    def test_says_of_itself_what_it_is(self, company: Company) -> None:
        reader = pypdf.PdfReader(io.BytesIO(factur_x_pdf(printed(kinds.plain(company))).pdf), strict=True)
        catalog = reader.root_object
        metadata = etree.fromstring(catalog["/Metadata"].get_object().get_data())
        said = {etree.QName(node).localname: node.text for node in metadata.iter(etree.Element)}
        assert (said["part"], said["conformance"]) == ("3", "B")
        assert (said["DocumentType"], said["DocumentFileName"]) == ("INVOICE", "factur-x.xml")
        assert (said["Version"], said["ConformanceLevel"]) == ("1.0", "EN 16931")
        assert "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#" in [
            node.text for node in metadata.iter("{*}namespaceURI")
        ]
        (attached,) = (each.get_object() for each in catalog["/AF"])
        assert (attached["/AFRelationship"], attached["/UF"]) == ("/Alternative", "factur-x.xml")
        assert attached["/EF"]["/F"]["/Subtype"] == "/text/xml"
        assert catalog["/OutputIntents"]
        assert reader.trailer["/ID"]

    def test_makes_the_same_bytes_of_the_same_document(self, company: Company) -> None:
        invoice = printed(kinds.plain(company))
        assert factur_x_pdf(invoice) == factur_x_pdf(invoice)


class TestRefusals:
    def problems(self, document: Printable, xml_format: Any = "factur-x") -> list[str]:
        with pytest.raises(EInvoiceNotPossible) as refused:
            einvoice_xml(printed(document), xml_format)
        return [problem["where"] for problem in refused.value.details["problems"]]

    def test_name_everything_at_once(self) -> None:
        bare = german_company(vat_id="", tax_number="", address={}, iban="", email="", phone="", country="DE")
        invoice = make_invoice(
            bare, line("1", description="", tax_rate=Decimal(0)), customer=make_customer(bare, name="X")
        )
        assert self.problems(invoice, "xrechnung") == [
            "settings of the company: vat_id or tax_number",
            "customer: billing_address.country",
            "customer: buyer_reference",
            "settings of the company: address.street",
            "settings of the company: address.city",
            "settings of the company: address.postal_code",
            "settings of the company: phone",
            "settings of the company: email",
            "customer: email",
            "customer: billing_address.city",
            "customer: billing_address.postal_code",
            "settings of the company: iban",
            "lines[0]: description",
        ]

    def test_take_the_companys_country_without_an_address(self) -> None:
        company = german_company(address={}, country="DE")
        invoice = make_invoice(company, line("1", tax_code="UST19"), customer=german_customer(company))
        assert einvoice_xml(printed(invoice), "factur-x")

    def test_ask_for_the_vat_id_that_reverse_charge_needs(self, company: Company) -> None:
        customer = german_customer(company, vat_id="")
        invoice = make_invoice(company, line("1", tax_code="UST0-EUL"), customer=customer)
        assert self.problems(invoice) == ["customer: vat_id"]

    def test_keep_what_is_out_of_scope_apart(self, company: Company) -> None:
        lines = [line("1", tax_code="UST0-DRITT"), line("1", tax_code="UST19")]
        invoice = make_invoice(company, *lines, customer=german_customer(company))
        assert self.problems(invoice) == ["lines: tax_code"]

    def test_doubt_a_tax_that_its_rate_does_not_make(self, company: Company) -> None:
        stated = line("100", tax_code="theirs", tax_amount=Decimal(30))
        invoice = make_invoice(company, stated, customer=german_customer(company))
        assert self.problems(invoice) == ["lines: tax_rate or tax_amount"]

    def test_doubt_currencies_of_three_decimals(self, company: Company) -> None:
        terms = {"currency": "KWD", "exchange_rate": Decimal(3)}
        invoice = make_invoice(company, line("1", tax_code="UST19"), customer=german_customer(company), **terms)
        assert self.problems(invoice) == ["document: currency"]

    def test_are_told_of_drafts_and_void_documents(self, company: Company) -> None:
        draft, void = make_invoice(company, status="draft"), make_invoice(company)
        void_invoice(**by(company, void))
        for document in (draft, void):
            with pytest.raises(InvalidStateTransition):
                factur_x_pdf(printed(document))
