"""The periods to show: every month from the first posting to today, and the adjustment periods of each year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from backfill.tenancy.models import Company
from ledger.models import LockRequest, Period
from ledger.periods.calendar import (
    PeriodRef,
    fiscal_year_end,
    fiscal_year_of,
    fiscal_year_start,
    listed_periods,
    period_for,
)


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period and its state; `period` is None while nobody has posted into it or touched it."""

    ref: PeriodRef
    period: Period | None
    request: LockRequest | None
    is_over: bool

    @property
    def status(self) -> Period.Status:
        return Period.Status(self.period.status) if self.period else Period.Status.OPEN

    @property
    def is_open(self) -> bool:
        return self.status == Period.Status.OPEN

    @property
    def is_locked(self) -> bool:
        return self.status == Period.Status.LOCKED


@dataclass(frozen=True, slots=True)
class YearRows:
    """A fiscal year, by the year it starts in, newest period first."""

    fiscal_year: int
    starts_on: date
    ends_on: date
    rows: list[PeriodRow]


def period_years(company: Company) -> list[YearRows]:
    """Return the company's fiscal years with their periods, the newest first; two statements."""
    known = {period.name: period for period in listed_periods(company)}
    waiting = LockRequest.objects.filter(
        company=company, status=LockRequest.Status.PENDING, expires_at__gt=timezone.now()
    )
    requests = {request.period_id: request for request in waiting}
    start_month = company.fiscal_year_start_month
    today = company.today()
    days = [period.ends_on for period in known.values()] or [today]
    first = fiscal_year_of(min(*days, today), start_month=start_month)
    last = fiscal_year_of(max(*days, today), start_month=start_month)
    return [
        YearRows(
            fiscal_year=year,
            starts_on=fiscal_year_start(year, start_month=start_month),
            ends_on=fiscal_year_end(year, start_month=start_month),
            rows=[
                PeriodRow(
                    ref,
                    known.get(ref.name),
                    requests.get(known[ref.name].pk) if ref.name in known else None,
                    is_over=ref.ends_on < today,
                )
                for ref in _refs(company, year)
                if ref.name in known or _is_due(ref, today, known)
            ],
        )
        for year in range(last, first - 1, -1)
    ]


def _refs(company: Company, fiscal_year: int) -> Iterator[PeriodRef]:
    """Yield the periods of a fiscal year, the last first: 14, 13, and the months backwards."""
    start_month = company.fiscal_year_start_month
    end = fiscal_year_end(fiscal_year, start_month=start_month)
    yield period_for(company, end, 14)
    yield period_for(company, end, 13)
    start = fiscal_year_start(fiscal_year, start_month=start_month)
    while end >= start:
        ref = period_for(company, end)
        yield ref
        end = ref.starts_on - timedelta(days=1)


def _is_due(ref: PeriodRef, today: date, known: dict[str, Period]) -> bool:
    """Whether to list a period without a row: a month from the first known one to today, or an adjustment period of
    a year that is over and has postings."""
    if ref.number:
        return ref.ends_on < today and any(period.fiscal_year == ref.fiscal_year for period in known.values())
    has_begun = not known or any(period.ends_on <= ref.ends_on for period in known.values())
    return has_begun and ref.starts_on <= today
