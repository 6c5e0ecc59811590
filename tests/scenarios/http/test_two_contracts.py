"""One company through both contracts at once: two languages, one set of books."""

from typing import Any

import pytest

from tests.factories import make_company
from tests.ledger.api.conftest import ApiClient
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient
from tests.scenarios.http.clients import backfill_of, books_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(db: None) -> ApiClient:
    return backfill_of(make_company(chart="skr04", currency="EUR", country="DE"))


@pytest.fixture
def books(api: ApiClient) -> BookkeepingClient:
    return books_of(api.company)


def entry_of(api: ApiClient, **header: Any) -> str:
    lines = [
        {"account_id": api.account("6815"), "debit_amount": "119.00", "tax_code": "VST19"},
        {"account_id": api.account("1800"), "credit_amount": "119.00"},
    ]
    response = api.post("/v1/journal_entries", {"entry_date": "2026-03-17", "memo": "Paper", "lines": lines, **header})
    assert response.status_code == 201, response.content
    return str(response.json()["id"])


def test_shows_a_journal_entry_as_an_intent(api: ApiClient, books: BookkeepingClient) -> None:
    entry_id = entry_of(api, status="posted", external_reference="ERP-7", metadata={"cost_center": "4711"})

    view = books.get(f"journal/{entry_id}").json()

    assert view["summary"] == {
        "booking_date": "2026-03-17",
        "description": "Paper",
        "total_amount": 119.0,
        "event_count": 2,
        "is_reversed": False,
    }
    # 119.00 with 19 %: 100.00 and 19.00, each against the bank.
    assert [(e["account_debit"], e["account_credit"], e["amount"]) for e in view["entries"]] == [
        ("6815", "1800", 100.0),
        ("1406", "1800", 19.0),
    ]
    assert view["metadata"]["external_reference"] == "ERP-7"
    assert view["metadata"]["custom_metadata"] == {"cost_center": "4711"}
    assert view["entries"][-1]["audit_hash"] == api.get(f"/v1/journal_entries/{entry_id}").json()["data"]["hash"]


def test_shows_an_intent_as_a_journal_entry(api: ApiClient, books: BookkeepingClient) -> None:
    intent_id = books.book(("6815:VST19", 119, 0), ("1800", 0, 119), external_reference="ERP-8").json()["intent_id"]

    data = api.get(f"/v1/journal_entries/{intent_id}").json()["data"]

    assert (data["status"], data["entry_number"], data["memo"]) == ("posted", "2026-000001", "Printer paper")
    assert [(line["account_code"], line["debit_amount"], line["credit_amount"]) for line in data["lines"]] == [
        ("6815", "100.00", None),
        ("1406", "19.00", None),
        ("1800", None, "119.00"),
    ]
    assert [line["tax_role"] for line in data["lines"]] == ["base", "tax", ""]
    assert data["external_reference"] == "ERP-8"


def test_knows_no_intent_before_the_draft_is_confirmed(api: ApiClient, books: BookkeepingClient) -> None:
    entry_id = entry_of(api)
    assert books.get(f"journal/{entry_id}").status_code == 404
    assert books.post("journal/reverse", {"intent_id": entry_id}).status_code == 404
    assert books.get("journal").json()["entries"] == []

    api.post(f"/v1/journal_entries/{entry_id}/confirm")

    assert books.get(f"journal/{entry_id}").status_code == 200
    assert len(books.get("journal").json()["entries"]) == 2


def test_numbers_and_chains_both_in_one_sequence(api: ApiClient, books: BookkeepingClient) -> None:
    books.book(("6310", 5, 0), ("1800", 0, 5))
    entry_of(api, status="posted")
    books.book(("6310", 7, 0), ("1800", 0, 7))

    listed = api.get("/v1/journal_entries", sort="entry_number").json()["data"]
    events = books.get("journal").json()["entries"]

    assert [row["data"]["entry_number"] for row in listed] == ["2026-000001", "2026-000002", "2026-000003"]
    assert [event["journal_number"] for event in events] == [4, 3, 2, 1]
    assert [event["intent_id"] for event in reversed(events)] == [
        listed[0]["id"],
        *[listed[1]["id"]] * 2,
        listed[2]["id"],
    ]


@pytest.mark.parametrize("undone_by", ["books", "backfill"])
def test_reverses_across_contracts(api: ApiClient, books: BookkeepingClient, undone_by: str) -> None:
    if undone_by == "books":
        entry_id = entry_of(api, status="posted")
        reversal_id = books.post("journal/reverse", {"intent_id": entry_id}).json()["reversal_intent_id"]
    else:
        entry_id = books.book(("6310", 5, 0), ("1800", 0, 5)).json()["intent_id"]
        answer = api.post(f"/v1/journal_entries/{entry_id}/reverse").json()["data"]
        reversal_id = answer["reversed_by_entry_id"]

    data = api.get(f"/v1/journal_entries/{entry_id}").json()["data"]
    assert (data["status"], data["reversed_by_entry_id"]) == ("reversed", reversal_id)
    assert books.get(f"journal/{entry_id}").json()["linked_intents"]["reversed_by"] == reversal_id
    assert books.get(f"journal/{reversal_id}").json()["linked_intents"]["reverses"] == entry_id
    assert books.post("journal/reverse", {"intent_id": entry_id}).json()["code"] == "ALREADY_REVERSED"
    assert api.post(f"/v1/journal_entries/{entry_id}/reverse").json()["code"] == "ALREADY_REVERSED"


