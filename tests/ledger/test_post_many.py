"""`ledger.journal.posting.post_many`: the same rules for thousands of entries at once."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backfill.ids import uuid7
from backfill.tenancy.actors import Actor, ActorKind, system_actor
from backfill.tenancy.models import Company
from ledger.checks.books import check_books
from ledger.errors import PeriodLocked, UnbalancedEntry, UnknownAccount
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post_many
from ledger.models import AccountRole, JournalEntry, JournalHead
from ledger.periods.calendar import soft_lock
from tests.factories import entry_draft, make_company, make_entry
from tests.ledger.raw_journal import flush_constraints

pytestmark = pytest.mark.django_db

BOOKKEEPER = Actor(ActorKind.USER, "kim@example.com", "admin")
CLOSER = Actor(ActorKind.USER, "lee@example.com", "admin", may_post_into_soft_lock=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def sales(company: Company, count: int, **fields: Any) -> Iterator[EntryDraft]:
    for number in range(count):
        amount = f"{number + 1}.00"
        yield entry_draft(
            company, (AccountRole.CASH, amount), (AccountRole.REVENUE, f"-{amount}"), memo=str(number), **fields
        )


def test_posts_in_the_order_given_and_returns_the_ids(company: Company) -> None:
    ids = post_many(sales(company, 5), actor=BOOKKEEPER)
    flush_constraints()
    entries = JournalEntry.objects.filter(company=company).order_by("sequence")
    assert [entry.id for entry in entries] == ids
    assert [entry.memo for entry in entries] == ["0", "1", "2", "3", "4"]
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]


def test_posts_nothing_when_given_nothing(company: Company) -> None:
    assert post_many(iter(()), actor=BOOKKEEPER) == []
    assert JournalHead.objects.get(company=company).next_journal_number == 1


def test_proves_right_over_several_batches(company: Company) -> None:
    make_entry(company)
    ids = post_many(sales(company, 2_001), actor=BOOKKEEPER)
    flush_constraints()
    make_entry(company)
    assert len(ids) == 2_001
    assert check_books(company).findings == []
    assert JournalHead.objects.get(company=company).next_journal_number == 2_004


def test_costs_a_few_statements_per_batch_and_none_per_entry(company: Company) -> None:
    post_many(sales(company, 2), actor=BOOKKEEPER)
    counts = []
    for entries in (2, 200):
        with CaptureQueriesContext(connection) as captured:
            post_many(sales(company, entries), actor=BOOKKEEPER)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_mixes_years_periods_and_currencies(company: Company) -> None:
    drafts = [
        entry_draft(company, on=date(2025, 12, 31)),
        entry_draft(company, on=date(2026, 2, 1), currency="EUR", exchange_rate=Decimal("1.1")),
        entry_draft(company, on=date(2025, 12, 31), adjustment_period=13),
        entry_draft(company, on=date(2026, 1, 1)),
    ]
    ids = post_many(drafts, actor=BOOKKEEPER)
    flush_constraints()
    found = JournalEntry.objects.in_bulk(ids)
    assert [(found[key].entry_number, found[key].period) for key in ids] == [
        ("2025-000001", "2025-12"),
        ("2026-000001", "2026-02"),
        ("2025-000002", "2025-P13"),
        ("2026-000002", "2026-01"),
    ]
    assert check_books(company).findings == []


@pytest.mark.parametrize(
    "text",
    ["tab\there", "line\nbreak", "cr\rlf\r\n", "back\\slash", r"\N", r"\.", "«ü» 漢字 🧾", " spaced ", "'quoted\""],
)
def test_keeps_every_character(company: Company, text: str) -> None:
    lines = (
        LineDraft.debit(AccountRole.CASH, Decimal(1), description=text, metadata={text: [text]}),
        LineDraft.credit(AccountRole.REVENUE, Decimal(1)),
    )
    draft = EntryDraft(
        company_id=company.id, entry_date=date(2026, 1, 5), lines=lines, memo=text, metadata={text: text}
    )
    [entry_id] = post_many([draft], actor=BOOKKEEPER)
    entry = JournalEntry.objects.get(id=entry_id)
    line = entry.lines.get(line_number=1)
    assert (entry.memo, entry.metadata, line.description, line.metadata) == (text, {text: text}, text, {text: [text]})
    assert check_books(company).findings == []


def test_refuses_a_nul_byte(company: Company) -> None:
    with pytest.raises(DataError), transaction.atomic():
        post_many([entry_draft(company, memo="nul\x00")], actor=BOOKKEEPER)


def test_posts_all_or_none_and_names_the_entry_to_blame(company: Company) -> None:
    drafts = [*sales(company, 1_500), entry_draft(company, (AccountRole.CASH, "1.00"), (AccountRole.REVENUE, "-2.00"))]
    with pytest.raises(UnbalancedEntry) as refused, transaction.atomic():
        post_many(drafts, actor=BOOKKEEPER)
    assert refused.value.details["entry_index"] == 1_500
    assert not JournalEntry.objects.filter(company=company).exists()
    assert make_entry(company).entry_number == "2026-000001"


def test_names_the_entry_with_an_unknown_account(company: Company) -> None:
    drafts = [entry_draft(company), entry_draft(company, (AccountRole.CASH, "1.00"), (AccountCode("none"), "-1.00"))]
    with pytest.raises(UnknownAccount) as refused, transaction.atomic():
        post_many(drafts, actor=BOOKKEEPER)
    assert (refused.value.details["entry_index"], refused.value.field) == (1, "lines[1].account_code")


def test_names_the_first_entry_in_a_locked_period(company: Company) -> None:
    soft_lock(company=company, name="2026-02", actor=CLOSER)
    days = [date(2026, 1, 1)] * 1_001 + [date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 2)]
    with pytest.raises(PeriodLocked) as refused, transaction.atomic():
        post_many((entry_draft(company, on=day) for day in days), actor=BOOKKEEPER)
    assert refused.value.details["entry_index"] == 1_002
    assert refused.value.details["period"] == "2026-02"


def test_marks_only_the_entries_that_went_into_a_soft_lock(company: Company) -> None:
    soft_lock(company=company, name="2026-02", actor=CLOSER)
    ids = post_many((entry_draft(company, on=date(2026, month, 1)) for month in (1, 2)), actor=CLOSER)
    flush_constraints()
    found = JournalEntry.objects.in_bulk(ids)
    assert [found[key].overrides_soft_lock for key in ids] == [False, True]


def test_refuses_one_source_record_twice(company: Company) -> None:
    identity = {"source_system": "shop", "source_id": "1"}
    with pytest.raises(IntegrityError), transaction.atomic():
        post_many((entry_draft(company, **identity) for _ in range(2)), actor=BOOKKEEPER)


def test_is_for_new_entries_of_one_company(company: Company) -> None:
    for second in (
        entry_draft(make_company()),
        entry_draft(company, entry_id=uuid7()),
        entry_draft(company, checks_duplicates=True),
    ):
        with pytest.raises(ValueError, match="one by one"), transaction.atomic():
            post_many([entry_draft(company), second], actor=system_actor())


def test_leaves_no_gap_when_the_caller_rolls_back(company: Company) -> None:
    with transaction.atomic():
        post_many(sales(company, 3), actor=BOOKKEEPER)
        transaction.set_rollback(True)
    assert make_entry(company).entry_number == "2026-000001"
