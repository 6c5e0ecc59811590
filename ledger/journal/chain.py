"""The hash chain (L6): every posted entry is bound to its content and to the entry before it.

The chain runs through the events of each entry. An event's audit hash covers the event, the hash of the event
before it and the content hash of its entry (all its lines, dimensions, provenance); the entry's own hash is the
audit hash of its last event. So the Bookkeeping contract's event chain and the journal's entry chain are one.
Status is not covered: it is the one thing that may change after posting.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID, uuid5

import orjson

from ledger.journal.events import Pair, PostedLine, paired
from ledger.models import JournalEntry, JournalLine, Period

_CHUNK = 500


class ChainedLine(PostedLine, Protocol):
    """What the content hash covers of a line, beside what pairing needs."""

    @property
    def line_number(self) -> int: ...
    @property
    def description(self) -> str: ...
    @property
    def personal_account(self) -> str: ...
    @property
    def line_ref(self) -> str: ...
    @property
    def class_id(self) -> str: ...
    @property
    def location_id(self) -> str: ...
    @property
    def dimensions(self) -> Any: ...
    @property
    def metadata(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a posted entry: a debit line against a credit line, numbered and chained.

    `amount` is positive, in base currency. `debit` and `credit` are positions in the entry's lines.
    """

    id: UUID
    journal_number: int
    debit: int
    credit: int
    amount: Decimal
    prev_hash: str
    audit_hash: str
    content_hash: str


def chained_events(
    entry: JournalEntry, lines: Sequence[ChainedLine], *, pairs: Sequence[Pair] | None = None
) -> list[Event]:
    """Return the events of an entry whose numbers, times and `prev_hash` are set; `lines` in line order."""
    content = content_hash(entry, lines)
    header = _event_header(entry, content)
    previous, number = entry.prev_hash, entry.first_journal_number or 0
    events = []
    for index, pair in enumerate(paired(lines) if pairs is None else pairs):
        audit_hash = _sha256(
            header
            | {
                "journal_number": number + index,
                "account_debit": str(lines[pair.debit].account_id),
                "account_credit": str(lines[pair.credit].account_id),
                "amount": f"{pair.amount:.4f}",
                "prev_hash": previous,
            }
        )
        events.append(
            Event(
                event_id(entry.id, index),
                number + index,
                pair.debit,
                pair.credit,
                pair.amount,
                previous,
                audit_hash,
                content,
            )
        )
        previous = audit_hash
    return events


def event_id(entry_id: UUID, index: int) -> UUID:
    """Return the id of an entry's event at `index`, the same whenever it is derived."""
    return uuid5(entry_id, str(index))


def _dates(entry: JournalEntry) -> list[str | None]:
    dates = [_text(entry.entry_date), _text(entry.document_date), _text(entry.effective_date)]
    further = {"stated": entry.stated_date, "service": entry.service_date}
    return dates + [f"{name} {day}" for name, day in further.items() if day]


def content_hash(entry: JournalEntry, lines: Sequence[ChainedLine]) -> str:
    """Return the SHA-256 over everything of an entry that can never change, its lines included."""
    return _sha256(
        {
            "company": str(entry.company_id),
            "entry": str(entry.id),
            "fiscal_year": entry.fiscal_year,
            "sequence": entry.sequence,
            "period": [entry.period, entry.overrides_soft_lock],
            "dates": _dates(entry),
            "currency": [entry.currency, f"{entry.exchange_rate:.12f}", _text(entry.rate_date), entry.rate_source],
            "fx": canonical(entry.fx_annotation),
            "memo": entry.memo,
            "kind": entry.kind,
            "document": [
                *(entry.document_number, _text(entry.document_id), entry.external_reference),
                *([entry.stated_number] if entry.stated_number else []),
            ],
            "source": [entry.source_system, entry.connection_id, entry.source_id],
            "dimensions": canonical(entry.dimensions),
            "metadata": canonical(entry.metadata),
            "reverses": [_text(entry.reverses_entry_id), entry.reversal_reason],
            "by": [entry.created_by, canonical(entry.provenance)],
            "posted_at": instant_text(entry.posted_at),
            "lines": [_line(line) for line in lines],
        }
    )


def closing_hash(period: Period, *, previous: str) -> str:
    """Return the SHA-256 over the period's name, the closing hash before it, and the audit hashes of all events
    of the period in journal order, joined by newlines."""
    digest = hashlib.sha256(f"{period.name}\n{previous}".encode())
    entries = JournalEntry.objects.filter(company_id=period.company_id, period=period.name).exclude(status="draft")
    for entry, lines in entries_with_lines(entries.order_by("first_journal_number")):
        for event in chained_events(entry, lines):
            digest.update(b"\n" + event.audit_hash.encode())
    return digest.hexdigest()


def entries_with_lines(entries: Any) -> Iterator[tuple[JournalEntry, list[JournalLine]]]:
    """Stream posted entries of a queryset with their lines in line order, in bounded memory."""
    chunk: list[JournalEntry] = []
    for entry in entries.iterator(chunk_size=_CHUNK):
        chunk.append(entry)
        if len(chunk) == _CHUNK:
            yield from _with_lines(chunk)
            chunk = []
    yield from _with_lines(chunk)


def canonical(value: Any) -> Any:
    """Return JSON facts in the one form that is hashed: numbers in plain decimals without trailing zeros, since
    PostgreSQL and Python write the same number in different ways."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    return [canonical(item) for item in value]


def instant_text(at: datetime | None) -> str:
    """Return a time as it is hashed: in UTC, with its microseconds."""
    if at is None:
        raise ValueError("only a posted entry is hashed")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _number(value: Any) -> orjson.Fragment:
    text = f"{Decimal(str(value)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return orjson.Fragment("0" if text == "-0" else text)


def _with_lines(entries: list[JournalEntry]) -> Iterator[tuple[JournalEntry, list[JournalLine]]]:
    lines: dict[UUID, list[JournalLine]] = {entry.id: [] for entry in entries}
    companies = {entry.company_id for entry in entries}
    found = JournalLine.objects.filter(company_id__in=companies, entry_id__in=list(lines))
    for line in found.order_by("entry_id", "line_number"):
        lines[line.entry_id].append(line)
    for entry in entries:
        yield entry, lines[entry.id]


def _event_header(entry: JournalEntry, content: str) -> dict[str, Any]:
    return {
        "tenant": str(entry.company_id),
        "intent_id": str(entry.id),
        "booking_date": _text(entry.entry_date),
        "period": entry.period,
        "description": entry.memo,
        "document_id": _text(entry.document_id),
        "reverses_intent_id": _text(entry.reverses_entry_id),
        "external_reference": entry.external_reference,
        "custom_metadata": canonical(entry.metadata),
        "created_at": instant_text(entry.posted_at),
        "created_by": entry.created_by,
        "content_hash": content,
    }


def _line(line: ChainedLine) -> list[Any]:
    return [
        line.line_number,
        str(line.account_id),
        f"{line.amount:.4f}",
        f"{line.currency_amount:.4f}",
        line.description,
        line.tax_code,
        line.tax_role,
        line.personal_account,
        line.line_ref,
        line.class_id,
        line.location_id,
        canonical(line.dimensions) if line.dimensions else {},
        canonical(line.metadata) if line.metadata else {},
    ]


def _sha256(facts: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
