"""What an invoice refuses, field by field; never a server error, never half an invoice."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller, refusal

pytestmark = pytest.mark.django_db

UNKNOWN = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"customer_id": UNKNOWN}, "customer_id"),
        ({"customer_id": "cus_1001"}, "customer_id"),
        ({"currency": None}, "currency"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "XXQ"}, "currency"),
        ({"lines": []}, "lines"),
        ({"lines": None}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": ["x"]}, "lines[0]"),
        ({"issued_at": "2026-13-01T00:00:00Z"}, "issued_at"),
        ({"document_date": "05/05/2026"}, "document_date"),
        ({"document_date": "1066-10-14"}, "document_date"),
        ({"due_date": "2026-05-04"}, "due_date"),
        ({"due_at": "2026-05-01T00:00:00Z"}, "due_at"),
        ({"exchange_rate": "1.10"}, "exchange_rate"),
        ({"total_amount": "99.99"}, "total_amount"),
        ({"total_amount": "-1"}, "total_amount"),
        ({"total_amount": "100.001"}, "total_amount"),
        ({"tax_amount": "1.00"}, "tax_amount"),
        ({"tax_behavior": "mixed"}, "tax_behavior"),
        ({"discount_details": {}}, "discount_details"),
        ({"discount_details": [1]}, "discount_details[0]"),
        ({"discount_details": [{"amount": "100.01"}]}, "discount_details"),
        ({"discount_details": [{"amount": "-1"}]}, "discount_details"),
        ({"discount_details": [{"amount": "ten"}]}, "discount_details[0].amount"),
        ({"discount_details": [{"percent": "NaN"}]}, "discount_details[0].percent"),
        ({"discount_details": [{"percentage": "10"}]}, "discount_details[0].percentage"),
        ({"discount_details": [{"amount": "1"}, {"rate": "10"}]}, "discount_details[1].rate"),
        ({"discount_details": [{"type": "percent", "value": 10}]}, "discount_details[0].type"),
        ({"discount_details": [{"amount": "5.00", "percent": "10"}]}, "discount_details[0].percent"),
        ({"discount_details": [{"amount": "5.00", "discount_amount": "6.00"}]}, "discount_details[0].discount_amount"),
        ({"billing_address": {"Line1": "1 Main St"}}, "billing_address.Line1"),
        ({"shipping_address": {"postalcode": "10115"}}, "shipping_address.postalcode"),
        ({"shipping_address": {"city": ["Berlin"]}}, "shipping_address.city"),
        ({"shipping_details": {"deliverydate": "2026-05-01"}}, "shipping_details.deliverydate"),
        ({"shipping_details": {"delivery_date": "01.05.2026"}}, "shipping_details.delivery_date"),
        ({"shipping_details": {"shipped_on": "2026-02-30"}}, "shipping_details.shipped_on"),
        ({"billing_address": []}, "billing_address"),
        ({"billing_address": {"city": "x" * 501}}, "billing_address"),
        ({"document_number": "x" * 101}, "document_number"),
        ({"document_id": UNKNOWN}, "document_id"),
        ({"sales_order_id": UNKNOWN}, "sales_order_id"),
        ({"memo": 1}, "memo"),
        ({"memo": "\x00"}, "memo"),
        ({"terms": "x" * 201}, "terms"),
        ({"metadata": {"a": {"b": {"c": {"d": {"e": {}}}}}}}, "metadata"),
        ({"dimensions": "north"}, "dimensions"),
        ({"status": 7}, "status"),
        ({"status": "paid"}, "status"),
        ({"approval_status": "maybe"}, "approval_status"),
        ({"source_id": "x" * 201}, "source_id"),
    ],
)
def test_names_the_field_that_is_wrong(seller: Seller, change: dict[str, Any], field: str) -> None:
    status, _, named = seller.refused("invoices", {**seller.invoice_body("100.00"), "status": "open", **change})

    assert (status, named) == (422, field)
    assert seller.api.get("/v1/invoices").json()["data"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": "ten"}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "10.005"}, "amount"),
        ({"amount": "9" * 15}, "amount"),
        ({"description": None}, "description"),
        ({"description": ""}, "description"),
        ({"description": 7}, "description"),
        ({"quantity": "2"}, "amount"),
        ({"quantity": "two"}, "quantity"),
        ({"quantity": "1.0000001"}, "quantity"),
        ({"quantity": "9" * 13}, "quantity"),
        ({"unit_amount": "10.0000001"}, "unit_amount"),
        ({"discount_amount": "20.00"}, "discount_amount"),
        ({"discount_amount": "2.00"}, "amount"),
        ({"discount_amount": "-1.00"}, "discount_amount"),
        ({"discount_percent": "101"}, "discount_percent"),
        ({"discount_percent": "-1"}, "discount_percent"),
        ({"account_id": UNKNOWN}, "account_id"),
        ({"account_id": "4000"}, "account_id"),
        ({"product_id": UNKNOWN}, "product_id"),
        ({"currency": "EUR"}, "currency"),
        ({"tax_code": "NONE"}, "tax_code"),
        ({"tax_rate": "101"}, "tax_rate"),
        ({"tax_rate": "-1"}, "tax_rate"),
        ({"tax_rate": "7", "tax_amount": "5.00"}, "tax_amount"),
        ({"tax_status": "free"}, "tax_status"),
        ({"tax_status": "exempt", "tax_amount": "1.00"}, "tax_amount"),
        ({"tax_amount": "1.001"}, "tax_amount"),
        ({"tax_amount": "11.00", "amount_includes_tax": True}, "tax_amount"),
        ({"amount_includes_tax": "no"}, "amount_includes_tax"),
        ({"line_number": -1}, "line_number"),
        ({"line_number": 1.5}, "line_number"),
        ({"line_key": "x" * 101}, "line_key"),
        ({"billing_period_start": "May"}, "billing_period_start"),
        ({"detail": []}, "detail"),
        ({"detail": {}}, "detail.type"),
        ({"detail": {"type": "item", "quantity": "x"}}, "detail.quantity"),
        ({"detail": {"type": "item", "item_id": UNKNOWN}}, "detail.item_id"),
        ({"detail": {"type": "item", "colour": "red"}}, "detail.colour"),
        ({"tax_details": [None]}, "tax_details[0]"),
        ({"tax_details": [{}]}, "tax_details[0].tax_detail_ref"),
        (
            {"tax_details": [{"tax_detail_ref": "s", "amount_includes_tax": False, "tax_amount": "x"}]},
            "tax_details[0].tax_amount",
        ),
        (
            {
                "tax_amount": "1.00",
                "tax_details": [{"tax_detail_ref": "s", "amount_includes_tax": False, "tax_amount": "0.99"}],
            },
            "tax_amount",
        ),
        (
            {
                "tax_details": [
                    {"tax_detail_ref": "s", "amount_includes_tax": False, "tax_amount": "0.50"},
                    {"tax_detail_ref": "c", "amount_includes_tax": True, "tax_amount": "0.50"},
                ]
            },
            "tax_details[1].amount_includes_tax",
        ),
        ({"product": "widget"}, "product"),
        ({"product": {"nmae": "Widget"}}, "product.nmae"),
        ({"sku": "x" * 101}, "sku"),
        ({"description": "a\x00b"}, "description"),
        ({"metadata": 1}, "metadata"),
        ({"order_line_ref": "x" * 101}, "order_line_ref"),
    ],
)
def test_names_the_field_of_the_line_that_is_wrong(seller: Seller, change: dict[str, Any], field: str) -> None:
    line = {"description": "Goods", "amount": "10.00", "unit_amount": "10.00", **change}

    status, _, named = seller.refused("invoices", {**seller.invoice_body(), "lines": [line], "status": "open"})

    assert (status, named) == (422, f"lines[0].{field}")
    assert seller.api.get("/v1/invoices").json()["data"] == []


@pytest.mark.parametrize("figure", ["99999999999999.9999", "999999999999.99", "-5.00"])
@pytest.mark.parametrize("quantity", ["999999999999", "0", "-3", "0.000001"])
def test_answers_any_size_of_figures(seller: Seller, figure: str, quantity: str) -> None:
    line = {"description": "Goods", "amount": figure, "unit_amount": "999999999999.999999", "quantity": quantity}

    response = seller.api.post("/v1/invoices", {**seller.invoice_body(), "lines": [line], "status": "open"})

    assert response.status_code == 422, response.content


def test_refuses_an_invoice_below_zero(seller: Seller) -> None:
    lines = [{"description": "Goods", "amount": "10.00"}, {"description": "Voucher", "amount": "-10.01"}]

    assert seller.refused("invoices", {**seller.invoice_body(), "lines": lines}) == (422, "VALIDATION_ERROR", "lines")


def test_refuses_a_number_that_is_taken_and_tells_by_whom(seller: Seller) -> None:
    first = seller.invoice(document_number="2026-1")

    response = seller.api.post("/v1/invoices", seller.invoice_body(document_number="2026-1"))

    assert (response.status_code, response.json()["code"]) == (409, "DUPLICATE_DOCUMENT_NUMBER")
    assert response.json()["details"] == {"existing_id": first["id"]}


def test_refuses_both_names_of_one_field(seller: Seller) -> None:
    body = seller.invoice_body()

    assert seller.refused("invoices", {**body, "line_items": body["lines"]})[::2] == (422, "line_items")


def test_refuses_to_post_into_a_locked_period(seller: Seller, clerk: Seller) -> None:
    invoice = clerk.made("invoices", clerk.invoice_body())
    seller.api.post("/v1/periods/2026-05/soft-lock")

    response = clerk.api.post(f"/v1/invoices/{invoice['id']}/confirm")

    assert refusal(response)[:2] == (409, "PERIOD_LOCKED")
    assert seller.shown("invoices", invoice["id"])["status"] == "draft"


def test_voids_into_the_first_open_period_and_says_so(seller: Seller, clerk: Seller) -> None:
    invoice = clerk.invoice()
    seller.api.post("/v1/periods/2026-05/soft-lock")

    locked = clerk.api.post(f"/v1/invoices/{invoice['id']}/void", {"on": "2026-05-31"})
    report = clerk.api.post(f"/v1/invoices/{invoice['id']}/void").json()["void_report"]

    assert refusal(locked)[:2] == (409, "PERIOD_LOCKED")
    assert (report["on"], report["date_policy"]) == ("2026-06-01", "first open day after the original date")


def test_refuses_to_void_an_invoice_before_its_date(seller: Seller) -> None:
    invoice = seller.invoice()

    response = seller.api.post(f"/v1/invoices/{invoice['id']}/void", {"on": "2026-05-04"})

    assert refusal(response) == (422, "VALIDATION_ERROR", "on")
    assert seller.shown("invoices", invoice["id"])["status"] == "open"


def test_blames_a_field_by_the_name_it_was_sent_with(seller: Seller) -> None:
    body = {"currency": "USD", "line_items": [{"description": "Coffee", "amount": "ten"}]}
    assert seller.refused("sales_receipts", body)[::2] == (422, "line_items[0].amount")

    unknown = {**body, "line_items": [{"description": "Coffee", "amount": "1.00", "account_id": UNKNOWN}]}
    assert seller.refused("sales_receipts", unknown)[::2] == (422, "line_items[0].account_id")
    assert (
        seller.refused("sales_receipts", {"currency": "USD", "lines": unknown["line_items"]})[2]
        == "lines[0].account_id"
    )
    aliased = {"currency": "USD", "line_items": [{"description": "Coffee", "amount": "1.00", "item_id": 7}]}
    assert seller.refused("sales_receipts", aliased)[::2] == (422, "line_items[0].item_id")


def test_takes_a_discount_that_is_said_twice_alike_and_keeps_what_stands_beside_it(seller: Seller) -> None:
    discount = {"amount": "10.00", "percent": "10", "reason": "Friends", "metadata": {"campaign": "spring"}}

    made = seller.invoice("100.00", discount_details=[discount, {}])

    assert (made["total_amount"], made["discount_details"]) == ("90.00", [discount, {}])


def test_keeps_what_stands_beside_the_parts_of_an_address_or_a_shipment(seller: Seller) -> None:
    address = {"line1": "1 Main St", "city": "Springfield", "phone": "1", "metadata": {"door": 7}, "country": None}
    shipment = {"carrier": "Post", "tracking_number": "7", "delivery_date": "2026-05-05T09:00:00Z"}

    made = seller.invoice("100.00", billing_address=address, shipping_details=shipment)

    assert (made["billing_address"], made["shipping_details"]) == (address, shipment)
