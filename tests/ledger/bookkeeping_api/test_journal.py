"""GET /v1/journal, GET /v1/journal/{intent_id}, POST /v1/journal/reverse."""

import hashlib
from typing import Any

import orjson
import pytest
import time_machine

from tests.ledger.bookkeeping_api.conftest import BookkeepingClient

pytestmark = pytest.mark.django_db


def sale(books: BookkeepingClient, amount: float, **more: Any) -> str:
    response = books.book(("1200", amount, 0), ("4400", 0, amount), **more)
    assert response.status_code == 200, response.content
    return str(response.json()["intent_id"])


def test_lists_events_newest_first(books: BookkeepingClient) -> None:
    for amount in (1, 2, 3):
        sale(books, amount)

    numbers = [event["journal_number"] for event in books.get("journal", limit=2).json()["entries"]]

    assert numbers == [3, 2]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"account": "1800"}, [2]),
        ({"startDate": "2026-04-01"}, [3]),
        ({"endDate": "2026-03-31"}, [2, 1]),
        ({"search": "erp"}, [3]),
        ({"search": "180"}, [2]),
        ({"externalReference": "ERP-1"}, [3]),
        ({"externalReference": "ERP"}, []),
        ({"account": "1200", "startDate": "2026-04-01"}, [3]),
    ],
)
def test_filters_with_and(books: BookkeepingClient, params: dict[str, str], expected: list[int]) -> None:
    sale(books, 1)
    books.book(("1800", 2, 0), ("4400", 0, 2))
    sale(books, 3, on="2026-04-02", external_reference="ERP-1")

    events = books.get("journal", **params).json()["entries"]

    assert [event["journal_number"] for event in events] == expected


@pytest.mark.parametrize("params", [{"limit": 1001}, {"limit": 0}, {"start_date": "2026-01-01"}, {"startDate": "soon"}])
def test_refuses_parameters_it_does_not_know(books: BookkeepingClient, params: dict[str, Any]) -> None:
    response = books.get("journal", **params)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")


def test_costs_the_same_statements_for_any_number_of_events(
    books: BookkeepingClient, django_assert_num_queries: Any
) -> None:
    sale(books, 1)
    books.get("journal")
    with django_assert_num_queries(7):
        books.get("journal")
    for amount in range(2, 8):
        sale(books, amount)
    with django_assert_num_queries(7):
        assert len(books.get("journal").json()["entries"]) == 7


def test_shows_an_intent_whose_hashes_can_be_recomputed(books: BookkeepingClient) -> None:
    sale(books, 5, custom_metadata={"cost_center": "4711", "share": 0.5}, external_reference="ERP-9")
    intent_id = books.book(("6815:VST19", 119, 0), ("1800", 0, 119)).json()["intent_id"]

    body = books.get(f"journal/{intent_id}").json()

    assert body["summary"] == {
        "booking_date": "2026-03-17",
        "description": "Printer paper",
        "total_amount": 119.0,
        "event_count": 2,
        "is_reversed": False,
    }
    first, second = body["entries"]
    assert second["prev_hash"] == first["audit_hash"]
    assert [recomputed(books, event) for event in body["entries"]] == [first["audit_hash"], second["audit_hash"]]


def test_chains_from_64_zeros_through_every_intent(books: BookkeepingClient) -> None:
    sale(books, 1)
    books.book(("6815", 60, 0), ("6310", 40, 0), ("1800", 0, 70), ("1600", 0, 30))
    books.post("journal/reverse", {"intent_id": sale(books, 2), "posting_mode": "original_period"})

    intents = {event["intent_id"] for event in books.get("journal").json()["entries"]}
    events = [event for one in intents for event in books.get(f"journal/{one}").json()["entries"]]
    previous = "0" * 64
    for number, event in enumerate(sorted(events, key=lambda one: one["journal_number"]), start=1):
        assert (event["journal_number"], event["prev_hash"]) == (number, previous)
        previous = recomputed(books, event)
        assert event["audit_hash"] == previous


def recomputed(books: BookkeepingClient, event: dict[str, Any]) -> str:
    """The audit hash as the reference describes it, from the answer alone."""
    canonical = {
        "tenant": str(books.company.pk),
        "intent_id": event["intent_id"],
        "booking_date": event["booking_date"],
        "period": event["period"],
        "description": event["description"],
        "document_id": event["document_id"],
        "reverses_intent_id": event["reverses_intent_id"],
        "external_reference": event["external_reference"],
        "custom_metadata": event["custom_metadata"] or {},
        "created_at": event["created_at"],
        "created_by": event["created_by"],
        "content_hash": event["content_hash"],
        "journal_number": event["journal_number"],
        "account_debit": event["account_debit_id"],
        "account_credit": event["account_credit_id"],
        "amount": f"{event['amount']:.4f}",
        "prev_hash": event["prev_hash"],
    }
    return hashlib.sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()


def test_links_an_intent_and_its_reversal_both_ways(books: BookkeepingClient) -> None:
    intent_id = sale(books, 119)

    reversal = books.post("journal/reverse", {"intent_id": intent_id, "reason": "Typo"}).json()

    original_view = books.get(f"journal/{intent_id}").json()
    reversal_view = books.get(f"journal/{reversal['reversal_intent_id']}").json()
    assert reversal["original_intent_id"] == intent_id
    assert original_view["linked_intents"]["reversed_by"] == reversal["reversal_intent_id"]
    assert original_view["summary"]["is_reversed"] is True
    assert reversal_view["linked_intents"]["reverses"] == intent_id
    assert "Typo" in reversal_view["summary"]["description"]


