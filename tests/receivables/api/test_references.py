"""Every reference that a document can make, made to another company's record or to none: refused by its path."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework import serializers

from backfill.api.fields.optional import ReferenceField
from ledger.inventory.api import ITEMS
from receivables.api import resources
from receivables.api.dunning import RECURRING_INVOICES
from tests.receivables.api.conftest import Seller
from tests.receivables.api.samples import BODIES, LINE

pytestmark = pytest.mark.django_db

SHAPES = {
    one.plural: one.create_input
    for one in (
        *(resources.CUSTOMERS, ITEMS, resources.INVOICES, resources.PAYMENTS, resources.SALES_RECEIPTS),
        *(resources.CREDIT_MEMOS, resources.REFUND_RECEIPTS, resources.QUOTES, resources.SALES_ORDERS),
        RECURRING_INVOICES,
    )
}
INNER: dict[str, Any] = {
    "lines": [LINE],
    "detail": {"type": "item"},
    "allocations": [{"amount": "1.00"}],
    "prepayments": [{}],
}
RECURRING: dict[str, Any] = {"name": "Rent", "starts_on": "2099-01-01", "invoice": {"lines": [LINE]}}
UNKNOWN = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def file_of(seller: Seller) -> str:
    upload = {"file": SimpleUploadedFile("letter.pdf", PDF, content_type="application/pdf")}
    headers = {"Authorization": f"Bearer {seller.api.token}"}
    return str(seller.api.client.post("/v1/documents", upload, headers=headers).json()["id"])


RECORDS: dict[str, Callable[[Seller], str]] = {
    "customer_id": lambda seller: seller.customer(),
    "product_id": lambda seller: seller.item(),
    "item_id": lambda seller: seller.item(),
    "document_id": file_of,
    **{
        f"{plural.removesuffix('s')}_id": lambda seller, plural=plural: str(  # type: ignore[misc]
            seller.made(plural, BODIES[plural](seller))["id"]
        )
        for plural in ("invoices", "payments", "credit_memos", "sales_orders")
    },
}


def references(shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths of all references in a body."""
    for name, field in shape.fields.items():
        inner = field.child if isinstance(field, serializers.ListSerializer) else field
        if isinstance(inner, ReferenceField):
            yield (*path, name)
        elif isinstance(inner, serializers.Serializer):
            yield from references(inner, (*path, name))


def body_with(seller: Seller, plural: str, path: tuple[str, ...], value: str) -> dict[str, Any]:
    """Return a body that is right but for one reference."""
    body = deepcopy(RECURRING if plural == "recurring_invoices" else BODIES[plural](seller))
    if "line_items" in body:
        body["lines"] = body.pop("line_items")
    if plural == "recurring_invoices":
        body["customer_id"] = seller.customer()
    node = body
    for name in path[:-1]:
        inner = node.setdefault(name, deepcopy(INNER.get(name)))
        node = inner[0] if isinstance(inner, list) else inner
    node[path[-1]] = value
    return body


def path_text(path: tuple[str, ...]) -> str:
    return ".".join(
        f"{name}[0]" if name in {"lines", "allocations", "locations", "prepayments"} else name for name in path
    )


@pytest.mark.parametrize("plural", SHAPES)
def test_refuses_what_is_not_there_and_what_is_another_company_s(
    seller: Seller, other: Seller, plural: str, subtests: pytest.Subtests
) -> None:
    paths = list(references(SHAPES[plural]()))
    assert paths
    for path in paths:
        make = RECORDS.get(path[-1], lambda them: them.api.account("1000"))
        for value in (UNKNOWN, make(other)):
            with subtests.test(path_text(path), theirs=value != UNKNOWN):
                found = seller.refused(plural, body_with(seller, plural, path, value))

                assert found == (422, "REFERENCE_NOT_FOUND", path_text(path))
    assert seller.api.get(f"/v1/{plural}").json()["pagination"]["total_count"] == 0
