"""The journal head at work: the lock that serialises posting, the period check and the gapless numbers (L4, L5)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from backfill.database.prepared import prepared_cursor
from backfill.ids import uuid7
from backfill.tenancy.actors import Actor
from backfill.words import state_of
from ledger.errors import DuplicateSuspected, PeriodLocked
from ledger.journal.resolving import ResolvedEntry
from ledger.models import EntryStatus, JournalEntry, JournalHead, Period

# In SQL, like all that every posting does: building a query with the ORM costs several times its execution.
_LOCK_HEAD = "SELECT next_journal_number, last_hash FROM ledger_journalhead WHERE company_id = %s FOR UPDATE"
_MOVE_HEAD = "UPDATE ledger_journalhead SET next_journal_number = %s, last_hash = %s WHERE company_id = %s"

# One round trip takes the period and the numbers. A locked period is left out of the answer by the WHERE, and
# its row is locked either way, so a closing that runs at the same time is waited for.
_COUNT_INTO_PERIODS = """
WITH periods AS (
    INSERT INTO ledger_period (id, company_id, name, number, fiscal_year, starts_on, ends_on, status,
                               booking_count, locked_by, approved_by, closing_hash)
    SELECT id, %(company)s, name, number, fiscal_year, starts_on, ends_on, 'open', bookings, '', '', ''
        FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(numbers)s::int[], %(years)s::int[], %(starts)s::date[],
                    %(ends)s::date[], %(bookings)s::int[])
            AS t (id, name, number, fiscal_year, starts_on, ends_on, bookings)
        -- A month that nobody posted into is closed once a later one is locked.
        WHERE number > 0 OR EXISTS (SELECT FROM ledger_period p WHERE p.company_id = %(company)s AND p.name = t.name)
            OR NOT EXISTS (SELECT FROM ledger_period p WHERE p.company_id = %(company)s AND p.number = 0
                           AND p.status = 'locked' AND p.starts_on > t.starts_on)
    ON CONFLICT (company_id, name) DO UPDATE
        SET booking_count = ledger_period.booking_count + EXCLUDED.booking_count
        WHERE ledger_period.status <> 'locked'
    RETURNING name, status
), counters AS (
    INSERT INTO ledger_entrycounter (company_id, fiscal_year, last_sequence)
    SELECT %(company)s, fiscal_year, entries
        FROM unnest(%(fiscal_years)s::int[], %(entries)s::int[]) AS t (fiscal_year, entries)
    ON CONFLICT (company_id, fiscal_year) DO UPDATE
        SET last_sequence = ledger_entrycounter.last_sequence + EXCLUDED.last_sequence
    RETURNING fiscal_year, last_sequence
)
SELECT name, status, NULL::int, NULL::bigint FROM periods
UNION ALL SELECT NULL, NULL, fiscal_year, last_sequence FROM counters
"""


@dataclass(slots=True)
class NumberRange:
    """The entry numbers taken for a batch, and which of its periods are soft-locked."""

    next_by_year: dict[int, int]
    soft_locked: frozenset[str]

    def next_sequence(self, fiscal_year: int) -> int:
        number = self.next_by_year[fiscal_year]
        self.next_by_year[fiscal_year] = number + 1
        return number


def locked_head(company_id: UUID) -> JournalHead:
    """Return the company's journal head, locked until the transaction ends."""
    head = _locked_head(company_id)
    if head is None:
        JournalHead.objects.bulk_create([JournalHead(company_id=company_id)], ignore_conflicts=True)
        head = _locked_head(company_id)
    if head is None:
        raise RuntimeError(f"company {company_id} has no journal head")
    return head


def _locked_head(company_id: UUID) -> JournalHead | None:
    with prepared_cursor() as cursor:
        cursor.execute(_LOCK_HEAD, [company_id])
        row = cursor.fetchone()
    return row and JournalHead(company_id=company_id, next_journal_number=row[0], last_hash=row[1])


def move_head(last: JournalEntry) -> None:
    """Point the head past `last`, the newest entry of its company."""
    with prepared_cursor() as cursor:
        cursor.execute(_MOVE_HEAD, [(last.last_journal_number or 0) + 1, last.hash, last.company_id])


def count_into_periods(company_id: UUID, entries: Sequence[ResolvedEntry], actor: Actor) -> NumberRange:
    """Count a batch into its periods and take its entry numbers. Raises PeriodLocked."""
    periods = {entry.period.name: entry.period for entry in entries}
    bookings = Counter(entry.period.name for entry in entries)
    years = Counter(entry.period.fiscal_year for entry in entries)
    ordered = [periods[name] for name in sorted(periods)]
    with prepared_cursor() as cursor:
        cursor.execute(
            _COUNT_INTO_PERIODS,
            {
                "company": company_id,
                "ids": [uuid7() for _ in ordered],
                "names": [period.name for period in ordered],
                "numbers": [period.number for period in ordered],
                "years": [period.fiscal_year for period in ordered],
                "starts": [period.starts_on for period in ordered],
                "ends": [period.ends_on for period in ordered],
                "bookings": [bookings[period.name] for period in ordered],
                "fiscal_years": sorted(years),
                "entries": [years[year] for year in sorted(years)],
            },
        )
        rows = cursor.fetchall()
    status = {name: state for name, state, _, _ in rows if name is not None}
    for period in ordered:
        state = status.get(period.name, Period.Status.LOCKED)
        if state == Period.Status.LOCKED or (state == Period.Status.SOFT_LOCKED and not actor.may_post_into_soft_lock):
            raise PeriodLocked(
                _("period {period} is {state}; choose a date in an open period").format(
                    period=period.name, state=state_of(state)
                ),
                field=next(entry.draft.posting_date_field for entry in entries if entry.period == period),
                period=period.name,
                status=str(state),
                locked_through=period.ends_on.isoformat(),
            )
    return NumberRange(
        next_by_year={year: last - years[year] + 1 for _, _, year, last in rows if year is not None},
        soft_locked=frozenset(name for name, state in status.items() if state == Period.Status.SOFT_LOCKED),
    )


def refuse_duplicates(company_id: UUID, entries: Sequence[ResolvedEntry]) -> None:
    """Refuse entries that repeat one that stands: same date, accounts and amounts, same document, or same
    external reference. Runs under the head's lock, so two requests at once cannot both pass."""
    checked = [entry for entry in entries if entry.draft.checks_duplicates]
    if not checked:
        return
    likeness = Q(content_digest__in=[entry.content_digest for entry in checked])
    documents = [entry.draft.document_id for entry in checked if entry.draft.document_id]
    references = [entry.draft.external_reference for entry in checked if entry.draft.external_reference]
    if documents:
        likeness |= Q(document_id__in=documents)
    if references:
        likeness |= Q(external_reference__in=references)
    twin = (
        JournalEntry.objects.filter(likeness, company_id=company_id, reverses_entry__isnull=True)
        .exclude(status__in=(EntryStatus.DRAFT, EntryStatus.REVERSED))
        .only("id", "fiscal_year", "sequence")
        .first()
    )
    if twin:
        raise DuplicateSuspected(
            _("journal entry {number} looks the same; repeat with skip_duplicate_check to post anyway").format(
                number=twin.entry_number
            ),
            existing_id=str(twin.id),
        )
