"""The journal as the Bookkeeping contract reads it: events, newest first, and the account sheet made of them.

A list first finds out which entries it shows, by index, and then loads those with their lines; so its cost follows
the rows that it answers, not the journal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from backfill.paging import narrowed
from backfill.tenancy.models import Company
from ledger.accounts.balances import ZERO
from ledger.accounts.sheets import balance_before, counts_from
from ledger.journal import registry
from ledger.journal.chain import Event, chained_events, event_id
from ledger.journal.events import paired
from ledger.journal.registry import SettlementLinks
from ledger.models import Account, EntryStatus, JournalEntry, JournalLine

RowT = TypeVar("RowT", JournalEntry, JournalLine)


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """One event of a posted entry. `amount` is positive, in base currency."""

    id: UUID
    entry: JournalEntry
    journal_number: int
    debit_line: JournalLine
    credit_line: JournalLine
    amount: Decimal

    @property
    def debit_account(self) -> Account:
        return self.debit_line.account

    @property
    def credit_account(self) -> Account:
        return self.credit_line.account


@dataclass(frozen=True, slots=True)
class AuditedEvent(JournalEvent):
    """An event with its place in the hash chain."""

    link: Event


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
    events: list[AuditedEvent]
    reversed_by: UUID | None
    settlements: SettlementLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """Which events to list; all conditions must hold. Both dates are inclusive.

    `account` is an account code on either side; `search` is looked for in memo, account codes and external
    reference without regard to case; `external_reference` must be equal.
    """

    account: str | None = None
    start: date | None = None
    end: date | None = None
    search: str = ""
    external_reference: str | None = None

    def accepts(self, event: JournalEvent) -> bool:
        """Return whether an event of an entry that passed holds the conditions on single events too."""
        codes = [event.debit_account.code or "", event.credit_account.code or ""]
        if self.account is not None and self.account not in codes:
            return False
        return not self.search or self._found_in_header(event.entry) or any(map(self._is_in, codes))

    def _found_in_header(self, entry: JournalEntry) -> bool:
        return self._is_in(entry.memo) or self._is_in(entry.external_reference or "")

    def _is_in(self, text: str) -> bool:
        return self.search.upper() in text.upper()


def journal_events(*, company: Company, limit: int, filter: JournalFilter | None = None) -> list[JournalEvent]:  # noqa: A002
    """Return the newest events, by journal number descending."""
    wanted = filter or JournalFilter()
    entries = _loaded(company, _newest_numbers(company, wanted, limit)).order_by("-first_journal_number")
    events = (event for entry in entries for event in reversed(_events(entry, company)) if wanted.accepts(event))
    return [event for event, _ in zip(events, range(limit), strict=False)]


def account_movements(*, account: Account, start: date | None, end: date | None, limit: int) -> list[AccountMovement]:
    """Return the events on an account between two inclusive dates, oldest first, with the running balance; of
    revenue and expense accounts it counts from the start of each fiscal year."""
    company = account.company
    lines = _dated(JournalLine.objects.filter(company=company, account=account), start, end)
    # Every entry with a line on the account has an event on it, so this many entries are enough.
    first = (
        lines.order_by("entry_date", "journal_number").values_list("entry_date", "journal_number").distinct()[:limit]
    )
    entries = _loaded(company, [number for _, number in first]).order_by("entry_date", "first_journal_number")
    balance = balance_before(account, start) if start else ZERO
    since = counts_from(account, start) if start else None
    movements: list[AccountMovement] = []
    for event in _events_on(account, entries, company):
        is_debit, is_credit = (line.account_id == account.pk for line in (event.debit_line, event.credit_line))
        debit, credit = event.amount if is_debit else ZERO, event.amount if is_credit else ZERO
        year_start = counts_from(account, event.entry.entry_date)
        balance = (balance if year_start == since else ZERO) + debit - credit
        since = year_start
        contra = event.credit_account if is_debit else event.debit_account
        movements.append(AccountMovement(event, contra, debit, credit, balance))
    return movements[:limit]


def intent(*, company: Company, intent_id: UUID) -> Intent | None:
    """Return one posted entry with all it is linked to; None for drafts and other companies' entries."""
    entry = _with_lines(_posted(company), company).select_related("document").filter(id=intent_id).first()
    if entry is None:
        return None
    reversals = _posted(company).filter(reverses_entry=entry)
    links = [provider(entry) for provider in registry.settlement_links]
    return Intent(
        entry=entry,
        events=_audited_events(entry, company),
        reversed_by=reversals.values_list("id", flat=True).first(),
        settlements=SettlementLinks(
            settles=tuple(one for link in links for one in link.settles),
            settled_by=tuple(one for link in links for one in link.settled_by),
        ),
    )


