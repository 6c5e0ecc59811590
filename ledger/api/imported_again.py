"""A journal entry that is sent again: whether it says what was posted, and which states can be asked for."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

from backfill.errors import ValidationFailed
from ledger.entries import entries
from ledger.journal.drafts import EntryDraft
from ledger.journal.resolving import AccountBook, resolve
from ledger.models import ApprovalStatus, EntryStatus, JournalEntry

FREE: Final = frozenset({"memo", "metadata"})
"""What may change of a posted entry, beside the journal."""

_STEPS: Final = "/v1/journal_entries/{id}"
_SET_OTHERWISE: Final[Mapping[str, Mapping[str, str]]] = {
    "status": {
        EntryStatus.PENDING_REVERSAL: f"an entry never waits for its reversal: POST {_STEPS}/reverse posts it at once",
        EntryStatus.REVERSED: f"an entry becomes reversed by POST {_STEPS}/reverse, or by another one that states "
        "reverses_entry_id",
        EntryStatus.SUPERSEDED: "an entry is not superseded by another: reverse it and post a new one",
    },
    "approval_status": {
        ApprovalStatus.REJECTED: f"an entry is rejected by POST {_STEPS}/reject, after it was submitted",
        ApprovalStatus.VOID: f"an entry is voided by POST {_STEPS}/void",
    },
}


def refuse_states(values: Mapping[str, Any], entry: JournalEntry | None = None) -> None:
    """Raise ValidationFailed for a state that is reached by a step, naming the step. Repeating the state that the
    entry is in asks for nothing."""
    for field, steps in _SET_OTHERWISE.items():
        wanted = str(values.get(field) or "")
        if wanted in steps and (entry is None or getattr(entry, field) != wanted):
            raise ValidationFailed(steps[wanted], field=field)


def bare_draft(entry: JournalEntry) -> EntryDraft:
    """Return the draft that what is sent again is read onto: of the posted entry's dates, currency and rate alone."""
    return EntryDraft(
        company_id=entry.company_id,
        entry_date=entry.stated_date or entry.entry_date,
        document_date=entry.document_date,
        effective_date=entry.effective_date,
        lines=(),
        currency=entry.currency,
        exchange_rate=entry.exchange_rate if entry.rate_source else None,
    )


def what_differs(draft: EntryDraft, named: Collection[str], entry: JournalEntry) -> str:
    """Return what of a draft is not as a posted entry has it, "" for nothing: `lines`, or whatever else of the header
    is `named`, but for what is free."""
    stated = {"entry_date": entry.stated_date or entry.entry_date}
    for name in sorted(set(named) - FREE):
        if getattr(draft, name) != stated.get(name, getattr(entry, name)):
            return "entry_number" if name == "stated_number" else name
    return "" if draft.lines and _same_lines(draft, entry) else "lines"


def _same_lines(draft: EntryDraft, entry: JournalEntry) -> bool:
    book = AccountBook(entry.company_id)
    expanded = entries.with_tax(draft, entry.company)
    book.load((expanded,))
    resolved = resolve(expanded, book)
    return resolved.content_digest == entry.content_digest and Counter(map(_line, resolved.lines)) == Counter(
        map(_line, entry.lines.all())
    )


def _line(line: Any) -> tuple[Any, ...]:
    free = (json.dumps(value, sort_keys=True, default=str) for value in (line.dimensions, line.metadata))
    named = (line.description, line.tax_code, line.line_ref, line.class_id, line.location_id)
    return line.account_id, line.currency_amount, *named, *free
