"""A month of sales in US dollars with sales tax, over HTTP. Figures worked by hand."""

import pytest

from tests.receivables.api.conftest import Seller
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def test_a_month_of_sales_with_sales_tax(seller: Seller) -> None:
    acme, bolt = seller.customer(name="Acme"), seller.customer(name="Bolt", tax_exempt=True)

    # 3 March: 10 at 25.00 less 10 % is 225.00, delivery 15.00 untaxed; 4 % New York is 9.00. Total 249.00.
    widgets = {
        "description": "Widgets",
        "quantity": "10",
        "unit_amount": "25.00",
        "discount_percent": "10",
        "amount": "225.00",
        "tax_code": "ST-NY",
    }
    delivery = {"description": "Delivery", "amount": "15.00", "tax_status": "non_taxable"}
    draft = seller.made(
        "invoices",
        {
            "customer_id": acme,
            "currency": "USD",
            "issued_at": "2026-03-03T15:00:00Z",
            "lines": [widgets, delivery],
            "total_amount": "249.00",
        },
    )
    first = seller.did("invoices", draft["id"], "confirm")
    assert (first["document_number"], first["document_date"]) == ("INV-1001", "2026-03-03")
    figures = {name: first[name] for name in ("subtotal", "discount_amount", "tax_amount", "total_amount")}
    assert figures == {
        "subtotal": "265.00",
        "discount_amount": "25.00",
        "tax_amount": "9.00",
        "total_amount": "249.00",
    }

    # 5 March: tax calculated elsewhere, by jurisdiction: 400.00 with 16.00 state and 18.00 city. Total 434.00.
    details = [
        {"tax_detail_ref": "s", "amount_includes_tax": False, "tax_amount": "16.00", "jurisdiction_name": "NY"},
        {"tax_detail_ref": "c", "amount_includes_tax": False, "tax_amount": "18.00", "jurisdiction_name": "NYC"},
    ]
    taxed = {"description": "Fitting", "amount": "400.00", "tax_rate": "8.5", "tax_details": details}
    second = seller.invoice(customer=acme, document_date="2026-03-05", lines=[taxed])
    assert second["total_amount"] == "434.00"

    # 8 March: an exempt customer pays no tax although the item has a code. Total 80.00.
    goods = seller.made("items", {"name": "Goods", "type": "good", "tax_code": "ST-NY"})
    exempt = {"description": "Goods", "amount": "80.00", "product_id": goods["id"]}
    third = seller.invoice(customer=bolt, document_date="2026-03-08", lines=[exempt])
    assert (third["total_amount"], third["lines"][0]["tax_status"]) == ("80.00", "exempt")

    # 10 March: a card payment of 300.00 for the first and part of the second; the provider keeps 9.00.
    seller.payment(
        "300.00",
        (draft["id"], "249.00"),
        (second["id"], "51.00"),
        occurred_at="2026-03-10T12:00:00Z",
        fees="9.00",
        net_amount="291.00",
    )
    assert seller.shown("invoices", second["id"])["balance_due"] == "383.00"

    # 12 March: over the counter, 50.00 and 4 % tax, cash.
    seller.made(
        "sales_receipts",
        {
            "currency": "USD",
            "receipt_date": "2026-03-12",
            "line_items": [{"description": "Coffee", "amount": "50.00", "tax_code": "ST-NY"}],
            "deposit_to_account_id": seller.api.account("1000"),
            "status": "completed",
        },
    )

    # 15 March: one widget of the first invoice comes back: 22.50 and 0.90. The invoice is paid, so it stays a credit.
    returned = {"description": "Widget", "amount": "22.50", "tax_code": "ST-NY", "invoice_line_ref": "1"}
    memo = seller.made(
        "credit_memos",
        {
            "invoice_id": draft["id"],
            "currency": "USD",
            "document_date": "2026-03-15",
            "lines": [returned],
            "approval_status": "approved",
        },
    )
    assert (memo["total_amount"], memo["status"], memo["remaining_credit"]) == ("23.40", "open", "23.40")

    # 16 March: the credit is paid out from cash.
    seller.made(
        "refund_receipts",
        {
            "credit_memo_id": memo["id"],
            "currency": "USD",
            "total_amount": "23.40",
            "refund_date": "2026-03-16T12:00:00Z",
            "paid_from_account_id": seller.api.account("1000"),
            "status": "completed",
        },
    )

    # 20 March: the exempt invoice is paid.
    assert seller.did("invoices", third["id"], "mark_paid", {"paid_on": "2026-03-20"})["status"] == "paid"

    assert seller.balances("2026-03-31") == {
        "1000": "28.60",  # 52.00 - 23.40
        "1050": "371.00",  # 291.00 + 80.00
        "1100": "383.00",  # what is left of the second invoice
        "2200": "-44.10",  # 9.00 + 34.00 + 2.00 - 0.90
        "4000": "-747.50",  # 225.00 + 15.00 + 400.00 + 80.00 + 50.00 - 22.50
        "6230": "9.00",
    }
    assert seller.shown("customers", acme)["balance"] == "383.00"
    assert seller.shown("customers", bolt)["balance"] == "0.00"
    prove(seller.company)
