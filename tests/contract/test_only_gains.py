"""The generated OpenAPI documents may only gain: everything that clients can build on since the snapshot is there."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.kept import CONTRACTS, Snapshot, lost
from tests.contract.published import Document

INVOICE = "POST /v1/invoices"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_keeps_everything(contract: str, document: Callable[[str], Document]) -> None:
    assert list(lost(Snapshot.read(contract), Snapshot.of(document(contract)))) == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_snapshot_has_operations_and_fields(contract: str) -> None:
    kept = Snapshot.read(contract)
    assert len(kept.operations) >= 40
    assert sum(map(len, kept.shapes)) > 250


def _changed(document: Document, change: Callable[[dict[str, Any], Document], None]) -> list[str]:
    """Return what is lost when a copy of the document is changed."""
    other = Document(copy.deepcopy(document.document))
    change(other.document["paths"]["/v1/invoices"]["post"], other)
    return list(lost(Snapshot.of(document), Snapshot.of(other)))


def _body(operation: dict[str, Any], document: Document) -> dict[str, Any]:
    content = document.resolved(operation["requestBody"])["content"]
    schema: dict[str, Any] = document.resolved(document.media_schema(content))
    return schema


def _remove_field(operation: dict[str, Any], document: Document) -> None:
    del _body(operation, document)["properties"]["memo"]


def _require_field(operation: dict[str, Any], document: Document) -> None:
    _body(operation, document).setdefault("required", []).append("memo")


def _retype_field(operation: dict[str, Any], document: Document) -> None:
    _body(operation, document)["properties"]["memo"] = {"type": "integer"}


def _require_new_field(operation: dict[str, Any], document: Document) -> None:
    _body(operation, document)["properties"]["brand_new"] = {"type": "string"}
    _body(operation, document).setdefault("required", []).append("brand_new")


def _rename(operation: dict[str, Any], document: Document) -> None:
    operation["operationId"] = "another_name"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_remove_field, "no request.memo"),
        (_require_field, "request.memo is required"),
        (_retype_field, "request.memo is integer, it was string"),
        (_require_new_field, "request.brand_new is required"),
        (_rename, "its id is another_name"),
    ],
)
def test_tells_a_loss(change: Callable[..., None], told: str, document: Callable[[str], Document]) -> None:
    found = _changed(document("backfill"), change)
    assert any(f"{INVOICE}: {told}" in one for one in found), found


def test_lets_a_document_gain(document: Callable[[str], Document]) -> None:
    def add(operation: dict[str, Any], other: Document) -> None:
        _body(operation, other)["properties"]["brand_new"] = {"type": "string"}
        other.document["paths"]["/v1/brand_new"] = {"get": {"operationId": "brand_new", "responses": {}}}

    assert _changed(document("backfill"), add) == []
