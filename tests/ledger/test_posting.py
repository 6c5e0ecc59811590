"""`ledger.journal.posting.post`: one entry, from what a caller says to rows that never change."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.actors import Actor, ActorKind, system_actor
from backfill.tenancy.models import Company
from ledger.entries.entries import create_draft
from ledger.errors import DuplicateSuspected, EntryNotDraft, LedgerInputError, PeriodLocked, UnknownAccount
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post, reverse
from ledger.models import (
    Account,
    AccountRole,
    AccountTotal,
    EntryCounter,
    EntryStatus,
    JournalEntry,
    JournalHead,
    JournalLine,
    Period,
)
from ledger.periods.calendar import soft_lock
from tests.factories import entry_draft, make_company, make_entry
from tests.ledger.raw_journal import execute, flush_constraints

pytestmark = pytest.mark.django_db

BOOKKEEPER = Actor(ActorKind.USER, "kim@example.com", "admin")
CLOSER = Actor(ActorKind.USER, "lee@example.com", "admin", may_post_into_soft_lock=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def statements(draft: EntryDraft) -> int:
    """Return how many statements posting costs, without the savepoint that the test's own transaction adds."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        post(draft, actor=BOOKKEEPER)
        flush_constraints()
    own = ("SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
    return len([query for query in captured if not query["sql"].startswith(own)])


def test_posts_an_entry_with_its_lines(company: Company) -> None:
    entry = make_entry(
        company, (AccountRole.CASH, "119.00"), (AccountRole.REVENUE, "-100.00"), (AccountRole.OUTPUT_TAX, "-19.00")
    )
    flush_constraints()
    entry = JournalEntry.objects.get(id=entry.id)
    assert (entry.status, entry.approval_status) == ("posted", "approved")
    assert (entry.line_count, entry.total_amount, entry.event_count) == (3, Decimal("119.00"), 2)
    lines = entry.lines.order_by("line_number").values_list("line_number", "account__slot", "amount")
    assert list(lines) == [
        (1, "cash", Decimal("119.00")),
        (2, "revenue", Decimal("-100.00")),
        (3, "output_tax", Decimal("-19.00")),
    ]


def test_costs_six_statements(company: Company) -> None:
    make_entry(company)
    assert statements(entry_draft(company)) == 6


def test_costs_the_same_however_many_lines_there_are(company: Company) -> None:
    make_entry(company)
    many = [(AccountRole.CASH, "1.00"), (AccountRole.REVENUE, "-1.00")] * 200
    assert statements(entry_draft(company, *many)) == 6


def test_costs_no_more_to_complete_a_stored_draft(company: Company) -> None:
    make_entry(company)
    stored = create_draft(named(company), actor=BOOKKEEPER)
    assert statements(named(company, entry_id=stored.id)) == 6


def test_lets_postgresql_keep_the_plans_of_its_statements(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        for _ in range(5):
            make_entry(company)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%ledger_%'")
        assert cursor.fetchone() == (6,)


def test_takes_accounts_by_id_code_and_role(company: Company) -> None:
    cash = Account.objects.get(company=company, slot=AccountRole.CASH)
    by_code = AccountCode(Account.objects.get(company=company, slot=AccountRole.REVENUE).code or "")
    entry = make_entry(company, (cash.id, "5.00"), (by_code, "-3.00"), (AccountRole.OUTPUT_TAX, "-2.00"))
    assert set(entry.lines.values_list("account__slot", flat=True)) == {"cash", "revenue", "output_tax"}


def test_numbers_entries_without_gaps_in_each_fiscal_year(company: Company) -> None:
    days = [date(2026, 1, 5), date(2025, 12, 31), date(2026, 7, 1), date(2025, 1, 1), date(2026, 1, 1)]
    numbers = [make_entry(company, on=day).entry_number for day in days]
    assert numbers == ["2026-000001", "2025-000001", "2026-000002", "2025-000002", "2026-000003"]


def test_numbers_by_the_fiscal_year_the_company_keeps() -> None:
    company = make_company(fiscal_year_start_month=7)
    numbers = [make_entry(company, on=day).entry_number for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert numbers == ["2025-000001", "2026-000001"]


def test_gives_every_event_a_journal_number_of_its_own(company: Company) -> None:
    first = make_entry(
        company, (AccountRole.CASH, "3.00"), (AccountRole.REVENUE, "-1.00"), (AccountRole.OUTPUT_TAX, "-2.00")
    )
    second = make_entry(company)
    assert (first.first_journal_number, first.last_journal_number) == (1, 2)
    assert (second.first_journal_number, second.last_journal_number) == (3, 3)
    assert JournalHead.objects.get(company=company).next_journal_number == 4


def test_chains_every_entry_to_the_one_before(company: Company) -> None:
    entries = [make_entry(company) for _ in range(3)]
    assert [entry.prev_hash for entry in entries] == ["0" * 64, entries[0].hash, entries[1].hash]
    assert JournalHead.objects.get(company=company).last_hash == entries[2].hash
    assert len({entry.hash for entry in entries}) == 3


def test_keeps_the_monthly_totals(company: Company) -> None:
    for day, amount in ((date(2026, 1, 1), "10.00"), (date(2026, 1, 31), "5.00"), (date(2026, 2, 1), "2.50")):
        make_entry(company, (AccountRole.CASH, amount), (AccountRole.REVENUE, f"-{amount}"), on=day)
    totals = AccountTotal.objects.filter(company=company, account__slot=AccountRole.CASH).order_by("month")
    assert [(total.month, total.debit, total.credit) for total in totals] == [
        (date(2026, 1, 1), Decimal("15.00"), 0),
        (date(2026, 2, 1), Decimal("2.50"), 0),
    ]


def test_keeps_totals_in_the_currency_of_the_entries_too(company: Company) -> None:
    make_entry(company)
    make_entry(company, currency="EUR", exchange_rate=Decimal("1.1"))
    totals = AccountTotal.objects.filter(company=company, account__slot=AccountRole.CASH).order_by("currency")
    assert [(total.currency, total.debit, total.currency_debit) for total in totals] == [
        ("EUR", Decimal("110.00"), Decimal("100.00")),
        ("USD", Decimal("100.00"), Decimal("100.00")),
    ]


def test_counts_bookings_into_the_period_it_makes(company: Company) -> None:
    for _ in range(3):
        make_entry(company, on=date(2024, 2, 29))
    period = Period.objects.get(company=company)
    assert (period.name, period.booking_count, period.status) == ("2024-02", 3, "open")
    assert (period.starts_on, period.ends_on) == (date(2024, 2, 1), date(2024, 2, 29))


def test_remembers_who_posted_and_from_where(company: Company) -> None:
    entry = make_entry(company, actor=BOOKKEEPER)
    assert entry.created_by == "kim@example.com"
    assert entry.provenance == {"kind": "user", "label": "kim@example.com", "surface": "admin"}
    assert entry.posted_at is not None


def test_keeps_everything_the_caller_said(company: Company) -> None:
    said: dict[str, Any] = {
        "memo": "Rent",
        "kind": "import",
        "document_date": date(2026, 1, 3),
        "document_number": "R-1",
        "external_reference": "ext-1",
        "source_system": "shop",
        "source_id": "17",
        "connection_id": "c-1",
        "dimensions": {"project": "A"},
        "metadata": {"n": 1.5, "list": [1, None, True], "text": "ü"},
    }
    line = {
        "description": "January",
        "tax_code": "X",
        "tax_role": "base",
        "personal_account": "10000",
        "line_ref": "1",
        "class_id": "k",
        "location_id": "l",
        "dimensions": {"d": "1"},
        "metadata": {"m": [1]},
    }
    lines = (
        LineDraft(account=AccountRole.CASH, amount=Decimal(1), **line),
        LineDraft(account=AccountRole.REVENUE, amount=Decimal(-1)),
    )
    draft = EntryDraft(company_id=company.id, entry_date=date(2026, 1, 5), lines=lines, **said)
    entry = JournalEntry.objects.get(id=post(draft, actor=BOOKKEEPER).id)
    assert {name: getattr(entry, name) for name in said} == said
    assert (entry.entry_date, entry.effective_date, entry.stated_date) == (
        date(2026, 1, 3),
        date(2026, 1, 3),
        date(2026, 1, 5),
    )
    stored = entry.lines.get(line_number=1)
    assert {name: getattr(stored, name) for name in line} == line


def test_leaves_nothing_behind_when_it_refuses(company: Company) -> None:
    make_entry(company)
    before = state_of(company)
    with pytest.raises(LedgerInputError):
        make_entry(company, (AccountRole.CASH, "1.00"), (AccountRole.REVENUE, "-2.00"))
    assert state_of(company) == before


def test_leaves_no_gap_when_the_caller_rolls_back(company: Company) -> None:
    make_entry(company)
    with transaction.atomic():
        make_entry(company)
        transaction.set_rollback(True)
    assert make_entry(company).entry_number == "2026-000002"


def test_does_not_know_the_accounts_of_another_company(company: Company) -> None:
    other = Account.objects.get(company=make_company(), slot=AccountRole.CASH)
    with pytest.raises(UnknownAccount) as refused:
        make_entry(company, (AccountRole.CASH, "1.00"), (other.id, "-1.00"))
    assert refused.value.field == "lines[1].account_id"


def test_refuses_a_locked_period(company: Company) -> None:
    make_entry(company)
    execute("UPDATE ledger_period SET status = 'locked', closing_hash = 'x' WHERE company_id = %s", company.id)
    before = state_of(company)
    with pytest.raises(PeriodLocked) as refused, transaction.atomic():
        make_entry(company, actor=CLOSER)
    assert refused.value.field == "entry_date"
    assert refused.value.details == {"period": "2026-01", "status": "locked", "locked_through": "2026-01-31"}
    assert state_of(company) == before
    make_entry(company, on=date(2026, 2, 1))


def test_refuses_a_soft_locked_period_to_those_without_the_right(company: Company) -> None:
    soft_lock(company=company, name="2026-01", actor=CLOSER)
    with pytest.raises(PeriodLocked, match="soft-locked"), transaction.atomic():
        make_entry(company, actor=BOOKKEEPER)
    entry = make_entry(company, actor=CLOSER)
    flush_constraints()
    assert entry.overrides_soft_lock
    assert not make_entry(company, on=date(2026, 2, 1), actor=CLOSER).overrides_soft_lock


def test_lets_one_source_record_post_once(company: Company) -> None:
    identity = {"source_system": "shop", "connection_id": "c", "source_id": "order-1"}
    make_entry(company, **identity)
    make_entry(make_company(), **identity)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_entry(company, **identity)
    assert make_entry(company).entry_number == "2026-000002"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {}, id="same date, accounts and amounts"),
        pytest.param({"external_reference": "r"}, {"external_reference": "r", "amount": "7.00"}, id="same reference"),
    ],
)
def test_refuses_a_duplicate_when_asked_to(company: Company, first: dict[str, str], second: dict[str, str]) -> None:
    twin = make_entry(company, **first)
    amount = second.pop("amount", "100.00")
    lines = ((AccountRole.REVENUE, f"-{amount}"), (AccountRole.CASH, amount))
    with pytest.raises(DuplicateSuspected) as refused, transaction.atomic():
        make_entry(company, *lines, checks_duplicates=True, **second)
    assert refused.value.details["existing_id"] == str(twin.id)
    make_entry(company, *lines, **second)


