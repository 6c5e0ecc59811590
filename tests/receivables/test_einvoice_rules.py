"""Rules about e-invoices that are kept without Schematron, and numbers that are checked before they are written."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from backfill.einvoices.completeness import ensure_possible
from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from backfill.tenancy.services.company_settings import update_company
from receivables.customers.customers import create_customer, register_customer, update_customer
from receivables.einvoices.documents import einvoice_xml
from receivables.einvoices.parties import is_leitweg_id
from receivables.models import Customer, Invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import confirm_invoice, create_invoice
from tests.factories import line, make_invoice
from tests.receivables import einvoices as kinds
from tests.receivables.books import ACTOR, by
from tests.receivables.einvoices import data_of, priced
from tests.receivables.letters import german_company, german_customer, printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return german_company()


def with_facts(customer: Customer, **facts: Any) -> Customer:
    """A customer as it was stored before anything was checked."""
    Customer.objects.filter(pk=customer.pk).update(**facts)
    customer.refresh_from_db()
    return customer


def rules_broken(data: dict[str, Any], **changes: Any) -> set[str]:
    """The rules that a document breaks once its data are changed."""
    try:
        ensure_possible({**data, **changes}, xrechnung=True)
    except EInvoiceNotPossible as refused:
        return {problem["rule"] for problem in refused.details["problems"]}
    return set()


def without_confirmed_facts(invoice: Invoice) -> Invoice:
    """An invoice that follows the records, as those confirmed before facts were kept do."""
    Invoice.objects.filter(pk=invoice.pk).update(confirmed_facts={})
    return invoice


class TestCategoryO:
    def test_has_a_rate_in_both_formats(self, company: Company) -> None:
        """BR-DE-14: XRechnung wants a rate of each category, also outside the scope of VAT."""
        document = printed(kinds.outside_the_scope(company))
        ubl = etree.fromstring(einvoice_xml(document, "xrechnung"))
        cii = etree.fromstring(einvoice_xml(document, "factur-x"))
        assert ubl.findtext("{*}TaxTotal/{*}TaxSubtotal/{*}TaxCategory/{*}Percent") == "0"
        assert (
            cii.findtext(".//{*}ApplicableHeaderTradeSettlement/{*}ApplicableTradeTax/{*}RateApplicablePercent") == "0"
        )

    def test_names_no_rate_on_its_lines(self, company: Company) -> None:
        assert "BT-152" not in data_of(kinds.outside_the_scope(company))["BG-25"][0]  # BR-O-05


class TestVatIds:
    @pytest.mark.parametrize(
        ("stated", "country", "kept"),
        [
            ("de 136 695 976", "DE", "DE136695976"),
            ("136695976", "DE", "DE136695976"),
            ("GR094259216", "GR", "EL094259216"),
        ],
    )
    def test_are_kept_in_their_one_form(self, company: Company, stated: str, country: str, kept: str) -> None:
        address = {"street": "1", "city": "X", "zip": "1", "country": country}
        assert german_customer(company, vat_id=stated, billing_address=address).vat_id == kept

    def test_are_refused_when_entered(self, company: Company) -> None:
        with pytest.raises(ValidationFailed) as refused:
            create_customer({"name": "A", "vat_id": "DE136695977"}, company=company, actor=ACTOR)
        assert refused.value.field == "vat_id"
        customer = german_customer(company)
        with pytest.raises(ValidationFailed):
            update_customer(customer, {"vat_id": "DE987654321"}, actor=ACTOR)
        customer.refresh_from_db()
        assert customer.vat_id == "DE129273398"

    def test_of_a_customer_that_has_a_wrong_one_may_stay_while_something_else_changes(self, company: Company) -> None:
        customer = with_facts(german_customer(company), vat_id="DE987654321")
        values = {"vat_id": "DE987654321", "phone": "110"}
        assert update_customer(customer, values, actor=ACTOR).phone == "110"

    def test_are_tidied_but_not_refused_in_the_bookkeeping_contract(self, company: Company) -> None:
        """Its published example, DE123456789, has wrong check digits."""
        kept = register_customer({"name": "A", "vat_id": "DE123456789"}, company=company, actor=ACTOR)
        tidied = register_customer({"name": "B", "vat_id": "de 136695976"}, company=company, actor=ACTOR)
        assert (kept.vat_id, tidied.vat_id) == ("DE123456789", "DE136695976")

    @pytest.mark.parametrize("create", [create_invoice, create_credit_memo])
    def test_are_checked_again_when_a_document_is_confirmed(self, company: Company, create: Callable[..., Any]) -> None:
        customer = with_facts(german_customer(company), vat_id="DE123456789")
        values = {"customer_id": customer.id, "lines": [line("1", tax_code="UST19")], "status": "open"}
        with pytest.raises(ValidationFailed, match="DE123456789") as refused:
            create(values, company=company, actor=ACTOR)
        assert refused.value.field == "customer.vat_id"

    def test_leave_a_draft_to_be_mended(self, company: Company) -> None:
        customer = with_facts(german_customer(company), vat_id="DE123456789")
        draft = make_invoice(company, line("1", tax_code="UST19"), customer=customer, status="draft")
        with pytest.raises(ValidationFailed):
            confirm_invoice(**by(company, draft))
        update_customer(customer, {"vat_id": "DE136695976"}, actor=ACTOR)
        assert confirm_invoice(**by(company, draft)).is_posted

    def test_are_checked_again_before_they_are_written(self, company: Company) -> None:
        invoice = without_confirmed_facts(kinds.plain(company))
        with_facts(invoice.customer, vat_id="DE987654321")
        Company.objects.filter(pk=company.pk).update(vat_id="136695977")
        with pytest.raises(EInvoiceNotPossible) as refused:
            einvoice_xml(printed(invoice), "factur-x")
        assert [(each["rule"], each["where"]) for each in refused.value.details["problems"]] == [
            ("BR-CO-09", "settings of the company: vat_id"),
            ("BR-CO-09", "customer: vat_id"),
        ]

    def test_stored_without_a_prefix_are_written_with_it(self, company: Company) -> None:
        invoice = kinds.plain(company)
        with_facts(invoice.customer, vat_id="de 129273398")
        Company.objects.filter(pk=company.pk).update(vat_id="136695976")
        data = data_of(invoice)
        assert (data["BG-4"]["vat_identifier"], data["BG-7"]["vat_identifier"]) == ("DE136695976", "DE129273398")

    def test_of_the_company_may_lack_their_prefix(self, company: Company) -> None:
        assert (
            update_company(company_id=company.id, changes={"vat_id": "136 695 976"}, actor=ACTOR).vat_id
            == "DE136695976"
        )


class TestCountries:
    def test_are_refused_when_entered(self, company: Company) -> None:
        for name in ("address", "billing_address", "shipping_address"):
            with pytest.raises(ValidationFailed) as refused:
                create_customer({"name": "A", name: {"city": "X", "country": "XX"}}, company=company, actor=ACTOR)
            assert refused.value.field == f"{name}.country"
        customer = german_customer(company)
        with pytest.raises(ValidationFailed) as refused:
            make_invoice(company, customer=customer, shipping_address={"city": "X", "country_code": "Narnia"})
        assert refused.value.field == "shipping_address.country_code"

    @pytest.mark.parametrize(
        ("written", "code"), [("UK", "GB"), ("EL", "GR"), ("XK", "1A"), ("USA", "US"), ("Österreich", "AT")]
    )
    def test_are_written_as_the_standard_has_them(self, company: Company, written: str, code: str) -> None:
        address = {"street": "1", "city": "X", "zip": "1", "country": written}
        customer = german_customer(company, **kinds.customer_values(vat_id="", billing_address=address))
        invoice = make_invoice(company, line("1", tax_code="UST19"), customer=customer)
        assert data_of(invoice)["BG-7"]["country_code"] == code

    def test_stored_before_are_checked_before_they_are_written(self, company: Company) -> None:
        invoice = without_confirmed_facts(kinds.plain(company))
        with_facts(invoice.customer, billing_address={"street": "1", "city": "X", "zip": "1", "country": "XX"})
        with pytest.raises(EInvoiceNotPossible) as refused:
            einvoice_xml(printed(invoice), "factur-x")
        (problem,) = refused.value.details["problems"]
        assert (problem["rule"], problem["where"]) == ("BR-CL-14", "customer: billing_address.country")


class TestLeitwegIds:
    @pytest.mark.parametrize("reference", ["04011000-12345-03", "991-03730-19", "04011000-1234512345-06"])
    def test_have_right_check_digits(self, reference: str) -> None:
        assert is_leitweg_id(reference)

    @pytest.mark.parametrize("reference", ["2026-11", "04011000-12345-34", "2024-07-12", "PO-4711", "21-4711-05", ""])
    def test_are_told_from_other_references(self, reference: str) -> None:
        assert not is_leitweg_id(reference)

    def test_are_the_address_only_when_they_are_one(self, company: Company) -> None:
        customer = german_customer(company, buyer_reference="2026-11")
        buyer = data_of(make_invoice(company, line("1", tax_code="UST19"), customer=customer))["BG-7"]
        assert (buyer["einvoicing_addr"], buyer["einvoicing_addr_schemeid"]) == ("muster@example.com", "EM")


def test_gives_the_net_price_of_a_price_with_tax_in_eight_decimals(company: Company) -> None:
    """19.99 / 1.19 = 16.798319…; 16.80 × 1 is what the line comes to. 7 × 1.07 = 7.49, of which 7.00 is net."""
    lines = [priced("3", "19.99", tax_code="UST19"), priced("7", "1.07", tax_code="UST7")]
    invoice: Invoice = make_invoice(
        company, *lines, customer=german_customer(company), tax_behavior="inclusive", on=kinds.DAY
    )
    first, second = data_of(invoice)["BG-25"]
    assert (first["BT-146"], first["BT-131"]) == ("16.79666667", "50.39")
    assert (second["BT-146"], second["BT-131"]) == ("1.00", "7.00")
    assert (Decimal(first["BT-146"]) * 3).quantize(Decimal("0.01")) == Decimal("50.39")


class TestRules:
    """Each rule by its name, broken by one change of a document that keeps them all."""

    def test_hold_for_every_kind(self, company: Company) -> None:
        for kind in (kinds.plain, kinds.outside_the_scope, kinds.billing_periods, kinds.credit_memo):
            assert rules_broken(data_of(kind(company))) == set()

    @pytest.mark.parametrize(
        ("rule", "changes"),
        [
            ("BR-DE-1", {"BT-81": None}),
            ("BR-DE-14", {"BG-23": [{"BT-116": "100.00", "BT-117": "0.00", "BT-118": "O"}]}),
            ("BR-DE-15", {"BT-10": None}),
            ("BR-DE-17", {"BT-3": "383"}),
            ("BR-DE-18", {"BT-20": "#SKONTO#TAGE=14#PROZENT=2#"}),
            ("BR-DE-19", {"BT-84": "DE00370400440532013000"}),
            ("BR-DE-20", {"BT-81": "59", "BT-91": "DE00370400440532013000"}),
            ("BR-DE-22", {"BG-24": [{"BT-122": "1", "BT-125-2": "a.pdf"}, {"BT-122": "2", "BT-125-2": "A.PDF"}]}),
            ("BR-DE-23-a", {"BT-81": "30", "BT-84": None}),
            ("BR-DE-25-a", {"BT-81": "59"}),
            ("BR-DE-26", {"BT-3": "384"}),
            ("BR-DE-30", {"BT-81": "59"}),
            ("BR-DE-31", {"BT-81": "59"}),
            ("PEPPOL-EN16931-R110", {"BT-73": kinds.DAY.replace(day=3)}),
            ("PEPPOL-EN16931-R111", {"BT-74": kinds.DAY}),
        ],
    )
    def test_are_told_by_name(self, company: Company, rule: str, changes: dict[str, Any]) -> None:
        data = data_of(kinds.plain(company))
        data["BG-25"][0] |= {"BT-134": kinds.DAY, "BT-135": kinds.DAY.replace(day=9)}
        assert rules_broken({**data, "BT-73": kinds.DAY, "BT-74": kinds.DAY.replace(day=9)}) == set()
        assert rule in rules_broken({**data, "BT-73": kinds.DAY, "BT-74": kinds.DAY.replace(day=9), **changes})

    @pytest.mark.parametrize(
        ("rule", "party", "key"),
        [
            *(
                ("BR-DE-3", "BG-4", "city"),
                ("BR-DE-4", "BG-4", "postcode"),
                ("PEPPOL-EN16931-R020", "BG-4", "einvoicing_addr"),
            ),
            *(
                ("BR-DE-8", "BG-7", "city"),
                ("BR-DE-9", "BG-7", "postcode"),
                ("PEPPOL-EN16931-R010", "BG-7", "einvoicing_addr"),
            ),
            *(("BR-DE-10", "BG-13", "city"), ("BR-DE-11", "BG-13", "postcode"), ("BR-57", "BG-13", "country_code")),
        ],
    )
    def test_ask_for_parts_of_a_party(self, company: Company, rule: str, party: str, key: str) -> None:
        data = data_of(kinds.rich(company))
        assert rules_broken(data, **{party: {**data[party], key: ""}}) == {rule}

    @pytest.mark.parametrize(
        ("rules", "contact"),
        [
            ({"BR-DE-5", "BR-DE-6", "BR-DE-7"}, {}),
            ({"BR-DE-27"}, {"name": "N", "phone": "+4", "email": "a@example.com"}),
            ({"BR-DE-28"}, {"name": "N", "phone": "110", "email": "a@example"}),
        ],
    )
    def test_ask_for_a_contact(self, company: Company, rules: set[str], contact: dict[str, str]) -> None:
        data = data_of(kinds.plain(company))
        assert rules_broken(data, **{"BG-4": {**data["BG-4"], "contacts": [contact]}}) == rules

    def test_calculate_each_line_again(self, company: Company) -> None:
        data = data_of(kinds.plain(company))
        data["BG-25"][0]["BT-131"] = "100.03"
        assert rules_broken(data) == {"PEPPOL-EN16931-R120"}
