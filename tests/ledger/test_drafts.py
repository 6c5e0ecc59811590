"""`ledger.entries.entries`: drafts, and how they are approved and confirmed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import DomainError
from backfill.ids import uuid7
from backfill.tenancy.actors import system_actor
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.models import Company
from ledger.entries import entries
from ledger.errors import (
    AccountInactive,
    ApprovalRequired,
    EntryClosed,
    EntryNotDraft,
    EntryNotFound,
    EntryNotSubmitted,
    InvalidLine,
    InvalidPeriod,
    LedgerInputError,
    PeriodLocked,
    SelfApprovalDenied,
    UnbalancedEntry,
    UnknownAccount,
    UnknownCurrency,
    UnknownEntry,
)
from ledger.journal.drafts import AccountCode
from ledger.models import Account, Activity, JournalEntry, JournalHead, JournalLine
from ledger.periods.calendar import soft_lock
from tests.factories import entry_draft, make_api_key, make_company, make_entry
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
