"""On which dates something recurs. Pure; every date is calculated from the first, so that none drifts."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import ngettext, pgettext

from receivables.models import DayRule, IntervalUnit, RecurringInvoice

_DAYS: Final[dict[str, int]] = {IntervalUnit.DAY: 1, IntervalUnit.WEEK: 7}
_MONTHS: Final[dict[str, int]] = {IntervalUnit.MONTH: 1, IntervalUnit.YEAR: 12}

_SHORTEST_MONTH: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Every `count` units from `starts_on` on, until `ends_on` (included) or without end.

    A day that a month does not have is its last: 31 January, 28 February, 31 March. `month_end` is always the last.
    """

    starts_on: date
    unit: str
    count: int
    day_rule: str = DayRule.SAME_DAY
    ends_on: date | None = None

    def occurrence(self, index: int) -> date | None:
        """Return the date number `index`, from 0; None after the end."""
        try:
            day = self._day(index)
        except (OverflowError, ValueError):
            return None  # beyond the year 9999
        return None if self.ends_on is not None and day > self.ends_on else day

    def upcoming(self, index: int, count: int) -> list[date]:
        """Return at most `count` dates from number `index` on."""
        days = (self.occurrence(number) for number in range(index, index + count))
        return [day for day in days if day is not None]

    def in_words(self) -> str:
        """Return it as people say it: «Every 3 months on the 15th»."""
        words = _every(self.unit, self.count, is_month_end=self.day_rule == DayRule.MONTH_END, day=self.starts_on.day)
        return words.format(
            count=self.count,
            weekday=WEEKDAYS[self.starts_on.weekday()],
            month=MONTHS[self.starts_on.month],
            day=self.starts_on.day,
            ordinal=ordinal(self.starts_on.day),
        )

    def first_from(self, day: date) -> int:
        """Return the index of the first date on or after `day`, as if there were no end."""
        endless = Schedule(starts_on=self.starts_on, unit=self.unit, count=self.count, day_rule=self.day_rule)
        index = max(0, endless._guess(day) - 1)
        while (found := endless.occurrence(index)) is not None and found < day:
            index += 1
        return index

    def _guess(self, day: date) -> int:
        if self.unit in _DAYS:
            return (day - self.starts_on).days // (_DAYS[self.unit] * self.count)
        months = (day.year - self.starts_on.year) * 12 + day.month - self.starts_on.month
        return months // (_MONTHS[self.unit] * self.count)

    def _day(self, index: int) -> date:
        if self.unit in _DAYS:
            return self.starts_on + timedelta(days=index * self.count * _DAYS[self.unit])
        number = self.starts_on.year * 12 + self.starts_on.month - 1 + index * self.count * _MONTHS[self.unit]
        year, month = number // 12, number % 12 + 1
        last = monthrange(year, month)[1]
        return date(year, month, last if self.day_rule == DayRule.MONTH_END else min(self.starts_on.day, last))


def schedule_of(recurring: RecurringInvoice) -> Schedule:
    """Return when a template's invoices come."""
    return Schedule(
        starts_on=recurring.starts_on,
        unit=recurring.interval_unit,
        count=recurring.interval_count,
        day_rule=recurring.day_rule,
        ends_on=recurring.ends_on,
    )


def _every(unit: str, count: int, *, is_month_end: bool, day: int) -> str:
    """Return the sentence for a rhythm, with its places still to fill."""
    if unit == IntervalUnit.DAY:
        return ngettext("Every day", "Every {count} days", count)
    if unit == IntervalUnit.WEEK:
        return ngettext("Every week on {weekday}", "Every {count} weeks on {weekday}", count)
    if unit == IntervalUnit.YEAR:
        if is_month_end:
            return ngettext(
                "Every year on the last day of {month}", "Every {count} years on the last day of {month}", count
            )
        return ngettext("Every year on {day} {month}", "Every {count} years on {day} {month}", count)
    return _every_month(count, is_month_end=is_month_end, day=day)


def _every_month(count: int, *, is_month_end: bool, day: int) -> str:
    if is_month_end:
        return ngettext("Every month on the last day", "Every {count} months on the last day", count)
    if day > _SHORTEST_MONTH:
        return ngettext(
            "Every month on the {ordinal}, or the last day",
            "Every {count} months on the {ordinal}, or the last day",
            count,
        )
    return ngettext("Every month on the {ordinal}", "Every {count} months on the {ordinal}", count)


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th …"""
    words = {
        1: pgettext("ordinal", "{number}st"),
        2: pgettext("ordinal", "{number}nd"),
        3: pgettext("ordinal", "{number}rd"),
    }
    other = pgettext("ordinal", "{number}th")
    is_teen = 10 < number % 100 < 14
    return (other if is_teen else words.get(number % 10, other)).format(number=number)
