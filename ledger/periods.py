"""Posting periods: which one a date belongs to, and how one is soft-locked, locked for good, and reopened.

The row of a period is the lock between posting and closing: posting updates it inside its own transaction,
locking takes it FOR UPDATE. A period without a row is open.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.tenancy.selectors import active_member_count
from ledger.activities import record_activity
from ledger.chain import closing_hash
from ledger.errors import (
    InvalidPeriod,
    LockRequestPending,
    PeriodAlreadyLocked,
    PeriodAlreadyOpen,
    PeriodAlreadySoftLocked,
    PeriodIrreversible,
    PeriodNotFound,
    RequestExpired,
    RequestNotFound,
    RequestNotPending,
    SelfApprovalDenied,
)
from ledger.models import JournalHead, LockRequest, Period
from ledger.models.head import GENESIS_HASH

LOCK_REQUEST_LIFETIME = timedelta(hours=48)
_PERIOD_NAME = re.compile(r"(?P<year>[1-9]\d{3})-(?:(?P<month>0[1-9]|1[0-2])|P(?P<number>13|14))")


@dataclass(frozen=True, slots=True)
class PeriodRef:
    """A period by its facts, whether or not it has a row. Both dates are inclusive."""

    name: str
    number: int
    fiscal_year: int
    starts_on: date
    ends_on: date


def fiscal_year_of(day: date, *, start_month: int) -> int:
    """Return the fiscal year that `day` falls in, named by the calendar year it starts in."""
    return day.year if day.month >= start_month else day.year - 1


def fiscal_year_start(fiscal_year: int, *, start_month: int) -> date:
    """Return the first day of a fiscal year."""
    return date(fiscal_year, start_month, 1)


def fiscal_year_end(fiscal_year: int, *, start_month: int) -> date:
    """Return the last day of a fiscal year."""
    year, month = (fiscal_year, 12) if start_month == 1 else (fiscal_year + 1, start_month - 1)
    return date(year, month, calendar.monthrange(year, month)[1])


def period_for(company: Company, day: date, adjustment_period: int | None = None) -> PeriodRef:
    """Return the period of `day`: its month, or adjustment period 13 or 14 of its fiscal year.

    Raises InvalidPeriod when an adjustment period is asked for outside the fiscal year's last month.
    """
    start_month = company.fiscal_year_start_month
    fiscal_year = fiscal_year_of(day, start_month=start_month)
    first, last = day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if adjustment_period is None:
        return PeriodRef(f"{day:%Y-%m}", 0, fiscal_year, first, last)
    if adjustment_period not in (13, 14):
        raise InvalidPeriod("adjustment_period is 13 or 14", field="adjustment_period")
    if last != fiscal_year_end(fiscal_year, start_month=start_month):
        raise InvalidPeriod(
            f"an adjustment period takes dates in the last month of the fiscal year; {day} is not in it",
            field="adjustment_period",
        )
    return PeriodRef(f"{fiscal_year}-P{adjustment_period}", adjustment_period, fiscal_year, first, last)


def period_named(company: Company, name: str) -> PeriodRef:
    """Return the period written `YYYY-MM`, `YYYY-P13` or `YYYY-P14`. Raises InvalidPeriod for anything else."""
    match = _PERIOD_NAME.fullmatch(name)
    if match is None:
        raise InvalidPeriod(f"{name!r} is not a period; write YYYY-MM, YYYY-P13 or YYYY-P14", field="period")
    year = int(match["year"])
    if match["month"]:
        return period_for(company, date(year, int(match["month"]), 1))
    end = fiscal_year_end(year, start_month=company.fiscal_year_start_month)
    return period_for(company, end, int(match["number"]))


def open_day_from(company: Company, day: date, *, adjustment_period: int | None = None) -> date:
    """Return `day` if its period is open, else the first day of the next month that is.

    The policy of voids: on the original date where the books still allow it, else as early as they do.
    """
    ref = period_for(company, day, adjustment_period)
    closed = set(
        Period.objects.filter(company=company, ends_on__gte=ref.starts_on)
        .exclude(status=Period.Status.OPEN)
        .values_list("name", flat=True)
    )
    if ref.name not in closed:
        return day
    first = ref.ends_on + timedelta(days=1)
    while f"{first:%Y-%m}" in closed:
        first = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first


def listed_periods(company: Company) -> list[Period]:
    """Return the periods that were posted into or touched, in order, 13 and 14 after their year's last month."""
    return list(Period.objects.filter(company=company).order_by("ends_on", "number"))


