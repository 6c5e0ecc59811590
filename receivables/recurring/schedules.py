"""On which dates something recurs. Pure; every date is calculated from the first, so that none drifts."""

from calendar import day_name, month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

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
        every = f"Every {self.unit}" if self.count == 1 else f"Every {self.count} {self.unit}s"
        return f"{every}{self._on()}"

    def _on(self) -> str:
        first = self.starts_on
        if self.unit == IntervalUnit.DAY:
            return ""
        if self.unit == IntervalUnit.WEEK:
            return f" on {day_name[first.weekday()]}"
        if self.day_rule == DayRule.MONTH_END:
            month = f" of {month_name[first.month]}" if self.unit == IntervalUnit.YEAR else ""
            return f" on the last day{month}"
        if self.unit == IntervalUnit.YEAR:
            return f" on {first.day} {month_name[first.month]}"
        return f" on the {ordinal(first.day)}{', or the last day' if first.day > _SHORTEST_MONTH else ''}"

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


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th …"""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
