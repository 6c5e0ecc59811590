"""POST /v1/bookings/opening-balances."""

from typing import Any

import pytest

from ledger.models import Account, JournalEntry
from tests.factories import make_company
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient

pytestmark = pytest.mark.django_db

# Bank 20,000 and receivables 5,000 against capital 15,000 and payables 10,000; cash is empty.
BALANCES = (("1800", 20_000, 0), ("1200", 5_000, 0), ("2900", 0, 15_000), ("3300", 0, 10_000), ("1600", 0, 0))


def opening(*balances: tuple[str, Any, Any], on: str = "2026-01-01") -> dict[str, Any]:
    return {
        "booking_date": on,
        "balances": [
            {"account_number": number, "account_name": "Label", "debit": debit, "credit": credit}
            for number, debit, credit in balances
        ],
    }


def test_posts_every_balance_against_the_opening_account(books: BookkeepingClient) -> None:
    response = books.post("bookings/opening-balances", opening(*BALANCES))

    body = response.json()
    assert response.status_code == 200, response.content
    assert (body["event_count"], body["total_debit"], body["total_credit"]) == (4, 25_000.0, 25_000.0)
    events = books.get(f"journal/{body['intent_id']}").json()["entries"]
    assert [(e["account_debit"], e["account_credit"], e["amount"]) for e in events] == [
        ("1800", "9000", 20_000.0),
        ("1200", "9000", 5_000.0),
        ("9000", "2900", 15_000.0),
        ("9000", "3300", 10_000.0),
    ]


def test_leaves_the_opening_account_at_zero(books: BookkeepingClient) -> None:
    books.post("bookings/opening-balances", opening(*BALANCES))

    assert books.get("accounts/9000/entries").json()["balance"] == 0
    assert books.balances(startDate="2026-01-01", endDate="2026-01-31") == {
        "1800": 20_000.0,
        "1200": 5_000.0,
        "2900": -15_000.0,
        "3300": -10_000.0,
    }


def test_takes_an_account_more_than_once(books: BookkeepingClient) -> None:
    response = books.post("bookings/opening-balances", opening(("1800", 60, 0), ("1800", 40, 0), ("2900", 0, 100)))

    assert response.json()["event_count"] == 3
    assert books.get("accounts/1800/entries").json()["balance"] == 100


def test_refuses_a_second_set_for_the_date_until_the_first_is_reversed(books: BookkeepingClient) -> None:
    first = books.post("bookings/opening-balances", opening(*BALANCES)).json()["intent_id"]

    again = books.post("bookings/opening-balances", opening(("1800", 1, 0), ("2900", 0, 1)))
    other_date = books.post("bookings/opening-balances", opening(("1800", 1, 0), ("2900", 0, 1), on="2027-01-01"))
    books.post("journal/reverse", {"intent_id": first, "posting_mode": "original_period"})
    corrected = books.post("bookings/opening-balances", opening(("1800", 1, 0), ("2900", 0, 1)))

    assert (again.status_code, again.json()["code"]) == (409, "OPENING_BALANCES_EXIST")
    assert again.json()["details"]["existing_id"] == first
    assert other_date.status_code == 200
    assert corrected.status_code == 200


@pytest.mark.parametrize(
    ("balances", "code", "field"),
    [
        ((("1800", 10, 0), ("2900", 0, 9.99)), "BALANCE_MISMATCH", "balances"),
        ((("1800", 10, 10), ("2900", 0, 0)), "INVALID_BALANCE_ENTRY", "balances[0]"),
        ((("1800", -10, 0), ("2900", 0, -10)), "INVALID_BALANCE_ENTRY", "balances[0]"),
        ((("6815", 10, 0), ("2900", 0, 10)), "ACCOUNT_TYPE_NOT_ALLOWED", "balances[0].account_number"),
        ((("1800", 10, 0), ("4400", 0, 10)), "ACCOUNT_TYPE_NOT_ALLOWED", "balances[1].account_number"),
        ((("1800", 10, 0), ("9000", 0, 10)), "INVALID_BALANCE_ENTRY", "balances[1].account_number"),
        ((("1800", 0, 0), ("2900", 0, 0)), "INVALID_INPUT", "balances"),
        ((), "INVALID_INPUT", "balances"),
        ((("1800", 10.001, 0), ("2900", 0, 10.001)), "INVALID_INPUT", "balances[0].debit"),
        ((("1800", "10", 0), ("2900", 0, 10)), "INVALID_INPUT", "balances[0].debit"),
        ((("1800", None, 0), ("2900", 0, 10)), "INVALID_INPUT", "balances[0].debit"),
    ],
)
def test_names_what_is_wrong(books: BookkeepingClient, balances: Any, code: str, field: str) -> None:
    response = books.post("bookings/opening-balances", opening(*balances))

    assert (response.status_code, response.json()["code"]) == (400, code), response.content
    assert response.json()["errors"][0]["field"] == field
    assert JournalEntry.objects.count() == 0


def test_lists_all_unknown_accounts(books: BookkeepingClient) -> None:
    response = books.post("bookings/opening-balances", opening(("77777", 10, 0), ("1800", 5, 0), ("66666", 0, 15)))

    assert (response.status_code, response.json()["code"]) == (400, "ACCOUNTS_NOT_FOUND")
    assert response.json()["details"]["account_numbers"] == ["66666", "77777"]


def test_does_not_know_another_company_s_account(books: BookkeepingClient, books_client: Any) -> None:
    books_client().post("accounts", {"number": "1811", "name": "Their bank", "type": "asset"})

    response = books.post("bookings/opening-balances", opening(("1811", 10, 0), ("2900", 0, 10)))

    assert response.json()["code"] == "ACCOUNTS_NOT_FOUND"


def test_says_when_the_chart_has_no_opening_account(books: BookkeepingClient) -> None:
    Account.objects.filter(company=books.company, code="9000").update(slot=None)

    response = books.post("bookings/opening-balances", opening(*BALANCES))

    assert (response.status_code, response.json()["code"]) == (400, "ACCOUNT_9000_MISSING")


def test_refuses_a_closed_month(books: BookkeepingClient) -> None:
    books.post("periods/2026-01/soft-lock")

    response = books.post("bookings/opening-balances", opening(*BALANCES))

    assert (response.status_code, response.json()["code"]) == (400, "PERIOD_LOCKED")
    assert response.json()["errors"][0]["field"] == "booking_date"
    assert JournalEntry.objects.count() == 0


def test_asks_for_a_second_person_where_the_company_does(books: BookkeepingClient) -> None:
    books.company.requires_approval = True
    books.company.save()

    response = books.post("bookings/opening-balances", opening(*BALANCES))

    assert (response.status_code, response.json()["code"]) == (409, "APPROVAL_REQUIRED")


def test_needs_the_scope_to_write(books_client: Any, db: None) -> None:
    response = books_client(scopes=("journal:read",)).post("bookings/opening-balances", opening(*BALANCES))

    assert response.status_code == 403


def test_works_with_any_chart_that_has_the_slot(books_client: Any, db: None) -> None:
    company = make_company(chart="us", currency="USD")
    carrier = company.accounts.get(slot="opening_balance_equity").code
    books = books_client(company)

    response = books.post("bookings/opening-balances", opening(("1000", 10, 0), ("2000", 0, 10)))

    assert response.status_code == 200, response.content
    assert books.get(f"accounts/{carrier}/entries").json()["balance"] == 0
