"""Twenty threads at once: numbers, chain and totals stay right, one wins where one may, and nobody deadlocks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event
from typing import Any, TypeVar

import pytest
from django.db import IntegrityError, connection, connections, transaction

from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import Company, Role
from ledger.checks.books import check_books
from ledger.entries.entries import confirm_entry, create_draft
from ledger.errors import (
    AlreadyReversed,
    DuplicateSuspected,
    EntryNotDraft,
    LockRequestPending,
    PeriodAlreadyLocked,
    PeriodAlreadySoftLocked,
    PeriodLocked,
    RequestNotPending,
)
from ledger.journal.drafts import EntryDraft
from ledger.journal.locking import approve_lock, request_forced_lock, request_lock
from ledger.journal.posting import post, post_many, reverse
from ledger.models import Account, AccountRole, EntryStatus, JournalEntry, JournalHead, LockRequest, Period
from ledger.periods.calendar import soft_lock
from tests.factories import actor_of, entry_draft, make_company, make_entry, make_member

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20
ACTOR = Actor(ActorKind.USER, "kim@example.com", "api")
Outcome = TypeVar("Outcome")


def at_once(*calls: Callable[[], Outcome]) -> list[Outcome | Exception]:
    """Run every call in a thread of its own, all let go at the same moment; return results and refusals in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Outcome]) -> Outcome | Exception:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return call()
        except Exception as error:  # noqa: BLE001 - the refusals are what the tests look at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refusals(outcomes: Sequence[object]) -> list[type[BaseException]]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def proven(company: Company) -> int:
    """Return how many entries stand, having proven balance, numbers, chain, totals and periods."""
    check = check_books(company)
    assert check.findings == []
    return check.entry_count


@pytest.fixture
def company() -> Company:
    return make_company()


def stored_draft(company: Company) -> JournalEntry:
    ids = {slot: Account.objects.get(company=company, slot=slot).id for slot in (AccountRole.CASH, AccountRole.REVENUE)}
    draft = entry_draft(company, (ids[AccountRole.CASH], "5.00"), (ids[AccountRole.REVENUE], "-5.00"))
    return create_draft(draft, actor=ACTOR)


class TestPosting:
    def test_numbers_and_chains_what_is_posted_at_once(self, company: Company) -> None:
        def several() -> list[str]:
            return [make_entry(company).entry_number for _ in range(5)]

        outcomes = at_once(*[several] * THREADS)
        assert refusals(outcomes) == []
        numbers = sorted(number for outcome in outcomes if isinstance(outcome, list) for number in outcome)
        assert numbers == [f"2026-{number:06d}" for number in range(1, 5 * THREADS + 1)]
        assert proven(company) == 5 * THREADS

    def test_does_so_for_the_first_entries_of_a_company_without_a_head(self) -> None:
        company = Company.objects.create(name="Bare", chart="us", base_currency="USD")
        cash = Account.objects.create(company=company, code="1", name="Cash", type="asset")
        outcomes = at_once(*[lambda: make_entry(company, (cash.id, "1.00"), (cash.id, "-1.00"))] * THREADS)
        assert refusals(outcomes) == []
        assert proven(company) == THREADS

    def test_posts_into_different_years_periods_and_accounts_at_once(self, company: Company) -> None:
        """Every thread touches the same rows in another order."""
        days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 1), date(2024, 6, 30)]
        slots = [AccountRole.CASH, AccountRole.REVENUE, AccountRole.EXPENSE, AccountRole.SUSPENSE]

        def mixed(turn: int) -> list[Any]:
            def draft(step: int) -> EntryDraft:
                debit, credit = slots[(turn + step) % 4], slots[(turn + step + 1) % 4]
                return entry_draft(company, (debit, "1.00"), (credit, "-1.00"), on=days[(turn * step) % 4])

            with transaction.atomic():
                ids = post_many([draft(step) for step in range(4)], actor=ACTOR)
                return [*ids, post(draft(turn), actor=ACTOR).id]

        outcomes = at_once(*[lambda turn=turn: mixed(turn) for turn in range(THREADS)])
        assert refusals(outcomes) == []
        assert proven(company) == 5 * THREADS

    def test_leaves_no_gap_where_others_roll_back(self, company: Company) -> None:
        def post_or_give_up(turn: int) -> bool:
            for attempt in range(4):
                with transaction.atomic():
                    make_entry(company)
                    if (turn + attempt) % 2:
                        transaction.set_rollback(True)
            return True

        outcomes = at_once(*[lambda turn=turn: post_or_give_up(turn) for turn in range(THREADS)])
        assert refusals(outcomes) == []
        assert proven(company) == 2 * THREADS
        assert JournalHead.objects.get(company=company).next_journal_number == 2 * THREADS + 1

    def test_lets_one_source_record_post_once(self, company: Company) -> None:
        outcomes = at_once(*[lambda: make_entry(company, source_system="shop", source_id="17")] * THREADS)
        assert refusals(outcomes) == [IntegrityError] * (THREADS - 1)
        assert proven(company) == 1

    def test_sees_duplicates_that_are_posted_at_the_same_time(self, company: Company) -> None:
        outcomes = at_once(*[lambda: make_entry(company, checks_duplicates=True)] * THREADS)
        assert refusals(outcomes) == [DuplicateSuspected] * (THREADS - 1)
        assert proven(company) == 1

    def test_keeps_one_company_waiting_for_no_other(self, company: Company) -> None:
        other = make_company()
        posted, done = Event(), Event()

        def hold() -> None:
            with transaction.atomic():
                make_entry(company)
                posted.set()
                assert done.wait(timeout=20), "the other company had to wait"

        def go_on() -> None:
            assert posted.wait(timeout=20)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                make_entry(other)
            done.set()

        assert refusals(at_once(hold, go_on)) == []
        assert (proven(company), proven(other)) == (1, 1)


