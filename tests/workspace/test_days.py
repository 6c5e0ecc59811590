"""Days as people type and read them."""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from backfill.tenancy.models import Company
from backfill.workspace import days
from backfill.workspace.days import day_text, typed_day
from backfill.workspace.formats import formats_of

NOW = "2026-11-29T12:00:00Z"
COUNTRIES = {"DE": "dmy", "US": "mdy", "FR": "dmy", "GB": "dmy", "SE": "ymd", "JP": "ymd", "HU": "ymd", "": "mdy"}


@pytest.fixture(autouse=True, scope="module")
def open_books() -> Iterator[None]:
    """Nobody has locked anything, and no database is asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(days, "_LOCKS", [])
        yield


def company(country: str = "DE", time_zone: str = "UTC") -> Company:
    return Company(country=country, base_currency="EUR", time_zone=time_zone)


def read(text: str, country: str = "DE") -> str:
    return typed_day(text, company(country)).isoformat()


@pytest.mark.parametrize(
    ("country", "text", "expected"),
    [
        ("DE", "29.11.2026", "2026-11-29"),
        ("DE", "29.11.26", "2026-11-29"),
        ("DE", "29.11.", "2026-11-29"),
        ("DE", "29.11", "2026-11-29"),
        ("DE", " 29. 11. 2026 ", "2026-11-29"),
        ("DE", "1.2.2027", "2027-02-01"),
        ("DE", "2911", "2026-11-29"),
        ("DE", "0112", "2026-12-01"),
        ("DE", "291126", "2026-11-29"),
        ("DE", "29112026", "2026-11-29"),
        ("DE", "20261129", "2026-11-29"),
        ("DE", "29/11/2026", "2026-11-29"),
        ("DE", "29-11-2026", "2026-11-29"),
        ("DE", "29 11 2026", "2026-11-29"),
        ("DE", "2026-11-29", "2026-11-29"),
        ("DE", "2026-1-2", "2026-01-02"),
        ("DE", "2026.11.29", "2026-11-29"),
        ("DE", "11/29/2026", "2026-11-29"),  # can be nothing else
        ("DE", "1129", "2026-11-29"),
        ("DE", "3.4.", "2027-04-03"),
        ("US", "3/4", "2027-03-04"),
        ("GB", "3/4", "2027-04-03"),
        ("US", "11/29/2026", "2026-11-29"),
        ("US", "11/29/26", "2026-11-29"),
        ("US", "1129", "2026-11-29"),
        ("US", "2911", "2026-11-29"),  # there is no month 29
        ("US", "0203", "2027-02-03"),
        ("DE", "0203", "2027-03-02"),
        ("US", "29.11.2026", "2026-11-29"),
        ("SE", "2026-11-29", "2026-11-29"),
        ("SE", "1129", "2026-11-29"),
        ("SE", "261129", "2026-11-29"),
        ("SE", "26-11-29", "2026-11-29"),
        ("SE", "20261129", "2026-11-29"),
        ("JP", "2026/11/29", "2026-11-29"),
        ("HU", "2026. 11. 29.", "2026-11-29"),
        ("DE", "t", "2026-11-29"),
        ("DE", "h", "2026-11-29"),
        ("DE", "heute", "2026-11-29"),
        ("US", "Today", "2026-11-29"),
        ("DE", "+3", "2026-12-02"),
        ("DE", "+ 3", "2026-12-02"),
        ("DE", "-29", "2026-10-31"),
        ("DE", "+0", "2026-11-29"),
        ("DE", "+365", "2027-11-29"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_reads_a_day_in_the_country_s_order(country: str, text: str, expected: str) -> None:
    assert read(text, country) == expected


@pytest.mark.parametrize(
    ("today", "text", "expected"),
    [
        ("2027-01-05", "3112", "2026-12-31"),
        ("2026-12-28", "0201", "2027-01-02"),
        ("2026-07-02", "0101", "2026-01-01"),  # 182 days ago, 183 days ahead
        ("2026-07-03", "0101", "2027-01-01"),
        ("2026-11-29", "2902", "2028-02-29"),
        ("2025-03-01", "2902", "2024-02-29"),
        ("2026-11-29", "1.1.46", "2046-01-01"),
        ("2026-11-29", "1.1.47", "1947-01-01"),
        ("2026-11-29", "1.1.99", "1999-01-01"),
    ],
)
def test_takes_the_year_nearest_to_today(today: str, text: str, expected: str) -> None:
    with time_machine.travel(f"{today}T12:00:00Z", tick=False):
        assert read(text) == expected


def test_takes_no_year_whose_day_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "_LOCKS", [lambda _: date(2026, 12, 31), lambda _: None])
    with time_machine.travel("2027-01-05T12:00:00Z", tick=False):
        assert read("3112") == "2027-12-31"
        assert read("0101") == "2027-01-01"
        assert read("31.12.2026") == "2026-12-31"  # whoever names the year means it


def test_counts_from_the_day_on_the_company_s_clock() -> None:
    with time_machine.travel("2026-11-29T23:30:00Z", tick=False):
        assert typed_day("today", company(time_zone="Europe/Berlin")) == date(2026, 11, 30)
        assert typed_day("+1", company(time_zone="America/New_York")) == date(2026, 11, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2026-02-30",
        "31.02.",
        "3113",
        "32.1.",
        "0.1.",
        "29",
        "291",
        "29112",
        "2026",
        "2026-11",
        "11.2026",
        "1.2.3",
        "1.2.345",
        "yesterday",
        "+",
        "+12345",
        "3+",
        "++3",
        "29.11.2026 x",
        "٢٩١١",
        "1e3",
        "29,11",
        "-",
        ".",
        "0" * 8,
        "29.11.0000",
        "\0",
    ],
)
@time_machine.travel(NOW, tick=False)
def test_refuses_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Enter a date of the calendar\."):
        read(text)


@pytest.mark.parametrize(
    ("text", "says"), [("1899-12-31", "lies between"), ("1.1.2200", "lies between"), ("+9999", "")]
)
@time_machine.travel(NOW, tick=False)
def test_stays_within_the_years_of_the_books(text: str, says: str) -> None:
    if says:
        with pytest.raises(ValueError, match=says):
            read(text)
    else:
        assert read(text) == "2054-04-15"


@pytest.mark.parametrize(
    ("country", "language", "says"),
    [
        ("DE", "de", "29.11.2026, 29.11, 2911, +3 (Tage ab heute) oder heute"),
        ("US", "en", "11/29/2026, 11/29, 1129, +3 (days from today) or today"),
        ("SE", "en", "2026-11-29, 11-29, 1129, +3 (days from today) or today"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_says_which_ways_to_type_it_are_understood(country: str, language: str, says: str) -> None:
    with translation.override(language), pytest.raises(ValueError, match="3") as refused:
        read("soon", country)
    assert says in str(refused.value)
    for way in says.split(", ")[:3]:
        assert read(way, country) == "2026-11-29"


@pytest.mark.parametrize(("country", "order"), COUNTRIES.items())
def test_knows_the_order_of_a_country(country: str, order: str) -> None:
    assert formats_of(company(country)).day_order == order


@pytest.mark.parametrize(
    ("country", "written"),
    [("DE", "05.01.2026"), ("US", "01/05/2026"), ("SE", "2026-01-05"), ("JP", "2026/01/05"), ("CH", "05.01.2026")],
)
def test_writes_a_stored_day_as_it_is_typed(country: str, written: str) -> None:
    assert day_text("2026-01-05", company(country)) == written
    assert day_text("+3", company(country)) == "+3"
    assert day_text("20260105", company(country)) == "20260105"
    assert day_text("", company(country)) == ""


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(sorted(COUNTRIES)))
def test_reads_what_it_writes(day: date, country: str) -> None:
    one = company(country)
    assert typed_day(formats_of(one).typed_day(day), one) == day
    assert typed_day(day.isoformat(), one) == day


@given(st.integers(-400, 400), st.sampled_from(sorted(COUNTRIES)))
def test_a_day_without_its_year_is_at_most_half_a_year_away(shift: int, country: str) -> None:
    one, today = company(country), date(2026, 11, 29)
    with time_machine.travel(NOW, tick=False):
        read_day = typed_day(formats_of(one).typed_day_of_year(today + timedelta(days=shift)), one)
    assert abs(read_day - today) <= timedelta(days=183)


@given(st.text(max_size=30))
def test_is_a_day_or_refused_whatever_is_typed(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(typed_day(text, company()), date)
