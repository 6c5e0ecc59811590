"""Journal entries in the Backfill contract."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import JournalEntry, JournalLine
from tests.ledger.api.conftest import ApiClient

pytestmark = pytest.mark.django_db


def balanced(api: ApiClient, amount: str = "125.00", **header: Any) -> dict[str, Any]:
    return {
        "entry_date": "2026-05-05",
        "memo": "Cash sale",
        "lines": [
            {"account_id": api.account("1000"), "debit_amount": amount},
            {"account_id": api.account("4000"), "credit_amount": amount},
        ],
        **header,
    }


def created(api: ApiClient, **header: Any) -> str:
    response = api.post("/v1/journal_entries", balanced(api, **header))
    assert response.status_code == 201, response.content
    return str(response.json()["id"])


def test_creates_a_draft_in_the_canonical_form(api: ApiClient) -> None:
    response = api.post("/v1/journal_entries", balanced(api))

    body = response.json()
    assert response.status_code == 201
    assert body["object"] == "journal_entry"
    assert body["data"]["status"] == "draft"
    assert body["data"]["debit_amount"] == body["data"]["credit_amount"] == "125.00"
    assert [line["account_code"] for line in body["data"]["lines"]] == ["1000", "4000"]
    assert JournalLine.objects.count() == 0


def test_takes_the_flat_form_and_answers_with_both(api: ApiClient) -> None:
    flat = {
        "account_code": "1000",
        "account_name": "Cash",
        "credit_amount": "125.00",
        "debit_amount": "125.00",
        "dimensions": {},
        "entry_date": "2026-05-05",
        "line_memo": "Payment received",
        "memo": "Payment received",
        "status": "draft",
    }

    data = api.post("/v1/journal_entries", flat).json()["data"]

    assert data["account_code"] == "1000"
    assert data["line_memo"] == "Payment received"
    assert data["debit_amount"] == data["credit_amount"] == "125.00"
    assert [(line["debit_amount"], line["credit_amount"]) for line in data["lines"]] == [
        ("125.00", None),
        (None, "125.00"),
    ]


def test_keeps_a_one_sided_flat_entry_as_a_draft_that_cannot_post(api: ApiClient) -> None:
    entry_id = api.post(
        "/v1/journal_entries", {"entry_date": "2026-05-05", "account_code": "1000", "debit_amount": "5.00"}
    ).json()["id"]

    response = api.post(f"/v1/journal_entries/{entry_id}/confirm")

    assert response.status_code == 422
    assert response.json()["code"] == "INVALID_LINE"


def test_confirms_a_draft_once_however_often_it_is_asked(api: ApiClient) -> None:
    entry_id = created(api)

    first = api.post(f"/v1/journal_entries/{entry_id}/confirm").json()["data"]
    second = api.post(f"/v1/journal_entries/{entry_id}/confirm").json()["data"]

    assert first["status"] == second["status"] == "posted"
    assert first["entry_number"] == second["entry_number"] == "2026-000001"
    assert JournalEntry.objects.count() == 1


def test_posts_at_once_when_the_status_says_so(api: ApiClient) -> None:
    response = api.post("/v1/journal_entries", balanced(api, status="posted"))

    assert response.status_code == 201
    assert response.json()["data"]["status"] == "posted"


def test_updates_what_a_put_names_and_keeps_the_rest(api: ApiClient) -> None:
    entry_id = created(api)

    data = api.put(f"/v1/journal_entries/{entry_id}", {"memo": "Card sale"}).json()["data"]

    assert data["memo"] == "Card sale"
    assert data["debit_amount"] == "125.00"


def test_refuses_to_change_or_delete_a_posted_entry(api: ApiClient) -> None:
    entry_id = created(api, status="posted")

    changed = api.put(f"/v1/journal_entries/{entry_id}", {"memo": "Other"})
    deleted = api.delete(f"/v1/journal_entries/{entry_id}")

    assert (changed.status_code, changed.json()["code"]) == (409, "ENTRY_NOT_DRAFT")
    assert (deleted.status_code, deleted.json()["code"]) == (409, "ENTRY_NOT_DRAFT")
    assert "reverse" in deleted.json()["message"]


def test_deletes_a_draft_for_good(api: ApiClient) -> None:
    entry_id = created(api)

    response = api.delete(f"/v1/journal_entries/{entry_id}")

    assert response.json() == {"deleted": True, "id": entry_id, "object": "journal_entry"}
    assert api.get(f"/v1/journal_entries/{entry_id}").status_code == 404


def test_reverses_a_posted_entry_and_links_both_ways(api: ApiClient) -> None:
    entry_id = created(api, status="posted")

    data = api.post(f"/v1/journal_entries/{entry_id}/reverse", {"reason": "Typo"}).json()["data"]

    assert data["status"] == "reversed"
    reversal = api.get(f"/v1/journal_entries/{data['reversed_by_entry_id']}").json()["data"]
    assert reversal["reverses_entry_id"] == entry_id
    assert reversal["lines"][0]["credit_amount"] == "125.00"
    assert api.post(f"/v1/journal_entries/{entry_id}/reverse").json()["code"] == "ALREADY_REVERSED"


def test_updates_the_record_of_the_same_source_identity(api: ApiClient) -> None:
    identity = {"source_system": "csv_upload", "source_id": "A-1"}
    first = api.post("/v1/journal_entries", balanced(api, **identity))

    second = api.post("/v1/journal_entries", balanced(api, memo="Corrected", **identity))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["data"]["memo"] == "Corrected"


def test_leaves_a_posted_entry_alone_when_the_same_import_comes_again(api: ApiClient) -> None:
    body = balanced(api, source_system="csv_upload", source_id="A-1", status="posted")
    first = api.post("/v1/journal_entries", body)

    same = api.post("/v1/journal_entries", body)
    other = api.post("/v1/journal_entries", balanced(api, "1.00", source_system="csv_upload", source_id="A-1"))

    assert (same.status_code, same.json()["id"]) == (200, first.json()["id"])
    assert (other.status_code, other.json()["code"]) == (409, "ENTRY_NOT_DRAFT")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"entry_date": "2026-02-30"}, "entry_date", None),
        ({"lines": [{"account_id": "nonsense", "debit_amount": "1.00"}]}, "lines[0].account_id", None),
        ({"currency": "XXZ"}, "currency", "INVALID_CURRENCY"),
        ({"surprise": 1}, "surprise", None),
        ({"posting_period": "2026-04"}, "posting_period", "INVALID_PERIOD"),
        ({"status": "reversed"}, "status", None),
    ],
)
def test_names_the_field_that_is_wrong(api: ApiClient, change: dict[str, Any], field: str, code: str | None) -> None:
    response = api.post("/v1/journal_entries", balanced(api, status="posted") | change)

    body = response.json()
    assert response.status_code == 422, body
    assert body["errors"][0]["field"] == field
    assert body["code"] == (code or "VALIDATION_ERROR")
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("debit", "credit", "code"),
    [
        ("10.00", "9.99", "UNBALANCED_ENTRY"),
        ("10.001", "10.001", "INVALID_LINE"),
        ("0.00", "0.00", "INVALID_LINE"),
        ("-1.00", "-1.00", "VALIDATION_ERROR"),
    ],
)
def test_refuses_amounts_that_cannot_be(api: ApiClient, debit: str, credit: str, code: str) -> None:
    lines = [
        {"account_id": api.account("1000"), "debit_amount": debit},
        {"account_id": api.account("4000"), "credit_amount": credit},
    ]

    response = api.post("/v1/journal_entries", {"entry_date": "2026-05-05", "status": "posted", "lines": lines})

    assert response.status_code == 422, response.content
    assert response.json()["code"] == code
    assert JournalEntry.objects.count() == 0


def test_lists_with_a_fixed_number_of_statements(api: ApiClient) -> None:
    for _ in range(2):
        created(api, status="posted")
        created(api)
    with CaptureQueriesContext(
        connection,
    ) as few:
        api.get("/v1/journal_entries")
    for _ in range(3):
        created(api, status="posted")
        created(api)

    with CaptureQueriesContext(connection) as many:
        body = api.get("/v1/journal_entries", limit=10).json()

    assert body["pagination"] == {"page": 1, "limit": 10, "total_count": 10, "has_more": False}
    assert len(many) == len(few)


def test_answers_another_company_s_entry_as_absent(api: ApiClient, api_client: Any) -> None:
    entry_id = created(api_client())

    for response in (
        api.get(f"/v1/journal_entries/{entry_id}"),
        api.put(f"/v1/journal_entries/{entry_id}", {"memo": "x"}),
        api.delete(f"/v1/journal_entries/{entry_id}"),
        api.post(f"/v1/journal_entries/{entry_id}/confirm"),
    ):
        assert response.status_code == 404


def test_refuses_another_company_s_account(api: ApiClient, api_client: Any) -> None:
    foreign = api_client().account("1000")
    body = balanced(api)
    body["lines"][0]["account_id"] = foreign

    response = api.post("/v1/journal_entries", body)

    assert (response.status_code, response.json()["code"]) == (422, "ACCOUNT_NOT_FOUND")
    assert response.json()["errors"][0]["field"] == "lines[0].account_id"
