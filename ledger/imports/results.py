"""What an import is made of and what it answers: a recognised file, its bookings, the problems of its lines."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from backfill.tenancy.models import Company
from ledger.journal.drafts import EntryDraft


class Check(StrEnum):
    """A check that a person may set aside for one file, knowing why."""

    CLIENT = "client"
    REPEATS = "repeats"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why one line of the file cannot be imported, and the check to waive for it to be. Lines count from 1."""

    line: int
    reason: str
    waiver: Check | None = None


@dataclass(frozen=True, slots=True)
class LineRemark:
    """What a person should know of one line of the file, which is imported, or left out, all the same."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A line of an entry as it would post, in base currency; one of the two amounts is above zero, or none."""

    code: str
    name: str
    debit: Decimal
    credit: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry as it would post, to be looked at before anything does: texts show whether the encoding is right."""

    line: int
    day: date
    document_number: str
    memo: str
    currency: str
    lines: tuple[SampleLine, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry of the file, from the line it starts on. `digest` is the SHA-256 of what the file says of it."""

    line: int
    draft: EntryDraft
    digest: str


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What one account is debited and credited in total, in base currency, both positive."""

    code: str
    name: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or a preview says it would do.

    `findings` state what the file turned out to be. `entry_count` and `sums` are of the entries that are new; with
    `problems` none of them is posted. `entry_ids` is empty for a preview. `has_more_problems` where the caller
    asked to see only so many. `remarks` tell what was left out or assumed; `samples` show the first entries.
    """

    findings: tuple[str, ...]
    entry_count: int
    already_imported_count: int
    sums: tuple[AccountSum, ...]
    problems: tuple[LineProblem, ...]
    has_more_problems: bool = False
    entry_ids: tuple[UUID, ...] = ()
    remarks: tuple[LineRemark, ...] = ()
    samples: tuple[Sample, ...] = ()


class Progress(Protocol):
    """Told how far an import is: `done` of `total` lines of a stage, «Checking» or «Posting»."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import. Checking stops once there are more than `max_problems`; None reports them all."""

    waived: frozenset[Check] = frozenset()
    max_problems: int | None = None
    progress: Progress = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSource:
    """A file that has been recognised. `read` yields its bookings and problems in order, anew at every call.

    The source identity of an entry is (`system`, `connection_id`, its reference in the file).
    """

    company: Company
    system: str
    connection_id: str
    line_count: int
    findings: tuple[str, ...]
    read: Callable[[], Iterator[Booking | LineProblem | LineRemark]]
    options: ImportOptions


def digest(*parts: str) -> str:
    """Return the SHA-256 of `parts`, told apart."""
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()
