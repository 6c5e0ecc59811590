"""Documents of every kind that e-invoices are made of, with their data."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from backfill.einvoices.writing import NOT_APPLICABLE, PEPPOL_BILLING, XRECHNUNG
from backfill.files.services import keep_document
from backfill.tenancy.models import Company
from receivables.customers.buyer_details import Printable
from receivables.einvoices.data import einvoice_data
from receivables.einvoices.documents import attachments_of
from receivables.models import Invoice
from receivables.printing.documents import lines_of
from receivables.services.credit_memos import create_credit_memo
from receivables.services.orders import convert_sales_order, create_sales_order
from receivables.taxation.tax_groups import tax_codes_of
from tests.factories import line, make_customer, make_invoice, make_item
from tests.receivables.books import ACTOR, by
from tests.receivables.letters import german_customer, printed

DAY = date(2026, 11, 2)
REFERENCES = (
    *("order", "contract", "project", "receiving_advice", "despatch_advice", "tender", "object", "accounting"),
)
LEITWEG_ID = "04011000-12345-03"


def priced(quantity: str, price: str, **values: Any) -> dict[str, Any]:
    return {"description": "Ware", "quantity": Decimal(quantity), "unit_amount": Decimal(price), **values}


def customer_values(**values: Any) -> dict[str, Any]:
    return {"buyer_reference": LEITWEG_ID, "phone": "+49 30 654321", **values}


def plain(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    return make_invoice(company, line("100", tax_code="UST19"), customer=customer, on=DAY)


def rich(company: Company) -> Invoice:
    """Two rates, items with units and numbers, discounts of lines and of the document, terms, notes, a place."""
    item = make_item(company, name="Beratung", type="service", unit_label="Std.", sku="B-1")
    return make_invoice(
        company,
        priced("7.5", "119.995", product_id=item.id, tax_code="UST19", description="Einrichtung\nund Schulung"),
        priced("3", "24.90", discount_percent=Decimal("12.5"), tax_code="UST7", description="Fachbuch", sku="F-7"),
        priced("2", "10", discount_amount=Decimal("1.01"), tax_code="UST19"),
        customer=german_customer(company, **customer_values()),
        on=DAY,
        terms="14 Tage netto",
        notes="Danke für <Ihren> Auftrag & bis bald",
        discount_details=[{"percent": "5"}],
        shipping_address={"name": "Lager Süd", "street": "Kai 1", "zip": "80331", "city": "München", "country": "DE"},
        shipping_details={"delivery_date": "2026-10-30"},
    )


def with_amount_discounts(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    lines = [line("100", tax_code="UST19"), line("50", tax_code="UST7"), line("30", tax_code="UST0-EX")]
    discounts = [{"amount": "10.01"}, {"percent": "2"}]
    return make_invoice(company, *lines, customer=customer, on=DAY, discount_details=discounts)


def reverse_charge(company: Company) -> Invoice:
    address = {"street": "Ring 1", "zip": "1010", "city": "Wien", "country": "AT"}
    values = customer_values(name="Wiener Werke GmbH", vat_id="ATU12345675", billing_address=address)
    customer = german_customer(company, **values)
    return make_invoice(company, line("500", tax_code="UST0-EUL"), customer=customer, on=DAY)


def within_the_community(company: Company) -> Invoice:
    address = {"street": "Ring 1", "zip": "1010", "city": "Wien", "country": "Österreich"}
    values = customer_values(vat_id="ATU12345675", billing_address=address)
    return make_invoice(company, line("500", tax_code="UST0-IGL"), customer=german_customer(company, **values), on=DAY)


def credited_within_the_community(company: Company) -> Printable:
    invoice = within_the_community(company)
    values = {"invoice_id": invoice.id, "lines": [line("50", tax_code="UST0-IGL")], "status": "open"}
    return create_credit_memo({**values, "document_date": date(2026, 11, 9)}, company=company, actor=ACTOR)


def exported(company: Company) -> Invoice:
    address = {"line1": "1 Main St", "city": "Portland", "state": "OR", "postal_code": "97201", "country": "US"}
    values = customer_values(vat_id="", billing_address=address, language="en")
    return make_invoice(company, line("500", tax_code="UST0-EXP"), customer=german_customer(company, **values), on=DAY)


def small_business(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    return make_invoice(company, line("500", tax_code="UST0-KU"), customer=customer, on=DAY)


def outside_the_scope(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    return make_invoice(company, line("500", tax_code="UST0-DRITT"), customer=customer, on=DAY)


def from_kosovo_and_greece(company: Company) -> Invoice:
    """Where the standard's codes are not what people write: XK is 1A, and VAT ids of GR begin with EL."""
    values = customer_values(
        vat_id="GR 094 259 216", billing_address={"street": "Odos 1", "zip": "10431", "city": "Athen", "country": "EL"}
    )
    place = {"name": "Depo", "street": "Rruga 1", "zip": "10000", "city": "Pristina", "country": "Kosovo"}
    return make_invoice(
        company,
        line("500", tax_code="UST0-EXP"),
        customer=german_customer(company, **values),
        on=DAY,
        shipping_address=place,
    )


