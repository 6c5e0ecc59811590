"""`ledger.entries`: drafts, and how they become entries."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from backfill.errors import DomainError
from backfill.ids import uuid7
from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.models import Company, Role
from ledger import entries
from ledger.drafts import AccountCode, EntryDraft
from ledger.errors import (
    AccountInactive,
    AlreadyReversed,
    ApprovalRequired,
    EntryClosed,
    EntryNotDraft,
    EntryNotFound,
    EntryNotPosted,
    EntryNotSubmitted,
    ExchangeRateMissing,
    InvalidLine,
    InvalidPeriod,
    LedgerInputError,
    PeriodLocked,
    SelfApprovalDenied,
    UnbalancedEntry,
    UnknownAccount,
    UnknownCurrency,
    UnknownEntry,
    UnknownTaxCode,
)
from ledger.models import Account, Activity, JournalEntry, JournalHead, JournalLine
from ledger.periods import approve_lock, request_lock, soft_lock
from ledger.rates import record_exchange_rate
from tests.factories import actor_of, entry_draft, make_api_key, make_company, make_entry, make_member
from tests.ledger.raw_journal import flush_constraints

pytestmark = pytest.mark.django_db

CASH, SALES, OTHER, CARD = (AccountCode(code) for code in ("1000", "4000", "6100", "1010"))
ME = system_actor("Kim")


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def german(db: None) -> Company:
    return make_company(chart="skr04", currency="EUR")


def content(company: Company, *lines: Any, **fields: Any) -> EntryDraft:
    """What a draft says: 100.00 from cash to sales unless lines are given."""
    return entry_draft(company, *(lines or ((CASH, "100.00"), (SALES, "-100.00"))), **fields)


def draft_in(company: Company, *lines: Any, actor: Actor = ME, **fields: Any) -> JournalEntry:
    return entries.create_draft(content(company, *lines, **fields), actor=actor)


def step(name: str, entry: JournalEntry, *, actor: Actor = ME, **more: Any) -> JournalEntry:
    """Take a step with an entry and read it again."""
    service: Callable[..., Any] = getattr(entries, f"{name}_entry")
    service(company_id=entry.company_id, entry_id=entry.pk, actor=actor, **more)
    return JournalEntry.objects.get(pk=entry.pk)


def lines_of(entry: JournalEntry) -> list[tuple[str | None, Decimal]]:
    rows = JournalLine.objects.filter(entry=entry).order_by("line_number")
    return [(code, amount) for code, amount in rows.values_list("account__code", "amount")]


def trail(entry_id: UUID) -> list[str]:
    found = Activity.objects.filter(subject_type="journal_entry", subject_id=entry_id)
    return list(found.order_by("at", "id").values_list("verb", flat=True))


def people(company: Company) -> tuple[Actor, Actor]:
    """Two members as the actors that they are over the API."""
    return tuple(actor_of(make_member(company, role=Role.ADMIN), surface="api") for _ in range(2))  # type: ignore[return-value]


def ask_for_approval(company: Company) -> None:
    company.requires_approval = True
    company.save()


class TestDrafts:
    def test_keeps_a_draft_out_of_the_journal(self, company: Company) -> None:
        entry = draft_in(company, memo="Sale")

        assert (entry.status, entry.approval_status, entry.memo) == ("draft", "draft", "Sale")
        assert entry.entry_number.startswith("DRAFT-")
        assert JournalLine.objects.count() == 0
        assert JournalHead.objects.get(company=company).next_journal_number == 1

    def test_need_not_balance_nor_be_complete(self, company: Company) -> None:
        for lines in (((CASH, "5.00"),), ((CASH, "0"), (SALES, "0"))):
            draft_in(company, *lines)
        nothing = entries.create_draft(replace(entry_draft(company), lines=()), actor=ME)

        assert nothing.draft_lines == []

    @pytest.mark.parametrize(
        ("lines", "fields", "refusal", "field"),
        [
            (((AccountCode("9999"), "1.00"),), {}, UnknownAccount, "lines[0].account_code"),
            (((CASH, "1.00"), (uuid7(), "-1.00")), {}, UnknownAccount, "lines[1].account_id"),
            (((CASH, "1.001"),), {}, InvalidLine, "lines[0].amount"),
            (((CASH, "1.5"),), {"currency": "JPY"}, InvalidLine, "lines[0].amount"),
            (((CASH, "1.00"),), {"currency": "XXQ"}, UnknownCurrency, "currency"),
            (((CASH, "1.00"),), {"currency": "EUR", "exchange_rate": Decimal(0)}, LedgerInputError, "exchange_rate"),
            (((CASH, "1.00"),), {"adjustment_period": 13}, InvalidPeriod, "adjustment_period"),
            (((CASH, "1.00"),), {"adjustment_period": 15}, InvalidPeriod, "adjustment_period"),
            (((CASH, "1.00"),), {"reverses_entry_id": uuid7()}, UnknownEntry, "reverses_entry_id"),
        ],
    )
    def test_refuses_at_once_what_can_never_post(
        self, company: Company, lines: Any, fields: dict[str, Any], refusal: type[DomainError], field: str
    ) -> None:
        with pytest.raises(refusal) as caught:
            draft_in(company, *lines, **fields)

        assert caught.value.field == field
        assert JournalEntry.objects.count() == 0

    def test_does_not_know_another_company_s_account(self, company: Company) -> None:
        theirs = Account.objects.get(company=make_company(), code="1000")

        with pytest.raises(UnknownAccount):
            draft_in(company, (theirs.pk, "1.00"))

    def test_comes_back_as_it_was_described(self, company: Company) -> None:
        described = entry_draft(
            company,
            (CASH, "100.00"),
            (SALES, "-100.00"),
            on=date(2026, 12, 31),
            adjustment_period=13,
            currency="EUR",
            exchange_rate=Decimal("1.1"),
            rate_date=date(2026, 12, 30),
            rate_source="bank",
            memo="Sale",
            document_date=date(2026, 12, 29),
            effective_date=date(2026, 12, 28),
            document_number="RE-1",
            external_reference="ERP-1",
            source_system="erp",
            source_id="7",
            connection_id="c",
            dimensions={"store": "7"},
            metadata={"a": [1, None]},
        )
        line = replace(
            described.lines[0],
            description="Till 3",
            line_ref="r1",
            class_id="c1",
            location_id="l1",
            dimensions={"d": 1},
            metadata={"m": "x"},
        )
        entry = entries.create_draft(replace(described, lines=(line, described.lines[1])), actor=ME)

        stored = entries.draft_of(JournalEntry.objects.select_related("company").get(pk=entry.pk))

        ids = dict(company.accounts.values_list("code", "id"))
        expected = replace(described, entry_id=entry.pk, lines=stored.lines)
        assert stored == expected
        assert [one.account for one in stored.lines] == [ids["1000"], ids["4000"]]
        assert [one.amount for one in stored.lines] == [100, -100]
        assert replace(stored.lines[0], account=CASH, input_path="", input_amount="amount") == line

    def test_replaces_the_content_and_becomes_a_plain_draft_again(self, company: Company) -> None:
        entry = step("submit", draft_in(company))

        entries.update_draft(
            company_id=company.pk,
            entry_id=entry.pk,
            draft=entry_draft(company, (CASH, "7.00"), (SALES, "-7.00"), memo="Other"),
            actor=ME,
        )

        entry.refresh_from_db()
        assert (entry.approval_status, entry.memo) == ("draft", "Other")
        assert [line["amount"] for line in entry.draft_lines or []] == ["7.00", "-7.00"]

    def test_deletes_a_draft_for_good(self, company: Company) -> None:
        entry = draft_in(company)

        entries.delete_draft(company_id=company.pk, entry_id=entry.pk, actor=ME)

        assert JournalEntry.objects.count() == 0
        assert trail(entry.pk) == ["created", "deleted"]

    @pytest.mark.parametrize("change", ["update", "delete", "submit"])
    def test_leaves_what_is_posted_alone_and_names_the_way_out(self, company: Company, change: str) -> None:
        entry = make_entry(company)
        services: dict[str, Callable[..., Any]] = {
            "update": lambda **names: entries.update_draft(draft=content(company), **names),
            "delete": entries.delete_draft,
            "submit": entries.submit_entry,
        }

        with pytest.raises(EntryNotDraft, match="reverse it"):
            services[change](company_id=company.pk, entry_id=entry.pk, actor=ME)

    def test_does_not_know_another_company_s_draft(self, company: Company) -> None:
        entry, others = draft_in(company), make_company()
        services: list[Callable[..., Any]] = [
            *(entries.delete_draft, entries.submit_entry, entries.approve_entry, entries.reject_entry),
            *(entries.confirm_entry, entries.void_entry, entries.reverse_entry),
            lambda **names: entries.update_draft(draft=content(others), **names),
        ]

        for service in services:
            with pytest.raises(EntryNotFound):
                service(company_id=others.pk, entry_id=entry.pk, actor=ME)


class TestConfirm:
    def test_posts_the_draft_under_its_own_id(self, company: Company) -> None:
        entry = step("confirm", draft_in(company))

        flush_constraints()
        assert (entry.status, entry.approval_status, entry.entry_number) == ("posted", "approved", "2026-000001")
        assert entry.draft_lines is None
        assert lines_of(entry) == [("1000", Decimal(100)), ("4000", Decimal(-100))]
        assert trail(entry.pk) == ["created", "confirmed"]

    def test_posts_once_however_often_it_is_asked(self, company: Company) -> None:
        entry = step("confirm", draft_in(company))

        assert step("confirm", entry).hash == entry.hash
        assert JournalEntry.objects.count() == 1
        assert trail(entry.pk) == ["created", "confirmed"]

    @pytest.mark.parametrize(
        ("lines", "refusal", "field"),
        [
            (((CASH, "5.00"), (SALES, "-4.00")), UnbalancedEntry, "lines"),
            (((CASH, "5.00"),), InvalidLine, "lines"),
            (((CASH, "5.00"), (SALES, "-5.00"), (OTHER, "0")), InvalidLine, "lines[2].debit_amount"),
        ],
    )
    def test_refuses_what_is_incomplete_and_keeps_the_draft(
        self, company: Company, lines: Any, refusal: type[DomainError], field: str
    ) -> None:
        entry = draft_in(company, *lines)

        with pytest.raises(refusal) as caught:
            step("confirm", entry)

        assert caught.value.field == field
        entry.refresh_from_db()
        assert (entry.status, entry.approval_status) == ("draft", "draft")

    def test_refuses_an_account_that_went_out_of_use(self, company: Company) -> None:
        entry = draft_in(company)
        Account.objects.filter(company=company, code="4000").update(is_active=False)

        with pytest.raises(AccountInactive):
            step("confirm", entry)

    def test_refuses_a_closed_period(self, company: Company) -> None:
        entry = draft_in(company, on=date(2026, 1, 15))
        soft_lock(company=company, name="2026-01", actor=ME)

        with pytest.raises(PeriodLocked) as caught:
            step("confirm", entry)

        assert caught.value.field == "entry_date"

    def test_posts_into_the_adjustment_period_it_was_written_for(self, company: Company) -> None:
        entry = draft_in(company, on=date(2026, 12, 31), adjustment_period=14)
        soft_lock(company=company, name="2026-12", actor=ME)

        assert step("confirm", entry).period == "2026-P14"


class TestApproval:
    def test_goes_from_draft_over_submitted_to_posted(self, company: Company) -> None:
        anna, ben = people(company)
        ask_for_approval(company)
        entry = draft_in(company, actor=anna)

        submitted = step("submit", entry, actor=anna)
        posted = step("approve", entry, actor=ben)

        assert (submitted.status, submitted.approval_status) == ("draft", "pending_approval")
        assert (posted.status, posted.approval_status, posted.created_by) == ("posted", "approved", ben.label)
        assert trail(entry.pk) == ["created", "submitted", "approved"]

    def test_submits_only_what_would_post(self, company: Company) -> None:
        for lines, refusal in ((((CASH, "5.00"),), InvalidLine), (((CASH, "5.00"), (SALES, "-4.00")), UnbalancedEntry)):
            entry = draft_in(company, *lines)
            with pytest.raises(refusal):
                step("submit", entry)
            entry.refresh_from_db()
            assert entry.approval_status == "draft"

    def test_submits_once(self, company: Company) -> None:
        entry = step("submit", step("submit", draft_in(company)))

        assert trail(entry.pk) == ["created", "submitted"]

    def test_refuses_the_person_who_submitted(self, company: Company) -> None:
        anna, _ = people(company)
        ask_for_approval(company)
        entry = step("submit", draft_in(company, actor=anna), actor=anna)

        with pytest.raises(SelfApprovalDenied):
            step("approve", entry, actor=anna)

    def test_counts_a_key_as_the_person_who_made_it(self, company: Company) -> None:
        anna, _ = people(company)
        key = credential_from_token(make_api_key(company, actor=replace(anna, surface="admin")).token)
        assert key is not None
        ask_for_approval(company)
        by_key = step("submit", draft_in(company, actor=key.actor), actor=key.actor)
        by_hand = step("submit", draft_in(company, actor=anna), actor=anna)

        for entry, approver in ((by_key, anna), (by_hand, key.actor), (by_key, key.actor)):
            with pytest.raises(SelfApprovalDenied):
                step("approve", entry, actor=approver)

    def test_refuses_a_program_to_approve_what_a_program_submitted(self, company: Company) -> None:
        ask_for_approval(company)
        entry = step("submit", draft_in(company))

        with pytest.raises(SelfApprovalDenied):
            step("approve", entry, actor=system_actor("Another"))

    def test_looks_at_who_submitted_last(self, company: Company) -> None:
        anna, ben = people(company)
        ask_for_approval(company)
        entry = step("submit", draft_in(company, actor=anna), actor=anna)
        entries.update_draft(company_id=company.pk, entry_id=entry.pk, draft=content(company), actor=ben)
        step("submit", entry, actor=ben)

        with pytest.raises(SelfApprovalDenied):
            step("approve", entry, actor=ben)
        assert step("approve", entry, actor=anna).status == "posted"

    def test_lets_anybody_approve_where_the_company_asks_for_nobody(self, company: Company) -> None:
        assert step("approve", step("submit", draft_in(company))).status == "posted"

    def test_approves_nothing_that_was_not_submitted(self, company: Company) -> None:
        entry = draft_in(company)

        for name in ("approve", "reject"):
            with pytest.raises(EntryNotSubmitted):
                step(name, entry)

    def test_returns_a_posted_entry_as_it_is(self, company: Company) -> None:
        entry = make_entry(company)

        assert step("approve", entry).hash == entry.hash

    def test_sends_a_rejected_draft_back_to_be_edited(self, company: Company) -> None:
        entry = step("reject", step("submit", draft_in(company)), reason="No receipt")

        assert entry.approval_status == "rejected"
        assert Activity.objects.get(subject_id=entry.pk, verb="rejected").detail == {"reason": "No receipt"}
        for name in ("submit", "confirm"):
            with pytest.raises(EntryClosed, match="edit it and submit it again"):
                step(name, entry)
        entries.update_draft(company_id=company.pk, entry_id=entry.pk, draft=content(company), actor=ME)
        assert step("submit", entry).approval_status == "pending_approval"

    @pytest.mark.parametrize("kind", ["manual", "booking", "opening_balances"])
    def test_keeps_entries_made_by_hand_from_posting_unseen(self, company: Company, kind: str) -> None:
        ask_for_approval(company)

        with pytest.raises(ApprovalRequired):
            entries.post_entry(entry_draft(company, kind=kind), actor=ME)
        with pytest.raises(ApprovalRequired):
            step("confirm", step("submit", draft_in(company)))

    def test_does_not_hold_up_what_documents_post(self, company: Company) -> None:
        ask_for_approval(company)

        assert entries.post_entry(entry_draft(company, kind="invoice"), actor=ME).status == "posted"


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
        request = request_lock(company=company, name="2026-01", actor=anna)

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
