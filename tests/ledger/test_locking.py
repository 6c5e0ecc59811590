"""`ledger.journal.locking`: what may be locked for good, what blocks it, and what is closed with it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.models import Company, Role
from ledger.checks.books import check_books
from ledger.entries.entries import create_draft, reject_entry, submit_entry
from ledger.errors import PeriodAlreadyLocked, PeriodLocked, PeriodNotLockable, ReasonMissing, SelfApprovalDenied
from ledger.journal.drafts import AccountCode
from ledger.journal.locking import approve_lock, request_forced_lock, request_lock
from ledger.journal.posting import post_many
from ledger.models import Activity, JournalEntry, LockRequest, Period
from ledger.periods.calendar import ensure_rows, period_named, soft_lock
from tests.factories import actor_of, entry_draft, make_company, make_entry, make_member

MARCH = "2026-03"


@pytest.fixture
def company(db: None) -> Company:
    return make_company(time_zone="Pacific/Kiritimati")


@pytest.fixture
def asker(company: Company) -> Actor:
    return actor_of(make_member(company, role=Role.OWNER))


@pytest.fixture
def approver(company: Company) -> Actor:
    return actor_of(make_member(company, role=Role.ADMIN))


def lock(company: Company, name: str, asker: Actor, approver: Actor) -> LockRequest:
    request = request_lock(company=company, name=name, actor=asker)
    return approve_lock(company=company, name=name, request_id=request.id, actor=approver)


def statuses(company: Company) -> dict[str, str]:
    return dict(Period.objects.filter(company=company).values_list("name", "status"))


def draft_on(company: Company, day: date, **fields: Any) -> JournalEntry:
    lines = ((AccountCode("1000"), "100.00"), (AccountCode("4000"), "-100.00"))
    return create_draft(entry_draft(company, *lines, on=day, **fields), actor=system_actor())


class TestOver:
    @pytest.mark.parametrize(
        ("now", "is_over"),
        [
            # Kiritimati is 14 hours ahead of UTC: 1 April begins there at 10:00 UTC on 31 March.
            (datetime(2026, 3, 31, 9, 59, tzinfo=UTC), False),
            (datetime(2026, 3, 31, 10, 0, tzinfo=UTC), True),
        ],
    )
    def test_locks_a_month_once_it_is_over_where_the_company_is(
        self, company: Company, asker: Actor, now: datetime, is_over: bool
    ) -> None:
        with time_machine.travel(now, tick=False):
            if is_over:
                assert request_lock(company=company, name=MARCH, actor=asker).status == "pending"
                return
            with pytest.raises(PeriodNotLockable, match="ends on 2026-03-31") as refused, transaction.atomic():
                request_lock(company=company, name=MARCH, actor=asker)
        assert refused.value.details == {"ends_on": "2026-03-31", "blockers": []}
        assert Period.objects.count() == 0

    @pytest.mark.parametrize("name", ["2199-12", "9999-12"])
    def test_locks_no_month_to_come_for_any_reason(
        self, company: Company, asker: Actor, approver: Actor, name: str
    ) -> None:
        with pytest.raises(PeriodNotLockable), transaction.atomic():
            request_lock(company=company, name=name, actor=asker)
        with pytest.raises(PeriodNotLockable), transaction.atomic():
            request_forced_lock(company=company, name=name, reason="because", actor=asker)
        assert LockRequest.objects.count() == 0

    def test_locks_no_adjustment_period_of_a_year_that_runs(self, company: Company, asker: Actor) -> None:
        with time_machine.travel(datetime(2026, 12, 31, 1, tzinfo=UTC), tick=False):
            make_entry(company, on=date(2026, 1, 5))
            with pytest.raises(PeriodNotLockable), transaction.atomic():
                request_lock(company=company, name="2026-P13", actor=asker)


class TestOrder:
    def test_locks_every_open_month_up_to_the_named_one(self, company: Company, asker: Actor, approver: Actor) -> None:
        make_entry(company, on=date(2025, 11, 5))
        make_entry(company, on=date(2026, 2, 5))
        make_entry(company, on=date(2026, 4, 5))
        soft_lock(company=company, name="2025-11", actor=asker)
        request = request_lock(company=company, name=MARCH, actor=asker)
        assert request.locked_periods == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
        assert set(statuses(company).values()) == {"open", "soft_locked"}, "nothing changes before the approval"
        approve_lock(company=company, name=MARCH, request_id=request.id, actor=approver)
        assert statuses(company) == {**dict.fromkeys(request.locked_periods, "locked"), "2026-04": "open"}
        assert check_books(company).findings == []
        trail = Activity.objects.filter(company=company, verb="locked").order_by("id")
        assert [activity.detail["period"] for activity in trail] == request.locked_periods

    def test_closes_a_month_that_nobody_posted_into_before_a_locked_one(
        self, company: Company, asker: Actor, approver: Actor
    ) -> None:
        make_entry(company, on=date(2026, 2, 5))
        lock(company, MARCH, asker, approver)
        with pytest.raises(PeriodLocked) as refused, transaction.atomic():
            make_entry(company, on=date(2026, 1, 31))
        assert refused.value.details["period"] == "2026-01"
        with pytest.raises(PeriodLocked), transaction.atomic():
            post_many([entry_draft(company, on=date(2020, 5, 5))], actor=system_actor())
        with pytest.raises(PeriodAlreadyLocked), transaction.atomic():
            soft_lock(company=company, name="2026-01", actor=asker)
        make_entry(company, on=date(2026, 4, 1))

    def test_withdraws_the_requests_for_months_that_were_locked_along(
        self, company: Company, asker: Actor, approver: Actor
    ) -> None:
        make_entry(company, on=date(2026, 1, 5))
        earlier = request_lock(company=company, name="2026-01", actor=asker)
        lock(company, MARCH, asker, approver)
        earlier.refresh_from_db()
        assert (earlier.status, earlier.decided_by_label) == ("cancelled", approver.label)

    def test_closes_the_months_of_its_year_with_an_adjustment_period(
        self, company: Company, asker: Actor, approver: Actor
    ) -> None:
        make_entry(company, on=date(2025, 10, 5))
        locked = lock(company, "2025-P14", asker, approver).locked_periods
        assert locked == ["2025-10", "2025-11", "2025-12", "2025-P13", "2025-P14"]
        assert check_books(company).findings == []

    @pytest.mark.parametrize("name", ["2026-02", "2026-P13"])
    def test_is_kept_in_order_by_the_database(self, company: Company, name: str) -> None:
        make_entry(company, on=date(2026, 1, 5))
        make_entry(company, on=date(2026, 2, 5))
        make_entry(company, on=date(2026, 12, 31), adjustment_period=13)
        with pytest.raises(DatabaseError, match="an earlier month"), transaction.atomic():
            Period.objects.filter(company=company, name=name).update(status="locked", closing_hash="x")

    def test_is_not_slipped_behind_in_the_database(self, company: Company, asker: Actor, approver: Actor) -> None:
        make_entry(company, on=date(2026, 2, 5))
        lock(company, "2026-02", asker, approver)
        ref = period_named(company, "2026-01")
        with pytest.raises(DatabaseError, match="before a month that is locked"), transaction.atomic():
            ensure_rows(company, [ref])


class TestBlockers:
    def test_lists_the_drafts_that_are_in_the_way(self, company: Company, asker: Actor) -> None:
        first, last = draft_on(company, date(2025, 12, 24)), draft_on(company, date(2026, 3, 31))
        draft_on(company, date(2026, 4, 1))
        with pytest.raises(PeriodNotLockable, match=f"journal entry {first.entry_number} of 2025-12-24") as refused:
            request_lock(company=company, name=MARCH, actor=asker)
        assert refused.value.details["blockers"] == [
            {"type": "journal_entry", "id": str(one.id), "number": one.entry_number, "date": one.entry_date.isoformat()}
            for one in (first, last)
        ]
        assert refused.value.details["blocker_count"] == 2

    def test_looks_again_when_the_lock_is_approved(self, company: Company, asker: Actor, approver: Actor) -> None:
        make_entry(company, on=date(2026, 3, 5))
        request = request_lock(company=company, name=MARCH, actor=asker)
        draft_on(company, date(2026, 3, 7))
        with pytest.raises(PeriodNotLockable), transaction.atomic():
            approve_lock(company=company, name=MARCH, request_id=request.id, actor=approver)
        assert statuses(company) == {MARCH: "open"}

    def test_is_not_blocked_by_what_was_rejected(self, company: Company, asker: Actor, approver: Actor) -> None:
        draft = draft_on(company, date(2026, 3, 7))
        submit_entry(company_id=company.id, entry_id=draft.id, actor=asker)
        reject_entry(company_id=company.id, entry_id=draft.id, reason="no", actor=approver)
        assert request_lock(company=company, name=MARCH, actor=asker).status == "pending"

    def test_is_blocked_by_drafts_of_an_adjustment_period_only_there(self, company: Company, asker: Actor) -> None:
        make_entry(company, on=date(2025, 12, 5))
        draft_on(company, date(2025, 12, 31), adjustment_period=13)
        assert request_lock(company=company, name="2025-12", actor=asker).status == "pending"
        for name in ("2025-P13", "2025-P14"):
            with pytest.raises(PeriodNotLockable), transaction.atomic():
                request_lock(company=company, name=name, actor=asker)


class TestForce:
    def test_does_not_wait_for_drafts_with_a_reason_and_a_second_person(
        self, company: Company, asker: Actor, approver: Actor
    ) -> None:
        draft = draft_on(company, date(2026, 3, 7))
        request = request_forced_lock(company=company, name=MARCH, reason=" the return is due ", actor=asker)
        assert request.reason == "the return is due"
        assert [one["id"] for one in request.overridden] == [str(draft.id)]
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=MARCH, request_id=request.id, actor=asker)
        approve_lock(company=company, name=MARCH, request_id=request.id, actor=approver)
        assert statuses(company) == {MARCH: "locked"}
        assert Activity.objects.get(company=company, verb="locked").detail["reason"] == "the return is due"

    @pytest.mark.usefixtures("approver")
    def test_takes_no_program_for_a_second_person(self, company: Company, asker: Actor) -> None:
        request = request_forced_lock(company=company, name=MARCH, reason="because", actor=asker)
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=MARCH, request_id=request.id, actor=system_actor())
        assert statuses(company) != {MARCH: "locked"}

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_needs_a_reason(self, company: Company, asker: Actor, approver: Actor, reason: str) -> None:
        with pytest.raises(ReasonMissing) as refused:
            request_forced_lock(company=company, name=MARCH, reason=reason, actor=asker)
        assert refused.value.field == "reason"

    def test_is_not_for_a_company_of_one(self, company: Company, asker: Actor) -> None:
        with pytest.raises(SelfApprovalDenied, match="only one member"):
            request_forced_lock(company=company, name=MARCH, reason="because", actor=asker)

    def test_cannot_be_approved_by_oneself_once_the_other_member_has_left(self, company: Company, asker: Actor) -> None:
        make_member(company, ends_on=company.today())
        request = request_forced_lock(company=company, name=MARCH, reason="because", actor=asker)
        company.memberships.exclude(user_id=asker.user_id).delete()
        with pytest.raises(SelfApprovalDenied), transaction.atomic():
            approve_lock(company=company, name=MARCH, request_id=request.id, actor=asker)