def full_of_facts(company: Company) -> Invoice:
    """Everything that a buyer's program may want: references, numbers, discounts, charges, accounts, files."""
    registered(company)
    customer = german_customer(company, **customer_values())
    file = keep_document(
        company=company, content=b"Menge;Preis\n1;2\n", name="aufmass.csv", mime_type="text/csv", actor=ACTOR
    )
    first = priced(
        "2",
        "90",
        tax_code="UST19",
        list_price=Decimal(100),
        note="Ersatz für Teil 7",
        buyer_sku="K-77",
        gtin="4006381333931",
        buyer_order_line="10",
        accounting_reference="4711",
        delivered_on=date(2026, 10, 30),
    )
    return make_invoice(
        company,
        first,
        priced("1", "12.50", tax_code="UST19", description="Fracht", is_charge=True),
        priced("1", "3", tax_code="UST7", description="Verpackung", is_charge=True),
        customer=customer,
        on=DAY,
        terms="14 Tage netto",
        notes="Vielen Dank",
        discount_details=[{"percent": "5"}],
        references={name: f"{name} 1" for name in REFERENCES},
        preceding_invoices=[{"number": "R-2025-1", "date": "2025-12-31"}],
        cash_discounts=[{"days": 7, "percent": "2"}, {"days": 14, "percent": "1.5", "base_amount": "150.00"}],
        payee={"name": "Faktor Bank AG", "identifier": "F-1", "legal_identifier": "HRB 99"},
        attachment_ids=[str(file.id)],
        invoice_type="326",
    )


def registered(company: Company) -> None:
    """The company as a register knows it, with two accounts."""
    company.legal_form, company.registered_office = "GmbH", "Hamburg"
    company.register_court, company.register_number = "Amtsgericht Hamburg", "HRB 12345"
    company.directors = "Anna Muster, Jan Beispiel"
    company.further_accounts = [{"iban": "DE02120300000000202051", "bic": "", "name": "Nordwind Zweitkonto"}]
    company.creditor_id = "DE98ZZZ09999999999"
    company.save()


def by_direct_debit(company: Company) -> Invoice:
    registered(company)
    mandate = {"mandate_reference": "M-2026-1", "iban": "DE02100100100006820101", "signed_on": "2026-01-02"}
    customer = german_customer(company, **customer_values(direct_debit=mandate))
    return make_invoice(company, line("100", tax_code="UST19"), customer=customer, on=DAY, is_direct_debit=True)


def with_a_tax_representative(company: Company) -> Invoice:
    company.tax_representative = {
        "name": "Fiskal GmbH",
        "vat_id": "DE136695976",
        "address": {"street": "Am Markt 1", "zip": "20095", "city": "Hamburg", "country": "DE"},
    }
    company.save()
    return plain(company)


