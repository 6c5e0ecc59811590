"""The journal as the Bookkeeping contract reads it: events, newest first, and the account sheet made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ledger import registry
from ledger.chain import Event, chained_events
from ledger.models import Account, EntryStatus, JournalEntry, JournalLine
from ledger.registry import SettlementLinks
from ledger.selectors import ZERO, account_balance


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """An event with its entry and its two accounts. `event.amount` is positive, in base currency."""

    entry: JournalEntry
    event: Event
    debit_line: JournalLine
    credit_line: JournalLine

    @property
    def debit_account(self) -> Account:
        return self.debit_line.account

    @property
    def credit_account(self) -> Account:
        return self.credit_line.account


@dataclass(frozen=True, slots=True)
class AccountMovement:
    """One event seen from one account. `running_balance` is debits less credits, this event included."""

    event: JournalEvent
    contra_account: Account
    debit: Decimal
    credit: Decimal
    running_balance: Decimal


@dataclass(frozen=True, slots=True)
class Intent:
    """A posted entry with its events and what it is linked to."""

    entry: JournalEntry
    events: list[JournalEvent]
    reversed_by: UUID | None
    settlements: SettlementLinks


def journal_events(
    *,
    company_id: UUID,
    limit: int,
    account: str | None = None,
    start: date | None = None,
    end: date | None = None,
    search: str = "",
    external_reference: str | None = None,
) -> list[JournalEvent]:
    """Return the newest events, by journal number descending; the dates are inclusive, filters combine with AND.

    `account` is an account code; `search` looks into memo, account codes and external reference.
    """
    entries = _posted(company_id)
    if account is not None:
        entries = entries.filter(_has_line(account__code=account))
    if start:
        entries = entries.filter(entry_date__gte=start)
    if end:
        entries = entries.filter(entry_date__lte=end)
    if external_reference is not None:
        entries = entries.filter(external_reference=external_reference)
    if search:
        entries = entries.filter(
            Q(memo__icontains=search)
            | Q(external_reference__icontains=search)
            | _has_line(account__code__icontains=search)
        )
    # Every entry has at least one event that matches, so this many entries are enough.
    newest = entries.order_by("-last_journal_number")[:limit]
    matching = (
        found
        for entry in newest
        for found in reversed(events_of(entry))
        if _concerns(found, account) and _matches(found, search)
    )
    return [found for found, _ in zip(matching, range(limit), strict=False)]


def account_movements(*, account: Account, start: date | None, end: date | None, limit: int) -> list[AccountMovement]:
    """Return the events on an account between two inclusive dates, oldest first, with the running balance."""
    entries = _posted(account.company_id).filter(_has_line(account=account))
    if start:
        entries = entries.filter(entry_date__gte=start)
    if end:
        entries = entries.filter(entry_date__lte=end)
    balance = account_balance(account=account, on=start - timedelta(days=1)).net if start else ZERO
    movements: list[AccountMovement] = []
    for entry in entries.order_by("entry_date", "first_journal_number")[:limit]:
        for found in events_of(entry):
            if not _concerns(found, account.code, account.pk):
                continue
            debit = found.event.amount if found.debit_account.pk == account.pk else ZERO
            credit = found.event.amount if found.credit_account.pk == account.pk else ZERO
            contra = found.credit_account if debit else found.debit_account
            balance += debit - credit
            movements.append(AccountMovement(found, contra, debit, credit, balance))
    return movements[:limit]


def intent(*, company_id: UUID, intent_id: UUID) -> Intent | None:
    """Return one posted entry with all it is linked to; None for drafts and other companies' entries."""
    entry = _posted(company_id).select_related("document").filter(id=intent_id).first()
    if entry is None:
        return None
    reversals = JournalEntry.objects.filter(company_id=company_id, reverses_entry=entry).exclude(
        status=EntryStatus.DRAFT
    )
    links = [provider(entry) for provider in registry.settlement_links]
    return Intent(
        entry=entry,
        events=events_of(entry),
        reversed_by=reversals.values_list("id", flat=True).first(),
        settlements=SettlementLinks(
            settles=tuple(one for link in links for one in link.settles),
            settled_by=tuple(one for link in links for one in link.settled_by),
        ),
    )


def events_of(entry: JournalEntry) -> list[JournalEvent]:
    """Return an entry's events in journal order; its lines and their accounts should be prefetched."""
    lines = list(entry.lines.all())
    return [
        JournalEvent(entry, event, lines[event.debit], lines[event.credit]) for event in chained_events(entry, lines)
    ]


def _posted(company_id: UUID) -> QuerySet[JournalEntry]:
    lines = JournalLine.objects.select_related("account").order_by("line_number")
    return (
        JournalEntry.objects.filter(company_id=company_id)
        .exclude(status=EntryStatus.DRAFT)
        .select_related("company")
        .prefetch_related(Prefetch("lines", lines))
    )


def _has_line(**conditions: Any) -> Exists:
    return Exists(JournalLine.objects.filter(entry=OuterRef("pk"), company_id=OuterRef("company_id"), **conditions))


def _concerns(found: JournalEvent, code: str | None, account_id: UUID | None = None) -> bool:
    sides: Iterable[Account] = (found.debit_account, found.credit_account)
    if account_id is not None:
        return any(side.pk == account_id for side in sides)
    return code is None or any(side.code == code for side in sides)


def _matches(found: JournalEvent, search: str) -> bool:
    text = search.casefold()
    entry = found.entry
    if text in entry.memo.casefold() or text in (entry.external_reference or "").casefold():
        return True
    return any(text in (side.code or "").casefold() for side in (found.debit_account, found.credit_account))
