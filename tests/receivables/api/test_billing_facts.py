"""What real invoices carry, over the API: stored and answered as sent, and refused by name where it is none."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller

pytestmark = pytest.mark.django_db

FACTS: dict[str, Any] = {
    "invoice_type": "326",
    "references": {"order": "B-1", "contract": "V-2", "project": "P-3"},
    "preceding_invoices": [{"number": "R-1", "date": "2025-12-31"}],
    "cash_discounts": [{"days": 7, "percent": "2"}],
    "payee": {"name": "Factor Bank", "identifier": "F-1"},
}
LINE: dict[str, Any] = {
    "note": "Spare part",
    "buyer_sku": "K-77",
    "gtin": "4006381333931",
    "buyer_order_line": "10",
    "accounting_reference": "4711",
    "delivered_on": "2026-05-04",
    "is_charge": False,
    "list_price": "120",
}


def test_comes_back_as_it_was_sent(seller: Seller) -> None:
    body = seller.invoice_body("100.00", **FACTS)
    body["lines"][0] |= LINE
    invoice = seller.shown("invoices", seller.made("invoices", body)["id"])
    assert {name: invoice[name] for name in FACTS} == FACTS
    assert {name: invoice["lines"][0][name] for name in LINE} == LINE
    assert (invoice["prepaid_amount"], invoice["prepayments"]) == ("0.00", [])


def test_of_a_customer_is_its_mandate(seller: Seller) -> None:
    mandate = {"mandate_reference": "M-1", "iban": "DE02 1001 0010 0006 8201 01", "signed_on": "2026-01-02"}
    customer = seller.shown("customers", seller.customer(direct_debit=mandate))
    assert customer["direct_debit"] == {**mandate, "iban": "DE02100100100006820101"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"references": {"oder": "B-1"}}, "references.oder"),
        ({"invoice_type": "999"}, "invoice_type"),
        ({"cash_discounts": [{"days": 7}]}, "cash_discounts[0].percent"),
        ({"cash_discounts": [{"days": -1, "percent": "2"}]}, "cash_discounts[0].days"),
        ({"preceding_invoices": [{"date": "2026-01-01"}]}, "preceding_invoices[0].number"),
        ({"payee": {"identifier": "1"}}, "payee.name"),
        ({"attachment_ids": ["00000000-0000-0000-0000-000000000001"]}, "attachment_ids[0]"),
        ({"payee": None}, "payee"),
    ],
)
def test_is_refused_by_name(seller: Seller, values: dict[str, Any], field: str) -> None:
    status, _, blamed = seller.refused("invoices", seller.invoice_body("10.00", **values))
    assert (status, blamed) == (422, field)


def test_refuses_a_vat_id_that_is_none(seller: Seller) -> None:
    status, _, field = seller.refused("customers", {"name": "A", "vat_id": "DE136695977"})
    assert (status, field) == (422, "vat_id")