def test_sees_no_duplicate_in_another_company_or_date_or_amount(company: Company) -> None:
    make_entry(make_company())
    make_entry(company, on=date(2026, 1, 16))
    make_entry(company, (AccountRole.CASH, "100.01"), (AccountRole.REVENUE, "-100.01"))
    make_entry(company, checks_duplicates=True)


def test_sees_no_duplicate_in_a_reversed_entry_or_a_draft(company: Company) -> None:
    create_draft(named(company), actor=BOOKKEEPER)
    reverse(make_entry(company), on=date(2026, 1, 15), reason="", actor=BOOKKEEPER)
    make_entry(company, checks_duplicates=True)


def test_completes_a_stored_draft_under_its_own_key(company: Company) -> None:
    stored = create_draft(named(company, memo="as drafted"), actor=BOOKKEEPER)
    entry = post(named(company, memo="as posted", entry_id=stored.id), actor=CLOSER)
    flush_constraints()
    entry = JournalEntry.objects.get(id=entry.id)
    assert (entry.id, entry.created_at, entry.memo) == (stored.id, stored.created_at, "as posted")
    assert (entry.status, entry.draft_lines, entry.lines.count()) == (EntryStatus.POSTED, None, 2)
    with pytest.raises(EntryNotDraft), transaction.atomic():
        post(named(company, entry_id=stored.id), actor=CLOSER)


