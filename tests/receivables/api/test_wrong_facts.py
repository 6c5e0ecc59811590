"""Values of the right shape that are wrong all the same: in every field of every body each is refused by name."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers

from backfill.api.fields import CurrencyField
from backfill.api.fields.optional import PercentField, ReferenceField
from receivables.api.resources import SALES_RECEIPTS
from receivables.api.serializers.credit_memos import CreditMemoInput
from receivables.api.serializers.invoices import InvoiceInput
from receivables.api.serializers.orders import QuoteInput, SalesOrderInput
from receivables.api.serializers.payments import PaymentInput
from receivables.api.serializers.refund_receipts import RefundReceiptInput
from tests.receivables.api.conftest import Seller
from tests.receivables.api.samples import BODIES, LINE

pytestmark = pytest.mark.django_db

SHAPES: dict[str, Any] = {
    "invoices": InvoiceInput,
    "payments": PaymentInput,
    "sales_receipts": SALES_RECEIPTS.create_input,
    "credit_memos": CreditMemoInput,
    "refund_receipts": RefundReceiptInput,
    "quotes": QuoteInput,
    "sales_orders": SalesOrderInput,
}
WRONG: dict[type[Any], str] = {
    ReferenceField: "01a22554-93b6-7fa1-b2e6-caeef688f94e",
    PercentField: "100.5",
    CurrencyField: "XXZ",
}
ITEMS: dict[str, dict[str, Any]] = {
    "lines": LINE,
    "allocations": {"amount": "1.00"},
    "prepayments": {},
    "cash_discounts": {"days": 7, "percent": "2"},
}


def _wrong(shape: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the way to every field of a shape that has a wrong value, and that value."""
    for name, field in shape.fields.items():
        inner = field.child if isinstance(field, serializers.ListSerializer) else field
        if isinstance(inner, serializers.Serializer):
            yield from (((name, *way), value) for way, value in _wrong(inner))
        else:
            yield from (((name,), value) for kind, value in WRONG.items() if isinstance(field, kind))


def _with(body: dict[str, Any], way: tuple[str, ...], value: str) -> tuple[dict[str, Any], str]:
    """Return the body with the value at the end of the way, and the path that a refusal has to name."""
    first, *rest = way
    if not rest:
        return {**body, first: value}, first
    if first in {"lines", "allocations", "prepayments", "cash_discounts"}:
        lines = body.get("line_items") if first == "lines" else None
        held = (body.get(first) or lines or [ITEMS[first]])[0]
        inner, path = _with(held, tuple(rest), value)
        return {name: one for name, one in body.items() if name != "line_items"} | {
            first: [inner]
        }, f"{first}[0].{path}"
    inner, path = _with(body.get(first) or {"type": "item"}, tuple(rest), value)
    return {**body, first: inner}, f"{first}.{path}"


@pytest.mark.parametrize("plural", list(SHAPES))
def test_names_every_field_that_refers_to_nothing_or_cannot_be(
    seller: Seller, plural: str, subtests: pytest.Subtests
) -> None:
    sample = BODIES[plural](seller)
    ways = list(_wrong(SHAPES[plural]()))
    assert len(ways) > 3
    for way, value in ways:
        with subtests.test(f"{plural} {'.'.join(way)}"):
            body, path = _with(sample, way, value)

            response = seller.api.post(f"/v1/{plural}", body)

            assert response.status_code in {404, 409, 422}, response.content
            assert path in {error["field"] for error in response.json()["errors"]}, response.content
    assert seller.api.get(f"/v1/{plural}").json()["data"] == []
