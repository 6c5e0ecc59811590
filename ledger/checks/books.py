"""The proof of the books: balance, the hash chain, gapless numbers, totals, periods and sub-ledgers (L1 to L8).

Everything is recomputed from the rows. Each part reports its first offender only, since what follows one is
noise. Read in one repeatable-read snapshot, so that postings made meanwhile do not look like errors.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from backfill.tenancy.models import Company
from ledger.checks import registry
from ledger.checks.scope import Scope, since_last_closing, whole
from ledger.journal.chain import chained_events, closing_hash, entries_with_lines
from ledger.models import BooksCheck, EntryStatus, JournalEntry, JournalHead, Period


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: the invariant it breaks, the record, and what was expected."""

    invariant: str
    subject: str
    message: str


def entry_count(company: Company, *, full: bool = False) -> int:
    """Return how many posted entries a proof has to read."""
    first = scope_of(company, full=full).first_number
    posted = JournalEntry.objects.filter(company=company, first_journal_number__gte=first)
    return posted.exclude(status=EntryStatus.DRAFT).count()


def scope_of(company: Company, *, full: bool) -> Scope:
    return whole(company) if full else since_last_closing(company)


def check_books(company: Company, *, full: bool = False, progress: Callable[[int], object] | None = None) -> BooksCheck:
    """Prove one company's books from the last closing hash on, or all of them, and store the outcome. `progress` is
    told of every entry read."""
    started_at = timezone.now()
    count = 0

    def advance(entries: int) -> None:
        nonlocal count
        count += entries
        if progress:
            progress(entries)

    with transaction.atomic():
        _read_one_snapshot()
        scope = scope_of(company, full=full)
        findings = [
            *_balance(company, scope),
            *_lines(company, scope),
            *_chain(company, scope, advance),
            *_counters(company),
            *_reversals(company, scope),
            *_totals(company, scope),
            *_periods(company, scope),
        ]
        for proof in registry.subledger_proofs:
            findings += proof(company)
    return BooksCheck.objects.create(
        company=company,
        started_at=started_at,
        finished_at=timezone.now(),
        entry_count=count,
        findings=[asdict(finding) for finding in findings],
    )


def latest_check(company: Company) -> BooksCheck | None:
    """Return the newest stored proof."""
    return BooksCheck.objects.filter(company=company).order_by("-finished_at").first()


