"""The generated OpenAPI documents, compared with what the references published."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from backfill.api.catalogue import CODES
from tests.contract.pending import PENDING
from tests.contract.published import Document, Published, differences, published

CONTRACTS = ("backfill", "books")
SERVED = [
    operation
    for contract in CONTRACTS
    for name, operation in published(contract).items()
    if name not in PENDING[contract]
]


@pytest.mark.parametrize("operation", SERVED, ids=lambda operation: f"{operation.contract} {operation.name}")
def test_serves_the_operation_as_published(operation: Published, document: Callable[[str], Document]) -> None:
    assert list(differences(document(operation.contract), operation)) == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_lists_as_pending_only_what_is_not_there(contract: str, document: Callable[[str], Document]) -> None:
    there = {
        name
        for name in PENDING[contract]
        if name in published(contract) and document(contract).operation(published(contract)[name]) is not None
    }
    assert not there, "these operations exist now: delete them from tests/contract/pending.py"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_lists_as_pending_only_published_operations(contract: str) -> None:
    assert PENDING[contract] <= set(published(contract))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_is_valid_openapi(contract: str, document: Callable[[str], Document]) -> None:
    validate(document(contract).document)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_describes_every_parameter(contract: str, document: Callable[[str], Document]) -> None:
    bare = [
        f"{method} {path}: {parameter['name']}"
        for path, operations in document(contract).document["paths"].items()
        for method, operation in operations.items()
        for parameter in operation["parameters"]
        if not parameter.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_refuses_with_catalogued_codes(contract: str, document: Callable[[str], Document]) -> None:
    published_document = document(contract).document
    named = {
        line.removeprefix("* `").split("`")[0]
        for response in published_document["components"]["responses"].values()
        for line in response["description"].splitlines()
        if line.startswith("* `")
    }
    assert named - set(CODES) == set()


@pytest.mark.parametrize(
    "operation",
    [operation for operation in SERVED if operation.contract == "books"],
    ids=lambda operation: str(operation.name),
)
def test_documents_the_published_error_codes(operation: Published, document: Callable[[str], Document]) -> None:
    books = document("books")
    served = books.operation(operation)
    assert served is not None
    missing = [
        f"{error['status']} {error['code']}"
        for error in operation.description["errors"]
        if f"`{error['code']}`" not in _description(books, served, str(error["status"]))
    ]
    assert missing == []


def _description(document: Document, operation: dict[str, object], status: str) -> str:
    responses = operation["responses"]
    assert isinstance(responses, dict)
    return str(document.resolved(responses.get(status, {})).get("description", ""))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_shows_examples_that_fit_their_schemas(contract: str, document: Callable[[str], Document]) -> None:
    published_document = document(contract).document
    misfits = [
        f"{method} {path} {where}: {error.json_path} {error.message}"
        for path, operations in published_document["paths"].items()
        for method, operation in operations.items()
        for where, media in _media(operation)
        for error in OAS31Validator({**media["schema"], "components": published_document["components"]}).iter_errors(
            media["example"]
        )
    ]
    assert misfits == []


def _media(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    holders = {"body": operation.get("requestBody", {}), **operation["responses"]}
    for where, holder in holders.items():
        for media in holder.get("content", {}).values():
            if "example" in media:
                yield where, media
