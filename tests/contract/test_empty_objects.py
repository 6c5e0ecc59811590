"""An empty object in a list says nothing: it is refused, naming what is missing, but where the published examples have
one as a placeholder."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from backfill.tenancy.models import Company
from tests.contract.test_access import OPERATIONS
from tests.receivables.api.conftest import Seller, api, api_client, seller

__all__ = ["api", "api_client", "seller"]

BY_SERVICES = {"lines"}
"""These are refused by the service, which completes them from what else the document says."""
PLACEHOLDERS = {"discount_details", "tax_ids"}
"""The published examples send `[{}]`."""


def _lists(shape: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    for name, field in shape.fields.items():
        is_list = isinstance(field, serializers.ListSerializer | serializers.ListField)
        inner = field.child if is_list else field
        if is_list:
            yield name, f"{path}.{name}", field
        if isinstance(inner, serializers.Serializer):
            yield from _lists(inner, f"{path}.{name}")


def test_is_refused_in_every_list() -> None:
    taken = set()
    seen = set()
    for contract, method, path, view in (one.values for one in OPERATIONS):
        described = view.described(method)
        if described is None or view.public or described.body is None:
            continue
        for name, where, field in _lists(described.body(context={"company": Company()}), f"{contract} {method} {path}"):
            seen.add(name)
            try:
                field.run_validation([{}])
            except ValidationError:
                continue
            if name not in BY_SERVICES | PLACEHOLDERS:
                taken.add(where)
    assert taken == set()
    assert seen >= PLACEHOLDERS | {
        "lines",
        "tax_details",
        "allocations",
        "prepayments",
        "levels",
        "locations",
        "tax_ids",
        "balances",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("detail", [{"code": "X"}, {"amount": None}, {"name": "Loyal", "metadata": {"percent": 5}}])
def test_a_discount_says_how_much(seller: Seller, detail: dict[str, Any]) -> None:
    body = seller.invoice_body("100.00")
    given = body | {"discount_details": [{"percent": 10}, detail]}
    for plural in ("invoices", "sales_orders", "quotes", "credit_memos", "sales_receipts"):
        total = {"total_amount": "90.00"} if plural in {"sales_orders", "quotes"} else {}
        assert seller.refused(plural, given | total) == (422, "VALIDATION_ERROR", "discount_details[1].amount")
    assert seller.made("invoices", body | {"discount_details": [{"percent": 10}, {}]})["total_amount"] == "90.00"


@pytest.mark.django_db
def test_a_line_says_how_much(seller: Seller) -> None:
    for plural in ("invoices", "sales_orders", "quotes", "credit_memos", "sales_receipts"):
        field = seller.refused(plural, seller.invoice_body("1.00") | {"lines": [{}], "total_amount": "0.00"})[2]
        assert field in {"lines[0].amount", "lines[0].description"}