def corrected(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    earlier = [{"number": "INV-0999", "date": "2026-10-01"}]
    values = {"invoice_type": "384", "preceding_invoices": earlier}
    return make_invoice(company, line("100", tax_code="UST19"), customer=customer, on=DAY, **values)


def prices_with_tax(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    lines = [
        priced("3", "19.99", tax_code="UST19", discount_percent=Decimal(10)),
        priced("7", "1.07", tax_code="UST7"),
        priced("1", "0.99", tax_code="UST19", discount_amount=Decimal("0.10")),
    ]
    discounts = [{"percent": "3"}]
    return make_invoice(
        company, *lines, customer=customer, on=DAY, tax_behavior="inclusive", discount_details=discounts
    )


def with_taken_back_goods(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    lines = [
        priced("10", "9.90", tax_code="UST19"),
        priced("-2", "9.90", tax_code="UST19", discount_amount=Decimal("-1.98")),
        priced("1", "-5", tax_code="UST19", description="Pfand zurück"),
    ]
    return make_invoice(company, *lines, customer=customer, on=DAY)


def billing_periods(company: Company) -> Invoice:
    def month(number: int) -> dict[str, Any]:
        start = datetime(2026, number, 1, tzinfo=UTC)
        return {"billing_period_start": start, "billing_period_end": start.replace(day=28)}

    lines = [line("10", tax_code="UST19", **month(9)), line("10", tax_code="UST19", **month(10))]
    return make_invoice(company, *lines, customer=german_customer(company, **customer_values()), on=DAY)


def foreign_currency(company: Company) -> Invoice:
    customer = german_customer(company, **customer_values())
    terms = {"currency": "USD", "exchange_rate": Decimal("0.92")}
    return make_invoice(company, line("1000", tax_code="UST19"), customer=customer, on=DAY, **terms)


def from_an_order(company: Company) -> Printable:
    customer = german_customer(company, **customer_values())
    values = {"customer_id": customer.id, "document_date": DAY, "lines": [line("70", tax_code="UST19")]}
    order = create_sales_order({**values, "status": "open"}, company=company, actor=ACTOR)
    invoice = convert_sales_order(**by(company, order))
    from receivables.services.invoices import confirm_invoice

    return confirm_invoice(**by(company, invoice))


def credit_memo(company: Company) -> Printable:
    invoice = rich(company)
    values = {
        "invoice_id": invoice.id,
        "lines": [priced("1", "24.90", tax_code="UST7", discount_percent=Decimal("12.5"), description="Fachbuch")],
        "document_date": date(2026, 11, 9),
        "status": "open",
    }
    return create_credit_memo(values, company=company, actor=ACTOR)


KINDS: tuple[Callable[[Company], Printable], ...] = (
    *(plain, rich, with_amount_discounts, reverse_charge, within_the_community, exported, small_business),
    credited_within_the_community,
    *(
        outside_the_scope,
        from_kosovo_and_greece,
        prices_with_tax,
        with_taken_back_goods,
        billing_periods,
        foreign_currency,
        from_an_order,
    ),
    credit_memo,
    *(full_of_facts, by_direct_debit, with_a_tax_representative, corrected, from_kosovo_and_greece),
)


def data_of(document: Printable) -> dict[str, Any]:
    """The EN 16931 data of a document."""
    found = printed(document)
    lines = lines_of(found)
    return einvoice_data(found, lines, tax_codes_of(found.company_id, lines), attachments_of(found))


def as_cii_says(data: dict[str, Any]) -> dict[str, Any]:
    """The data as the package reads them from CII: accounts as lists, and a project's number as its name, too."""
    expected = {**data, "BT-24": "urn:cen.eu:en16931:2017"}
    if "BT-11" in data:
        expected["BT-11-0"] = data["BT-11"]
    return _with_accounts_in_lists(expected, ("BT-81",))


def as_ubl_says(data: dict[str, Any]) -> dict[str, Any]:
    """The data as the package reads them from UBL, where the names of payee and tax representative are those of a
    shop, our creditor identifier is one of the payee's, else the seller's, and our order has the buyer's beside it."""
    expected = {**data, "BT-23": PEPPOL_BILLING, "BT-24": XRECHNUNG}
    if "BT-14" in data:
        expected.setdefault("BT-13", NOT_APPLICABLE)
    for group in ("BG-10", "BG-11"):
        if group in data:
            party = dict(data[group])
            expected[group] = {"biz_name": party.pop("name"), **party}
    if "BT-90" in data:
        creditor = "BG-10" if "BG-10" in data else "BG-4"
        identifiers = {**data[creditor].get("identifiers", {}), "SEPA": data["BT-90"]}
        expected[creditor] = {**expected[creditor], "identifiers": identifiers}
    return _with_accounts_in_lists(expected, ("BT-81", "BT-83"))


def _with_accounts_in_lists(expected: dict[str, Any], repeated: tuple[str, ...]) -> dict[str, Any]:
    accounts = expected.pop("BG-17", [])
    if accounts:
        expected |= {term: [expected[term]] * (len(accounts) + 1) for term in repeated}
        for term in ("BT-84", "BT-85", "BT-86"):
            expected[term] = [expected[term], *(account[term] for account in accounts if term in account)]
    return expected


__all__ = ["KINDS", "data_of", "make_customer"]