def test_suspects_a_booking_that_an_entry_has_posted_already(api: ApiClient, books: BookkeepingClient) -> None:
    entry_id = entry_of(api, status="posted")

    response = books.book(("6815:VST19", 119, 0), ("1800", 0, 119))

    assert (response.status_code, response.json()["details"]["existing_id"]) == (409, entry_id)


def test_keeps_one_chart_of_accounts(api: ApiClient, books: BookkeepingClient) -> None:
    books.post("accounts", {"number": "6817", "name": "Cloud hosting", "type": "expense", "category": "IT"})
    with_code = api.post("/v1/accounts", {"name": "Robots", "type": "asset", "code": "0777"}).json()["id"]
    without = api.post("/v1/accounts", {"name": "Nameless number", "type": "expense"}).json()["id"]

    codes = {row["data"]["code"]: row["data"]["name"] for row in listed_accounts(api)}
    numbers = {account["number"] for account in books.get("accounts").json()["accounts"]}
    assert codes["6817"] == "Cloud hosting"
    assert {"6817", "0777"} <= numbers
    assert None in codes
    assert None not in numbers
    assert books.book(("0777", 5, 0), ("1800", 0, 5)).status_code == 200
    assert api.get(f"/v1/accounts/{with_code}").json()["data"]["balance"] == "5.00"
    # An account without a number is known by its id where a number is asked for.
    lines = [
        {"account_id": without, "debit_amount": "1.00"},
        {"account_id": api.account("1800"), "credit_amount": "1.00"},
    ]
    api.post("/v1/journal_entries", {"entry_date": "2026-03-17", "status": "posted", "lines": lines})
    assert books.get("journal", limit=1).json()["entries"][0]["account_debit"] == without


def listed_accounts(api: ApiClient) -> list[dict[str, Any]]:
    pages = [api.get("/v1/accounts", limit=200, page=page).json()["data"] for page in (1, 2, 3)]
    return [row for page in pages for row in page]


def test_closes_a_period_for_both(api: ApiClient, books: BookkeepingClient) -> None:
    books.post("periods/2026-03/soft-lock")
    writer = backfill_of(api.company, scopes=("finance:write",))
    lines = [
        {"account_id": api.account("6815"), "debit_amount": "1.00"},
        {"account_id": api.account("1800"), "credit_amount": "1.00"},
    ]

    entry = writer.post("/v1/journal_entries", {"entry_date": "2026-03-17", "status": "posted", "lines": lines})
    booking = books.book(("6815", 1, 0), ("1800", 0, 1))

    assert (entry.status_code, entry.json()["code"]) == (409, "PERIOD_LOCKED")
    assert (booking.status_code, booking.json()["code"]) == (400, "PERIOD_LOCKED")


def test_answers_an_overlapping_path_by_the_key_and_by_the_header(api: ApiClient, books: BookkeepingClient) -> None:
    by_key = {"backfill": api.get("/v1/accounts"), "books": books.get("accounts")}
    override = {"Authorization": f"Bearer {api.token}", "Backfill-Contract": "books"}
    by_header = api.client.get("/v1/accounts", headers=override)

    assert set(by_key["backfill"].json()) == {"object", "as_of_date", "data", "pagination"}
    assert set(by_key["books"].json()) == {"accounts", "total", "offset", "limit"}
    assert by_header.json() == by_key["books"].json()
    assert by_header["Backfill-Contract"] == "books"


def test_shows_a_foreign_currency_entry_in_the_base_currency_with_its_facts(
    api: ApiClient, books: BookkeepingClient
) -> None:
    lines = [
        {"account_id": api.account("6815"), "debit_amount": "108.00"},
        {"account_id": api.account("3300"), "credit_amount": "108.00"},
    ]
    header = {"entry_date": "2026-03-17", "status": "posted", "currency": "USD", "exchange_rate": "0.925"}
    entry_id = api.post("/v1/journal_entries", {**header, "lines": lines}).json()["id"]

    [event] = books.get(f"journal/{entry_id}").json()["entries"]

    # 108.00 dollars at 0.925 euros each are 99.90 euros; one euro is 1.081081081 dollars.
    assert (event["amount"], event["currency"], event["fx_currency"], event["fx_amount"]) == (99.9, "EUR", "USD", 108.0)
    assert (event["fx_rate"], event["fx_rate_date"], event["fx_rate_source"]) == ("1.081081081", "2026-03-17", "manual")
