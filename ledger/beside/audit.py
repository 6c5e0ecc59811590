"""The company's audit log: every activity on its records, and everything about access, newest first.

Both trails are read from their own index on company and time, a page at a time from where the last one ended, so that
no page counts or skips rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from backfill.tenancy.models import AccessEvent
from backfill.workspace.code_words import surface_of
from ledger.beside.subjects import records_named
from ledger.beside.timeline import Happening, happenings_of
from ledger.models import Activity

ACCESS: Final = "access"
"""What the record type of the trail of access is called."""

MOST_EXPORTED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the next one begins with what is older."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """`since` is inclusive, `until` exclusive; empty texts and None filter nothing. `who` is part of a name."""

    who: str = ""
    verb: str = ""
    subject_type: str = ""
    surface: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """A row of either trail, with the line that tells it."""

    at: datetime
    id: UUID
    subject_type: str
    subject_id: UUID | None
    detail: Mapping[str, Any]
    line: Happening


def audit_page(
    company_id: UUID, wanted: AuditFilter, *, size: int, after: Position | None = None
) -> tuple[list[LoggedRow], Position | None]:
    """Return a page of the log, and where it ended if there is more. Two statements, and one for each kind of record
    that is named."""
    activities = [] if wanted.subject_type == ACCESS else list(_activities(company_id, wanted, after)[: size + 1])
    with_access = wanted.subject_type in {"", ACCESS}
    events = list(_events(company_id, wanted, after)[: size + 1]) if with_access else []
    found: list[Activity | AccessEvent] = [*activities, *events]
    merged = sorted(found, key=lambda one: (one.at, one.pk), reverse=True)
    page = merged[:size]
    rows = list(_told(company_id, page))
    more = Position(page[-1].at, page[-1].pk) if len(merged) > size else None
    return rows, more


def _activities(company_id: UUID, wanted: AuditFilter, after: Position | None) -> "QuerySet[Activity]":
    rows = Activity.objects.filter(_when(wanted, after), company_id=company_id)
    if wanted.who:
        rows = rows.filter(actor__label__icontains=wanted.who)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.subject_type:
        rows = rows.filter(subject_type=wanted.subject_type)
    if wanted.surface:
        rows = rows.filter(actor__surface=wanted.surface)
    return rows.order_by("-at", "-id")


def _events(company_id: UUID, wanted: AuditFilter, after: Position | None) -> "QuerySet[AccessEvent]":
    rows = AccessEvent.objects.filter(_when(wanted, after), company_id=company_id).select_related("user")
    if wanted.who:
        rows = rows.filter(actor_label__icontains=wanted.who)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.surface:
        rows = rows.filter(actor_surface=wanted.surface)
    return rows.order_by("-at", "-id")


def _when(wanted: AuditFilter, after: Position | None) -> Q:
    condition = Q()
    if wanted.since:
        condition &= Q(at__gte=wanted.since)
    if wanted.until:
        condition &= Q(at__lt=wanted.until)
    if after:
        condition &= Q(at__lte=after.at) & (Q(at__lt=after.at) | Q(id__lt=after.id))
    return condition


def _told(company_id: UUID, page: list[Activity | AccessEvent]) -> Iterator[LoggedRow]:
    activities = [one for one in page if isinstance(one, Activity)]
    known = dict(records_named(company_id, {(one.subject_type, one.subject_id) for one in activities}))
    lines = iter(happenings_of(company_id, activities, known=known))
    for one in page:
        if isinstance(one, AccessEvent):
            line, subject = _of_event(one), None
            yield LoggedRow(one.at, one.pk, ACCESS, subject, one.detail, line)
        else:
            record = known.get((one.subject_type, one.subject_id))
            yield LoggedRow(one.at, one.pk, one.subject_type, one.subject_id, one.detail, next(lines).about(record))


def _of_event(event: AccessEvent) -> Happening:
    return Happening(
        at=event.at,
        what=str(event.get_verb_display()),
        verb=event.verb,
        by=event.actor_label,
        surface=surface_of(event.actor_surface),
        note=event.user.email if event.user else "",
    )