def pending_lock_request(company: Company, name: str) -> LockRequest | None:
    """Return the request that waits for a second person, if one does and has not expired."""
    ref = period_named(company, name)
    return (
        LockRequest.objects.filter(
            company=company, period__name=ref.name, status=LockRequest.Status.PENDING, expires_at__gt=timezone.now()
        )
        .select_related("period")
        .first()
    )


@transaction.atomic
def soft_lock(*, company: Company, name: str, actor: Actor) -> Period:
    """Close a period for everyone without the right to post into soft-locked ones. Reversible by `reopen`.

    Raises PeriodAlreadySoftLocked, PeriodAlreadyLocked, InvalidPeriod, PeriodNotFound.
    """
    period = _locked_row(company, name)
    if period.status == Period.Status.LOCKED:
        raise PeriodAlreadyLocked(f"period {name} is locked for good")
    if period.status == Period.Status.SOFT_LOCKED:
        raise PeriodAlreadySoftLocked(f"period {name} is soft-locked already")
    period.status = Period.Status.SOFT_LOCKED
    period.locked_by, period.locked_at = actor.label, timezone.now()
    period.save(update_fields=["status", "locked_by", "locked_at"])
    _record(period, "soft_locked", actor)
    return period


@transaction.atomic
def reopen(*, company: Company, name: str, actor: Actor) -> Period:
    """Open a soft-locked period again and cancel its pending lock request.

    Raises PeriodIrreversible for a locked one, PeriodAlreadyOpen, InvalidPeriod.
    """
    period = _locked_row(company, name)
    if period.status == Period.Status.LOCKED:
        raise PeriodIrreversible(f"period {name} is locked for good and cannot be reopened")
    if period.status == Period.Status.OPEN:
        raise PeriodAlreadyOpen(f"period {name} is open", field="period")
    period.status, period.locked_by, period.locked_at = Period.Status.OPEN, "", None
    period.save(update_fields=["status", "locked_by", "locked_at"])
    period.lock_requests.filter(status=LockRequest.Status.PENDING).update(
        status=LockRequest.Status.CANCELLED, decided_by_label=actor.label, decided_at=timezone.now()
    )
    _record(period, "reopened", actor)
    return period


@transaction.atomic
def request_lock(*, company: Company, name: str, actor: Actor) -> LockRequest:
    """Ask for the final lock of a period; a second person approves within 48 hours (four-eyes principle).

    Raises PeriodAlreadyLocked, LockRequestPending, InvalidPeriod, PeriodNotFound.
    """
    period = _locked_row(company, name)
    if period.status == Period.Status.LOCKED:
        raise PeriodAlreadyLocked(f"period {name} is locked already")
    now = timezone.now()
    pending = period.lock_requests.filter(status=LockRequest.Status.PENDING)
    pending.filter(expires_at__lte=now).update(status=LockRequest.Status.EXPIRED, decided_at=now)
    waiting = pending.first()
    if waiting:
        raise LockRequestPending(
            f"{waiting.requested_by_label} has asked for this lock already; approve or cancel that request",
            request_id=str(waiting.id),
        )
    request = LockRequest.objects.create(
        company=company,
        period=period,
        requested_by_id=actor.user_id,
        requested_by_label=actor.label,
        created_at=now,
        expires_at=now + LOCK_REQUEST_LIFETIME,
    )
    _record(period, "lock_requested", actor, request_id=str(request.id))
    return request


