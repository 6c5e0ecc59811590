"""Periods: list, soft-lock, reopen, and the final lock by two people."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from backfill.tenancy.models import Company, Role
from ledger.models import JournalEntry, LockRequest, Period
from tests.factories import PASSWORD, actor_of, make_company, make_invoice, make_member
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient, signed_in

pytestmark = pytest.mark.django_db

NOW, UNKNOWN = datetime(2026, 3, 17, 9, tzinfo=UTC), "00000000-0000-7000-8000-000000000000"


@dataclass
class People:
    """Two members of one company, each with a session and a key of their own."""

    company: Company
    anna: BookkeepingClient
    annas_key: BookkeepingClient
    ben: BookkeepingClient
    bens_key: BookkeepingClient


@pytest.fixture
def people(db: None, books_client: Callable[..., BookkeepingClient]) -> People:
    company = make_company(chart="skr04", currency="EUR", country="DE")
    anna = make_member(company, email="anna@example.com", password=PASSWORD)
    ben = make_member(company, role=Role.ADMIN, email="ben@example.com", password=PASSWORD)
    return People(
        company=company,
        anna=signed_in(anna),
        annas_key=books_client(company, actor=actor_of(anna)),
        ben=signed_in(ben),
        bens_key=books_client(company, actor=actor_of(ben)),
    )


def signed_in_again(people: People) -> People:
    """The same people with new sessions, for a day on which the first ones have expired."""
    anna, ben = (people.company.memberships.get(user__email=f"{name}@example.com") for name in ("anna", "ben"))
    return replace(people, anna=signed_in(anna), ben=signed_in(ben))


def book(books: BookkeepingClient, amount: float, on: str, **more: Any) -> str:
    response = books.book(("1800", amount, 0), ("4400", 0, amount), on=on, **more)
    assert response.status_code == 200, response.content
    return str(response.json()["intent_id"])


def request_lock(books: BookkeepingClient, period: str = "2026-02") -> str:
    response = books.post(f"periods/{period}/lock")
    assert response.status_code == 201, response.content
    return str(response.json()["request_id"])


def locked(people: People, period: str) -> dict[str, Any]:
    request_id = request_lock(people.anna, period)
    response = people.ben.post(f"periods/{period}/lock/{request_id}/approve")
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


class TestList:
    def test_is_empty_before_anything_happened(self, books: BookkeepingClient) -> None:
        assert books.get("periods").json() == []

    def test_shows_a_month_as_open_once_something_is_booked(self, books: BookkeepingClient) -> None:
        book(books, 1, "2026-03-17")
        book(books, 2, "2026-03-18")

        assert books.get("periods").json() == [
            {
                "period": "2026-03",
                "period_number": 0,
                "status": "open",
                "booking_count": 2,
                "locked_by": None,
                "locked_at": None,
            }
        ]

    @time_machine.travel(NOW, tick=False)
    def test_shows_who_closed_it_and_when(self, people: People) -> None:
        people.anna.post("periods/2026-02/soft-lock")

        [period] = people.ben.get("periods").json()
        assert (period["status"], period["locked_by"], period["locked_at"]) == (
            "soft_locked",
            "anna@example.com",
            "2026-03-17T09:00:00Z",
        )

    def test_puts_closing_periods_after_the_last_month_of_their_year(self, books: BookkeepingClient) -> None:
        book(books, 1, "2027-01-05")
        book(books, 2, "2026-12-31", adjustment_period=14)
        book(books, 3, "2026-12-31", adjustment_period=13)
        book(books, 4, "2026-12-31")
        book(books, 5, "2026-02-01")

        listed = books.get("periods").json()

        assert [(one["period"], one["period_number"]) for one in listed] == [
            ("2026-02", 0),
            ("2026-12", 0),
            ("2026-P13", 13),
            ("2026-P14", 14),
            ("2027-01", 0),
        ]

    def test_follows_a_fiscal_year_that_starts_in_july(self, books_client: Any, db: None) -> None:
        books = books_client(make_company(chart="skr04", currency="EUR", fiscal_year_start_month=7))
        book(books, 1, "2026-06-30", adjustment_period=13)
        book(books, 2, "2026-07-01")

        assert [one["period"] for one in books.get("periods").json()] == ["2025-P13", "2026-07"]

    def test_shows_nothing_of_another_company(self, books: BookkeepingClient, books_client: Any) -> None:
        books_client().post("periods/2026-02/soft-lock")

        assert books.get("periods").json() == []

    def test_costs_the_same_statements_for_any_number_of_periods(
        self, books: BookkeepingClient, django_assert_num_queries: Any
    ) -> None:
        books.get("periods")
        for months in (0, 6):
            for month in range(1, months + 1):
                books.post(f"periods/2026-{month:02}/soft-lock")
            with django_assert_num_queries(4):
                assert len(books.get("periods").json()) == months

    def test_needs_the_scope_to_read_periods(self, books_client: Any, db: None) -> None:
        assert books_client(scopes=("perioden:read",)).get("periods").status_code == 200
        assert books_client(scopes=("journal:write",)).get("periods").status_code == 403


class TestSoftLock:
    @time_machine.travel(NOW, tick=False)
    def test_closes_a_month_for_bookings(self, books: BookkeepingClient) -> None:
        response = books.post("periods/2026-02/soft-lock")

        assert response.status_code == 200
        assert response.json() == {
            "period": "2026-02",
            "period_number": 0,
            "status": "soft_locked",
            "locked_by": "Test",
            "locked_at": "2026-03-17T09:00:00Z",
        }
        refused = books.book(("1800", 1, 0), ("4400", 0, 1), on="2026-02-28")
        assert (refused.status_code, refused.json()["code"]) == (400, "PERIOD_LOCKED")
        assert refused.json()["details"] == {
            "period": "2026-02",
            "status": "soft_locked",
            "locked_through": "2026-02-28",
        }

    def test_does_not_close_the_adjustment_periods_with_december(self, books: BookkeepingClient) -> None:
        books.post("periods/2026-12/soft-lock")

        book(books, 1, "2026-12-31", adjustment_period=13)

    def test_closes_an_adjustment_period_by_itself(self, books: BookkeepingClient) -> None:
        book(books, 1, "2026-12-31", adjustment_period=13)

        response = books.post("periods/2026-P13/soft-lock")

        assert (response.status_code, response.json()["period_number"]) == (200, 13)
        book(books, 2, "2026-12-31")
        assert books.book(("1800", 3, 0), ("4400", 0, 3), on="2026-12-31", adjustment_period=13).status_code == 400

    def test_closes_once(self, books: BookkeepingClient) -> None:
        books.post("periods/2026-02/soft-lock")

        again = books.post("periods/2026-02/soft-lock")

        assert (again.status_code, again.json()["code"]) == (409, "PERIOD_ALREADY_SOFT_LOCKED")

    def test_refuses_a_locked_period(self, people: People) -> None:
        locked(people, "2026-02")

        response = people.anna.post("periods/2026-02/soft-lock")

        assert (response.status_code, response.json()["code"]) == (409, "PERIOD_ALREADY_LOCKED")

    def test_does_not_know_a_closing_period_of_a_year_without_bookings(self, books: BookkeepingClient) -> None:
        response = books.post("periods/2031-P13/soft-lock")

        assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")
        assert Period.objects.count() == 0


class TestReopen:
    def test_opens_a_soft_locked_month(self, books: BookkeepingClient) -> None:
        books.post("periods/2026-02/soft-lock")

        response = books.post("periods/2026-02/reopen")

        assert response.status_code == 200
        assert response.json() == {"period": "2026-02", "period_number": 0, "status": "open"}
        book(books, 1, "2026-02-01")

    def test_withdraws_a_waiting_lock_request(self, people: People) -> None:
        people.anna.post("periods/2026-02/soft-lock")
        request_id = request_lock(people.anna)

        people.anna.post("periods/2026-02/reopen")

        assert people.ben.get("periods/2026-02/lock/status").json()["has_pending_request"] is False
        assert people.ben.post(f"periods/2026-02/lock/{request_id}/approve").json()["code"] == "REQUEST_NOT_PENDING"

    def test_refuses_an_open_month(self, books: BookkeepingClient) -> None:
        response = books.post("periods/2026-02/reopen")

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
        assert response.json()["errors"][0]["field"] == "period"
        assert Period.objects.count() == 0

    def test_never_opens_a_locked_one(self, people: People) -> None:
        locked(people, "2026-02")

        response = people.anna.post("periods/2026-02/reopen")

        assert (response.status_code, response.json()["code"]) == (409, "PERIOD_IRREVERSIBLE")


class TestRequest:
    @time_machine.travel(NOW, tick=False)
    def test_asks_for_a_second_person(self, people: People) -> None:
        response = people.anna.post("periods/2026-02/lock")

        body = response.json()
        assert response.status_code == 201
        assert body == {
            "request_id": str(LockRequest.objects.get().pk),
            "period": "2026-02",
            "status": "pending",
            "created_at": "2026-03-17T09:00:00Z",
            "message": "A second user has to approve this request within 48 hours.",
            "periods": ["2026-02"],
        }
        assert people.ben.get("periods/2026-02/lock/status").json() == {
            "has_pending_request": True,
            "request_id": body["request_id"],
            "requested_by": "anna@example.com",
            "created_at": "2026-03-17T09:00:00Z",
        }

    def test_changes_nothing_of_the_period_yet(self, people: People) -> None:
        request_lock(people.anna)

        assert people.anna.get("periods").json()[0]["status"] == "open"
        book(people.anna, 1, "2026-02-01")

    def test_takes_one_request_at_a_time(self, people: People) -> None:
        waiting = request_lock(people.anna)

        again = people.ben.post("periods/2026-02/lock")

        assert (again.status_code, again.json()["code"]) == (409, "LOCK_REQUEST_PENDING")
        assert again.json()["details"]["request_id"] == waiting

    def test_takes_another_one_after_48_hours(self, people: People) -> None:
        with time_machine.travel(NOW, tick=False):
            request_lock(people.anna)
        with time_machine.travel(NOW + timedelta(hours=48), tick=False):
            assert people.anna.get("periods/2026-02/lock/status").json() == {
                "has_pending_request": False,
                "request_id": None,
                "requested_by": None,
                "created_at": None,
            }
            request_lock(people.anna)

    def test_refuses_a_locked_period(self, people: People) -> None:
        locked(people, "2026-02")

        response = people.anna.post("periods/2026-02/lock")

        assert (response.status_code, response.json()["code"]) == (409, "PERIOD_ALREADY_LOCKED")

    def test_does_not_know_a_closing_period_of_a_year_without_bookings(self, people: People) -> None:
        assert people.anna.post("periods/2031-P14/lock").status_code == 404

    def test_locks_no_month_that_runs_or_is_to_come(self, people: People) -> None:
        with time_machine.travel(NOW, tick=False):
            for period in ("2026-03", "2199-12"):
                response = people.anna.post(f"periods/{period}/lock")
                assert (response.status_code, response.json()["code"]) == (409, "PERIOD_NOT_LOCKABLE")
        assert Period.objects.count() == 0

    def test_lists_what_is_in_the_way_and_can_be_forced_by_two(self, people: People) -> None:
        make_invoice(people.company, on=date(2026, 2, 3), status="draft")
        response = people.anna.post("periods/2026-02/lock")
        assert (response.status_code, response.json()["code"]) == (409, "PERIOD_NOT_LOCKABLE")
        details = response.json()["details"]
        assert details["blocker_count"] == 1
        assert [(one["type"], one["date"]) for one in details["blockers"]] == [("invoice", "2026-02-03")]
        unreasoned = people.anna.post("periods/2026-02/lock", {"force": True})
        assert (unreasoned.status_code, unreasoned.json()["errors"][0]["field"]) == (400, "reason")
        asked = people.anna.post("periods/2026-02/lock", {"force": True, "reason": "the return is due"})
        request_id = asked.json()["request_id"]
        own = people.annas_key.post(f"periods/2026-02/lock/{request_id}/approve")
        assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL_DENIED")
        assert people.ben.post(f"periods/2026-02/lock/{request_id}/approve").json()["periods"] == ["2026-02"]


class TestApprove:
    @time_machine.travel(NOW, tick=False)
    def test_locks_for_good(self, people: People) -> None:
        people.anna.post("periods/2026-02/soft-lock")
        request_id = request_lock(people.anna)

        response = people.ben.post(f"periods/2026-02/lock/{request_id}/approve")

        assert response.status_code == 200
        assert response.json() == {
            "period": "2026-02",
            "period_number": 0,
            "status": "locked",
            "locked_by": "anna@example.com",
            "locked_at": "2026-03-17T09:00:00Z",
            "closing_hash": Period.objects.get().closing_hash,
            "request_id": request_id,
            "approved_by": "ben@example.com",
            "periods": ["2026-02"],
        }
        refused = people.ben.book(("1800", 1, 0), ("4400", 0, 1), on="2026-02-28")
        assert (refused.status_code, refused.json()["code"]) == (400, "PERIOD_LOCKED")
        assert JournalEntry.objects.count() == 0

    @pytest.mark.parametrize(
        ("asks", "approves"),
        [("anna", "anna"), ("anna", "annas_key"), ("annas_key", "anna"), ("annas_key", "annas_key")],
    )
    def test_refuses_the_person_who_asked_whatever_they_hold(self, people: People, asks: str, approves: str) -> None:
        request_id = request_lock(getattr(people, asks))

        response = getattr(people, approves).post(f"periods/2026-02/lock/{request_id}/approve")

        assert (response.status_code, response.json()["code"]) == (403, "SELF_APPROVAL_DENIED")
        assert Period.objects.get().status == "open"

    @pytest.mark.parametrize(
        ("asks", "approves"), [("anna", "bens_key"), ("annas_key", "ben"), ("annas_key", "bens_key")]
    )
    def test_takes_another_person_whatever_they_hold(self, people: People, asks: str, approves: str) -> None:
        request_id = request_lock(getattr(people, asks))

        response = getattr(people, approves).post(f"periods/2026-02/lock/{request_id}/approve")

        assert response.json()["status"] == "locked"

    def test_refuses_a_key_that_nobody_answers_for(self, people: People, books_client: Any) -> None:
        request_id = request_lock(people.anna)

        response = books_client(people.company).post(f"periods/2026-02/lock/{request_id}/approve")

        assert response.json()["code"] == "SELF_APPROVAL_DENIED"

    def test_lets_the_only_user_approve_alone(self, db: None) -> None:
        company = make_company(chart="skr04", currency="EUR")
        alone = signed_in(make_member(company, password=PASSWORD))
        request_id = request_lock(alone)

        assert alone.post(f"periods/2026-02/lock/{request_id}/approve").json()["status"] == "locked"

    def test_expires_after_48_hours(self, people: People) -> None:
        with time_machine.travel(NOW, tick=False):
            in_time, late = request_lock(people.anna, "2026-01"), request_lock(people.anna, "2026-02")
        with time_machine.travel(NOW + timedelta(hours=48) - timedelta(seconds=1), tick=False):
            assert people.ben.post(f"periods/2026-01/lock/{in_time}/approve").status_code == 200
        with time_machine.travel(NOW + timedelta(hours=48), tick=False):
            response = people.ben.post(f"periods/2026-02/lock/{late}/approve")
            cancelled = people.ben.post(f"periods/2026-02/lock/{late}/cancel")

        assert (response.status_code, response.json()["code"]) == (409, "REQUEST_EXPIRED")
        assert (cancelled.status_code, cancelled.json()["code"]) == (409, "REQUEST_NOT_PENDING")

    def test_decides_once(self, people: People) -> None:
        request_id = request_lock(people.anna)
        people.ben.post(f"periods/2026-02/lock/{request_id}/approve")

        again = people.ben.post(f"periods/2026-02/lock/{request_id}/approve")

        assert (again.status_code, again.json()["code"]) == (409, "REQUEST_NOT_PENDING")

    def test_knows_requests_of_this_period_only(self, people: People) -> None:
        request_id = request_lock(people.anna, "2026-01")

        for path in (f"2026-02/lock/{request_id}", f"2026-01/lock/{UNKNOWN}"):
            response = people.ben.post(f"periods/{path}/approve")
            assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")

    def test_does_not_know_another_company_s_request(self, people: People, books_client: Any) -> None:
        request_id = request_lock(people.anna)

        for step in ("approve", "cancel"):
            assert books_client().post(f"periods/2026-02/lock/{request_id}/{step}").status_code == 404

    def test_stores_a_closing_hash_that_the_journal_s_answers_give(self, people: People) -> None:
        """Each closing hash from GET /v1/journal and GET /v1/journal/{intent_id} alone."""
        for amount, on in ((1, "2026-01-05"), (2, "2026-02-01"), (3, "2026-01-31")):
            book(people.anna, amount, on)
        people.anna.book(("6815:VST19", 119, 0), ("1800", 0, 119), on="2026-02-10")
        book(people.anna, 4, "2026-12-31", adjustment_period=13)
        book(people.anna, 5, "2026-12-31")

        months = [f"2026-{month:02d}" for month in range(1, 13)]
        with time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC), tick=False):
            later = signed_in_again(people)
            assert locked(later, "2026-01")["periods"] == ["2026-01"]
            assert locked(later, "2026-02")["periods"] == ["2026-02"]
            assert locked(later, "2026-P13")["periods"] == [*months[2:], "2026-P13"]
        previous = "0" * 64
        for period in (*months, "2026-P13"):
            previous = recomputed_closing_hash(people.anna, period, previous)
            assert Period.objects.get(name=period).closing_hash == previous


def recomputed_closing_hash(books: BookkeepingClient, period: str, previous: str) -> str:
    intents = {event["intent_id"] for event in books.get("journal", limit=1000).json()["entries"]}
    events = [event for intent in intents for event in books.get(f"journal/{intent}").json()["entries"]]
    inside = sorted((one for one in events if one["period"] == period), key=lambda one: one["journal_number"])
    return hashlib.sha256("\n".join((period, previous, *(one["audit_hash"] for one in inside))).encode()).hexdigest()


class TestCancel:
    def test_withdraws_a_request_by_anybody_with_the_scope(self, people: People) -> None:
        request_id = request_lock(people.anna)

        response = people.ben.post(f"periods/2026-02/lock/{request_id}/cancel")

        assert response.status_code == 200
        assert response.json() == {"ok": True, "request_id": request_id, "status": "cancelled"}
        assert people.anna.get("periods").json()[0]["status"] == "open"
        request_lock(people.ben)

    def test_leaves_nothing_to_approve(self, people: People) -> None:
        request_id = request_lock(people.anna)
        people.anna.post(f"periods/2026-02/lock/{request_id}/cancel")

        for step in ("approve", "cancel"):
            response = people.ben.post(f"periods/2026-02/lock/{request_id}/{step}")
            assert (response.status_code, response.json()["code"]) == (409, "REQUEST_NOT_PENDING")

    def test_does_not_know_other_requests(self, people: People) -> None:
        assert people.ben.post(f"periods/2026-02/lock/{UNKNOWN}/cancel").status_code == 404


class TestStatus:
    @pytest.mark.parametrize("period", ["2031-07", "2031-P13"])
    def test_knows_of_no_request_for_a_period_that_nobody_touched(self, books: BookkeepingClient, period: str) -> None:
        response = books.get(f"periods/{period}/lock/status")

        assert (response.status_code, response.json()["has_pending_request"]) == (200, False)
        assert Period.objects.count() == 0

    def test_shows_nothing_of_another_company(self, people: People, books_client: Any) -> None:
        request_lock(people.anna)

        assert books_client().get("periods/2026-02/lock/status").json()["has_pending_request"] is False


PATHS = ("soft-lock", "reopen", "lock", f"lock/{UNKNOWN}/approve", f"lock/{UNKNOWN}/cancel")


@pytest.mark.parametrize("path", [*PATHS, "lock/status"])
def test_refuses_what_is_no_period(books: BookkeepingClient, path: str) -> None:
    send = books.get if path == "lock/status" else books.post
    for period in ("2026-13", "2026-00", "2026-1", "26-01", "2026-P12", "2026-P15", "march", "2026-p13"):
        response = send(f"periods/{period}/{path}")

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT"), period
        assert response.json()["errors"][0]["field"] == "period"


@pytest.mark.parametrize("step", ["approve", "cancel"])
def test_refuses_a_request_id_that_is_none(books: BookkeepingClient, step: str) -> None:
    response = books.post(f"periods/2026-02/lock/nonsense/{step}")

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")


@pytest.mark.parametrize("path", PATHS)
def test_needs_the_scope_to_change_periods(books_client: Any, db: None, path: str) -> None:
    response = books_client(scopes=("finance:write",)).post(f"periods/2026-02/{path}")

    assert response.status_code == 403
    assert "periods:write" in response.json()["message"]