def _newest_numbers(company: Company, wanted: JournalFilter, limit: int) -> list[int]:
    """Return the first journal numbers of the newest entries, as many as can be needed for `limit` events."""
    lines = JournalLine.objects.filter(company=company)
    if wanted.account is not None:
        lines = lines.filter(account__in=_account_ids(company, Q(code=wanted.account)))
        if not wanted.search and wanted.external_reference is None:
            newest = _dated(lines, wanted.start, wanted.end).order_by("-journal_number")
            return list(newest.values_list("journal_number", flat=True).distinct()[:limit])
    entries = _dated(_posted(company), wanted.start, wanted.end)
    if wanted.account is not None:
        entries = entries.filter(first_journal_number__in=lines.values("journal_number"))
    if wanted.external_reference is not None:
        entries = entries.filter(external_reference=wanted.external_reference)
    if wanted.search:
        entries = narrowed(entries, _mentions(company, wanted.search))
    newest_entries = entries.order_by("-last_journal_number").only("first_journal_number", "last_journal_number")
    needed = limit if wanted.account is None and not wanted.search else None
    return list(_covering(newest_entries[:limit], needed))


def _covering(entries: Iterable[JournalEntry], events: int | None) -> Iterator[int]:
    """Yield the first numbers of entries until they have `events` events between them; of all where that is None."""
    for entry in entries:
        yield entry.first_journal_number or 0
        if events is not None:
            events -= entry.event_count
            if events <= 0:
                return


def _mentions(company: Company, text: str) -> Q:
    mentioned = Q(memo__icontains=text) | Q(external_reference__icontains=text)
    accounts = _account_ids(company, Q(code__icontains=text))
    if accounts:
        lines = JournalLine.objects.filter(company=company, account__in=accounts)
        mentioned |= Q(first_journal_number__in=lines.values("journal_number"))
    return mentioned


def _account_ids(company: Company, condition: Q) -> list[UUID]:
    return list(Account.objects.filter(condition, company=company).values_list("id", flat=True))


def _dated(rows: QuerySet[RowT], start: date | None, end: date | None) -> QuerySet[RowT]:
    if start:
        rows = rows.filter(entry_date__gte=start)
    return rows.filter(entry_date__lte=end) if end else rows


def _posted(company: Company) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(company=company).exclude(status=EntryStatus.DRAFT)


def _with_lines(entries: QuerySet[JournalEntry], company: Company) -> QuerySet[JournalEntry]:
    lines = JournalLine.objects.filter(company=company).order_by("line_number").prefetch_related("account")
    return entries.prefetch_related(Prefetch("lines", lines))


def _loaded(company: Company, first_numbers: list[int]) -> QuerySet[JournalEntry]:
    return _with_lines(_posted(company).filter(first_journal_number__in=first_numbers), company)


def _events_on(account: Account, entries: Iterable[JournalEntry], company: Company) -> Iterator[JournalEvent]:
    for entry in entries:
        for event in _events(entry, company):
            if account.pk in (event.debit_line.account_id, event.credit_line.account_id):
                yield event


def _events(entry: JournalEntry, company: Company) -> list[JournalEvent]:
    """Return an entry's events in journal order, without the hashes, which cost more than all the rest."""
    entry.company = company
    lines = list(entry.lines.all())
    first = entry.first_journal_number or 0
    return [
        JournalEvent(
            event_id(entry.pk, index), entry, first + index, lines[pair.debit], lines[pair.credit], pair.amount
        )
        for index, pair in enumerate(paired(lines))
    ]


def _audited_events(entry: JournalEntry, company: Company) -> list[AuditedEvent]:
    entry.company = company
    lines = list(entry.lines.all())
    return [
        AuditedEvent(link.id, entry, link.journal_number, lines[link.debit], lines[link.credit], link.amount, link=link)
        for link in chained_events(entry, lines)
    ]
