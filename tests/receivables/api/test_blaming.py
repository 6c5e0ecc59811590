"""Refusals name a field as the body has it, under the name and at the place that its sender chose."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller
from tests.receivables.api.samples import BODIES

pytestmark = pytest.mark.django_db

UNKNOWN = "01a22554-93b6-7fa1-b2e6-caeef688f94e"

# What is wrong in a line, and the field of the line that is blamed.
WRONG = [
    ({"amount": "x"}, "amount"),
    ({"item_id": UNKNOWN}, "item_id"),
    ({"product_id": UNKNOWN}, "product_id"),
    ({"item_id": "x"}, "item_id"),
    ({"item_id": UNKNOWN, "product_id": UNKNOWN}, "item_id"),
    ({"account_id": UNKNOWN}, "account_id"),
    ({"tax_code": "NONE"}, "tax_code"),
    ({"quantity": "2", "unit_amount": "3.00"}, "amount"),
    ({"surprise": 1}, "surprise"),
    ({"detail": {"type": "item", "discount_percent": "101"}}, "detail.discount_percent"),
    ({"detail": {"type": "item", "discount_amount": "-1.00"}}, "detail.discount_amount"),
    ({"detail": {"type": "item", "discount_amount": "0.001"}}, "detail.discount_amount"),
    ({"amount": None, "detail": {"type": "item", "subtotal_amount": "10.001"}}, "detail.subtotal_amount"),
    ({"discount_amount": "-1.00", "detail": {"type": "item", "discount_amount": "1"}}, "discount_amount"),
]


@pytest.mark.parametrize("name", ["lines", "line_items"])
@pytest.mark.parametrize("plural", ["sales_receipts", "credit_memos"])
@pytest.mark.parametrize(("change", "field"), WRONG)
def test_names_a_line_and_its_field_as_they_were_sent(
    seller: Seller, plural: str, name: str, change: dict[str, Any], field: str
) -> None:
    lines = [{"description": "Goods", "amount": "10.00"}, {"description": "Goods", "amount": "10.00", **change}]
    body = {"currency": "USD", "document_date": "2026-05-05", name: lines, "status": "draft"}
    if plural == "credit_memos":
        body |= {"customer_id": seller.customer()}

    response = seller.api.post(f"/v1/{plural}", body)

    answer = response.json()
    assert response.status_code == 422, answer
    assert f"{name}[1].{field}" in {error["field"] for error in answer["errors"]}
    other = "lines[" if name == "line_items" else "line_items["
    assert other not in str([answer["message"], answer["errors"]])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity_on_hand": "5"}, "quantity_on_hand"),
        (
            {"locations": [{"location_id": "A"}, {"location_id": "B", "quantity_on_hand": "5"}]},
            "locations[1].quantity_on_hand",
        ),
        ({"track_inventory": True, "type": "service"}, "track_inventory"),
    ],
)
def test_names_the_quantity_that_cannot_be_counted(seller: Seller, change: dict[str, Any], field: str) -> None:
    response = seller.api.post("/v1/items", {"name": "Widget"} | change)
    made = seller.item()
    changed = seller.api.put(f"/v1/items/{made}", change)

    for refused in (response, changed):
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("plural", ["invoices", "credit_memos", "sales_receipts", "payments", "quotes", "sales_orders"])
def test_knows_a_number_in_any_case(seller: Seller, plural: str) -> None:
    first = seller.made(plural, BODIES[plural](seller) | {"document_number": "Re-7a"})

    for number in ("Re-7a", "RE-7A", "re-7a"):
        response = seller.api.post(f"/v1/{plural}", BODIES[plural](seller) | {"document_number": number})
        answer = response.json()
        assert (response.status_code, answer["code"]) == (409, "DUPLICATE_DOCUMENT_NUMBER")
        assert (answer["errors"][0]["field"], answer["details"]["existing_id"]) == ("document_number", first["id"])
        assert "Re-7a exists already" in answer["message"]
        assert [row["id"] for row in seller.api.get(f"/v1/{plural}", document_number=number).json()["data"]] == [
            first["id"]
        ]


def test_passes_over_a_number_that_was_chosen_in_another_case(seller: Seller) -> None:
    first = seller.invoice(document_number="inv-1001")
    assert first["document_number"] == "inv-1001"

    assert seller.invoice()["document_number"] == "INV-1002"