class TestClosing:
    def test_lets_nothing_slip_into_a_period_that_is_being_locked(self, company: Company) -> None:
        asker, approver = (actor_of(make_member(company, role=role)) for role in (Role.OWNER, Role.ADMIN))
        for _ in range(3):
            make_entry(company)
        request = request_lock(company=company, name="2026-01", actor=asker)

        def close() -> object:
            return approve_lock(company=company, name="2026-01", request_id=request.id, actor=approver)

        outcomes = at_once(close, *[lambda: make_entry(company)] * (THREADS - 1))
        assert set(refusals(outcomes)) <= {PeriodLocked}
        period = Period.objects.get(company=company)
        assert period.status == Period.Status.LOCKED
        posted = sum(isinstance(outcome, JournalEntry) for outcome in outcomes)
        assert period.booking_count == 3 + posted == proven(company)  # the closing hash covers exactly these

    def test_lets_nothing_slip_into_a_period_that_is_being_soft_locked(self, company: Company) -> None:
        def close() -> object:
            return soft_lock(company=company, name="2026-01", actor=ACTOR)

        outcomes = at_once(close, *[lambda: make_entry(company)] * (THREADS - 1))
        assert set(refusals(outcomes)) <= {PeriodLocked}
        locked_at = Period.objects.get(company=company).locked_at
        posted = JournalEntry.objects.filter(company=company)
        assert not posted.filter(posted_at__gt=locked_at, overrides_soft_lock=False).exists()
        assert posted.count() == sum(isinstance(outcome, JournalEntry) for outcome in outcomes) == proven(company)

    def test_soft_locks_a_period_once(self, company: Company) -> None:
        make_entry(company)
        outcomes = at_once(*[lambda: soft_lock(company=company, name="2026-01", actor=ACTOR)] * THREADS)
        assert refusals(outcomes) == [PeriodAlreadySoftLocked] * (THREADS - 1)

    def test_locks_a_period_once(self, company: Company) -> None:
        asker = actor_of(make_member(company, role=Role.OWNER))
        approvers = [actor_of(make_member(company, role=Role.ADMIN)) for _ in range(THREADS)]
        asked = at_once(*[lambda: request_lock(company=company, name="2026-01", actor=asker)] * THREADS)
        assert refusals(asked) == [LockRequestPending] * (THREADS - 1)
        request = LockRequest.objects.get(company=company)

        def approve(approver: Actor) -> object:
            return approve_lock(company=company, name="2026-01", request_id=request.id, actor=approver)

        outcomes = at_once(*[lambda approver=approver: approve(approver) for approver in approvers])
        assert len(refusals(outcomes)) == THREADS - 1
        assert Period.objects.get(company=company).status == Period.Status.LOCKED

    def test_closes_two_periods_one_after_the_other(self, company: Company) -> None:
        asker, approver = (actor_of(make_member(company, role=role)) for role in (Role.OWNER, Role.ADMIN))
        names = [f"2026-{month:02d}" for month in range(1, 11)]
        requests = {name: request_lock(company=company, name=name, actor=asker).id for name in names}

        def close(name: str) -> object:
            return approve_lock(company=company, name=name, request_id=requests[name], actor=approver)

        outcomes = at_once(*[lambda name=name: close(name) for name in names])
        # A lock takes the earlier months with it, so the requests for those have nothing left to lock.
        assert set(refusals(outcomes)) <= {RequestNotPending}
        assert set(Period.objects.filter(company=company).values_list("status", flat=True)) == {Period.Status.LOCKED}
        assert len(set(Period.objects.filter(company=company).values_list("closing_hash", flat=True))) == 10
        assert proven(company) == 0


