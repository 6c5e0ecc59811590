"""`ledger.periods.calendar`: which period a date belongs to, and how one is closed."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from backfill.ids import uuid7
from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.models import Company, Role
from ledger.checks.books import check_books
from ledger.errors import (
    InvalidPeriod,
    LockRequestPending,
    PeriodAlreadyLocked,
    PeriodAlreadyOpen,
    PeriodAlreadySoftLocked,
    PeriodIrreversible,
    PeriodLocked,
    PeriodNotFound,
    RequestExpired,
    RequestNotFound,
    RequestNotPending,
    SelfApprovalDenied,
)
from ledger.journal.chain import closing_hash
from ledger.journal.locking import approve_lock, cancel_lock_request, pending_lock_request, request_lock
from ledger.models import Activity, LockRequest, Period
from ledger.models.head import GENESIS_HASH
from ledger.periods.calendar import (
    PeriodRef,
    fiscal_year_end,
    fiscal_year_of,
    fiscal_year_start,
    listed_periods,
    open_day_from,
    period_for,
    period_named,
    reopen,
    soft_lock,
)
from tests.factories import actor_of, make_company, make_entry, make_member
from tests.ledger.raw_journal import flush_constraints

JANUARY = "2026-01"
NOW = datetime(2026, 2, 10, 9, tzinfo=ZoneInfo("UTC"))


class TestDates:
    """No database: a company is only its fiscal year here."""

    @pytest.mark.parametrize(
        ("start_month", "day", "year"),
        [
            (1, date(2026, 1, 1), 2026),
            (1, date(2026, 12, 31), 2026),
            (7, date(2026, 6, 30), 2025),
            (7, date(2026, 7, 1), 2026),
            (12, date(2026, 11, 30), 2025),
            (12, date(2026, 12, 1), 2026),
            (2, date(2026, 1, 31), 2025),
        ],
    )
    def test_names_a_fiscal_year_by_the_year_it_starts_in(self, start_month: int, day: date, year: int) -> None:
        assert fiscal_year_of(day, start_month=start_month) == year

    @pytest.mark.parametrize(
        ("start_month", "first", "last"),
        [
            (1, date(2024, 1, 1), date(2024, 12, 31)),
            (3, date(2024, 3, 1), date(2025, 2, 28)),
            (3, date(2023, 3, 1), date(2024, 2, 29)),
            (7, date(2024, 7, 1), date(2025, 6, 30)),
        ],
    )
    def test_knows_where_a_fiscal_year_starts_and_ends(self, start_month: int, first: date, last: date) -> None:
        assert fiscal_year_start(first.year, start_month=start_month) == first
        assert fiscal_year_end(first.year, start_month=start_month) == last

    @given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(1, 12))
    def test_puts_every_day_into_exactly_one_month_of_one_fiscal_year(self, day: date, start_month: int) -> None:
        ref = period_for(Company(fiscal_year_start_month=start_month), day)
        assert ref.starts_on <= day <= ref.ends_on
        assert ref.name == f"{day:%Y-%m}"
        assert fiscal_year_start(ref.fiscal_year, start_month=start_month) <= ref.starts_on
        assert ref.ends_on <= fiscal_year_end(ref.fiscal_year, start_month=start_month)
        following = period_for(Company(fiscal_year_start_month=start_month), ref.ends_on + timedelta(days=1))
        assert following.starts_on == ref.ends_on + timedelta(days=1)

    @given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(1, 12))
    def test_reads_back_the_name_it_gives(self, day: date, start_month: int) -> None:
        company = Company(fiscal_year_start_month=start_month)
        assert period_named(company, period_for(company, day).name) == period_for(company, day)

    @pytest.mark.parametrize("number", [13, 14])
    def test_puts_adjustment_periods_at_the_end_of_the_fiscal_year(self, number: int) -> None:
        company = Company(fiscal_year_start_month=7)
        ref = period_for(company, date(2026, 6, 30), number)
        assert ref == PeriodRef(f"2025-P{number}", number, 2025, date(2026, 6, 1), date(2026, 6, 30))
        assert period_named(company, f"2025-P{number}") == ref

    @pytest.mark.parametrize("day", [date(2026, 5, 31), date(2026, 7, 1), date(2026, 12, 31)])
    def test_has_no_adjustment_period_at_other_times(self, day: date) -> None:
        with pytest.raises(InvalidPeriod, match="last month") as refused:
            period_for(Company(fiscal_year_start_month=7), day, 13)
        assert refused.value.field == "adjustment_period"

    @pytest.mark.parametrize("number", [0, 1, 12, 15])
    def test_has_two_adjustment_periods(self, number: int) -> None:
        with pytest.raises(InvalidPeriod, match="13 or 14"):
            period_for(Company(), date(2026, 12, 31), number)

    @pytest.mark.parametrize(
        "name",
        ["", "2026", "2026-00", "2026-13", "2026-1", "2026-P12", "2026-P15", "26-01", "2026-01 ", "0026-01", "²026-01"],
    )
    def test_refuses_what_is_no_name_of_a_period(self, name: str) -> None:
        with pytest.raises(InvalidPeriod, match="YYYY-MM"):
            period_named(Company(), name)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def asker(company: Company) -> Actor:
    return actor_of(make_member(company, role=Role.OWNER))


@pytest.fixture
def approver(company: Company) -> Actor:
    return actor_of(make_member(company, role=Role.ADMIN))


def lock(company: Company, name: str, asker: Actor, approver: Actor) -> Period:
    request = request_lock(company=company, name=name, actor=asker)
    return approve_lock(company=company, name=name, request_id=request.id, actor=approver).period


class TestSoftLock:
    def test_closes_a_month_that_was_never_posted_into(self, company: Company, asker: Actor) -> None:
        period = soft_lock(company=company, name=JANUARY, actor=asker)
        assert (period.status, period.locked_by, period.booking_count) == ("soft_locked", asker.label, 0)
        assert period.locked_at is not None

    def test_opens_again(self, company: Company, asker: Actor) -> None:
        soft_lock(company=company, name=JANUARY, actor=asker)
        period = reopen(company=company, name=JANUARY, actor=asker)
        assert (period.status, period.locked_by, period.locked_at) == ("open", "", None)
        make_entry(company)
        flush_constraints()

    def test_refuses_to_close_twice_or_open_twice(self, company: Company, asker: Actor) -> None:
        soft_lock(company=company, name=JANUARY, actor=asker)
        with pytest.raises(PeriodAlreadySoftLocked), transaction.atomic():
            soft_lock(company=company, name=JANUARY, actor=asker)
        reopen(company=company, name=JANUARY, actor=asker)
        with pytest.raises(PeriodAlreadyOpen), transaction.atomic():
            reopen(company=company, name=JANUARY, actor=asker)

    def test_refuses_what_is_locked_for_good(self, company: Company, asker: Actor, approver: Actor) -> None:
        lock(company, JANUARY, asker, approver)
        with pytest.raises(PeriodAlreadyLocked), transaction.atomic():
            soft_lock(company=company, name=JANUARY, actor=asker)
        with pytest.raises(PeriodIrreversible), transaction.atomic():
            reopen(company=company, name=JANUARY, actor=asker)

    def test_closes_an_adjustment_period_only_of_a_year_with_postings(self, company: Company, asker: Actor) -> None:
        with pytest.raises(PeriodNotFound, match="no postings"), transaction.atomic():
            soft_lock(company=company, name="2026-P13", actor=asker)
        make_entry(company)
        period = soft_lock(company=company, name="2026-P13", actor=asker)
        assert (period.number, period.starts_on, period.ends_on) == (13, date(2026, 12, 1), date(2026, 12, 31))
        make_entry(company, on=date(2026, 12, 31))
        make_entry(company, on=date(2026, 12, 31), adjustment_period=14)
        with pytest.raises(PeriodLocked), transaction.atomic():
            make_entry(company, on=date(2026, 12, 31), adjustment_period=13)

    def test_leaves_other_companies_alone(self, company: Company, asker: Actor) -> None:
        other = make_company()
        soft_lock(company=company, name=JANUARY, actor=asker)
        assert make_entry(other).period == JANUARY
        assert listed_periods(other)[0].status == "open"


class TestLock:
    def test_takes_two_people(self, company: Company, asker: Actor, approver: Actor) -> None:
        make_entry(company)
        period = lock(company, JANUARY, asker, approver)
        assert (period.status, period.locked_by, period.approved_by) == ("locked", asker.label, approver.label)
        with pytest.raises(PeriodLocked), transaction.atomic():
            make_entry(company)

    def test_locks_what_was_soft_locked(self, company: Company, asker: Actor, approver: Actor) -> None:
        soft_lock(company=company, name=JANUARY, actor=asker)
        assert lock(company, JANUARY, asker, approver).status == "locked"

    def test_refuses_the_one_who_asked(self, company: Company, asker: Actor, approver: Actor) -> None:
        request = request_lock(company=company, name=JANUARY, actor=asker)
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=JANUARY, request_id=request.id, actor=asker)
        assert Period.objects.get(company=company).status == "open"

    def test_refuses_the_one_who_asked_through_an_api_key(
        self, company: Company, asker: Actor, approver: Actor
    ) -> None:
        key = Actor(kind=asker.kind, label="key", surface="api", user_id=asker.user_id, key_prefix="bf_live_x")
        request = request_lock(company=company, name=JANUARY, actor=key)
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=JANUARY, request_id=request.id, actor=asker)

    def test_refuses_a_program_that_nobody_answers_for(self, company: Company, asker: Actor, approver: Actor) -> None:
        request = request_lock(company=company, name=JANUARY, actor=asker)
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=JANUARY, request_id=request.id, actor=system_actor())

    def test_lets_a_company_of_one_approve_itself(self, company: Company, asker: Actor) -> None:
        assert lock(company, JANUARY, asker, asker).status == "locked"

    def test_does_not_count_members_whose_time_is_over(self, company: Company, asker: Actor) -> None:
        today = company.today()
        make_member(company, role=Role.AUDITOR, ends_on=today)
        request = request_lock(company=company, name=JANUARY, actor=asker)
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=JANUARY, request_id=request.id, actor=asker)
        with time_machine.travel(datetime.combine(today + timedelta(days=1), time(12), ZoneInfo("UTC"))):
            approve_lock(company=company, name=JANUARY, request_id=request.id, actor=asker)

    def test_takes_one_request_at_a_time(self, company: Company, asker: Actor, approver: Actor) -> None:
        first = request_lock(company=company, name=JANUARY, actor=asker)
        with pytest.raises(LockRequestPending) as refused, transaction.atomic():
            request_lock(company=company, name=JANUARY, actor=approver)
        assert refused.value.details == {"request_id": str(first.id)}
        request_lock(company=company, name="2026-02", actor=approver)

    def test_can_be_withdrawn(self, company: Company, asker: Actor, approver: Actor) -> None:
        request = request_lock(company=company, name=JANUARY, actor=asker)
        assert pending_lock_request(company, JANUARY) == request
        cancelled = cancel_lock_request(company=company, name=JANUARY, request_id=request.id, actor=approver)
        assert (cancelled.status, cancelled.decided_by_label) == ("cancelled", approver.label)
        assert pending_lock_request(company, JANUARY) is None
        for decide in (approve_lock, cancel_lock_request):
            with pytest.raises(RequestNotPending), transaction.atomic():
                decide(company=company, name=JANUARY, request_id=request.id, actor=approver)
        assert lock(company, JANUARY, asker, approver).status == "locked"

    def test_is_withdrawn_by_reopening(self, company: Company, asker: Actor, approver: Actor) -> None:
        soft_lock(company=company, name=JANUARY, actor=asker)
        request = request_lock(company=company, name=JANUARY, actor=asker)
        reopen(company=company, name=JANUARY, actor=approver)
        request.refresh_from_db()
        assert (request.status, request.decided_by_label) == ("cancelled", approver.label)

    def test_waits_48_hours(self, company: Company, asker: Actor, approver: Actor) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            request = request_lock(company=company, name=JANUARY, actor=asker)
            assert request.expires_at == NOW + timedelta(hours=48)
            clock.shift(timedelta(hours=48) - timedelta(microseconds=1))
            assert pending_lock_request(company, JANUARY) == request
            clock.shift(timedelta(microseconds=1))
            assert pending_lock_request(company, JANUARY) is None
            with pytest.raises(RequestExpired), transaction.atomic():
                approve_lock(company=company, name=JANUARY, request_id=request.id, actor=approver)
            again = request_lock(company=company, name=JANUARY, actor=asker)
            request.refresh_from_db()
            assert (request.status, again.status) == ("expired", "pending")
            approve_lock(company=company, name=JANUARY, request_id=again.id, actor=approver)

    def test_is_final(self, company: Company, asker: Actor, approver: Actor) -> None:
        lock(company, JANUARY, asker, approver)
        with pytest.raises(PeriodAlreadyLocked), transaction.atomic():
            request_lock(company=company, name=JANUARY, actor=asker)

    @pytest.mark.parametrize("decide", [approve_lock, cancel_lock_request])
    def test_knows_no_request_of_another_period_or_company(
        self, company: Company, asker: Actor, approver: Actor, decide: object
    ) -> None:
        other = make_company()
        theirs = request_lock(company=other, name=JANUARY, actor=actor_of(make_member(other)))
        elsewhere = request_lock(company=company, name="2026-02", actor=asker)
        for request_id in (theirs.id, elsewhere.id, uuid7()):
            with pytest.raises(RequestNotFound), transaction.atomic():
                decide(company=company, name=JANUARY, request_id=request_id, actor=approver)  # type: ignore[operator]
        assert set(LockRequest.objects.values_list("status", flat=True)) == {"pending"}

    def test_stores_a_closing_hash_that_can_be_recomputed(
        self, company: Company, asker: Actor, approver: Actor
    ) -> None:
        for day in (date(2026, 1, 3), date(2026, 2, 1), date(2026, 1, 2)):
            make_entry(company, on=day)
        january = lock(company, JANUARY, asker, approver)
        make_entry(company, on=date(2026, 2, 2))
        february = lock(company, "2026-02", asker, approver)
        assert january.closing_hash == closing_hash(january, previous=GENESIS_HASH)
        assert february.closing_hash == closing_hash(february, previous=january.closing_hash)
        assert january.closing_hash != february.closing_hash
        assert check_books(company).findings == []

    def test_closes_an_empty_period_too(self, company: Company, asker: Actor, approver: Actor) -> None:
        assert len(lock(company, JANUARY, asker, approver).closing_hash) == 64

    def test_locks_adjustment_periods_on_their_own(self, company: Company, asker: Actor, approver: Actor) -> None:
        make_entry(company, on=date(2025, 12, 31))
        make_entry(company, on=date(2025, 12, 31), adjustment_period=13)
        lock(company, "2025-12", asker, approver)
        make_entry(company, on=date(2025, 12, 31), adjustment_period=13)
        lock(company, JANUARY, asker, approver)
        make_entry(company, on=date(2025, 12, 31), adjustment_period=13)
        lock(company, "2025-P13", asker, approver)
        make_entry(company, on=date(2025, 12, 31), adjustment_period=14)
        with pytest.raises(PeriodLocked), transaction.atomic():
            make_entry(company, on=date(2025, 12, 31), adjustment_period=13)
        assert check_books(company).findings == []


def test_records_every_step_in_the_trail(company: Company, asker: Actor, approver: Actor) -> None:
    soft_lock(company=company, name=JANUARY, actor=asker)
    reopen(company=company, name=JANUARY, actor=asker)
    request = request_lock(company=company, name=JANUARY, actor=asker)
    cancel_lock_request(company=company, name=JANUARY, request_id=request.id, actor=asker)
    lock(company, JANUARY, asker, approver)
    trail = Activity.objects.filter(company=company, subject_type="period").order_by("at", "id")
    verbs = ["soft_locked", "reopened", "lock_requested", "lock_cancelled", "lock_requested", "locked"]
    assert [activity.verb for activity in trail] == verbs
    assert {activity.detail["period"] for activity in trail} == {JANUARY}
    assert {UUID(activity.actor["user_id"]) for activity in trail} == {asker.user_id, approver.user_id}


def test_lists_periods_with_adjustments_after_the_last_month(company: Company, asker: Actor) -> None:
    make_entry(company, on=date(2027, 1, 1))
    make_entry(company, on=date(2026, 12, 31), adjustment_period=14)
    make_entry(company, on=date(2026, 12, 31))
    soft_lock(company=company, name="2026-P13", actor=asker)
    make_entry(make_company())
    names = [period.name for period in listed_periods(company)]
    assert names == ["2026-12", "2026-P13", "2026-P14", "2027-01"]


def test_finds_the_next_open_day_for_a_correction(company: Company, asker: Actor) -> None:
    day = date(2026, 1, 20)
    assert open_day_from(company, day) == day
    for name in (JANUARY, "2026-02"):
        soft_lock(company=company, name=name, actor=asker)
    assert open_day_from(company, day) == date(2026, 3, 1)
    assert open_day_from(company, date(2025, 12, 31)) == date(2025, 12, 31)
    make_entry(company, on=date(2026, 12, 31))
    soft_lock(company=company, name="2026-P13", actor=asker)
    assert open_day_from(company, date(2026, 12, 31), adjustment_period=13) == date(2027, 1, 1)