def _read_one_snapshot() -> None:
    """Inside somebody else's transaction the isolation level is theirs to choose."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _balance(company: Company, scope: Scope) -> Iterator[Finding]:
    row = _first(
        "SELECT e.id, e.line_count, count(l.amount), coalesce(sum(l.amount), 0), coalesce(sum(l.currency_amount), 0), "
        "e.total_amount, coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) "
        "FROM ledger_journalentry e "
        "LEFT JOIN ledger_journalline l ON l.company_id = e.company_id AND l.entry_id = e.id "
        "WHERE e.company_id = %s AND e.status <> 'draft' AND e.first_journal_number >= %s GROUP BY e.id "
        "HAVING count(l.amount) <> e.line_count OR count(l.amount) < 2 OR sum(l.amount) <> 0 "
        "OR sum(l.currency_amount) <> 0 OR e.total_amount <> coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) "
        "ORDER BY e.first_journal_number LIMIT 1",
        company.pk,
        scope.first_number,
    )
    if row:
        entry_id, stated, found, base, own, total, debits = row
        yield Finding(
            "L1 balanced",
            f"journal entry {entry_id}",
            f"{found} of {stated} lines, off by {base} in base currency and {own} in its own; "
            f"its debits are {debits}, it says {total}",
        )


def _lines(company: Company, scope: Scope) -> Iterator[Finding]:
    """What a line repeats of its entry, for the sake of indexes, must be what the entry says."""
    row = _first(
        "SELECT e.id, l.line_number FROM ledger_journalline l JOIN ledger_journalentry e ON e.id = l.entry_id "
        "JOIN ledger_account a ON a.id = l.account_id WHERE e.company_id = %s AND e.first_journal_number >= %s "
        "AND (l.company_id, l.entry_date, l.journal_number, a.company_id) "
        "IS DISTINCT FROM (e.company_id, e.entry_date, e.first_journal_number, e.company_id) "
        "ORDER BY e.first_journal_number, l.line_number LIMIT 1",
        company.pk,
        scope.first_number,
    )
    if row:
        yield Finding(
            "L3 immutable",
            f"journal entry {row[0]}",
            f"line {row[1]} has another company, date or number than its entry, or another company's account",
        )


def _chain(company: Company, scope: Scope, advance: Callable[[int], None]) -> Iterator[Finding]:
    """Recompute every hash and number in journal order."""
    next_number, previous = scope.first_number, scope.previous_hash
    sequences = dict(scope.sequences)
    entries = JournalEntry.objects.filter(company=company, first_journal_number__gte=scope.first_number)
    entries = entries.exclude(status=EntryStatus.DRAFT)
    for entry, lines in entries_with_lines(entries.order_by("first_journal_number")):
        advance(1)
        subject = f"journal entry {entry.entry_number} ({entry.id})"
        year = entry.fiscal_year or 0
        sequences[year] = sequences.get(year, 0) + 1
        if entry.first_journal_number != next_number:
            yield Finding(
                "L5 gapless", subject, f"starts at journal number {entry.first_journal_number}, not {next_number}"
            )
            return
        if entry.sequence != sequences[year]:
            yield Finding("L5 gapless", subject, f"has number {entry.sequence} of {year}, not {sequences[year]}")
            return
        if entry.prev_hash != previous:
            yield Finding("L6 chained", subject, "does not carry the hash of the entry before it")
            return
        events = chained_events(entry, lines)
        if not events or events[-1].audit_hash != entry.hash or events[-1].journal_number != entry.last_journal_number:
            yield Finding("L3 immutable", subject, "its content does not have the hash it was posted with")
            return
        next_number, previous = events[-1].journal_number + 1, entry.hash
    head = JournalHead.objects.filter(company=company).first()
    if head and (head.next_journal_number, head.last_hash) != (next_number, previous):
        yield Finding("L6 chained", "the journal head", f"points to {head.next_journal_number}, not {next_number}")


def _counters(company: Company) -> Iterator[Finding]:
    row = _first(
        "SELECT coalesce(c.fiscal_year, e.fiscal_year), c.last_sequence, e.entries FROM "
        "(SELECT fiscal_year, last_sequence FROM ledger_entrycounter WHERE company_id = %s) c FULL JOIN "
        "(SELECT fiscal_year, count(*) AS entries FROM ledger_journalentry WHERE company_id = %s "
        "AND status <> 'draft' GROUP BY 1) e USING (fiscal_year) "
        "WHERE c.last_sequence IS DISTINCT FROM e.entries ORDER BY 1 LIMIT 1",
        company.pk,
        company.pk,
    )
    if row:
        yield Finding(
            "L5 gapless",
            f"the entry counter of {row[0]}",
            f"has given out {row[1] or 0} numbers for {row[2] or 0} entries",
        )


def _reversals(company: Company, scope: Scope) -> Iterator[Finding]:
    """An entry is reversed when, and only when, there is a posted entry that undoes it account by account."""
    row = _first(
        "SELECT e.id, e.status, r.id FROM ledger_journalentry e "
        "LEFT JOIN ledger_journalentry r ON r.reverses_entry_id = e.id AND r.status <> 'draft' "
        "WHERE e.company_id = %s AND e.status <> 'draft' "
        "AND greatest(e.first_journal_number, r.first_journal_number) >= %s AND ("
        "(r.id IS NULL) = (e.status = 'reversed') OR r.id IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM ledger_journalline WHERE company_id = e.company_id AND entry_id IN (e.id, r.id) "
        "GROUP BY account_id HAVING sum(amount) <> 0 OR sum(currency_amount) <> 0)) "
        "ORDER BY e.first_journal_number LIMIT 1",
        company.pk,
        scope.first_number,
    )
    if row:
        entry_id, status, reversal_id = row
        found = f"journal entry {reversal_id} does not undo it" if reversal_id else "no entry reverses it"
        yield Finding("L3 immutable", f"journal entry {entry_id}", f"is {status} and {found}")


def _totals(company: Company, scope: Scope) -> Iterator[Finding]:
    row = _first(
        "WITH sums AS (SELECT l.account_id, date_trunc('month', l.entry_date)::date AS month, e.currency, "
        "coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) AS debit, "
        "coalesce(-sum(l.amount) FILTER (WHERE l.amount < 0), 0) AS credit, "
        "coalesce(sum(l.currency_amount) FILTER (WHERE l.currency_amount > 0), 0) AS currency_debit, "
        "coalesce(-sum(l.currency_amount) FILTER (WHERE l.currency_amount < 0), 0) AS currency_credit "
        "FROM ledger_journalline l JOIN ledger_journalentry e ON e.id = l.entry_id WHERE l.company_id = %s "
        "AND l.entry_date >= %s GROUP BY 1, 2, 3) "
        "SELECT coalesce(s.account_id, t.account_id), coalesce(s.month, t.month), coalesce(s.currency, t.currency), "
        "concat_ws(' / ', s.debit, s.credit, s.currency_debit, s.currency_credit), "
        "concat_ws(' / ', t.debit, t.credit, t.currency_debit, t.currency_credit) "
        "FROM sums s FULL JOIN (SELECT * FROM ledger_accounttotal WHERE company_id = %s AND month >= %s) t "
        "ON t.account_id = s.account_id AND t.month = s.month AND t.currency = s.currency "
        "WHERE (s.debit, s.credit, s.currency_debit, s.currency_credit) "
        "IS DISTINCT FROM (t.debit, t.credit, t.currency_debit, t.currency_credit) ORDER BY 2, 1 LIMIT 1",
        *(company.pk, scope.first_month) * 2,
    )
    if row:
        account_id, month, currency, summed, kept = row
        yield Finding(
            "L7 totals agree",
            f"account {account_id} in {month:%Y-%m}, {currency}",
            f"lines sum to {summed or 'nothing'}, the total says {kept or 'nothing'}",
        )


def _periods(company: Company, scope: Scope) -> Iterator[Finding]:
    row = _first(
        "SELECT coalesce(p.name, e.period), p.booking_count, coalesce(e.bookings, 0) FROM "
        "(SELECT name, booking_count FROM ledger_period WHERE company_id = %s) p FULL JOIN "
        "(SELECT period, count(*) AS bookings FROM ledger_journalentry WHERE company_id = %s AND status <> 'draft' "
        "GROUP BY period) e ON e.period = p.name WHERE p.booking_count IS DISTINCT FROM coalesce(e.bookings, 0) "
        "ORDER BY 1 LIMIT 1",
        company.pk,
        company.pk,
    )
    if row:
        yield Finding("L4 closed is closed", f"period {row[0]}", f"counts {row[1]} bookings and has {row[2]}")
    late = (
        JournalEntry.objects.filter(company=company)
        .filter(  # one filter, so that name, status and time are those of one period
            company__periods__name=F("period"),
            company__periods__status=Period.Status.LOCKED,
            company__periods__locked_at__lt=F("posted_at"),
        )
        .first()
    )
    if late:
        yield Finding(
            "L4 closed is closed",
            f"journal entry {late.entry_number}",
            f"posted into {late.period} after it was locked",
        )
    previous = scope.closing_hash
    for period in scope.closed:
        if closing_hash(period, previous=previous) != period.closing_hash:
            yield Finding(
                "L6 chained", f"period {period.name}", "its bookings do not have the closing hash it was locked with"
            )
            return
        previous = period.closing_hash


def _first(sql: str, *values: UUID | int | date) -> tuple[object, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return tuple(row) if row else None