def test_does_not_complete_the_draft_of_another_company(company: Company) -> None:
    foreign = make_company()
    stored = create_draft(named(foreign), actor=BOOKKEEPER)
    with pytest.raises(EntryNotDraft), transaction.atomic():
        post(named(company, entry_id=stored.id), actor=CLOSER)


def test_posts_for_a_company_that_has_no_journal_head_yet() -> None:
    company = Company.objects.create(name="Bare", chart="us", base_currency="USD")
    cash = Account.objects.create(company=company, code="1", name="Cash", type="asset")
    assert make_entry(company, (cash.id, "1.00"), (cash.id, "-1.00")).entry_number == "2026-000001"
    flush_constraints()


def test_agrees_with_the_lines_when_many_entries_share_a_month(company: Company) -> None:
    for amount in ("1.10", "2.20", "3.30"):
        make_entry(company, (AccountRole.CASH, amount), (AccountRole.REVENUE, f"-{amount}"))
    lines = JournalLine.objects.filter(company=company, amount__gt=0).aggregate(total=Sum("amount"))
    assert AccountTotal.objects.filter(company=company).aggregate(total=Sum("debit")) == lines


def named(company: Company, **fields: Any) -> EntryDraft:
    """The default sale with its accounts by id, as stored drafts need them."""
    ids = {slot: Account.objects.get(company=company, slot=slot).id for slot in (AccountRole.CASH, AccountRole.REVENUE)}
    return entry_draft(company, (ids[AccountRole.CASH], "100.00"), (ids[AccountRole.REVENUE], "-100.00"), **fields)


def state_of(company: Company) -> tuple[Any, ...]:
    return (
        JournalEntry.objects.filter(company=company).count(),
        JournalLine.objects.filter(company=company).count(),
        list(JournalHead.objects.filter(company=company).values_list()),
        list(EntryCounter.objects.filter(company=company).values_list()),
        list(Period.objects.filter(company=company).values_list("name", "booking_count", "status")),
        list(AccountTotal.objects.filter(company=company).order_by("account_id", "month").values_list()),
    )


def test_signs_with_the_system_when_nobody_else_acts(company: Company) -> None:
    assert make_entry(company, actor=system_actor("Import", "task")).created_by == "Import"
