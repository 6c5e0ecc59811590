"""Posting periods: which one a date belongs to, and how one is soft-locked and reopened. Locking for good is in
`ledger.journal.locking`.

The row of a period is the lock between posting and closing: posting updates it inside its own transaction,
locking takes it FOR UPDATE. A period without a row is open.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.errors import (
    InvalidPeriod,
    PeriodAlreadyLocked,
    PeriodAlreadyOpen,
    PeriodAlreadySoftLocked,
    PeriodIrreversible,
    PeriodNotFound,
)
from ledger.models import JournalHead, LockRequest, Period
from ledger.models.activity import record_activity

YEARS_BACK = 10
"""How many years before this one may be closed although nobody posted into them. Books are kept that long."""

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


def year_start_of(company: Company, day: date) -> date:
    """Return the first day of the fiscal year that `day` falls in."""
    start_month = company.fiscal_year_start_month
    return fiscal_year_start(fiscal_year_of(day, start_month=start_month), start_month=start_month)


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
        raise InvalidPeriod(_("adjustment_period is 13 or 14"), field="adjustment_period")
    if last != fiscal_year_end(fiscal_year, start_month=start_month):
        raise InvalidPeriod(
            _("an adjustment period takes dates in the last month of the fiscal year; {day} is not in it").format(
                day=day
            ),
            field="adjustment_period",
        )
    return PeriodRef(f"{fiscal_year}-P{adjustment_period}", adjustment_period, fiscal_year, first, last)


def period_named(company: Company, name: str) -> PeriodRef:
    """Return the period written `YYYY-MM`, `YYYY-P13` or `YYYY-P14`. Raises InvalidPeriod for anything else."""
    match = _PERIOD_NAME.fullmatch(name)
    if match is None:
        raise InvalidPeriod(
            _("{name!r} is not a period; write YYYY-MM, YYYY-P13 or YYYY-P14").format(name=name), field="period"
        )
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


def locked_through(company: Company) -> date | None:
    """Return the last day that is locked for good; None where none is."""
    locked = Period.objects.filter(company=company, number=0, status=Period.Status.LOCKED)
    through: date | None = locked.aggregate(through=Max("ends_on"))["through"]
    return through


def periods_to_lock(company: Company, ref: PeriodRef) -> list[PeriodRef]:
    """Return what the final lock of a period closes, in order: every month from the first one known up to it that is
    not locked yet. The adjustment periods of its own year come after that year's months, period 14 with period 13."""
    rows = Period.objects.filter(company=company, starts_on__lte=ref.ends_on)
    locked = set(rows.filter(status=Period.Status.LOCKED).values_list("name", flat=True))
    months = rows.filter(number=0).aggregate(
        locked_through=Max("ends_on", filter=Q(status=Period.Status.LOCKED)),
        first_open=Min("starts_on", filter=~Q(status=Period.Status.LOCKED)),
    )
    starts = [ref.starts_on, months["first_open"] or ref.starts_on]
    if months["locked_through"]:
        starts.append(months["locked_through"] + timedelta(days=1))
    found, day = [], min(starts)
    while day <= ref.starts_on:
        month = period_for(company, day)
        found.append(month)
        day = month.ends_on + timedelta(days=1)
    found += [period_for(company, ref.ends_on, number) for number in (13, 14) if number <= ref.number]
    return [one for one in found if one.name not in locked]


def is_behind_lock(company: Company, ref: PeriodRef) -> bool:
    """Whether a month lies before one that is locked for good: it is closed then, also where nobody posted into it."""
    later = Period.objects.filter(company=company, number=0, status=Period.Status.LOCKED, starts_on__gt=ref.starts_on)
    return ref.number == 0 and later.exists()


@transaction.atomic
def soft_lock(*, company: Company, name: str, actor: Actor) -> Period:
    """Close a period for everyone without the right to post into soft-locked ones. Reversible by `reopen`.

    Raises PeriodAlreadySoftLocked, PeriodAlreadyLocked, PeriodNotFound, and InvalidPeriod for what is not a period or
    lies beyond the company's years.
    """
    ref = period_named(company, name)
    refuse_unknown(company, ref)
    refuse_beyond(company, ref)
    period = period_row(company, name)
    if period.status == Period.Status.LOCKED:
        raise PeriodAlreadyLocked(_("period {name} is locked for good").format(name=name))
    if period.status == Period.Status.SOFT_LOCKED:
        raise PeriodAlreadySoftLocked(_("period {name} is soft-locked already").format(name=name))
    period.status = Period.Status.SOFT_LOCKED
    period.locked_by, period.locked_at = actor.label, timezone.now()
    period.save(update_fields=["status", "locked_by", "locked_at"])
    record_period(period, "soft_locked", actor)
    return period


