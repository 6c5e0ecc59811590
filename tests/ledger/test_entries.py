"""`ledger.entries.entries`: what happens to posted entries, in foreign currency, with tax, and by several at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from ledger.currencies.rates import record_exchange_rate
from ledger.entries import entries
from ledger.errors import (
    AlreadyReversed,
    EntryClosed,
    EntryNotDraft,
    EntryNotFound,
    EntryNotPosted,
    EntryNotSubmitted,
    ExchangeRateMissing,
    InvalidLine,
    LedgerInputError,
    PeriodLocked,
    UnknownEntry,
    UnknownTaxCode,
)
from ledger.journal.drafts import AccountCode, EntryDraft
from ledger.journal.locking import approve_lock, request_forced_lock
from ledger.models import JournalEntry
from ledger.periods.calendar import soft_lock
from tests.factories import entry_draft, make_company, make_entry
from tests.ledger.entry_steps import (
    CASH,
    ME,
    OTHER,
    SALES,
    ask_for_approval,
    content,
    draft_in,
    lines_of,
    people,
    step,
    trail,
)
from tests.ledger.raw_journal import flush_constraints

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def german(db: None) -> Company:
    return make_company(chart="skr04", currency="EUR")


class TestVoid:
    def test_ends_a_draft_and_keeps_it(self, company: Company) -> None:
        entry = step("void", draft_in(company), reason="Twice")

        assert (entry.status, entry.approval_status) == ("draft", "void")
        for name in ("submit", "confirm"):
            with pytest.raises(EntryClosed, match="make a new one"):
                step(name, entry)
        with pytest.raises(EntryNotSubmitted):
            step("approve", entry)
        with pytest.raises(EntryClosed):
            entries.update_draft(company_id=company.pk, entry_id=entry.pk, draft=content(company), actor=ME)
        step("void", entry)
        assert trail(entry.pk) == ["created", "voided"]

    def test_reverses_what_is_posted_on_its_own_date(self, company: Company) -> None:
        entry = make_entry(company, on=date(2026, 1, 15))

        assert step("void", entry).status == "reversed"
        assert entry.reversals.get().entry_date == date(2026, 1, 15)

    def test_reverses_on_the_next_open_day_when_the_period_is_closed(self, company: Company) -> None:
        entry = make_entry(company, on=date(2026, 1, 15))
        for month in ("2026-01", "2026-02"):
            soft_lock(company=company, name=month, actor=ME)

        step("void", entry)

        assert entry.reversals.get().entry_date == date(2026, 3, 1)


class TestReverse:
    def test_mirrors_the_entry(self, company: Company) -> None:
        entry = make_entry(company)

        reversal = entries.reverse_entry(company_id=company.pk, entry_id=entry.pk, reason="Typo", actor=ME)

        assert lines_of(reversal) == [("1000", Decimal(-100)), ("4000", Decimal(100))]
        assert trail(entry.pk) == ["reversed"]

    def test_stays_in_the_adjustment_period(self, company: Company) -> None:
        entry = make_entry(company, on=date(2026, 12, 31), adjustment_period=13)

        assert entries.reverse_entry(company_id=company.pk, entry_id=entry.pk, actor=ME).period == "2026-P13"

    def test_leaves_a_closed_adjustment_period(self, company: Company) -> None:
        entry = make_entry(company, on=date(2026, 12, 31), adjustment_period=13)
        soft_lock(company=company, name="2026-P13", actor=ME)

        reversal = entries.reverse_entry(company_id=company.pk, entry_id=entry.pk, actor=ME)

        assert (reversal.period, reversal.entry_date) == ("2027-01", date(2027, 1, 1))

    def test_refuses_drafts_and_what_is_reversed(self, company: Company) -> None:
        with pytest.raises(EntryNotPosted):
            step("reverse", draft_in(company))
        entry = make_entry(company)
        step("reverse", entry)
        with pytest.raises(AlreadyReversed):
            step("reverse", entry)

    def test_blames_the_date_it_was_given(self, company: Company) -> None:
        entry = make_entry(company, on=date(2026, 1, 15))
        soft_lock(company=company, name="2026-02", actor=ME)

        with pytest.raises(PeriodLocked) as caught:
            step("reverse", entry, on=date(2026, 2, 1))

        assert caught.value.field == "on"
        entry.refresh_from_db()
        assert entry.status == "posted"


class TestReversingEntries:
    def test_reverses_the_entry_that_a_draft_names(self, company: Company) -> None:
        original = make_entry(company)
        entry = draft_in(company, (SALES, "100.00"), (CASH, "-100.00"), reverses_entry_id=original.pk)

        step("confirm", entry)

        flush_constraints()
        original.refresh_from_db()
        assert (original.status, original.reversals.get().pk) == ("reversed", entry.pk)
        assert trail(original.pk) == ["reversed"]

    def test_posts_at_once_too(self, company: Company) -> None:
        original = make_entry(company)
        draft = entry_draft(company, (SALES, "100.00"), (CASH, "-100.00"), reverses_entry_id=original.pk)

        entries.post_entry(draft, actor=ME)

        original.refresh_from_db()
        assert original.status == "reversed"

    @pytest.mark.parametrize(
        "lines",
        [
            ((SALES, "99.00"), (CASH, "-99.00")),
            ((CASH, "100.00"), (SALES, "-100.00")),
            ((OTHER, "100.00"), (CASH, "-100.00")),
        ],
    )
    def test_refuses_lines_that_do_not_undo_it(self, company: Company, lines: Any) -> None:
        original = make_entry(company)
        entry = draft_in(company, *lines, reverses_entry_id=original.pk)

        with pytest.raises(InvalidLine, match="do not undo"):
            step("confirm", entry)

        original.refresh_from_db()
        assert original.status == "posted"

    def test_refuses_lines_that_undo_it_in_base_currency_alone(self, company: Company) -> None:
        """100.00 EUR at 1.10 are 110.00 USD; 110.00 EUR at 1.00 are, too, and would leave 10.00 EUR on each account."""
        original = make_entry(company, currency="EUR", exchange_rate=Decimal("1.10"))
        draft = entry_draft(
            company,
            *((SALES, "110.00"), (CASH, "-110.00")),
            currency="EUR",
            exchange_rate=Decimal("1.00"),
            reverses_entry_id=original.pk,
        )
        with pytest.raises(InvalidLine, match="do not undo") as refusal:
            entries.post_entry(draft, actor=ME)

        original.refresh_from_db()
        assert (refusal.value.field, original.status) == ("lines", "posted")

    def test_takes_the_rate_of_the_original(self, company: Company) -> None:
        original = make_entry(company, currency="EUR", exchange_rate=Decimal("1.2345"))
        entry = draft_in(company, (SALES, "100.00"), (CASH, "-100.00"), currency="EUR", reverses_entry_id=original.pk)

        assert step("confirm", entry).exchange_rate == Decimal("1.2345")

    def test_reverses_once(self, company: Company) -> None:
        original = make_entry(company)
        drafts = [
            draft_in(company, (SALES, "100.00"), (CASH, "-100.00"), reverses_entry_id=original.pk) for _ in range(2)
        ]
        step("confirm", drafts[0])

        with pytest.raises(AlreadyReversed):
            step("confirm", drafts[1])

    def test_reverses_no_draft(self, company: Company) -> None:
        entry = draft_in(company, (SALES, "100.00"), (CASH, "-100.00"), reverses_entry_id=draft_in(company).pk)

        with pytest.raises(EntryNotPosted):
            step("confirm", entry)

    def test_does_not_know_another_company_s_entry(self, company: Company) -> None:
        theirs = make_entry(make_company())

        for service in (entries.create_draft, entries.post_entry):
            with pytest.raises(UnknownEntry):
                service(entry_draft(company, reverses_entry_id=theirs.pk), actor=ME)


class TestForeignCurrency:
    def test_keeps_a_stated_rate(self, company: Company) -> None:
        entry = step("confirm", draft_in(company, currency="EUR", exchange_rate=Decimal("1.1")))

        assert (entry.exchange_rate, entry.rate_source, entry.rate_date) == (
            Decimal("1.1"),
            "manual",
            entry.entry_date,
        )
        assert lines_of(entry) == [("1000", Decimal(110)), ("4000", Decimal(-110))]

    def test_takes_the_rate_of_the_day_when_it_posts(self, company: Company) -> None:
        entry = draft_in(company, currency="EUR")
        assert entry.rate_source == ""
        record_exchange_rate(company=company, currency="EUR", on=date(2026, 1, 14), rate=Decimal("0.8"))

        posted = step("confirm", entry)

        assert (posted.exchange_rate, posted.rate_date) == (Decimal("1.25"), date(2026, 1, 14))
        assert lines_of(posted) == [("1000", Decimal(125)), ("4000", Decimal(-125))]

    def test_says_when_no_rate_is_known(self, company: Company) -> None:
        entry = draft_in(company, currency="EUR")

        with pytest.raises(ExchangeRateMissing):
            step("confirm", entry)

    def test_takes_decimals_by_currency(self, company: Company) -> None:
        entry = draft_in(company, (CASH, "1000"), (SALES, "-1000"), currency="JPY", exchange_rate=Decimal("0.0065"))

        assert lines_of(step("confirm", entry)) == [("1000", Decimal("6.5")), ("4000", Decimal("-6.5"))]

    def test_needs_no_rate_in_the_company_s_own_currency(self, company: Company) -> None:
        assert step("confirm", draft_in(company, currency="USD", exchange_rate=Decimal(1))).rate_date is None
        with pytest.raises(LedgerInputError):
            step("confirm", draft_in(company, currency="USD", exchange_rate=Decimal(2)))


class TestTax:
    def test_splits_gross_lines_when_the_draft_posts(self, german: Company) -> None:
        gross = entry_draft(german, (AccountCode("6815"), "119.00"), (AccountCode("1800"), "-119.00"))
        entry = entries.create_draft(
            replace(gross, lines=(replace(gross.lines[0], tax_code="vst19"), gross.lines[1])), actor=ME
        )
        assert [line["amount"] for line in entry.draft_lines or []] == ["119.00", "-119.00"]

        posted = step("confirm", entry)

        assert lines_of(posted) == [("6815", Decimal(100)), ("1406", Decimal(19)), ("1800", Decimal(-119))]

    def test_refuses_to_submit_an_unknown_code(self, german: Company) -> None:
        gross = entry_draft(german, (AccountCode("6815"), "119.00"), (AccountCode("1800"), "-119.00"))
        entry = entries.create_draft(
            replace(gross, lines=(replace(gross.lines[0], tax_code="NONE"), gross.lines[1])), actor=ME
        )

        with pytest.raises(UnknownTaxCode) as caught:
            step("submit", entry)

        assert caught.value.field == "lines[0].tax_code"


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in threads that start at once; a refusal counts as its class."""

    def run(number: int) -> Any:
        try:
            return work(number)
        except DomainError as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_posts_a_draft_once_when_twenty_confirm_it(self, company: Company) -> None:
        entry = draft_in(company)

        hashes = together(20, lambda _: step("confirm", entry).hash)

        assert len(set(hashes)) == 1
        assert JournalEntry.objects.get().entry_number == "2026-000001"
        assert trail(entry.pk) == ["created", "confirmed"]

    def test_either_deletes_or_posts_a_draft(self, company: Company) -> None:
        for _ in range(5):
            entry = draft_in(company)

            def decide(number: int, entry: JournalEntry = entry) -> str:
                if number % 2:
                    return step("confirm", entry).status
                entries.delete_draft(company_id=company.pk, entry_id=entry.pk, actor=ME)
                return "deleted"

            outcomes = set(together(8, decide))
            assert outcomes in ({"posted", EntryNotDraft}, {"deleted", EntryNotFound})
            assert JournalEntry.objects.filter(pk=entry.pk).exists() is ("posted" in outcomes)

    def test_either_deletes_or_submits_a_draft(self, company: Company) -> None:
        for _ in range(5):
            entry = draft_in(company)

            def decide(number: int, entry: JournalEntry = entry) -> str:
                if number % 2:
                    entries.submit_entry(company_id=company.pk, entry_id=entry.pk, actor=ME)
                    return "submitted"
                entries.delete_draft(company_id=company.pk, entry_id=entry.pk, actor=ME)
                return "deleted"

            outcomes = together(8, decide)
            assert outcomes.count("deleted") == 1
            assert set(outcomes) <= {"deleted", "submitted", EntryNotFound}
            assert not JournalEntry.objects.filter(pk=entry.pk).exists()

    def test_approves_or_edits_but_never_posts_what_was_not_submitted(self, company: Company) -> None:
        anna, ben = people(company)
        ask_for_approval(company)
        other: EntryDraft = entry_draft(company, (CASH, "999.00"), (SALES, "-999.00"))
        for _ in range(5):
            entry = step("submit", draft_in(company, actor=anna), actor=anna)

            def decide(number: int, entry: JournalEntry = entry) -> str:
                if number % 2:
                    return step("approve", entry, actor=ben).status
                entries.update_draft(company_id=company.pk, entry_id=entry.pk, draft=other, actor=anna)
                return "edited"

            outcomes = set(together(6, decide))
            entry.refresh_from_db()
            assert outcomes in ({"posted", EntryNotDraft}, {"edited", EntryNotSubmitted})
            if entry.status == "posted":
                assert entry.total_amount == 100

    def test_reverses_once_when_twenty_ask(self, company: Company) -> None:
        entry = make_entry(company)

        outcomes = together(20, lambda _: step("reverse", entry).status)

        assert sorted(map(str, outcomes)) == sorted(map(str, ["reversed"] + [AlreadyReversed] * 19))
        assert JournalEntry.objects.count() == 2

    def test_locks_a_period_or_posts_into_it_but_not_after(self, company: Company) -> None:
        anna, ben = people(company)
        drafts = [draft_in(company, on=date(2026, 1, 15)) for _ in range(8)]
        request = request_forced_lock(company=company, name="2026-01", reason="the audit is today", actor=anna)

        def decide(number: int) -> str:
            if number == 4:
                approve_lock(company=company, name="2026-01", request_id=request.pk, actor=ben)
                return "locked"
            return step("confirm", drafts[number - (number > 4)]).status

        outcomes = together(9, decide)
        posted = JournalEntry.objects.filter(status="posted")
        locked_at = company.periods.get(name="2026-01").locked_at
        assert set(outcomes) <= {"locked", "posted", PeriodLocked}
        assert posted.count() == outcomes.count("posted")
        assert not posted.filter(posted_at__gt=locked_at).exists()
