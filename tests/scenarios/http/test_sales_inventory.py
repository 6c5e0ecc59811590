"""Goods that are sold and returned at moving average cost, over HTTP. Figures worked by hand."""

import pytest
import time_machine

from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-02-01T12:00:00Z")
def test_an_item_sold_and_returned(seller: Seller) -> None:
    # 15 lamps at 3.50, 10 in the north and 5 in the south: 52.50.
    lamp = seller.item(
        name="Lamp",
        sku="L-1",
        track_inventory=True,
        purchase_cost="3.50",
        unit_price="10.00",
        locations=[
            {"location_id": "north", "quantity_on_hand": "10", "reorder_point": "2"},
            {"location_id": "south", "quantity_on_hand": "5"},
        ],
    )
    assert seller.balances() == {"1200": "52.50", "3900": "-52.50"}

    # 4 sold from the north for 10.00 each: 14.00 of cost leave the inventory.
    sold = {"description": "Lamps", "quantity": "4", "unit_amount": "10.00", "amount": "40.00", "product_id": lamp}
    invoice = seller.invoice(document_date="2026-02-05", lines=[{**sold, "location_id": "north"}])
    entry = seller.shown("journal_entries", invoice["entry_id"])
    assert [(line["account_code"], line["debit_amount"], line["credit_amount"]) for line in entry["lines"]] == [
        ("1100", "40.00", None),
        ("4000", None, "40.00"),
        ("5000", "14.00", None),
        ("1200", None, "14.00"),
    ]

    # 1 comes back: 10.00 credited, 3.50 back into stock.
    back = {**sold, "quantity": "1", "amount": "10.00", "return_quantity": "1", "invoice_line_ref": "1"}
    seller.made(
        "credit_memos",
        {
            "invoice_id": invoice["id"],
            "currency": "USD",
            "document_date": "2026-02-09",
            "lines": [{**back, "location_id": "north"}],
            "status": "open",
        },
    )
    shown = seller.shown("items", lamp)
    assert (shown["quantity_on_hand"], shown["inventory_value"], shown["average_cost"]) == ("12", "42.00", "3.50")
    assert {place["location_id"]: place["quantity_on_hand"] for place in shown["locations"]} == {
        "north": "7",
        "south": "5",
    }

    # 13 are not there: nothing is sold, nothing is numbered.
    draft = seller.made(
        "invoices", {**seller.invoice_body(), "lines": [{**sold, "quantity": "13", "amount": "130.00"}]}
    )
    response = seller.api.post(f"/v1/invoices/{draft['id']}/confirm")
    assert refusal(response)[:2] == (409, "INSUFFICIENT_INVENTORY")
    assert "Lamp: 13 wanted, 12 on hand" in response.json()["message"]
    assert seller.shown("invoices", draft["id"])["document_number"] == ""

    # Selling the last 12 over the counter takes the whole value; voiding that sale brings it back.
    receipt = seller.made(
        "sales_receipts",
        {
            "currency": "USD",
            "receipt_date": "2026-02-12",
            "line_items": [{**sold, "quantity": "12", "amount": "120.00"}],
            "status": "completed",
        },
    )
    assert seller.shown("items", lamp)["inventory_value"] == "0.00"
    seller.did("sales_receipts", receipt["id"], "void")
    assert seller.shown("items", lamp)["inventory_value"] == "42.00"

    assert seller.balances() == {
        "1100": "30.00",
        "1200": "42.00",
        "3900": "-52.50",
        "4000": "-30.00",
        "5000": "10.50",
    }
    prove(seller.company)
