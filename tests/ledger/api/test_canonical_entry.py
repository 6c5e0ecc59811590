"""The canonical JournalEntry, sentence by sentence."""

from typing import Any

import pytest
from django.db import connection

from ledger.checks.books import check_books
from ledger.models import Activity, JournalEntry
from tests.ledger.api.conftest import ApiClient

pytestmark = pytest.mark.django_db

PATH = "/v1/journal_entries"
IDENTITY = {"source_system": "qbo", "source_id": "A-1", "connection_id": "realm-9"}


def body(api: ApiClient, amount: str = "125.00", **header: Any) -> dict[str, Any]:
    lines = [
        {"account_id": api.account("1000"), "debit_amount": amount},
        {"account_id": api.account("4000"), "credit_amount": amount},
    ]
    return {"entry_date": "2026-05-05", "memo": "Cash sale", "lines": lines, **header}


def sent(api: ApiClient, *, http: int = 201, **header: Any) -> Any:
    response = api.post(PATH, body(api, **header))
    assert response.status_code == http, response.content
    return response.json()


def refused(response: Any) -> tuple[int, str, str | None]:
    answer = response.json()
    return response.status_code, answer["code"], answer["errors"][0]["field"] if answer.get("errors") else None


# What a create states, and what is answered.
TAKEN = [
    ({}, {"status": "draft", "approval_status": "draft", "dimensions": {}, "metadata": {}, "ledger_number": None}),
    ({"status": "draft"}, {"status": "draft", "approval_status": "draft"}),
    ({"status": "posted"}, {"status": "posted", "approval_status": "approved", "ledger_number": "2026-000001"}),
    ({"approval_status": "draft"}, {"status": "draft", "approval_status": "draft"}),
    ({"approval_status": "pending_approval"}, {"status": "draft", "approval_status": "pending_approval"}),
    ({"approval_status": "approved"}, {"status": "posted", "approval_status": "approved"}),
    ({"status": "posted", "approval_status": "approved"}, {"status": "posted", "approval_status": "approved"}),
    (IDENTITY, IDENTITY),
    ({"source_id": "A-1"}, {"source_id": "A-1", "source_system": "api", "connection_id": ""}),
    ({"entry_number": "JE-77"}, {"entry_number": "JE-77", "document_number": "", "ledger_number": None}),
    (
        {"entry_number": "JE-77", "status": "posted"},
        {"entry_number": "JE-77", "document_number": "", "ledger_number": "2026-000001"},
    ),
    ({"status": "posted"}, {"entry_number": "2026-000001", "ledger_number": "2026-000001"}),
    ({"entry_number": "1", "document_number": "2"}, {"entry_number": "1", "document_number": "2"}),
    ({"document_date": "2026-05-04"}, {"document_date": "2026-05-04", "effective_date": "2026-05-04"}),
    ({"posting_period": "2026-05"}, {"posting_period": "2026-05"}),
    ({"currency": "USD", "memo": "Sale"}, {"currency": "USD", "memo": "Sale"}),
    ({"dimensions": {"region": "north"}}, {"dimensions": {"region": "north"}}),
    ({"metadata": {"b": [1, {"c": None}]}}, {"metadata": {"b": [1, {"c": None}]}}),
    ({"lines": []}, {"lines": [], "status": "draft"}),
]


@pytest.mark.parametrize(("stated", "answered"), TAKEN)
def test_takes_what_the_contract_names(api: ApiClient, stated: dict[str, Any], answered: dict[str, Any]) -> None:
    data = sent(api, **stated)["data"]

    assert answered.items() <= data.items()


# What a create is refused for, the field that is blamed, and a word of the way out.
REFUSED = [
    ({"status": "pending_reversal"}, "status", "/reverse"),
    ({"status": "reversed"}, "status", "/reverse"),
    ({"status": "superseded"}, "status", "reverse it and post a new one"),
    ({"status": "void"}, "status", "not a valid choice"),
    ({"approval_status": "rejected"}, "approval_status", "/reject"),
    ({"approval_status": "void"}, "approval_status", "/void"),
    ({"approval_status": "posted"}, "approval_status", "not a valid choice"),
    ({"status": "draft", "approval_status": "approved"}, "approval_status", "cannot be draft"),
    ({"status": "posted", "approval_status": "pending_approval"}, "approval_status", "cannot be posted"),
    ({"id": "01a22554-93b6-7fa1-b2e6-caeef688f94e"}, "id", "no such field"),
    ({"ledger_number": "2026-000001"}, "ledger_number", "no such field"),
    ({"entry_date": None}, "entry_date", ""),
    ({"entry_date": "2026-05-05T00:00:00Z"}, "entry_date", "YYYY-MM-DD"),
    ({"effective_date": "5 May"}, "effective_date", "YYYY-MM-DD"),
    ({"posting_period": "2026-13"}, "posting_period", ""),
    ({"entry_number": "x" * 101}, "entry_number", "100"),
    ({"reverses_entry_id": "01a22554-93b6-7fa1-b2e6-caeef688f94e"}, "reverses_entry_id", "does not exist"),
]


