"""The first pass over a file: resolve every booking against the books without posting, and gather what is wrong."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.words import state_of
from ledger.imports.results import (
    AccountSum,
    Booking,
    Check,
    ImportResult,
    ImportSource,
    LineProblem,
    LineRemark,
    Sample,
    SampleLine,
)
from ledger.journal.resolving import AccountBook, ResolvedEntry, resolve
from ledger.models import EntryStatus, JournalEntry, Period

Item = TypeVar("Item")

CHUNK = 500
MOST_SAMPLES, MOST_SAMPLE_LINES = 200, 50
_LINE_LENGTHS = {"description": 500, "class_id": 100, "location_id": 100}
_LENGTHS = {"memo": 500, "document_number": 100, "source_id": 200, "connection_id": 100}
_TOO_LONG = {
    "memo": gettext_lazy("the memo is longer than {length} characters"),
    "document_number": gettext_lazy("the document number is longer than {length} characters"),
    "source_id": gettext_lazy("the source id is longer than {length} characters"),
    "connection_id": gettext_lazy("the connection id is longer than {length} characters"),
    "description": gettext_lazy("the description is longer than {length} characters"),
    "class_id": gettext_lazy("the class is longer than {length} characters"),
    "location_id": gettext_lazy("the location is longer than {length} characters"),
}
_INPUT_PATH = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry that has the source identity of a booking already."""

    number: str
    digest: str


@dataclass(slots=True)
class Inspection:
    """One pass; `run` may be called once. Reads in chunks, so memory does not grow with the file."""

    source: ImportSource
    actor: Actor
    book: AccountBook = field(init=False)
    closed_periods: dict[str, str] = field(init=False)
    problems: list[LineProblem] = field(default_factory=list)
    remarks: list[LineRemark] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    sums: dict[UUID, list[Decimal]] = field(default_factory=dict)
    entry_count: int = 0
    already_imported_count: int = 0

    def __post_init__(self) -> None:
        self.book = AccountBook(self.source.company.id)
        self.closed_periods = _closed_periods(self.source.company, self.actor)

    def run(self) -> ImportResult:
        source = self.source
        for bookings in chunks(self._bookings()):
            self._inspect(bookings)
            source.options.progress("Checking", bookings[-1].line, source.line_count)
            if self._is_full:
                break
        else:
            source.options.progress("Checking", source.line_count, source.line_count)
        problems = sorted(self.problems, key=lambda problem: problem.line)
        return ImportResult(
            findings=source.findings,
            entry_count=self.entry_count,
            already_imported_count=self.already_imported_count,
            sums=self._account_sums(),
            problems=tuple(problems[: source.options.max_problems]),
            has_more_problems=self._is_full,
            remarks=tuple(self.remarks),
            samples=tuple(self.samples),
        )

    @property
    def _is_full(self) -> bool:
        return self.source.options.max_problems is not None and len(self.problems) > self.source.options.max_problems

    def _bookings(self) -> Iterator[Booking]:
        """Pass the bookings on and keep the problems, until there are more than anybody asked to see."""
        for item in self.source.read():
            if isinstance(item, Booking):
                yield item
                continue
            if isinstance(item, LineRemark):
                self.remarks.append(item)
                continue
            self.problems.append(item)
            if self._is_full:
                return

    def _inspect(self, bookings: list[Booking]) -> None:
        existing = existing_entries(self.source, bookings)
        new = []
        for booking in bookings:
            known = existing.get(booking.draft.source_id)
            if known is None:
                new.append(booking)
            elif known.digest == booking.digest:
                self.already_imported_count += 1
            else:
                message = _("entry {number} has been imported under this reference with other content")
                self._refuse(booking, message.format(number=known.number))
        self.book.load(booking.draft for booking in new)
        resolved = [(booking, entry) for booking in new if (entry := self._resolved(booking)) is not None]
        self._refuse_repeats(resolved)
        self.entry_count += len(resolved)

    def _resolved(self, booking: Booking) -> ResolvedEntry | None:
        too_long = _too_long(booking)
        if too_long is not None:
            self.problems.append(too_long)
            return None
        try:
            entry = resolve(booking.draft, self.book)
        except DomainError as error:
            self.problems.append(problem_of(error, line=booking.line))
            return None
        state = self.closed_periods.get(entry.period.name)
        if state:
            message = _("period {period} is {state}; choose a date in an open period")
            self._refuse(booking, message.format(period=entry.period.name, state=state_of(state)))
            return None
        for line in entry.lines:
            sums = self.sums.setdefault(line.account_id, [Decimal(0), Decimal(0)])
            sums[line.amount < 0] += abs(line.amount)
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(self._sample(booking, entry))
        return entry

    def _sample(self, booking: Booking, entry: ResolvedEntry) -> Sample:
        draft = booking.draft
        lines = tuple(
            SampleLine(
                code=(account := self.book.by_reference[line.account_id]).code or "",
                name=account.name,
                debit=max(line.amount, Decimal(0)),
                credit=max(-line.amount, Decimal(0)),
                description=line.description,
            )
            for line in entry.lines[:MOST_SAMPLE_LINES]
        )
        return Sample(booking.line, draft.entry_date, draft.document_number, draft.memo, entry.currency, lines)

    def _refuse_repeats(self, entries: list[tuple[Booking, ResolvedEntry]]) -> None:
        """Refuse what another batch brought already: a program that exports twice gives each file a new identity."""
        if Check.REPEATS in self.source.options.waived or not entries:
            return
        twins = _twins(self.source, [entry.content_digest for _, entry in entries])
        for booking, entry in entries:
            number = twins.get((entry.content_digest, booking.draft.document_number, booking.draft.memo))
            if number:
                self._refuse(
                    booking,
                    _(
                        "repeats entry {number} of another batch; ask for it to be posted all the same if both are "
                        "meant"
                    ).format(number=number),
                    waiver=Check.REPEATS,
                )

    def _refuse(self, booking: Booking, reason: str, waiver: Check | None = None) -> None:
        self.problems.append(LineProblem(booking.line, reason, waiver))

    def _account_sums(self) -> tuple[AccountSum, ...]:
        accounts = ((self.book.by_reference[account_id], sums) for account_id, sums in self.sums.items())
        return tuple(
            sorted(
                (AccountSum(account.code or "", account.name, debit, credit) for account, (debit, credit) in accounts),
                key=lambda row: (row.code, row.name),
            )
        )


