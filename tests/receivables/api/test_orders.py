"""Quotes and sales orders in the Backfill contract."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller, refusal

pytestmark = pytest.mark.django_db


def quote_body(seller: Seller, **values: Any) -> dict[str, Any]:
    lines = [
        {"description": "Chairs", "quantity": "3", "unit_amount": "100.00"},
        {"description": "Assembly", "amount": "50.00"},
    ]
    return {
        "customer_id": seller.customer(),
        "currency": "USD",
        "total_amount": "350.00",
        "issued_at": "2026-06-01T12:00:00Z",
        "lines": lines,
        **values,
    }


def test_quotes_a_total_alone(seller: Seller) -> None:
    body = {"currency": "USD", "total_amount": "125.00", "customer_name": "Somebody", "description": "Office supplies"}

    quote = seller.made("quotes", body)

    assert (quote["document_number"], quote["customer_id"], quote["customer_name"]) == ("QU-1001", None, "Somebody")
    assert [(line["description"], line["amount"]) for line in quote["lines"]] == [("Office supplies", "125.00")]


def test_becomes_an_order_once_and_the_order_invoices(seller: Seller) -> None:
    quote = seller.made("quotes", quote_body(seller))
    seller.did("quotes", quote["id"], "send")
    assert seller.did("quotes", quote["id"], "accept")["status"] == "accepted"

    first = seller.api.post(f"/v1/quotes/{quote['id']}/convert")
    again = seller.api.post(f"/v1/quotes/{quote['id']}/convert")

    order = first.json()
    assert (order["object"], again.json()["id"]) == ("sales_order", order["id"])
    assert first["Location"] == f"/v1/sales_orders/{order['id']}"
    assert (order["data"]["status"], order["data"]["quote_id"]) == ("open", quote["id"])
    assert seller.shown("quotes", quote["id"])["status"] == "converted"

    chairs = order["data"]["lines"][0]["id"]
    step = {"quantities": [{"line_id": chairs, "quantity": "2"}]}
    invoice = seller.api.post(f"/v1/sales_orders/{order['id']}/convert", step).json()
    assert (invoice["object"], invoice["data"]["status"], invoice["data"]["total_amount"]) == (
        "invoice",
        "draft",
        "200.00",
    )
    assert invoice["data"]["sales_order_id"] == order["id"]
    shown = seller.shown("sales_orders", order["id"])
    assert (shown["status"], [line["invoiced_quantity"] for line in shown["lines"]]) == (
        "partially_invoiced",
        ["2", "0"],
    )
    rest = seller.api.post(f"/v1/sales_orders/{order['id']}/convert").json()
    assert rest["data"]["total_amount"] == "150.00"
    nothing = seller.api.post(f"/v1/sales_orders/{order['id']}/convert")
    assert refusal(nothing)[:2] == (409, "NOT_CONVERTIBLE")


def test_becomes_an_invoice_directly(seller: Seller) -> None:
    quote = seller.made("quotes", quote_body(seller))

    first = seller.api.post(f"/v1/quotes/{quote['id']}/invoice").json()
    again = seller.api.post(f"/v1/quotes/{quote['id']}/invoice").json()

    assert (first["object"], first["data"]["total_amount"]) == ("invoice", "350.00")
    assert again["id"] == first["id"]


def test_counts_what_was_delivered(seller: Seller) -> None:
    order = seller.made("sales_orders", quote_body(seller, status="open"))
    chairs, assembly = (line["id"] for line in order["lines"])

    part = seller.did("sales_orders", order["id"], "fulfil", {"quantities": [{"line_id": chairs, "quantity": "2"}]})
    assert [line["fulfilled_quantity"] for line in part["lines"]] == ["2", "0"]
    whole = seller.did("sales_orders", order["id"], "fulfil")
    assert [line["fulfilled_quantity"] for line in whole["lines"]] == ["3", "1"]
    over = seller.api.post(
        f"/v1/sales_orders/{order['id']}/fulfil", {"quantities": [{"line_id": assembly, "quantity": "1"}]}
    )
    assert refusal(over) == (422, "VALIDATION_ERROR", "quantities")


def test_refuses_to_invoice_more_than_was_ordered_or_what_is_no_line(seller: Seller) -> None:
    order = seller.made("sales_orders", quote_body(seller, status="open"))
    chairs = order["lines"][0]["id"]

    def refused(body: Any) -> tuple[int, str | None]:
        return refusal(seller.api.post(f"/v1/sales_orders/{order['id']}/convert", body))[::2]

    assert refused({"quantities": [{"line_id": chairs, "quantity": "4"}]}) == (422, "lines")
    assert refused({"quantities": [{"line_id": order["id"], "quantity": "1"}]}) == (422, "quantities")
    assert refused({"quantities": [{"line_id": chairs, "quantity": "-1"}]}) == (422, "quantities[0].quantity")
    assert refused({"quantities": []}) == (422, "quantities")
    assert refused({"quantities": [{"line_id": "1", "quantity": "1"}]}) == (422, "quantities[0].line_id")


def test_refuses_to_convert_what_was_declined_expired_or_has_no_customer(seller: Seller) -> None:
    declined = seller.made("quotes", quote_body(seller, status="sent"))
    seller.did("quotes", declined["id"], "decline")
    expired = seller.made("quotes", quote_body(seller, expires_at="2026-06-02T00:00:00Z"))
    nobody = seller.made("sales_orders", quote_body(seller, customer_id=None, status="open"))

    assert refusal(seller.api.post(f"/v1/quotes/{declined['id']}/convert"))[:2] == (409, "INVALID_STATE_TRANSITION")
    assert refusal(seller.api.post(f"/v1/quotes/{expired['id']}/convert"))[:2] == (409, "NOT_CONVERTIBLE")
    assert refusal(seller.api.post(f"/v1/sales_orders/{nobody['id']}/convert"))[:2] == (409, "NOT_CONVERTIBLE")


@pytest.mark.parametrize("plural", ["quotes", "sales_orders"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total_amount": None}, "total_amount"),
        ({"total_amount": "1"}, "total_amount"),
        ({"total_amount": "-1"}, "total_amount"),
        ({"currency": None}, "currency"),
        ({"issued_at": 20260505}, "issued_at"),
        ({"lines": [{"quantity": "1"}]}, "lines[0].amount"),
        ({"status": "converted"}, "status"),
    ],
)
def test_names_the_field_that_is_wrong(seller: Seller, plural: str, change: dict[str, Any], field: str) -> None:
    assert seller.refused(plural, {**quote_body(seller), **change})[::2] == (422, field)
