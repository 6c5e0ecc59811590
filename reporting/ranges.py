"""Which days a report covers: fiscal years, today, and the ranges to compare with. All dates are inclusive."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.periods import calendar as periods
from reporting.errors import InvalidComparison, InvalidRange

ONE_DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)

CompareTo = Literal["previous_period", "previous_year"]


@dataclass(frozen=True, slots=True)
class DateRange:
    start: date
    end: date


def ensure_reportable(day: date, *, field: str) -> date:
    """Refuse a year no books reach, so that a year before or after it can always be computed."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidRange(
            _("Dates of reports lie between {first_day} and {last_day}; {day} does not.").format(
                first_day=FIRST_DAY, last_day=LAST_DAY, day=day
            ),
            field=field,
        )
    return day


def today(company: Company) -> date:
    """The date on the company's own calendar."""
    return datetime.now(ZoneInfo(company.time_zone)).date()


def fiscal_year(company: Company, day: date) -> int:
    """The fiscal year a day lies in, named by the year in which it starts."""
    return periods.fiscal_year_of(day, start_month=company.fiscal_year_start_month)


def fiscal_year_start(company: Company, day: date) -> date:
    """The first day of the fiscal year a day lies in."""
    return periods.fiscal_year_start(fiscal_year(company, day), start_month=company.fiscal_year_start_month)


def fiscal_year_end(company: Company, day: date) -> date:
    """The last day of the fiscal year a day lies in."""
    return periods.fiscal_year_end(fiscal_year(company, day), start_month=company.fiscal_year_start_month)


def fiscal_year_label(company: Company, year: int) -> str:
    """`2026`, or `2026/27` where the fiscal year is not the calendar year."""
    return str(year) if company.fiscal_year_start_month == 1 else f"{year}/{(year + 1) % 100:02d}"


def month_later(first: date, months: int) -> date:
    """The first day of the month so many months after (before, when negative) that of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def range_or_fiscal_year(
    company: Company, *, start: date | None, end: date | None, start_field: str = "start_date"
) -> DateRange:
    """The range asked for; without an end up to today, without a start from the first day of the end's fiscal year.

    Raises InvalidRange, blaming the caller's `start_field`, when it ends before it starts.
    """
    last = ensure_reportable(end or today(company), field="end_date")
    first = ensure_reportable(start or fiscal_year_start(company, last), field=start_field)
    if first > last:
        message = _("The range ends on {last} before it starts on {first}; swap the dates or leave one out.").format(
            last=last, first=first
        )
        raise InvalidRange(message, field=start_field)
    return DateRange(first, last)


def comparison_day(day: date, *, compare_to: CompareTo | None = None, compare_as_of: date | None = None) -> date | None:
    """The day to compare the balances of `day` with: the end of the month before, the same day a year before,
    or one named by the caller. None when no comparison is asked for."""
    ensure_reportable(day, field="as_of_date")
    if compare_to and compare_as_of:
        raise InvalidComparison(_("Ask for compare_to or for compare_as_of, not for both."), field="compare_as_of")
    if compare_to == "previous_period":
        return day.replace(day=1) - ONE_DAY
    if compare_to == "previous_year":
        return _year_before(day)
    return compare_as_of and ensure_reportable(compare_as_of, field="compare_as_of")


def comparison_range(
    asked: DateRange,
    *,
    compare_to: CompareTo | None = None,
    compare_start: date | None = None,
    compare_end: date | None = None,
) -> DateRange | None:
    """The range to compare with: the one just before of the same length (whole months before whole months), the
    same days a year before, or one named by the caller. None when no comparison is asked for."""
    if compare_to and (compare_start or compare_end):
        raise InvalidComparison(
            _("Ask for compare_to or for compare_start and compare_end, not for both."), field="compare_to"
        )
    if compare_to == "previous_period":
        return _range_before(asked)
    if compare_to == "previous_year":
        return DateRange(_year_before(asked.start, keeps_month_end=False), _year_before(asked.end))
    if compare_start is None and compare_end is None:
        return None
    if compare_start is None or compare_end is None:
        missing = "compare_start" if compare_start is None else "compare_end"
        raise InvalidComparison(_("A comparison needs both compare_start and compare_end."), field=missing)
    if compare_start > compare_end:
        raise InvalidRange(_("The comparison ends before it starts; swap the dates."), field="compare_start")
    ensure_reportable(compare_end, field="compare_end")
    return DateRange(ensure_reportable(compare_start, field="compare_start"), compare_end)


def _range_before(asked: DateRange) -> DateRange:
    end = asked.start - ONE_DAY
    if asked.start.day == 1 and _is_month_end(asked.end):
        months = (asked.end.year - asked.start.year) * 12 + asked.end.month - asked.start.month + 1
        return DateRange(month_later(asked.start, -months), end)
    return DateRange(end - (asked.end - asked.start), end)


def _year_before(day: date, *, keeps_month_end: bool = True) -> date:
    """29 February becomes the 28th; the end of a month stays the end of that month where that is asked for."""
    last = monthrange(day.year - 1, day.month)[1]
    if keeps_month_end and _is_month_end(day):
        return day.replace(year=day.year - 1, day=last)
    return day.replace(year=day.year - 1, day=min(day.day, last))


def _is_month_end(day: date) -> bool:
    return (day + ONE_DAY).day == 1
