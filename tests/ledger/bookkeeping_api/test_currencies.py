"""Amounts of the Bookkeeping contract in companies whose currency has another number of decimals than two."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from backfill.tenancy.actors import system_actor
from ledger.journal.posting import post
from ledger.models import AccountRole
from tests.factories import entry_draft, make_company
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient

pytestmark = pytest.mark.django_db

Opened = Callable[..., BookkeepingClient]


@pytest.fixture
def dinars(books_client: Opened) -> BookkeepingClient:
    return books_client(company=make_company(chart="skr04", currency="KWD"))


def exact(response: Any) -> Any:
    """The JSON of an answer with its numbers as they are written."""
    return json.loads(response.content, parse_float=Decimal)


class TestThreeDecimals:
    def test_are_taken_and_answered_everywhere(self, dinars: BookkeepingClient) -> None:
        made = dinars.book(("6815", 1.235, 0), ("6310", 0.001, 0), ("1800", 0, 1.236))
        assert made.status_code == 200, made.content
        intent = exact(dinars.get(f"journal/{made.json()['intent_id']}"))
        assert [event["amount"] for event in intent["entries"]] == [Decimal("1.235"), Decimal("0.001")]
        assert intent["summary"]["total_amount"] == Decimal("1.236")
        assert [event["amount"] for event in exact(dinars.get("journal"))["entries"]] == [
            Decimal("0.001"),
            Decimal("1.235"),
        ]
        sheet = exact(dinars.get("accounts/1800/entries"))
        assert sheet["balance"] == Decimal("-1.236")
        assert [row["credit"] for row in sheet["entries"]] == [Decimal("1.235"), Decimal("0.001")]
        assert dinars.balances() == {"6815": 1.235, "6310": 0.001, "1800": -1.236}

    def test_are_refused_beyond_the_currency(self, dinars: BookkeepingClient, books: BookkeepingClient) -> None:
        for client, amount in ((dinars, 1.2345), (books, 1.235)):
            refused = client.book(("6815", amount, 0), ("1800", 0, amount))
            assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_INPUT")

    def test_split_the_tax_to_the_last_one(self, dinars: BookkeepingClient) -> None:
        # 19 % in 1.234 are 0.197.
        assert dinars.book(("6815:VST19", 1.234, 0), ("1800", 0, 1.234)).status_code == 200
        assert dinars.balances() == {"6815": 1.037, "1406": 0.197, "1800": -1.234}

    def test_are_brought_forward(self, dinars: BookkeepingClient) -> None:
        body = {
            "booking_date": "2026-01-01",
            "balances": [
                {"account_number": "1800", "account_name": "Bank", "debit": 10.125, "credit": 0},
                {"account_number": "2900", "account_name": "Kapital", "debit": 0, "credit": 10.125},
            ],
        }
        made = exact(dinars.post("bookings/opening-balances", body))
        assert (made["total_debit"], made["total_credit"]) == (Decimal("10.125"), Decimal("10.125"))

    def test_stand_in_every_report(self, dinars: BookkeepingClient) -> None:
        today = dinars.company.today()
        dinars.book(("1800", 7.777, 0), ("4400", 0, 7.777), on=today.isoformat())
        for kind in ("guv", "bilanz", "susa"):
            rows = exact(dinars.get("reports", type=kind, endDate=today.isoformat()))
            assert {abs(row["balance"]) for row in rows} == {Decimal("7.777")}
        assert exact(dinars.get("reports/monthly-revenue-expenses"))[-1]["revenue"] == Decimal("7.777")

    def test_of_a_document_follow_its_own_currency(self, dinars: BookkeepingClient, books: BookkeepingClient) -> None:
        fx = {"rate": 1, "rate_date": "2026-03-17", "rate_source": "manual"}
        lines = (("6815", 41.33, 0), ("1800", 0, 41.33))
        accepted = books.book(*lines, fx={"currency": "KWD", "amount": 41.331, **fx})
        assert accepted.status_code == 200, accepted.content
        refused = dinars.book(*lines, fx={"currency": "USD", "amount": 41.331, **fx})
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_INPUT")


@pytest.mark.parametrize(
    ("currency", "amount", "too_fine"), [("JPY", 100, 100.5), ("IDR", 0.01, 0.001), ("BHD", 0.001, 0.0001)]
)
def test_books_the_smallest_unit_and_nothing_finer(
    books_client: Opened, currency: str, amount: float, too_fine: float
) -> None:
    client = books_client(company=make_company(chart="skr04", currency=currency))
    assert client.book(("6815", amount, 0), ("1800", 0, amount)).status_code == 200
    assert client.balances() == {"6815": amount, "1800": -amount}
    assert client.book(("6815", too_fine, 0), ("1800", 0, too_fine)).status_code == 400


def test_shows_an_entry_worth_less_than_a_cent(books: BookkeepingClient) -> None:
    lines = ((AccountRole.EXPENSE, "10"), (AccountRole.CASH, "-10"))
    entry = post(
        entry_draft(books.company, *lines, currency="IDR", exchange_rate=Decimal("0.000058823529")),
        actor=system_actor(),
    )
    [event] = books.get(f"journal/{entry.pk}").json()["entries"]
    assert (event["amount"], event["fx_currency"], event["fx_amount"]) == (0, "IDR", 10)
    assert (event["account_credit"], event["account_debit"] != event["account_credit"]) == ("1800", True)