@transaction.atomic
def approve_lock(*, company: Company, name: str, request_id: UUID, actor: Actor) -> LockRequest:
    """Lock a period for good and store its closing hash. The approver is another person than the requester,
    unless the company has only one user.

    Raises RequestNotFound, RequestNotPending, RequestExpired, SelfApprovalDenied, PeriodAlreadyLocked.
    """
    # Posting takes the head before the period; taking them in the same order here cannot deadlock, and the
    # head keeps two closings from reading the same predecessor.
    JournalHead.objects.select_for_update().get(company=company)
    period = _locked_row(company, name)
    request = _pending_request(period, request_id)
    is_own = actor.user_id is None or actor.user_id == request.requested_by_id
    if is_own and active_member_count(company) > 1:
        raise SelfApprovalDenied("a lock is approved by another person than the one who asked for it")
    if period.status == Period.Status.LOCKED:
        raise PeriodAlreadyLocked(f"period {name} is locked already")
    now = timezone.now()
    period.status, period.locked_by, period.locked_at = Period.Status.LOCKED, request.requested_by_label, now
    period.approved_by = actor.label
    period.closing_hash = closing_hash(period, previous=_previous_closing_hash(company))
    period.save(update_fields=["status", "locked_by", "locked_at", "approved_by", "closing_hash"])
    _decide(request, LockRequest.Status.APPROVED, actor, now)
    request.period = period
    _record(period, "locked", actor, closing_hash=period.closing_hash)
    return request


@transaction.atomic
def cancel_lock_request(*, company: Company, name: str, request_id: UUID, actor: Actor) -> LockRequest:
    """Withdraw a lock request. Raises RequestNotFound, RequestNotPending (also for one that has expired)."""
    period = _locked_row(company, name)
    request = _request(period, request_id)
    if request.status != LockRequest.Status.PENDING:
        raise RequestNotPending(f"this request is {request.status}")
    if request.expires_at <= timezone.now():
        raise RequestNotPending("this request has expired, so there is nothing to withdraw")
    _decide(request, LockRequest.Status.CANCELLED, actor, timezone.now())
    _record(period, "lock_cancelled", actor, request_id=str(request.id))
    return request


def _locked_row(company: Company, name: str) -> Period:
    """Return the period's row locked for update, made when it is a month that has none yet."""
    ref = period_named(company, name)
    existing = Period.objects.select_for_update().filter(company=company, name=ref.name).first()
    if existing:
        return existing
    if ref.number and not Period.objects.filter(company=company, fiscal_year=ref.fiscal_year).exists():
        raise PeriodNotFound(f"fiscal year {ref.fiscal_year} has no postings, so it has no period {name}")
    Period.objects.bulk_create(
        [
            Period(
                company=company,
                name=ref.name,
                number=ref.number,
                fiscal_year=ref.fiscal_year,
                starts_on=ref.starts_on,
                ends_on=ref.ends_on,
            )
        ],
        ignore_conflicts=True,
    )
    return Period.objects.select_for_update().get(company=company, name=ref.name)


def _request(period: Period, request_id: UUID) -> LockRequest:
    request = period.lock_requests.select_for_update().filter(id=request_id).first()
    if request is None:
        raise RequestNotFound(f"period {period.name} has no lock request {request_id}")
    return request


def _pending_request(period: Period, request_id: UUID) -> LockRequest:
    request = _request(period, request_id)
    if request.status != LockRequest.Status.PENDING:
        raise RequestNotPending(f"this request is {request.status}")
    if request.expires_at <= timezone.now():
        raise RequestExpired("this request is older than 48 hours; ask for the lock again")
    return request


def _decide(request: LockRequest, status: LockRequest.Status, actor: Actor, at: datetime) -> None:
    request.status, request.decided_by_label, request.decided_at = status, actor.label, at
    request.save(update_fields=["status", "decided_by_label", "decided_at"])


def _previous_closing_hash(company: Company) -> str:
    last = Period.objects.filter(company=company, status=Period.Status.LOCKED).order_by("-locked_at").first()
    return last.closing_hash if last else GENESIS_HASH


def _record(period: Period, verb: str, actor: Actor, **detail: str) -> None:
    record_activity(
        company_id=period.company_id,
        subject_type="period",
        subject_id=period.id,
        verb=verb,
        actor=actor,
        period=period.name,
        **detail,
    )