def existing_entries(source: ImportSource, bookings: Iterable[Booking]) -> dict[str, KnownEntry]:
    """Return the entries that have the source identity of one of `bookings`, by their reference."""
    rows = (
        JournalEntry.objects.filter(
            company=source.company,
            source_system=source.system,
            connection_id=source.connection_id,
            source_id__in=[booking.draft.source_id for booking in bookings],
        )
        # The index leaves out the empty ones; of a list this long the planner does not see that none is empty.
        .exclude(source_id="")
        .only("id", "source_id", "fiscal_year", "sequence", "metadata")
    )
    return {
        row.source_id: KnownEntry(row.entry_number, row.metadata.get("import", {}).get("digest", "")) for row in rows
    }


def problem_of(error: DomainError, *, line: int) -> LineProblem:
    """Return the refusal as a problem of the line it blames, else of `line`, where the entry starts."""
    blamed = _INPUT_PATH.match(error.field or "")
    return LineProblem(int(blamed[1]) if blamed else line, error.message)


def _too_long(booking: Booking) -> LineProblem | None:
    """Return what is longer than the ledger has room for."""
    for name, length in _LENGTHS.items():
        if len(getattr(booking.draft, name)) > length:
            return LineProblem(booking.line, _too_long_message(name, length))
    for line in booking.draft.lines:
        for name, length in _LINE_LENGTHS.items():
            if len(getattr(line, name)) > length:
                number = int(line.input_path.removeprefix("line "))
                return LineProblem(number, _too_long_message(name, length))
    return None


def _too_long_message(name: str, length: int) -> str:
    return str(_TOO_LONG[name]).format(length=length)


def chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Yield lists of up to `CHUNK` items."""
    while chunk := list(islice(items, CHUNK)):
        yield chunk


def _twins(source: ImportSource, digests: list[str]) -> dict[tuple[str, str, str], str]:
    rows = (
        JournalEntry.objects.filter(
            company=source.company, source_system=source.system, content_digest__in=digests, status=EntryStatus.POSTED
        )
        .exclude(connection_id=source.connection_id)
        .exclude(content_digest="")
        .only("id", "content_digest", "document_number", "memo", "fiscal_year", "sequence")
    )
    return {(row.content_digest, row.document_number, row.memo): row.entry_number for row in rows}


def _closed_periods(company: Company, actor: Actor) -> dict[str, str]:
    closed = [Period.Status.LOCKED]
    if not actor.may_post_into_soft_lock:
        closed.append(Period.Status.SOFT_LOCKED)
    rows = Period.objects.filter(company=company, status__in=closed).values_list("name", "status")
    return dict(rows)
