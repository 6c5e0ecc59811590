"""`ledger.journal.posting.reverse`: the only way a posted entry is undone."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from backfill.errors import ValidationFailed
from backfill.ids import uuid7
from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import Company
from ledger.accounts.balances import account_balance
from ledger.checks.books import check_books
from ledger.entries.entries import confirm_entry, create_draft, post_entry
from ledger.errors import AlreadyReversed, EntryNotFound, EntryNotPosted, InvalidPeriod, PeriodLocked
from ledger.journal import registry
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post, reverse
from ledger.models import Account, AccountRole, Activity, EntryStatus, JournalEntry
from ledger.periods.calendar import soft_lock
from tests.factories import entry_draft, make_company, make_entry
from tests.ledger.raw_journal import execute, flush_constraints

pytestmark = pytest.mark.django_db

BOOKKEEPER = Actor(ActorKind.USER, "kim@example.com", "admin")
CLOSER = Actor(ActorKind.USER, "lee@example.com", "admin", may_post_into_soft_lock=True)
LATER = date(2026, 3, 2)


@pytest.fixture
def company() -> Company:
    return make_company()


def undo(entry: JournalEntry, **changes: Any) -> JournalEntry:
    reversal = reverse(entry, **{"on": LATER, "reason": "typed twice", "actor": BOOKKEEPER} | changes)
    flush_constraints()
    return JournalEntry.objects.get(id=reversal.id)


def test_posts_the_mirror_and_marks_the_original(company: Company) -> None:
    entry = make_entry(
        company, (AccountRole.CASH, "119.00"), (AccountRole.REVENUE, "-100.00"), (AccountRole.OUTPUT_TAX, "-19.00")
    )
    reversal = undo(entry)
    entry.refresh_from_db()
    assert entry.status == EntryStatus.REVERSED
    assert (reversal.status, reversal.kind, reversal.entry_date) == ("posted", "reversal", LATER)
    assert (reversal.reverses_entry_id, reversal.reversal_reason) == (entry.id, "typed twice")
    assert reversal.memo == "Reversal of 2026-000001: typed twice"
    assert sides(reversal) == [(account, -amount) for account, amount in sides(entry)]
    assert reversal.total_amount == entry.total_amount


def test_leaves_every_account_where_it_was(company: Company) -> None:
    make_entry(company, (AccountRole.CASH, "7.00"), (AccountRole.REVENUE, "-7.00"))
    undo(make_entry(company))
    cash = Account.objects.get(company=company, slot=AccountRole.CASH)
    assert account_balance(account=cash).net == Decimal("7.00")
    assert check_books(company).findings == []


def test_repeats_historic_base_amounts_and_exchange_differences(company: Company) -> None:
    lines = (
        LineDraft(account=AccountRole.CASH, amount=Decimal("100.00"), base_amount=Decimal("112.00")),
        LineDraft(account=AccountRole.ACCOUNTS_RECEIVABLE, amount=Decimal("-100.00"), base_amount=Decimal("-110.00")),
        LineDraft(account=AccountRole.FX_GAIN, amount=Decimal("0.00"), base_amount=Decimal("-2.00")),
    )
    draft = EntryDraft(
        company_id=company.id,
        entry_date=date(2026, 1, 15),
        lines=lines,
        currency="EUR",
        exchange_rate=Decimal("1.12"),
        rate_source="bank",
    )
    entry = post(draft, actor=BOOKKEEPER)
    reversal = undo(entry)
    assert (reversal.currency, reversal.exchange_rate, reversal.rate_source) == ("EUR", Decimal("1.12"), "bank")
    assert reversal.rate_date == entry.rate_date
    amounts = reversal.lines.order_by("line_number").values_list("amount", "currency_amount")
    assert list(amounts) == [(-112, -100), (110, 100), (2, 0)]


def test_keeps_tax_codes_and_everything_else_of_the_lines(company: Company) -> None:
    facts: dict[str, Any] = {"tax_code": "V19", "tax_role": "base", "personal_account": "10000", "class_id": "x"}
    facts |= {"line_ref": "1", "location_id": "y", "description": "d", "dimensions": {"a": "b"}, "metadata": {"c": 1}}
    lines = (LineDraft.debit(AccountRole.CASH, Decimal(1), **facts), LineDraft.credit(AccountRole.REVENUE, Decimal(1)))
    entry = post(EntryDraft(company_id=company.id, entry_date=date(2026, 1, 15), lines=lines), actor=BOOKKEEPER)
    mirrored = undo(entry).lines.get(line_number=1)
    assert {name: getattr(mirrored, name) for name in facts} == facts


def test_accepts_accounts_that_have_become_inactive(company: Company) -> None:
    entry = make_entry(company)
    Account.objects.filter(company=company, slot=AccountRole.REVENUE).update(is_active=False)
    assert undo(entry).line_count == 2


def test_reverses_a_reversal(company: Company) -> None:
    first = undo(make_entry(company))
    second = undo(first)
    first.refresh_from_db()
    assert first.status == EntryStatus.REVERSED
    assert second.reverses_entry_id == first.id


def test_refuses_a_second_reversal(company: Company) -> None:
    entry = make_entry(company)
    undo(entry)
    with pytest.raises(AlreadyReversed, match="2026-000001 is reversed already"), transaction.atomic():
        undo(entry)
    assert JournalEntry.objects.filter(company=company).count() == 2


def test_refuses_a_draft(company: Company) -> None:
    ids = Account.objects.filter(company=company).values_list("id", flat=True)[:2]
    draft = create_draft(entry_draft(company, (ids[0], "1.00"), (ids[1], "-1.00")), actor=BOOKKEEPER)
    with pytest.raises(EntryNotPosted, match="is a draft"), transaction.atomic():
        undo(draft)


def test_refuses_a_superseded_entry(company: Company) -> None:
    entry = make_entry(company)
    execute("UPDATE ledger_journalentry SET status = 'superseded' WHERE id = %s", entry.id)
    with pytest.raises(EntryNotPosted, match="superseded"), transaction.atomic():
        undo(entry)


def test_does_not_know_the_entry_of_another_company(company: Company) -> None:
    entry = make_entry(make_company())
    entry.company_id = company.id
    with pytest.raises(EntryNotFound), transaction.atomic():
        undo(entry)
    with pytest.raises(EntryNotFound), transaction.atomic():
        undo(JournalEntry(id=uuid7(), company_id=company.id))


def test_undoes_what_stands_in_a_closed_period_on_a_later_day(company: Company) -> None:
    entry = make_entry(company)
    soft_lock(company=company, name="2026-01", actor=CLOSER)
    with pytest.raises(PeriodLocked), transaction.atomic():
        undo(entry, on=entry.entry_date)
    entry.refresh_from_db()
    assert entry.status == EntryStatus.POSTED
    assert undo(entry).period == "2026-03"


def test_posts_into_an_adjustment_period_when_told_to(company: Company) -> None:
    entry = make_entry(company)
    with pytest.raises(InvalidPeriod), transaction.atomic():
        undo(entry, adjustment_period=13)
    assert undo(entry, on=date(2026, 12, 31), adjustment_period=13).period == "2026-P13"


def test_records_the_reversal_in_the_trail(company: Company) -> None:
    entry = make_entry(company)
    reversal = undo(entry)
    trail = Activity.objects.get(company=company, subject_id=entry.id, verb="reversed")
    assert trail.detail == {"reason": "typed twice", "reversal_id": str(reversal.id)}
    assert trail.actor["label"] == "kim@example.com"


def test_cuts_a_reason_too_long_for_the_memo(company: Company) -> None:
    reversal = undo(make_entry(company), reason="x" * 1_000)
    assert (len(reversal.memo), len(reversal.reversal_reason)) == (500, 500)


@pytest.fixture
def heard() -> Iterator[list[tuple[JournalEntry, JournalEntry, Actor]]]:
    calls: list[tuple[JournalEntry, JournalEntry, Actor]] = []

    def hook(original: JournalEntry, reversal: JournalEntry, actor: Actor) -> None:
        calls.append((original, reversal, actor))

    registry.entry_reversed.append(hook)
    yield calls
    registry.entry_reversed.remove(hook)


def test_tells_whoever_registered(company: Company, heard: list[tuple[JournalEntry, JournalEntry, Actor]]) -> None:
    entry = make_entry(company)
    reversal = undo(entry)
    [(original, told, actor)] = heard
    assert (original.id, original.status, told.id, actor) == (entry.id, EntryStatus.REVERSED, reversal.id, BOOKKEEPER)


def sides(entry: JournalEntry) -> list[tuple[str, Decimal]]:
    return list(entry.lines.order_by("line_number").values_list("account__slot", "amount"))


def test_is_not_dated_before_the_original(company: Company) -> None:
    entry = make_entry(company, on=date(2026, 1, 15))
    for on in (date(2026, 1, 14), date(2025, 2, 1)):
        with pytest.raises(
            ValidationFailed, match="2026-000001 is of 2026-01-15; it is not reversed before"
        ) as refusal:
            undo(entry, on=on)
        assert refusal.value.field == "on"
    entry.refresh_from_db()
    assert (entry.status, JournalEntry.objects.count()) == ("posted", 1)
    assert undo(entry, on=date(2026, 1, 15)).entry_date == entry.entry_date


@pytest.mark.parametrize("service", [post_entry, create_draft])
def test_is_not_dated_before_the_original_that_its_maker_names(company: Company, service: Any) -> None:
    entry = make_entry(company, on=date(2026, 1, 15))
    mirror = ((AccountRole.CASH, "-100.00"), (AccountRole.REVENUE, "100.00"))
    draft = entry_draft(company, *mirror, on=date(2026, 1, 14), reverses_entry_id=entry.id)
    with pytest.raises(ValidationFailed, match="it is not reversed before") as refusal:
        service(draft, actor=BOOKKEEPER)
    assert refusal.value.field == "entry_date"
    dated = entry_draft(company, *mirror, reverses_entry_id=entry.id, effective_date=date(2026, 1, 14))
    with pytest.raises(ValidationFailed, match="it is not reversed before") as refusal:
        service(dated, actor=BOOKKEEPER)
    assert refusal.value.field == "effective_date"
    assert JournalEntry.objects.count() == 1


def test_of_a_draft_is_refused_when_it_posts_though_it_was_stored(company: Company) -> None:
    entry = make_entry(company, on=date(2026, 1, 15))
    cash, revenue = (
        Account.objects.get(company=company, slot=slot).id for slot in (AccountRole.CASH, AccountRole.REVENUE)
    )
    mirror = entry_draft(company, (cash, "-100.00"), (revenue, "100.00"), reverses_entry_id=entry.id)
    draft = create_draft(mirror, actor=BOOKKEEPER)
    JournalEntry.objects.filter(id=draft.id).update(entry_date=date(2026, 1, 14))
    with pytest.raises(ValidationFailed, match="it is not reversed before"):
        confirm_entry(company_id=company.id, entry_id=draft.id, actor=BOOKKEEPER)
