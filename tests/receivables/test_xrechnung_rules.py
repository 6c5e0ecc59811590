"""Every XRechnung that we write keeps the rules of XRechnung itself, as KoSIT publishes them; and where one would break
them, we have said so before."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backfill.einvoices.completeness import ensure_possible
from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.schematron import broken_rules
from backfill.einvoices.writing import xrechnung_xml
from backfill.tenancy.models import Company
from ledger.models import Account
from receivables.customers.buyer_details import Printable
from receivables.einvoices.documents import einvoice_xml
from receivables.models import Customer, Invoice
from receivables.services.credit_memos import create_credit_memo
from tests.factories import line, make_invoice, make_payment
from tests.receivables import einvoices as kinds
from tests.receivables.books import ACTOR
from tests.receivables.letters import german_company, german_customer, printed
from tests.receivables.xrechnung_rules import needs_rules, xrechnung_rules_broken

pytestmark = [pytest.mark.django_db, needs_rules]

VIENNA = {"street": "Ring 1", "zip": "1010", "city": "Wien", "country": "AT"}
TAX_CODES = ("UST19", "UST7", "UST0-IGL", "UST0-EXP", "UST0-EX", "UST0-KU", "UST0-13B", "UST0-EUL", "UST0-DRITT")
TWO_DISCOUNTS = [{"days": 7, "percent": "3"}, {"days": 14, "percent": "2", "base_amount": "100.00"}]


@pytest.fixture
def company() -> Company:
    return german_company()


@pytest.fixture
def customer(company: Company) -> Customer:
    return german_customer(company, **kinds.customer_values(vat_id="ATU12345675", billing_address=VIENNA))


def said_of(document: Printable) -> list[str]:
    """What the rules of the standard and those of XRechnung say against a document."""
    xml = einvoice_xml(printed(document), "xrechnung")
    return [*(f"{broken.rule}: {broken.message}" for broken in broken_rules(xml)), *xrechnung_rules_broken(xml)]


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.__name__)
def test_says_nothing_against_any_kind(company: Company, kind: Callable[[Company], Printable]) -> None:
    assert said_of(kind(company)) == []


@pytest.mark.parametrize("tax_code", TAX_CODES)
def test_says_nothing_against_any_category_billed_and_credited(
    company: Company, customer: Customer, tax_code: str
) -> None:
    lines = [
        line("100", tax_code=tax_code),
        kinds.priced("1", "9.90", tax_code=tax_code, description="Fracht", is_charge=True),
    ]
    terms = {"discount_details": [{"percent": "3"}], "cash_discounts": TWO_DISCOUNTS}
    invoice = make_invoice(company, *lines, customer=customer, on=kinds.DAY, **terms)
    assert said_of(invoice) == []
    values = {"invoice_id": invoice.id, "lines": [line("40", tax_code=tax_code)], "status": "open"}
    memo = create_credit_memo({**values, "document_date": date(2026, 11, 9)}, company=company, actor=ACTOR)
    assert said_of(memo) == []


@pytest.mark.parametrize("invoice_type", ["326", "380", "384", "875", "876", "877"])
def test_says_nothing_against_any_type(company: Company, customer: Customer, invoice_type: str) -> None:
    earlier = [{"number": "R-1", "date": "2026-10-01"}]
    values = {"invoice_type": invoice_type, "preceding_invoices": earlier, "on": kinds.DAY}
    assert said_of(make_invoice(company, line("100", tax_code="UST19"), customer=customer, **values)) == []


@pytest.mark.parametrize("reference", [kinds.LEITWEG_ID, "991-03730-19", "2026-11", "Abteilung Einkauf"])
def test_says_nothing_against_any_buyer_reference(company: Company, reference: str) -> None:
    customer = german_customer(company, **kinds.customer_values(buyer_reference=reference))
    assert said_of(make_invoice(company, line("100", tax_code="UST19"), customer=customer, on=kinds.DAY)) == []


@pytest.mark.parametrize("cash_discounts", [[], TWO_DISCOUNTS[:1], TWO_DISCOUNTS])
def test_says_nothing_against_a_final_invoice(
    company: Company, customer: Customer, cash_discounts: list[dict[str, Any]]
) -> None:
    account = Account.objects.get(company=company, code="1710")
    part = line("100", tax_code="UST19", account_id=account.id)
    advance = make_invoice(company, part, customer=customer, on=date(2026, 9, 1), invoice_type="326")
    make_payment(company, advance.total_amount, advance, on=date(2026, 9, 20))
    values = {"prepayments": [{"invoice_id": str(advance.id)}], "cash_discounts": cash_discounts}
    invoice: Invoice = make_invoice(company, line("1000", tax_code="UST19"), customer=customer, on=kinds.DAY, **values)
    assert said_of(advance) == []
    assert said_of(invoice) == []


def without(*terms: str) -> Callable[[dict[str, Any]], None]:
    """Take a term out of the data, also one within a group."""

    def change(data: dict[str, Any]) -> None:
        *groups, last = terms
        for group in groups:
            data = data[group]
        data.pop(last, None)

    return change


def said(term: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update({term: value})


def contact_without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["BG-4"]["contacts"][0].pop(name)


def contact_with(name: str, value: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["BG-4"]["contacts"][0].update({name: value})


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("BR-DE-3", without("BG-4", "city")),
        ("BR-DE-4", without("BG-4", "postcode")),
        ("BR-DE-6", contact_without("phone")),
        ("BR-DE-7", contact_without("email")),
        ("BR-DE-8", without("BG-7", "city")),
        ("BR-DE-9", without("BG-7", "postcode")),
        ("BR-DE-15", without("BT-10")),
        ("BR-DE-17", said("BT-3", "386")),
        ("BR-DE-18", said("BT-20", "#SKONTO#TAGE=7#PROZENT=2#")),
        ("BR-DE-19", said("BT-84", "DE02120300000000202052")),
        ("BR-DE-26", said("BT-3", "384")),
        ("BR-DE-27", contact_with("phone", "12")),
        ("BR-DE-28", contact_with("email", "rechnung(at)example.com")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_says_what_we_say_of_what_is_missing(
    company: Company, rule: str, change: Callable[[dict[str, Any]], None]
) -> None:
    data = kinds.data_of(kinds.plain(company))
    change(data)
    with pytest.raises(EInvoiceNotPossible) as refused:
        ensure_possible(data, xrechnung=True)
    assert rule in {problem["rule"] for problem in refused.value.details["problems"]}
    assert rule in {each.split(" ")[0] for each in xrechnung_rules_broken(xrechnung_xml(data))}
