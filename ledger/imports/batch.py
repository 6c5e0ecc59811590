"""What both imports share: check every booking of a file, then post the new ones, all or none.

A booking's source identity (system, batch, reference in the file) makes the import repeatable: what is there with
the same content is left alone, what is there with other content is a conflict.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.imports.inspection import Inspection, chunks, existing_entries, problem_of
from ledger.imports.results import Booking, ImportResult, ImportSource, LineProblem
from ledger.journal.drafts import EntryDraft
from ledger.journal.posting import post_many


def preview(source: ImportSource, *, actor: Actor) -> ImportResult:
    """Check every booking and say what importing would post. Writes nothing and takes no lock."""
    return Inspection(source, actor).run()


def post_all(source: ImportSource, *, actor: Actor) -> ImportResult:
    """Check every booking, then post the new ones in one transaction; with any problem nothing is posted."""
    try:
        with transaction.atomic():
            _wait_for_other_imports(source.company)
            checked = Inspection(source, actor).run()
            if checked.problems or not checked.entry_count:
                return checked
            return _posted(source, checked, actor)
    except _Refused as refused:
        return refused.result


class _Refused(Exception):  # carries the result out of the transaction, which it rolls back
    """Posting found what the check could not see, such as a period that was locked in between."""

    def __init__(self, checked: ImportResult, problem: LineProblem) -> None:
        super().__init__(problem.reason)
        self.result = replace(checked, problems=(problem,))


@dataclass(slots=True)
class _NewDrafts:
    """The second pass: the drafts of bookings that are not there yet, remembering which line each came from."""

    source: ImportSource
    lines: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[EntryDraft]:
        for chunk in chunks(item for item in self.source.read() if isinstance(item, Booking)):
            existing = existing_entries(self.source, chunk)
            for booking in chunk:
                if booking.draft.source_id not in existing:
                    self.lines.append(booking.line)
                    yield booking.draft
            self.source.options.progress("Posting", chunk[-1].line, self.source.line_count)

    def line_of(self, error: DomainError) -> int:
        index = error.details.get("entry_index")
        return self.lines[index] if isinstance(index, int) else self.lines[0]


def _posted(source: ImportSource, checked: ImportResult, actor: Actor) -> ImportResult:
    drafts = _NewDrafts(source)
    try:
        ids = post_many(drafts, actor=actor)
    except DomainError as error:
        raise _Refused(checked, problem_of(error, line=drafts.line_of(error))) from error
    except IntegrityError as error:
        if "entry_source_identity" not in str(error):
            raise
        reason = _("another program has just posted an entry under a reference of this file; run the import again")
        raise _Refused(checked, LineProblem(drafts.lines[0], reason)) from error
    source.options.progress("Posting", source.line_count, source.line_count)
    return replace(checked, entry_count=len(ids), entry_ids=tuple(ids))


def _wait_for_other_imports(company: Company) -> None:
    """Let imports for one company run one after the other, so that the second sees what the first has posted.

    The lock is of its own kind: everyone else keeps posting while a long file is checked.
    """
    key = int.from_bytes(hashlib.sha256(b"import " + company.id.bytes).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