@transaction.atomic
def reopen(*, company: Company, name: str, actor: Actor) -> Period:
    """Open a soft-locked period again and cancel its pending lock request.

    Raises PeriodIrreversible for a locked one, PeriodAlreadyOpen, InvalidPeriod.
    """
    period = period_row(company, name)
    if period.status == Period.Status.LOCKED:
        raise PeriodIrreversible(_("period {name} is locked for good and cannot be reopened").format(name=name))
    if period.status == Period.Status.OPEN:
        raise PeriodAlreadyOpen(_("period {name} is open").format(name=name), field="period")
    period.status, period.locked_by, period.locked_at = Period.Status.OPEN, "", None
    period.save(update_fields=["status", "locked_by", "locked_at"])
    period.lock_requests.filter(status=LockRequest.Status.PENDING).update(
        status=LockRequest.Status.CANCELLED, decided_by_label=actor.label, decided_at=timezone.now()
    )
    record_period(period, "reopened", actor)
    return period


def period_row(company: Company, name: str) -> Period:
    """Return the period's row locked for update, made when it is a month that has none yet.

    Raises InvalidPeriod, PeriodNotFound, and PeriodAlreadyLocked for a month without a row before a locked one.
    """
    ref = period_named(company, name)
    existing = Period.objects.select_for_update().filter(company=company, name=ref.name).first()
    if existing:
        return existing
    refuse_unknown(company, ref)
    # A month that appears while a later one is being locked would be left open behind it.
    JournalHead.objects.select_for_update().filter(company=company).first()
    if is_behind_lock(company, ref):
        raise PeriodAlreadyLocked(_("period {name} lies before a month that is locked for good").format(name=name))
    return ensure_rows(company, [ref])[0]


def refuse_beyond(company: Company, ref: PeriodRef) -> None:
    """Raise InvalidPeriod for a period after the running fiscal year, or before its books and ten years more: it is
    mistyped, and closing it would list every month in between."""
    start_month = company.fiscal_year_start_month
    this_year = fiscal_year_of(company.today(), start_month=start_month)
    last = fiscal_year_end(this_year, start_month=start_month)
    if ref.starts_on > last:
        raise InvalidPeriod(
            _("period {ref} lies after the running fiscal year; close periods up to {last:%Y-%m}").format(
                ref=ref.name, last=last
            ),
            field="period",
        )
    first = fiscal_year_start(this_year - YEARS_BACK, start_month=start_month)
    if ref.starts_on < first and not Period.objects.filter(company=company, starts_on__lte=ref.starts_on).exists():
        raise InvalidPeriod(
            _("period {ref} lies before the company's books; close periods from {first:%Y-%m} on").format(
                ref=ref.name, first=first
            ),
            field="period",
        )


def refuse_unknown(company: Company, ref: PeriodRef) -> None:
    """Raise PeriodNotFound for an adjustment period of a year that nothing was posted into."""
    if ref.number and not Period.objects.filter(company=company, fiscal_year=ref.fiscal_year).exists():
        raise PeriodNotFound(
            _("fiscal year {fiscal_year} has no postings, so it has no period {ref}").format(
                fiscal_year=ref.fiscal_year, ref=ref.name
            )
        )


def ensure_rows(company: Company, refs: Sequence[PeriodRef]) -> list[Period]:
    """Return the periods' rows in order, locked for update; those that are missing are made."""
    missing = [
        Period(
            company=company,
            name=ref.name,
            number=ref.number,
            fiscal_year=ref.fiscal_year,
            starts_on=ref.starts_on,
            ends_on=ref.ends_on,
        )
        for ref in refs
    ]
    Period.objects.bulk_create(missing, ignore_conflicts=True)
    names = [ref.name for ref in refs]
    rows = Period.objects.select_for_update().filter(company=company, name__in=names)
    return list(rows.order_by("ends_on", "number"))


def record_period(period: Period, verb: str, actor: Actor, **detail: str) -> None:
    record_activity(
        company_id=period.company_id,
        subject_type="period",
        subject_id=period.id,
        verb=verb,
        actor=actor,
        period=period.name,
        **detail,
    )
