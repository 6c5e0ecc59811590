"""Documents whose source sends them again: corrected, posted, voided meanwhile."""

from typing import Any

import pytest

from ledger.models import JournalEntry
from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.api.samples import BODIES, CONFIRMED, DOCUMENTS, LINE

pytestmark = pytest.mark.django_db

IDENTITY = {"source_system": "shopify", "source_id": "1001", "connection_id": "store-1"}
# What changes the amount of each kind of document.
DEARER = {
    **{plural: {"lines": [LINE | {"amount": "11.00"}]} for plural in ("invoices", "credit_memos")},
    "sales_receipts": {"line_items": [LINE | {"amount": "11.00"}]},
    "payments": {"amount": "11.00"},
    "refund_receipts": {"total_amount": "9.00"},
    **{plural: {"total_amount": "11.00"} for plural in ("quotes", "sales_orders")},
}


@pytest.fixture(params=DOCUMENTS)
def kind(request: Any, seller: Seller) -> tuple[str, dict[str, Any]]:
    """A kind of document and the body that imports a confirmed one."""
    return request.param, {**BODIES[request.param](seller), **IDENTITY, "status": CONFIRMED[request.param]}


def test_keeps_what_its_source_says_of_a_posted_document(seller: Seller, kind: tuple[str, dict[str, Any]]) -> None:
    plural, body = kind
    made, entries = seller.made(plural, body), JournalEntry.objects.count()

    again = seller.made(plural, body | {"memo": "Corrected", "metadata": {"a": 1}}, status=200)

    assert (again["id"], again["memo"], again["metadata"]) == (made["id"], "Corrected", {"a": 1})
    assert (again["status"], again["entry_id"]) == (made["status"], made["entry_id"])
    assert JournalEntry.objects.count() == entries


def test_refuses_other_amounts_of_a_posted_document(seller: Seller, kind: tuple[str, dict[str, Any]]) -> None:
    plural, body = kind
    made = seller.made(plural, body)

    refused = seller.api.post(f"/v1/{plural}", body | DEARER[plural] | {"memo": "Corrected"})

    (field,) = DEARER[plural]
    assert refusal(refused) == (409, "DOCUMENT_POSTED", field)
    assert seller.shown(plural, made["id"])["memo"] == made["memo"]


@pytest.mark.parametrize(
    ("plural", "changed", "field"),
    [
        ("payments", {"fees": "1.00"}, "fees"),
        ("payments", {"occurred_at": "2026-05-01T12:00:00Z"}, "occurred_at"),
        ("payments", {"document_date": "2026-05-01"}, "document_date"),
        ("payments", {"deposit_to_account_code": "1000"}, "deposit_to_account_code"),
        ("invoices", {"discount_details": [{"amount": "1.00"}]}, "discount_details"),
        ("invoices", {"issued_at": "2026-05-01T12:00:00Z"}, "issued_at"),
        ("credit_memos", {"tax_behavior": "inclusive"}, "tax_behavior"),
        ("refund_receipts", {"refund_date": "2026-05-20T12:00:00Z"}, "refund_date"),
    ],
)
def test_blames_what_was_stated(seller: Seller, plural: str, changed: dict[str, Any], field: str) -> None:
    body = {**BODIES[plural](seller), **IDENTITY, "status": CONFIRMED[plural]}
    body = {key: value for key, value in body.items() if key not in {"document_date", "issued_at", "occurred_at"}}
    seller.made(plural, body)
    assert refusal(seller.api.post(f"/v1/{plural}", body | changed)) == (409, "DOCUMENT_POSTED", field)


@pytest.mark.parametrize("is_draft", [False, True])
def test_does_not_take_a_void_document_for_what_is_imported(
    seller: Seller, kind: tuple[str, dict[str, Any]], is_draft: bool
) -> None:
    plural, body = kind
    draft = "pending" if plural == "refund_receipts" else "draft"
    body = body | ({"status": draft} if is_draft else {})
    made = seller.made(plural, body)
    seller.did(plural, made["id"], "void")
    entries = JournalEntry.objects.count()

    for change in ({}, {"memo": "Corrected"}, DEARER[plural], {"status": CONFIRMED[plural]}):
        refused = seller.api.post(f"/v1/{plural}", body | change)

        assert refusal(refused) == (409, "SOURCE_RECORD_VOID", "source_id")
        assert refused.json()["details"]["existing_id"] == made["id"]
        assert "another source_id, or without one" in refused.json()["message"]
    assert JournalEntry.objects.count() == entries

    assert seller.made(plural, body | {"source_id": "1001-b"})["id"] != made["id"]


def test_names_the_refusal_in_the_reference(seller: Seller) -> None:
    paths = seller.api.get("/v1/openapi.json").json()["paths"]
    for plural in (*DOCUMENTS, "journal_entries"):
        conflict = paths[f"/v1/{plural}"]["post"]["responses"]["409"]
        assert "SOURCE_RECORD_VOID" in str(conflict) or "$ref" in str(conflict)
