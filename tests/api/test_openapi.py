"""The published documents: valid, complete, and the same as what the endpoints do."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from backfill.api.catalogue import CODES


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/v1/openapi.json").json()
    return answer


@pytest.fixture
def books_document(db: None) -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/v1/openapi.json?contract=books").json()
    return answer


def test_is_valid_openapi_3_1(document: dict[str, Any], books_document: dict[str, Any]) -> None:
    for published in (document, books_document):
        validate(published)
        assert published["openapi"] == "3.1.0"


def test_lists_the_contract_s_own_operations(document: dict[str, Any], books_document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {
        "/v1/notes",
        "/v1/notes/{id}",
        "/v1/notes/{id}/close",
        "/v1/file",
        "/v1/upload",
        "/v1/failure",
        "/v1/public",
    }
    assert set(books_document["paths"]) == {"/v1/notes", "/v1/notes/search", "/v1/slips", "/v1/slips/{id}"}


def test_tells_the_parameters_of_a_list(document: dict[str, Any]) -> None:
    parameters = {parameter["name"]: parameter for parameter in document["paths"]["/v1/notes"]["get"]["parameters"]}
    assert set(parameters) == {"page", "limit", "sort", "memo", "start_date", "end_date", "status"}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert parameters["status"]["schema"] == {"type": "string", "enum": ["draft", "posted"]}
    assert parameters["start_date"]["schema"] == {"type": "string", "format": "date"}
    assert all(parameter["description"] for parameter in parameters.values())


def test_tells_what_a_creation_takes_and_answers(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/notes"]["post"]
    schemas = document["components"]["schemas"]
    assert set(operation["responses"]) >= {"200", "201", "400", "401", "403", "409", "413", "415", "422", "429"}
    assert operation["requestBody"]["required"] is True
    assert schemas["NoteInput"]["required"] == ["date"]
    assert schemas["NoteInput"]["additionalProperties"] is False
    assert schemas["NoteInput"]["properties"]["lines"]["maxItems"] == 100
    assert "items" in schemas["NoteInput"]["properties"]
    assert schemas["NoteLineInput"]["properties"]["text"] == {"type": "string", "maxLength": 100, "minLength": 1}
    assert schemas["NoteLineInput"]["properties"]["amount"]["type"] == "string"
    assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}


def test_requires_nothing_in_a_partial_update(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "required" not in schemas["NoteInputUpdate"]
    assert schemas["NoteLineInput"]["required"] == ["amount", "text"]
    parameters = {parameter["name"] for parameter in document["paths"]["/v1/notes/{id}"]["put"]["parameters"]}
    assert parameters == {"id", "If-Match"}


def test_tells_refusals_in_the_style_of_the_contract(document: dict[str, Any], books_document: dict[str, Any]) -> None:
    assert "422" not in books_document["paths"]["/v1/slips"]["post"]["responses"]
    assert "INVALID_INPUT" in json.dumps(_resolved(books_document, "/v1/slips", "post", "400"))
    assert "VALIDATION_ERROR" in json.dumps(_resolved(document, "/v1/notes", "post", "422"))


def test_answers_numbers_in_books_and_strings_in_backfill(
    document: dict[str, Any], books_document: dict[str, Any]
) -> None:
    assert books_document["components"]["schemas"]["SlipOutput"]["properties"]["amount"]["type"] == "number"
    assert document["components"]["schemas"]["NoteOutput"]["properties"]["amount"]["type"] == "string"


def test_shows_a_curl_command_for_every_operation(document: dict[str, Any]) -> None:
    samples = {
        (path, method): operation["x-codeSamples"][0]["source"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert samples["/v1/notes", "post"] == (
        'curl -X POST "$BACKFILL_URL/v1/notes" \\\n'
        '  -H "Authorization: Bearer $BACKFILL_TOKEN" \\\n'
        '  -H "Idempotency-Key: $(uuidgen)" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        '  -d \'{"date": "2026-05-05", "memo": "Paper", "lines": [{"text": "A4", "amount": "125.00"}]}\''
    )
    assert "Authorization" not in samples["/v1/public", "get"]
    assert all(sample.startswith("curl ") for sample in samples.values())


def test_shows_an_example_of_every_body_and_answer(document: dict[str, Any]) -> None:
    read = document["paths"]["/v1/notes"]["get"]["responses"]["200"]["content"]["application/json"]["example"]
    assert read["data"][0]["data"]["lines"] == [{"text": "sample", "amount": "125.00"}]
    assert read["pagination"] == {"page": 1, "limit": 50, "total_count": 1, "has_more": False}
    for operations in document["paths"].values():
        for operation in operations.values():
            contents = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (held.get("content", {}) for held in contents):
                assert all("example" in media for kind, media in content.items() if kind == "application/json")


def test_publishes_the_catalogue_of_errors(document: dict[str, Any]) -> None:
    description = document["info"]["description"]
    for code in ("VALIDATION_ERROR", "PERIOD_LOCKED", "IDEMPOTENCY_KEY_CONFLICT"):
        assert f"| `{code}` | {CODES[code]} |" in description
    assert "Authorization: Bearer" in description


def test_is_compressed_for_whoever_accepts_it(db: None) -> None:
    response = Client().get("/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.content))["openapi"] == "3.1.0"


def test_needs_no_credential_and_refuses_other_contracts(db: None) -> None:
    response = Client().get("/v1/openapi.json?contract=other")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "contract"
    assert Client().post("/v1/openapi.json").status_code == 405


def _resolved(document: dict[str, Any], path: str, method: str, status: str) -> Any:
    response = document["paths"][path][method]["responses"][status]
    if "$ref" in response:
        return document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return response
