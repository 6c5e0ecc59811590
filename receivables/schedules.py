"""On which dates something recurs. Pure; every date is reckoned from the first, so that none drifts."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from receivables.models import DayRule, IntervalUnit

_DAYS: Final[dict[str, int]] = {IntervalUnit.DAY: 1, IntervalUnit.WEEK: 7}
_MONTHS: Final[dict[str, int]] = {IntervalUnit.MONTH: 1, IntervalUnit.YEAR: 12}


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
