"""Journal entries in the Backfill contract."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.models import Role
from ledger.models import JournalEntry, JournalLine
from tests.factories import actor_of, make_api_key, make_company, make_member
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
    approved = api.post("/v1/journal_entries", body | {"approval_status": "approved"})

    for again in (same, approved):
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    for change in (
        balanced(api, "1.00"),
        balanced(api, document_date="2026-05-04"),
        balanced(api, document_number="D-1"),
        balanced(api, entry_number="JE-1"),
        {"entry_date": "2026-05-05", "memo": "Cash sale"},
    ):
        other = api.post("/v1/journal_entries", change | {"source_system": "csv_upload", "source_id": "A-1"})
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


def test_takes_the_example_of_the_sdk(api: ApiClient) -> None:
    body = {
        "source_id": "source_id_123",
        "source_system": "csv_upload",
        "entry_date": "2026-01-15",
        "status": "draft",
        "lines": [{"account_id": api.account("1000")}],
    }

    response = api.post("/v1/journal_entries", body)

    [line] = response.json()["data"]["lines"]
    assert response.status_code == 201, response.content
    assert (line["debit_amount"], line["credit_amount"]) == (None, None)


def test_keeps_every_field_of_the_canonical_form(api: ApiClient) -> None:
    line = {
        "account_id": api.account("1000"),
        "account_code": "1000",
        "debit_amount": "125.00",
        "credit_amount": None,
        "description": "Till 3",
        "line_ref": "r-1",
        "class_id": "c-1",
        "location_id": "l-1",
        "dimensions": {"store": "7"},
        "metadata": {"a": 1},
    }
    header = {
        "source_id": "A-1",
        "source_system": "qbo",
        "connection_id": "realm-9",
        "entry_number": "JE-77",
        "document_date": "2026-05-04",
        "posting_period": "2026-05",
        "memo": "Sale",
        "currency": "USD",
        "dimensions": {"region": "north"},
        "metadata": {"b": [1, {"c": None}]},
    }
    other = {"account_id": api.account("4000"), "credit_amount": "125.00"}

    for status in ("draft", "posted"):
        body = {"entry_date": "2026-05-05", "status": status, "lines": [line, other], **header}
        data = api.post("/v1/journal_entries", body | {"source_id": f"A-{status}"}).json()["data"]

        sent = {name: value for name, value in header.items() if name != "source_id"}
        assert sent.items() <= data.items()
        assert (data["document_number"], data["effective_date"]) == ("", "2026-05-04")
        assert line.items() <= data["lines"][0].items()
        assert [one["line_number"] for one in data["lines"]] == [1, 2]


def test_puts_lines_in_the_order_of_their_numbers(api: ApiClient) -> None:
    codes = ("6320", "1000", "6340", "1010")
    amounts = ({"debit_amount": "3.00"}, {"credit_amount": "3.00"}) * 2
    lines = [{"account_id": api.account(code)} | amount for code, amount in zip(codes, amounts, strict=True)]
    for line, number in zip(lines, (4, 1, None, 2), strict=True):
        line["line_number"] = number  # type: ignore[assignment]

    data = api.post("/v1/journal_entries", {"entry_date": "2026-05-05", "lines": lines}).json()["data"]

    assert [line["account_code"] for line in data["lines"]] == ["1000", "1010", "6340", "6320"]


def test_undoes_the_entry_that_it_says_it_reverses(api: ApiClient) -> None:
    original = created(api, status="posted")
    mirrored = balanced(api, reverses_entry_id=original, status="posted")
    mirrored["lines"] = [
        {"account_id": api.account("4000"), "debit_amount": "125.00"},
        {"account_id": api.account("1000"), "credit_amount": "125.00"},
    ]

    response = api.post("/v1/journal_entries", mirrored)

    assert response.status_code == 201, response.content
    assert response.json()["data"]["reverses_entry_id"] == original
    data = api.get(f"/v1/journal_entries/{original}").json()["data"]
    assert (data["status"], data["reversed_by_entry_id"]) == ("reversed", response.json()["id"])


def test_shows_no_rate_before_a_draft_has_one(api: ApiClient) -> None:
    foreign = api.post("/v1/journal_entries", balanced(api, currency="EUR")).json()["data"]
    stated = api.post("/v1/journal_entries", balanced(api, currency="EUR", exchange_rate="1.1")).json()["data"]
    own = api.post("/v1/journal_entries", balanced(api)).json()["data"]

    assert (foreign["exchange_rate"], stated["exchange_rate"], own["exchange_rate"]) == (None, "1.10", "1.00")


def test_forgets_the_rate_of_another_currency(api: ApiClient) -> None:
    entry_id = created(api, currency="EUR", exchange_rate="1.1")

    data = api.put(f"/v1/journal_entries/{entry_id}", {"currency": "USD"}).json()["data"]

    assert (data["currency"], data["exchange_rate"], data["rate_source"]) == ("USD", "1.00", "")


def test_clears_with_null_and_keeps_what_is_absent(api: ApiClient) -> None:
    header = {"document_number": "D-1", "document_date": "2026-05-01", "external_reference": "X"}
    entry_id = created(api, **header)

    cleared = {"document_number": None, "document_date": None, "external_reference": None}
    data = api.put(f"/v1/journal_entries/{entry_id}", cleared).json()["data"]

    assert (data["document_number"], data["document_date"], data["external_reference"]) == ("", None, None)
    assert (data["memo"], len(data["lines"])) == ("Cash sale", 2)


def test_keeps_a_submitted_draft_submitted_when_nothing_is_changed(api: ApiClient) -> None:
    entry_id = created(api, approval_status="pending_approval")

    assert api.put(f"/v1/journal_entries/{entry_id}", {}).json()["data"]["approval_status"] == "pending_approval"
    assert api.put(f"/v1/journal_entries/{entry_id}", {"memo": "x"}).json()["data"]["approval_status"] == "draft"


def test_posts_a_draft_by_putting_its_status(api: ApiClient) -> None:
    for change in ({"status": "posted"}, {"approval_status": "approved"}):
        data = api.put(f"/v1/journal_entries/{created(api)}", change).json()["data"]
        assert (data["status"], data["approval_status"]) == ("posted", "approved")


def test_moves_a_draft_into_an_adjustment_period_and_out_again(api: ApiClient) -> None:
    entry_id = created(api, entry_date="2026-12-31", posting_period="2026-P13")
    shown = api.get(f"/v1/journal_entries/{entry_id}").json()["data"]["posting_period"]

    moved = api.put(f"/v1/journal_entries/{entry_id}", {"entry_date": "2026-11-30"})
    both = api.put(f"/v1/journal_entries/{entry_id}", {"entry_date": "2026-11-30", "posting_period": "2026-11"})

    assert shown == "2026-P13"
    assert (moved.status_code, moved.json()["errors"][0]["field"]) == (422, "posting_period")
    assert both.json()["data"]["posting_period"] == "2026-11"


@pytest.mark.parametrize(
    ("steps", "status", "approval"),
    [
        (("submit",), "draft", "pending_approval"),
        (("submit", "approve"), "posted", "approved"),
        (("submit", "reject"), "draft", "rejected"),
        (("void",), "draft", "void"),
        (("confirm", "void"), "reversed", "approved"),
        (("confirm", "reverse"), "reversed", "approved"),
    ],
)
def test_lives_through_its_actions(api: ApiClient, steps: tuple[str, ...], status: str, approval: str) -> None:
    entry_id = created(api)

    for step in steps:
        assert api.post(f"/v1/journal_entries/{entry_id}/{step}").status_code == 200

    data = api.get(f"/v1/journal_entries/{entry_id}").json()["data"]
    assert (data["status"], data["approval_status"]) == (status, approval)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (("approve",), "INVALID_STATE_TRANSITION"),
        (("reject",), "INVALID_STATE_TRANSITION"),
        (("void", "confirm"), "INVALID_STATE_TRANSITION"),
        (("submit", "reject", "submit"), "INVALID_STATE_TRANSITION"),
        (("reverse",), "ENTRY_NOT_POSTED"),
        (("confirm", "submit"), "ENTRY_NOT_DRAFT"),
        (("confirm", "reject"), "ENTRY_NOT_DRAFT"),
        (("confirm", "reverse", "void"), "ALREADY_REVERSED"),
    ],
)
def test_refuses_steps_that_its_state_does_not_allow(api: ApiClient, steps: tuple[str, ...], code: str) -> None:
    entry_id = created(api)
    *before, last = steps
    for step in before:
        api.post(f"/v1/journal_entries/{entry_id}/{step}")

    response = api.post(f"/v1/journal_entries/{entry_id}/{last}")

    assert (response.status_code, response.json()["code"]) == (409, code)


def test_needs_a_second_person_where_the_company_asks_for_one(api_client: Any, db: None) -> None:
    company = make_company(requires_approval=True)
    anna, ben = (actor_of(make_member(company, role=Role.ADMIN)) for _ in range(2))
    author, approver = (ApiClient(company, make_api_key(company, actor=actor).token, Client()) for actor in (anna, ben))
    at_once = author.post("/v1/journal_entries", balanced(author, status="posted"))
    entry_id = created(author, approval_status="pending_approval")

    own = author.post(f"/v1/journal_entries/{entry_id}/approve")
    confirmed = author.post(f"/v1/journal_entries/{entry_id}/confirm")
    approved = approver.post(f"/v1/journal_entries/{entry_id}/approve")

    assert (at_once.status_code, at_once.json()["code"]) == (409, "APPROVAL_REQUIRED")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL_DENIED")
    assert (confirmed.status_code, confirmed.json()["code"]) == (409, "APPROVAL_REQUIRED")
    assert approved.json()["data"]["status"] == "posted"


def test_does_not_overwrite_what_somebody_else_changed_meanwhile(api: ApiClient) -> None:
    entry_id = created(api)
    read = api.get(f"/v1/journal_entries/{entry_id}")
    api.put(f"/v1/journal_entries/{entry_id}", {"memo": "Theirs"})

    stale = api.put(f"/v1/journal_entries/{entry_id}", {"memo": "Mine"}, **{"If-Match": read["ETag"]})

    assert (stale.status_code, stale.json()["code"]) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"status": "draft"}, ["b"]),
        ({"start_date": "2026-05-06"}, ["c", "b"]),
        ({"end_date": "2026-05-05"}, ["a"]),
        ({"memo": "A"}, ["a"]),
        ({"account_id": "{6320}"}, ["c"]),
        ({"sort": "-entry_date"}, ["c", "b", "a"]),
        ({"sort": "entry_number"}, ["a", "c", "b"]),
        ({"limit": 2, "page": 2}, ["a"]),
    ],
)
def test_filters_and_sorts(api: ApiClient, params: dict[str, Any], expected: list[str]) -> None:
    created(api, memo="a", status="posted")
    created(api, memo="b", entry_date="2026-05-06")
    rent = balanced(api, memo="c", entry_date="2026-05-07", status="posted")
    rent["lines"] = [
        {"account_id": api.account("6320"), "debit_amount": "1.00"},
        {"account_id": api.account("6320"), "debit_amount": "2.00"},
        {"account_id": api.account("1000"), "credit_amount": "3.00"},
    ]
    assert api.post("/v1/journal_entries", rent).status_code == 201
    if "account_id" in params:
        params = {"account_id": api.account("6320")}

    body = api.get("/v1/journal_entries", **params).json()

    assert [row["data"]["memo"] for row in body["data"]] == expected
    if "limit" not in params:
        assert body["pagination"]["total_count"] == len(expected)


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

    actions = ("confirm", "submit", "approve", "reject", "void", "reverse")
    for response in (
        api.get(f"/v1/journal_entries/{entry_id}"),
        api.put(f"/v1/journal_entries/{entry_id}", {"memo": "x"}),
        api.delete(f"/v1/journal_entries/{entry_id}"),
        *(api.post(f"/v1/journal_entries/{entry_id}/{action}") for action in actions),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")
    assert api.get("/v1/journal_entries").json()["data"] == []


def test_refuses_another_company_s_account(api: ApiClient, api_client: Any) -> None:
    foreign = api_client().account("1000")
    body = balanced(api)
    body["lines"][0]["account_id"] = foreign

    response = api.post("/v1/journal_entries", body)

    assert (response.status_code, response.json()["code"]) == (422, "ACCOUNT_NOT_FOUND")
    assert response.json()["errors"][0]["field"] == "lines[0].account_id"