def test_brings_the_trial_balance_back(books: BookkeepingClient) -> None:
    sale(books, 10)
    before = books.balances(startDate="2026-01-01", endDate="2026-12-31")
    intent_id = sale(books, 119)

    books.post("journal/reverse", {"intent_id": intent_id, "posting_mode": "original_period"})

    assert books.balances(startDate="2026-01-01", endDate="2026-12-31") == before


def test_shows_nothing_that_is_not_set(books: BookkeepingClient) -> None:
    intent_id = sale(books, 5)

    [event] = books.get("journal").json()["entries"]
    view = books.get(f"journal/{intent_id}").json()

    for name in ("fx_currency", "fx_amount", "external_reference", "custom_metadata"):
        assert event[name] is None
    assert view["linked_intents"] == {"reverses": None, "reversed_by": None, "settles": [], "settled_by": []}
    assert view["metadata"] == {
        "external_reference": None,
        "custom_metadata": None,
        "documents": [],
        "bank_transactions": [],
    }
    assert event["provenance_summary"] == {
        "surface": "api",
        "surface_label": "API",
        "channel": "manual",
        "channel_label": "Manual posting",
        "actor_type": "api_key",
        "actor_label": "Test",
        "actor_key_prefix": books.token[:12],
        "actor_display": f"Test ({books.token[:12]}…)",
    }


def test_looks_for_text_in_any_case_and_takes_wildcards_literally(books: BookkeepingClient) -> None:
    sale(books, 1, description="Büro 50 % off")
    sale(books, 2, description="Büro 50 x off")

    def found(text: str) -> list[float]:
        return [event["amount"] for event in books.get("journal", search=text).json()["entries"]]

    assert found("BÜRO 50 % O") == [1]
    assert found("büro") == [2, 1]
    assert found("0 _ o") == []


def test_cuts_an_intent_where_the_limit_is_reached(books: BookkeepingClient) -> None:
    sale(books, 1)
    books.book(("6815", 60, 0), ("6310", 40, 0), ("1800", 0, 70), ("1600", 0, 30))

    events = books.get("journal", limit=2).json()["entries"]

    assert [event["journal_number"] for event in events] == [4, 3]


def test_reverses_once(books: BookkeepingClient) -> None:
    intent_id = sale(books, 119)
    first = books.post("journal/reverse", {"intent_id": intent_id}).json()["reversal_intent_id"]

    again = books.post("journal/reverse", {"intent_id": intent_id})
    reversal_of_reversal = books.post("journal/reverse", {"intent_id": first})

    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_REVERSED")
    assert reversal_of_reversal.status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"intent_id": "nonsense"}, "intent_id"),
        ({"intent_id": None}, "intent_id"),
        ({"posting_mode": "tomorrow"}, "posting_mode"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": 7}, "reason"),
    ],
)
def test_names_the_field_of_a_reversal_that_is_wrong(
    books: BookkeepingClient, change: dict[str, Any], field: str
) -> None:
    response = books.post("journal/reverse", {"intent_id": sale(books, 1)} | change)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert response.json()["errors"][0]["field"] == field
    assert len(books.get("journal").json()["entries"]) == 1


def test_needs_the_scopes(books_client: Any, db: None) -> None:
    reader, outsider = books_client(scopes=("journal:read",)), books_client(scopes=("bank:write",))

    assert reader.get("journal").status_code == 200
    assert reader.post("journal/reverse", {"intent_id": "x"}).status_code == 403
    assert outsider.get("journal").status_code == 403


@time_machine.travel("2026-05-10T12:00:00Z")
def test_dates_the_reversal_by_posting_mode(books: BookkeepingClient) -> None:
    march, other = sale(books, 1), sale(books, 2)
    books.post("periods/2026-03/soft-lock")

    original = books.post("journal/reverse", {"intent_id": march, "posting_mode": "original_period"})
    current = books.post("journal/reverse", {"intent_id": other})

    assert (original.status_code, original.json()["code"]) == (400, "PERIOD_LOCKED")
    assert original.json()["errors"][0]["field"] == "posting_mode"
    reversal = books.get(f"journal/{current.json()['reversal_intent_id']}").json()
    assert reversal["summary"]["booking_date"] == "2026-05-10"


@time_machine.travel("2026-05-10T12:00:00Z")
def test_reverses_no_booking_before_its_day(books: BookkeepingClient) -> None:
    june = sale(books, 1, on="2026-06-30")

    current = books.post("journal/reverse", {"intent_id": june, "posting_mode": "current_period"})

    assert (current.status_code, current.json()["errors"][0]["field"]) == (400, "posting_mode")
    assert "2026-06-30, which is still to come: choose original_period" in current.json()["message"]
    assert books.post("journal/reverse", {"intent_id": june, "posting_mode": "original_period"}).status_code == 200


def test_reverses_an_adjustment_booking_into_its_own_period(books: BookkeepingClient) -> None:
    intent_id = sale(books, 7, on="2026-12-31", adjustment_period=13)

    reversal = books.post("journal/reverse", {"intent_id": intent_id, "posting_mode": "original_period"}).json()

    event = books.get(f"journal/{reversal['reversal_intent_id']}").json()["entries"][0]
    assert event["period"] == "2026-P13"


@pytest.mark.parametrize(
    ("path", "status"), [("journal/nonsense", 400), ("journal/00000000-0000-7000-8000-000000000000", 404)]
)
def test_tells_malformed_from_absent(books: BookkeepingClient, path: str, status: int) -> None:
    assert books.get(path).status_code == status


def test_answers_another_company_s_intent_as_absent(books: BookkeepingClient, books_client: Any) -> None:
    foreign = sale(books_client(), 5)

    assert books.get(f"journal/{foreign}").status_code == 404
    assert books.post("journal/reverse", {"intent_id": foreign}).status_code == 404
    assert books.get("journal").json()["entries"] == []
