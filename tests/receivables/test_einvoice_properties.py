"""Whatever a document says, its e-invoice is valid, breaks no rule of EN 16931, and comes back as it went."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from facturx.parse_xml import parse_ubl_cii_xml
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from backfill.einvoices.completeness import ensure_possible
from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.schematron import broken_rules, is_installed
from backfill.einvoices.writing import factur_x_xml, xrechnung_xml
from backfill.errors import ValidationFailed
from backfill.fonts import unprintable_characters
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import create_invoice
from tests.receivables.books import ACTOR
from tests.receivables.einvoices import REFERENCES, as_cii_says, as_ubl_says, customer_values, data_of, registered
from tests.receivables.letters import german_company, german_customer

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("BACKFILL_EXAMPLES", "8"))
CODES = ("UST19", "UST7", "UST0-EX", "UST0-EXP", "UST0-IGL", "UST0-EUL", "UST0-KU")
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "M"), exclude_characters="#").filter(
        lambda character: not unprintable_characters(character)
    ),
    max_size=60,
) | st.sampled_from(["", "Wartung & <Pflege>", " außen ", "«]]>»", "Zeile\r\nnächste", "Lang " * 60])
blocks = st.lists(texts, max_size=3).map("\n".join)
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a smaller example would take minutes to find
DAY = date(2026, 11, 2)
BUYERS = (
    *(("AT", "ATU12345675"), ("AT", "u12345675"), ("DE", "136695976"), ("EL", "GR094259216"), ("UK", "GB980780684")),
    *(("XK", ""), ("CH", "CHE-107.787.577 MWST"), ("USA", "12-3456789")),
)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=low, max_value=high, places=places)


@st.composite
def line_values(draw: st.DrawFn, smallest: Decimal) -> dict[str, Any]:
    quantity = draw(decimals("0.01", "5000", 3) | st.integers(1, 20).map(Decimal)) * draw(
        st.sampled_from([1, 1, 1, -1])
    )
    values: dict[str, Any] = {
        "description": "Ware " + draw(blocks),
        "quantity": quantity,
        "unit_amount": draw(decimals("0.01", "9999.999999", 6) | decimals("0.01", "99.99", 2)),
        "sku": draw(st.sampled_from(["", "A-1"])),
        "product": {"unit": draw(st.sampled_from(["", "Std.", "kg", "Fuhre"]))},
        **draw(
            st.sampled_from(
                [
                    *({"tax_code": code} for code in CODES),
                    {"tax_rate": Decimal(19)},
                    {"tax_rate": Decimal(7)},
                    {"tax_rate": Decimal(0), "tax_exempt_reason": "§ 4 Nr. 21 UStG"},
                    {"tax_status": "zero_rated"},
                    {"tax_status": "exempt", "tax_exempt_reason": "§ 4 Nr. 11 UStG"},
                ]
            )
        ),
    }
    kind = draw(st.sampled_from(["", "", "percent", "amount"]))
    if kind == "percent":
        values["discount_percent"] = draw(decimals("0", "100", 4))
    if kind == "amount":
        amount = (quantity * values["unit_amount"]).quantize(smallest)
        values["discount_amount"] = (amount * draw(st.integers(0, 100)) / 100).quantize(smallest)
    if draw(st.booleans()):
        start = datetime(2026, draw(st.integers(1, 9)), 1, tzinfo=UTC)
        values |= {"billing_period_start": start, "billing_period_end": start.replace(day=28)}
    return values


@st.composite
def line_facts(draw: st.DrawFn, price: Decimal) -> dict[str, Any]:
    """What only lines of invoices carry."""
    return {
        "is_charge": draw(st.sampled_from([False, False, False, True])),
        "note": draw(texts)[:100].strip(),
        "buyer_sku": draw(st.sampled_from(["", "K-77"])),
        "gtin": draw(st.sampled_from(["", "4006381333931", "96385074"])),
        "buyer_order_line": draw(st.sampled_from(["", "10"])),
        "accounting_reference": draw(st.sampled_from(["", "KST 8"])),
        "list_price": draw(st.sampled_from([None, price, price + 1])),
    }


@st.composite
def invoice_facts(draw: st.DrawFn) -> dict[str, Any]:
    """What only headers of invoices carry."""
    number = st.sampled_from(["B-1", "V & <2>", "Los 3"])
    discounts = st.fixed_dictionaries(
        {"days": st.integers(1, 60), "percent": decimals("0.01", "9.99", 2).map(str)},
        optional={"base_amount": decimals("1", "999", 2).map(str)},
    )
    earlier = st.fixed_dictionaries({"number": number}, optional={"date": st.just("2026-01-31")})
    preceding = st.lists(earlier, max_size=2)
    invoice_type = draw(st.sampled_from(["380", "380", "326", "384", "386", "875", "876", "877"]))
    return {
        "invoice_type": invoice_type,
        "references": draw(st.dictionaries(st.sampled_from(REFERENCES), number, max_size=8)),
        "preceding_invoices": draw(preceding),
        "cash_discounts": draw(st.lists(discounts, max_size=3)),
        "payee": draw(st.sampled_from([{}, {"name": "Faktor Bank AG", "identifier": "F-1"}])),
        "is_direct_debit": draw(st.booleans()),
    }


@st.composite
def document_values(draw: st.DrawFn) -> dict[str, Any]:
    currency = draw(st.sampled_from(["EUR", "EUR", "USD", "JPY"]))
    return {
        "document_date": DAY,
        "lines": draw(
            st.lists(line_values(Decimal(1) if currency == "JPY" else Decimal("0.01")), min_size=1, max_size=6)
        ),
        "tax_behavior": draw(st.sampled_from(["exclusive", "inclusive"])),
        "discount_details": draw(
            st.sampled_from(
                [[], [], [{"percent": "7.5"}], [{"percent": "33.333"}], [{"amount": "1"}, {"percent": "2"}]]
            )
        ),
        "notes": draw(blocks),
        "currency": currency,
        **({} if currency == "EUR" else {"exchange_rate": draw(decimals("0.1", "1.5", 6))}),
        "status": "open",
    }


@pytest.mark.skipif(not is_installed(), reason="needs the extra schematron")
@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], phases=_PHASES
)
@given(values=document_values(), is_credit=st.booleans(), terms=blocks, data_source=st.data())
def test_is_valid_and_loses_nothing(
    values: dict[str, Any], is_credit: bool, terms: str, data_source: st.DataObject
) -> None:
    company = german_company()
    if data_source.draw(st.booleans(), label="registered"):
        registered(company)
    country, vat_id = data_source.draw(st.sampled_from(BUYERS), label="buyer")
    address = {"street": "Ring 1", "zip": "1010", "city": "Wien", "country": country}
    mandate = {"mandate_reference": "M-1", "iban": "DE02100100100006820101"}
    facts = customer_values(vat_id=vat_id, billing_address=address, direct_debit=mandate)
    customer = german_customer(company, **facts)
    try:
        document: Any
        if is_credit:
            document = create_credit_memo({**values, "customer_id": customer.id}, company=company, actor=ACTOR)
        else:
            own = {"customer_id": customer.id, "terms": terms[:200], **data_source.draw(invoice_facts())}
            lines = [{**each, **data_source.draw(line_facts(each["unit_amount"]))} for each in values["lines"]]
            lines[0]["is_charge"] = False
            own["is_direct_debit"] &= bool(company.creditor_id)
            document = create_invoice({**values, **own, "lines": lines}, company=company, actor=ACTOR)
        data = data_of(document)
        ensure_possible(data, xrechnung=True)
    except (ValidationFailed, EInvoiceNotPossible) as refusal:
        event(f"{type(refusal).__name__} {getattr(refusal, 'field', '') or ''}")
        return
    event("written")
    cii, ubl = factur_x_xml(data), xrechnung_xml(data)
    assert parse_ubl_cii_xml(cii) == as_cii_says(data)
    assert parse_ubl_cii_xml(ubl, level="en16931") == as_ubl_says(data)
    assert broken_rules(cii) == []
    assert broken_rules(ubl) == []