@pytest.mark.parametrize(("stated", "field", "way_out"), REFUSED)
def test_refuses_what_a_create_cannot_say(api: ApiClient, stated: dict[str, Any], field: str, way_out: str) -> None:
    response = api.post(PATH, body(api, **stated))

    assert (refused(response)[0], refused(response)[2]) == (422, field)
    assert way_out in response.json()["errors"][0]["message"]
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize("status", ["draft", "posted"])
@pytest.mark.parametrize(
    ("numbers", "order"),
    [
        ((20, 10), ("1010", "1000")),
        ((10, 20), ("1000", "1010")),
        ((None, None), ("1000", "1010")),
        ((2**31 - 1, 7), ("1010", "1000")),
        ((1, 2), ("1000", "1010")),
    ],
)
def test_shows_lines_in_the_order_of_their_numbers(
    api: ApiClient, status: str, numbers: tuple[int | None, ...], order: tuple[str, ...]
) -> None:
    lines = [
        {"account_id": api.account("1000"), "debit_amount": "5.00", "line_number": numbers[0], "line_ref": "a"},
        {"account_id": api.account("1010"), "credit_amount": "5.00", "line_number": numbers[1], "line_ref": "b"},
    ]

    data = sent(api, lines=lines, status=status)["data"]

    assert tuple(line["account_code"] for line in data["lines"]) == order
    assert [line["line_number"] for line in data["lines"]] == [1, 2]
    assert {line["account_code"]: line["line_ref"] for line in data["lines"]} == {"1000": "a", "1010": "b"}


@pytest.mark.parametrize(
    ("numbers", "field"), [((10, 10), 1), ((1, 1), 1), ((0, 1), 0), ((-1, 1), 0), ((1, 1.5), 1), ((2**31, 1), 0)]
)
def test_refuses_two_lines_of_one_number_and_numbers_that_are_none(
    api: ApiClient, numbers: tuple[Any, ...], field: int
) -> None:
    lines = body(api)["lines"]
    for line, number in zip(lines, numbers, strict=True):
        line["line_number"] = number

    assert refused(api.post(PATH, body(api, lines=lines))) == (422, "VALIDATION_ERROR", f"lines[{field}].line_number")
    draft = sent(api)["id"]
    assert refused(api.put(f"{PATH}/{draft}", {"lines": lines}))[2] == f"lines[{field}].line_number"


@pytest.mark.parametrize("change", [{"source_id": "A-2"}, {"source_system": "stripe"}, {"connection_id": "realm-8"}])
def test_knows_a_record_by_all_three_parts_of_its_identity(api: ApiClient, change: dict[str, str]) -> None:
    first = sent(api, **IDENTITY)
    again = sent(api, http=200, **IDENTITY, memo="Corrected")
    other = sent(api, **IDENTITY | change)

    assert (again["id"], again["data"]["memo"]) == (first["id"], "Corrected")
    assert other["id"] != first["id"]


@pytest.mark.parametrize(
    ("change", "answered"),
    [
        ({"memo": "Corrected"}, {"memo": "Corrected"}),
        ({"metadata": {"a": 1}}, {"metadata": {"a": 1}}),
        ({"memo": None, "metadata": {}}, {"memo": "", "metadata": {}}),
        ({}, {"memo": "Cash sale", "metadata": {"posted": True}}),
    ],
)
def test_keeps_what_the_source_of_a_posted_entry_says_now_beside_what_was_posted(
    api: ApiClient, change: dict[str, Any], answered: dict[str, Any]
) -> None:
    first = sent(api, **IDENTITY, metadata={"posted": True}, status="posted")

    again = api.post(PATH, body(api, **IDENTITY, status="posted", **change))

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert answered.items() <= again.json()["data"].items()
    assert answered.items() <= api.get(f"{PATH}/{first['id']}").json()["data"].items()
    entry = JournalEntry.objects.get(id=first["id"])
    assert (entry.memo, entry.metadata, entry.hash) == ("Cash sale", {"posted": True}, first["data"]["hash"])
    assert Activity.objects.filter(subject_id=entry.id, verb="amended").count() == bool(change)
    assert check_books(api.company).is_ok


def test_tells_what_was_posted_again_when_its_source_does(api: ApiClient) -> None:
    sent(api, **IDENTITY, status="posted")
    sent(api, http=200, **IDENTITY, memo="Other")

    assert sent(api, http=200, **IDENTITY)["data"]["memo"] == "Cash sale"
    assert JournalEntry.objects.get().amended_memo is None


def _changed_lines(api: ApiClient) -> list[tuple[str, dict[str, Any]]]:
    lines = body(api)["lines"]
    changes = [
        {"description": "Till 3"},
        {"line_ref": "r"},
        {"class_id": "c"},
        {"location_id": "l"},
        {"dimensions": {"a": "b"}},
        {"metadata": {"a": 1}},
        {"account_id": api.account("1010")},
    ]
    return [(str(change), {"lines": [lines[0] | change, lines[1]]}) for change in changes]


