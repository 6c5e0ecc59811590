from datetime import date

import pytest
import time_machine

from backfill.tenancy.models import Company
from reporting.errors import InvalidComparison, InvalidRange
from reporting.ranges import (
    DateRange,
    comparison_day,
    comparison_range,
    fiscal_year_end,
    fiscal_year_label,
    fiscal_year_start,
    range_or_fiscal_year,
    today,
)

CALENDAR = Company(fiscal_year_start_month=1, time_zone="UTC")
APRIL = Company(fiscal_year_start_month=4, time_zone="Pacific/Auckland")


def test_starts_a_fiscal_year_in_the_year_before_until_its_first_month() -> None:
    assert fiscal_year_start(APRIL, date(2026, 3, 31)) == date(2025, 4, 1)
    assert fiscal_year_end(APRIL, date(2026, 3, 31)) == date(2026, 3, 31)
    assert fiscal_year_label(APRIL, 2025) == "2025/26"
    assert fiscal_year_label(CALENDAR, 2025) == "2025"


@time_machine.travel("2026-03-31T20:00:00Z", tick=False)
def test_ends_by_default_today_on_the_companys_calendar() -> None:
    assert today(APRIL) == date(2026, 4, 1)
    assert range_or_fiscal_year(APRIL, start=None, end=None) == DateRange(date(2026, 4, 1), date(2026, 4, 1))


def test_begins_by_default_with_the_fiscal_year_of_the_end() -> None:
    asked = range_or_fiscal_year(APRIL, start=None, end=date(2026, 2, 28))
    assert asked == DateRange(date(2025, 4, 1), date(2026, 2, 28))


def test_refuses_a_range_that_ends_before_it_starts() -> None:
    with pytest.raises(InvalidRange) as refused:
        range_or_fiscal_year(CALENDAR, start=date(2026, 2, 1), end=date(2026, 1, 31))
    assert refused.value.field == "start_date"


def test_refuses_years_no_books_reach() -> None:
    with pytest.raises(InvalidRange):
        range_or_fiscal_year(CALENDAR, start=date(1, 1, 1), end=date(2026, 1, 31))


@pytest.mark.parametrize(
    ("day", "compare_to", "expected"),
    [
        (date(2026, 11, 20), "previous_period", date(2026, 10, 31)),
        (date(2026, 1, 31), "previous_period", date(2025, 12, 31)),
        (date(2026, 11, 20), "previous_year", date(2025, 11, 20)),
        (date(2025, 2, 28), "previous_year", date(2024, 2, 29)),
        (date(2024, 2, 29), "previous_year", date(2023, 2, 28)),
    ],
)
def test_compares_a_day_with_the_month_or_the_year_before(day: date, compare_to: str, expected: date) -> None:
    assert comparison_day(day, compare_to=compare_to) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "compare_to", "expected"),
    [
        ((2026, 4, 1), (2026, 6, 30), "previous_period", DateRange(date(2026, 1, 1), date(2026, 3, 31))),
        ((2026, 1, 1), (2026, 12, 31), "previous_period", DateRange(date(2025, 1, 1), date(2025, 12, 31))),
        ((2026, 3, 11), (2026, 3, 20), "previous_period", DateRange(date(2026, 3, 1), date(2026, 3, 10))),
        ((2025, 1, 1), (2025, 2, 28), "previous_year", DateRange(date(2024, 1, 1), date(2024, 2, 29))),
        ((2024, 2, 29), (2024, 3, 5), "previous_year", DateRange(date(2023, 2, 28), date(2023, 3, 5))),
    ],
)
def test_compares_a_range_with_the_one_before_or_the_year_before(
    start: tuple[int, int, int], end: tuple[int, int, int], compare_to: str, expected: DateRange
) -> None:
    assert comparison_range(DateRange(date(*start), date(*end)), compare_to=compare_to) == expected  # type: ignore[arg-type]


def test_compares_with_nothing_unless_asked() -> None:
    assert comparison_day(date(2026, 1, 1)) is None
    assert comparison_range(DateRange(date(2026, 1, 1), date(2026, 1, 31))) is None


def test_refuses_a_comparison_asked_for_twice_or_by_half() -> None:
    asked = DateRange(date(2026, 1, 1), date(2026, 1, 31))
    with pytest.raises(InvalidComparison):
        comparison_day(date(2026, 1, 31), compare_to="previous_year", compare_as_of=date(2025, 1, 1))
    with pytest.raises(InvalidComparison):
        comparison_range(asked, compare_to="previous_year", compare_start=date(2025, 1, 1))
    with pytest.raises(InvalidComparison) as refused:
        comparison_range(asked, compare_start=date(2025, 1, 1))
    assert refused.value.field == "compare_end"
    with pytest.raises(InvalidRange):
        comparison_range(asked, compare_start=date(2025, 2, 1), compare_end=date(2025, 1, 1))
