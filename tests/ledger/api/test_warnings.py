"""Entries and bookings without tax on an account that is taxed are kept as stated, and answered with a warning."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.models import JournalEntry
from tests.ledger.api.conftest import ApiClient
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient, books_client
from tests.receivables.api.conftest import refusal

__all__ = ["books_client"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def german(api_client: Callable[..., ApiClient]) -> ApiClient:
    return api_client(chart="skr03", currency="EUR", country="DE")


def entry(api: ApiClient, *lines: tuple[str, str, str], **more: Any) -> Any:
    """Send an entry of (account, signed amount, tax code) lines, and return the answer."""
    body = [
        {
            "account_id": api.account(code),
            "credit_amount" if amount.startswith("-") else "debit_amount": amount.lstrip("-"),
            "tax_code": tax_code,
        }
        for code, amount, tax_code in lines
    ]
    return api.post("/v1/journal_entries", {"entry_date": "2026-03-10", "status": "posted", "lines": body, **more})


class TestAnEntry:
    @pytest.mark.parametrize("status", ["draft", "posted"])
    def test_is_warned_of_where_it_leaves_the_tax_out(self, german: ApiClient, status: str) -> None:
        answer = entry(german, ("1200", "119.00", ""), ("8400", "-119.00", ""), status=status)
        assert answer.status_code == 201
        [warning] = answer.json()["data"]["warnings"]
        assert (warning["code"], warning["field"]) == ("UNTAXED_LINE", "lines[1].tax_code")
        assert "8400" in warning["message"]
        assert "UST19 (19 %)" in warning["message"]

    def test_is_warned_of_where_the_code_is_of_another_rate(self, german: ApiClient) -> None:
        answer = entry(german, ("1200", "107.00", ""), ("8400", "-107.00", "UST7"))
        assert [one["code"] for one in answer.json()["data"]["warnings"]] == ["TAX_ACCOUNT_MISMATCH"]

    @pytest.mark.parametrize(
        "lines",
        [
            (("1200", "119.00", ""), ("8400", "-119.00", "UST19")),
            (("1200", "119.00", ""), ("8400", "-100.00", ""), ("1776", "-19.00", "")),
            (("1200", "119.00", ""), ("8200", "-119.00", "")),
        ],
    )
    def test_says_nothing_where_nothing_is_doubtful(self, german: ApiClient, lines: Any) -> None:
        assert entry(german, *lines).json()["data"]["warnings"] == []

    def test_refuses_the_code_of_another_day_and_names_the_one_to_use(self, german: ApiClient) -> None:
        lines = (("1200", "119.00", ""), ("8400", "-119.00", "UST19"))
        answer = entry(german, *lines, entry_date="2020-08-15")
        assert refusal(answer) == (422, "INVALID_TAX_CODE", "lines[1].tax_code")
        assert "use UST16 (16 %)" in answer.content.decode()
        assert not JournalEntry.objects.exists()

    def test_takes_it_for_a_supply_of_its_day(self, german: ApiClient) -> None:
        lines = (("1200", "119.00", ""), ("8400", "-119.00", "UST19"))
        answer = entry(german, *lines, entry_date="2020-07-05", service_date="2020-06-30")
        assert answer.status_code == 201
        assert answer.json()["data"]["service_date"] == "2020-06-30"


class TestABooking:
    @pytest.fixture
    def books(self, books_client: Callable[..., BookkeepingClient]) -> BookkeepingClient:
        return books_client()

    def test_is_warned_of_where_it_leaves_the_tax_out(self, books: BookkeepingClient) -> None:
        answer = books.book(("1800", 119, 0), ("4400", 0, 119))
        assert answer.status_code == 200
        assert [(one["code"], one["field"]) for one in answer.json()["warnings"]] == [
            ("UNTAXED_LINE", "lines[1].tax_code")
        ]

    def test_says_nothing_with_the_code(self, books: BookkeepingClient) -> None:
        assert books.book(("1800", 119, 0), ("4400:UST19", 0, 119)).json()["warnings"] == []

    def test_is_refused_with_the_code_of_another_day(self, books: BookkeepingClient) -> None:
        answer = books.book(("6815:VST19", 119, 0), ("1800", 0, 119), on="2020-08-15")
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_TAX_CODE")
        more = {"on": "2020-07-05", "service_date": "2020-06-30"}
        assert books.book(("6815:VST19", 119, 0), ("1800", 0, 119), **more).status_code == 200
        assert books.book(("6815:VST16", 116, 0), ("1800", 0, 116), on="2020-08-15").status_code == 200


class TestAnUnusualAmount:
    @pytest.mark.parametrize(
        ("amount", "codes"),
        [("100000.00", []), ("100000.01", ["UNUSUAL_AMOUNT"]), ("10000000000.00", ["UNUSUAL_AMOUNT"])],
    )
    def test_is_posted_with_a_warning_of_the_whole(self, german: ApiClient, amount: str, codes: list[str]) -> None:
        entry(german, ("1200", "1000.00", ""), ("0800", "-1000.00", ""))
        answer = entry(german, ("1200", amount, ""), ("0800", f"-{amount}", ""))
        assert answer.status_code == 201
        warnings = answer.json()["data"]["warnings"]
        assert [(one["code"], one["field"]) for one in warnings] == [(code, "") for code in codes]

    def test_is_said_of_a_draft_too(self, german: ApiClient) -> None:
        entry(german, ("1200", "1000.00", ""), ("0800", "-1000.00", ""))
        answer = entry(german, ("1200", "200000.00", ""), ("0800", "-200000.00", ""), status="draft")
        assert [one["code"] for one in answer.json()["data"]["warnings"]] == ["UNUSUAL_AMOUNT"]

    def test_is_compared_with_what_was_there_before(self, german: ApiClient) -> None:
        entry(german, ("1200", "1000.00", ""), ("0800", "-1000.00", ""))
        entry(german, ("1200", "200000.00", ""), ("0800", "-200000.00", ""))
        first = JournalEntry.objects.latest("sequence")
        entry(german, ("1200", "300000.00", ""), ("0800", "-300000.00", ""))
        again = german.get(f"/v1/journal_entries/{first.pk}").json()["data"]
        assert [one["code"] for one in again["warnings"]] == ["UNUSUAL_AMOUNT"]