def test_refuses_other_content_of_a_posted_entry(api: ApiClient, subtests: pytest.Subtests) -> None:
    sent(api, **IDENTITY, status="posted")
    more = {"amount": "125.01"}, {"entry_date": "2026-05-06"}, {"dimensions": {"a": "b"}}, {"entry_number": "JE-1"}
    changes = [*_changed_lines(api), *((str(change), change) for change in more)]
    for title, change in changes:
        with subtests.test(title):
            response = api.post(PATH, body(api, **{**IDENTITY, "status": "posted", "memo": "New", **change}))

            (field,) = change
            assert refused(response) == (409, "ENTRY_NOT_DRAFT", "lines" if field == "amount" else field)
    assert JournalEntry.objects.get().current_memo == "Cash sale"


def _reversed(api: ApiClient) -> str:
    made = sent(api, **IDENTITY, status="posted")["id"]
    assert api.post(f"{PATH}/{made}/reverse").status_code == 200
    return str(made)


def _voided(api: ApiClient) -> str:
    made = sent(api, **IDENTITY, status="posted")["id"]
    assert api.post(f"{PATH}/{made}/void").status_code == 200
    return str(made)


def _voided_draft(api: ApiClient) -> str:
    made = sent(api, **IDENTITY)["id"]
    assert api.post(f"{PATH}/{made}/void").status_code == 200
    return str(made)


@pytest.mark.parametrize("undo", [_reversed, _voided, _voided_draft])
def test_does_not_take_what_counts_no_more_for_what_is_imported(api: ApiClient, undo: Any) -> None:
    undone, before = undo(api), JournalEntry.objects.count()

    for change in ({}, {"status": "posted"}, {"memo": "Other"}, {"amount": "1.00"}):
        response = api.post(PATH, body(api, **IDENTITY | change))

        assert refused(response) == (409, "SOURCE_RECORD_VOID", "source_id")
        assert response.json()["details"]["existing_id"] == undone
        for way_out in ("another source_id", "without one"):
            assert way_out in response.json()["message"]
    assert JournalEntry.objects.count() == before
    assert sent(api, **IDENTITY | {"source_id": "A-1 (2)"})["data"]["status"] == "draft"


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"memo": "Card sale"}, {"document_number": "D-1", "entry_number": "JE-1"}),
        ({"entry_number": "JE-2"}, {"memo": "Cash sale", "document_number": "D-1"}),
        ({"document_number": "D-2"}, {"entry_number": "JE-1"}),
        ({"document_number": None}, {"entry_number": "JE-1"}),
        ({"entry_date": "2026-05-06"}, {"memo": "Cash sale"}),
        ({"status": "draft", "approval_status": "draft"}, {"entry_number": "JE-1"}),
    ],
)
def test_changes_what_an_update_names_and_keeps_the_rest(
    api: ApiClient, change: dict[str, Any], kept: dict[str, Any]
) -> None:
    draft = sent(api, entry_number="JE-1", document_number="D-1")["id"]

    data = api.put(f"{PATH}/{draft}", change).json()["data"]

    assert {name: value or "" for name, value in change.items()}.items() <= data.items()
    assert kept.items() <= data.items()
    assert len(data["lines"]) == 2


@pytest.mark.parametrize("status", ["pending_reversal", "reversed", "superseded"])
def test_updates_to_no_state_that_a_step_sets(api: ApiClient, status: str) -> None:
    for entry in (sent(api)["id"], sent(api, status="posted")["id"]):
        assert refused(api.put(f"{PATH}/{entry}", {"status": status})) == (422, "VALIDATION_ERROR", "status")
    for word in ("rejected", "void"):
        draft = sent(api)["id"]
        assert refused(api.put(f"{PATH}/{draft}", {"approval_status": word}))[2] == "approval_status"


def test_takes_what_it_answered_for_no_change(api: ApiClient) -> None:
    entry = _reversed(api)
    answered = api.get(f"{PATH}/{entry}").json()["data"]
    echo = body(api, **{name: answered[name] for name in ("status", "approval_status", "entry_number", "memo")})

    response = api.put(f"{PATH}/{entry}", echo)

    assert (response.status_code, response.json()["data"]) == (200, answered)


def test_finds_a_record_by_its_own_id_and_deletes_drafts_alone(api: ApiClient) -> None:
    draft, posted = sent(api)["id"], sent(api, status="posted")["id"]

    assert api.get(f"{PATH}/{draft}").json()["id"] == draft
    assert api.delete(f"{PATH}/{draft}").json() == {"deleted": True, "id": draft, "object": "journal_entry"}
    assert api.get(f"{PATH}/{draft}").status_code == 404
    assert refused(api.delete(f"{PATH}/{posted}"))[:2] == (409, "ENTRY_NOT_DRAFT")


def test_chains_the_number_that_was_sent(api: ApiClient) -> None:
    entry = sent(api, entry_number="JE-77", status="posted")["id"]
    assert check_books(api.company).is_ok

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_journalentry DISABLE TRIGGER ledger_entry_immutable")
        cursor.execute("UPDATE ledger_journalentry SET stated_number = 'JE-78' WHERE id = %s", [entry])
        cursor.execute("ALTER TABLE ledger_journalentry ENABLE TRIGGER ledger_entry_immutable")

    assert not check_books(api.company).is_ok