class TestLifecycle:
    def test_reverses_an_entry_once(self, company: Company) -> None:
        entry = make_entry(company)
        outcomes = at_once(*[lambda: reverse(entry, on=date(2026, 1, 20), reason="", actor=ACTOR)] * THREADS)
        assert refusals(outcomes) == [AlreadyReversed] * (THREADS - 1)
        entry.refresh_from_db()
        assert (entry.status, entry.reversals.count()) == (EntryStatus.REVERSED, 1)
        assert proven(company) == 2

    def test_confirms_a_draft_once(self, company: Company) -> None:
        draft = stored_draft(company)
        outcomes = at_once(*[lambda: confirm_entry(company_id=company.id, entry_id=draft.id, actor=ACTOR)] * THREADS)
        assert refusals(outcomes) == []
        assert {outcome.sequence for outcome in outcomes if isinstance(outcome, JournalEntry)} == {1}
        assert proven(company) == 1

    def test_completes_a_draft_once_whatever_path_it_takes(self, company: Company) -> None:
        draft = stored_draft(company)
        completing = entry_draft(company, entry_id=draft.id)
        outcomes = at_once(*[lambda: post(completing, actor=ACTOR)] * THREADS)
        assert refusals(outcomes) == [EntryNotDraft] * (THREADS - 1)
        assert proven(company) == 1

    def test_posts_reverses_confirms_and_closes_all_at_once(self, company: Company) -> None:
        """The whole of it in one heap: what goes through is right, and what does not is refused for a reason."""
        asker, approver = (actor_of(make_member(company, role=role)) for role in (Role.OWNER, Role.ADMIN))
        entries = [make_entry(company) for _ in range(4)]
        drafts = [stored_draft(company) for _ in range(4)]
        request = request_forced_lock(company=company, name="2026-01", reason="the audit is today", actor=asker)
        calls: list[Callable[[], object]] = [
            *[lambda entry=entry: reverse(entry, on=date(2026, 2, 1), reason="", actor=ACTOR) for entry in entries],
            *[lambda d=d: confirm_entry(company_id=company.id, entry_id=d.id, actor=ACTOR) for d in drafts],
            *[lambda: make_entry(company, on=date(2026, 2, 1))] * 4,
            *[lambda: post_many([entry_draft(company, on=date(2025, 5, 5))] * 3, actor=ACTOR)] * 3,
            lambda: soft_lock(company=company, name="2025-05", actor=ACTOR),
            lambda: approve_lock(company=company, name="2026-01", request_id=request.id, actor=approver),
        ]
        outcomes = at_once(*calls)
        assert set(refusals(outcomes)) <= {PeriodLocked, PeriodAlreadyLocked}
        assert JournalEntry.objects.filter(company=company, status=EntryStatus.REVERSED).count() == 4
        proven(company)
