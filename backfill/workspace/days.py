"""Days as people type them: `29.11.2026`, `29.11`, `2911`, `+3`, `today`; written and read in the company's order.

Editors, which are no Django forms, and `DayField` share it, and scripts ask for it at an address: every way to type a
day is understood everywhere, with and without JavaScript.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.api.fields.dates import EARLIEST, LATEST
from backfill.tenancy.days import day_of
from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.wording import company_at_work, sentence

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_MARKED: Final = re.compile(r"(\d{1,4})\s?[./\s-]\s?(\d{1,2})(?:\s?[./\s-]\s?(\d{4}|\d{2})?)?[.\s]*", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})\s?[./\s-]\s?(\d{1,2})\s?[./\s-]\s?(\d{1,2})[.\s]*", re.ASCII)
_STEP: Final = re.compile(r"([+-])\s?(\d{1,4})", re.ASCII)
_TODAY: Final = frozenset({"t", "today", "h", "heute"})
_YEARS: Final = range(-8, 9)  # there is a 29 February among them, whatever the year
_YOUNG: Final = 20  # a year of two digits lies no further ahead

Lock = Callable[[Company], date | None]
_LOCKS: list[Lock] = []


def add_lock(lock: Lock) -> None:
    """Let a function say through which day a company's books are closed: a day without a year is none of those."""
    if lock not in _LOCKS:
        _LOCKS.append(lock)


def typed_day(text: str, company: Company | None = None) -> date:
    """Return the day that somebody typed, as `day_of_any_year` reads it. Raises ValueError out of range, too."""
    day = day_of_any_year(text, company)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(
            sentence(_("the date lies between {earliest} and {latest}").format(earliest=EARLIEST, latest=LATEST))
        )
    return day


def day_of_any_year(text: str, company: Company | None = None) -> date:
    """Return the day that somebody typed. `company` is by default the one whose page is open.

    Without a year it is the one nearest to today that is not in closed books; `+3` counts from today. Raises
    ValueError, for people, for what is no day.
    """
    company = company or company_at_work()
    formats = formats_of(company) if company else None
    today = company.today() if company else day_of(timezone.now(), "UTC")
    day = _read(text.strip().casefold(), formats.day_order if formats else "ymd", today, company)
    if day is None:
        raise ValueError(_no_day(text, formats, today))
    return day


def day_text(text: str, company: Company | None = None) -> str:
    """Return a stored day `YYYY-MM-DD` as the company writes it in an input; anything else as it is."""
    company = company or company_at_work()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return formats_of(company).typed_day(day) if company and len(text) == len("2026-11-29") else text


def _no_day(text: str, formats: Formats | None, today: date) -> str:
    if not text.strip():
        return _("Enter a date of the calendar.")
    full = formats.typed_day(today) if formats else today.isoformat()
    short = formats.typed_day_of_year(today) if formats else f"{today:%m-%d}"
    digits = re.sub(r"\D", "", short)
    words = _(
        "Enter a date of the calendar. It may be written {full}, {short}, {digits}, +3 (days from today) or today."
    )
    return words.format(full=full, short=short, digits=digits)


def _read(text: str, order: str, today: date, company: Company | None) -> date | None:
    if text in _TODAY:
        return today
    if step := _STEP.fullmatch(text):
        return _shifted(today, int(step[2]) * (1 if step[1] == "+" else -1))
    for day, month, year in _parts(text, order):
        found = _nearest(day, month, today, company) if year is None else _day(_whole(year, today), month, day)
        if found:
            return found
    return None


def _parts(text: str, order: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield day, month and year as the text can be read, in the company's order first."""
    is_day_first = order.index("d") < order.index("m")
    if found := _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        yield int(found[3]), int(found[2]), found[1]
        return
    pairs: list[tuple[str, str, str | None]] = []
    if found := _MARKED.fullmatch(text):
        pairs = _marked(found, order)
    elif re.fullmatch(r"\d{4}|\d{6}|\d{8}", text, re.ASCII):
        pairs = _digits(text, order)
    for first, second, year in pairs:
        one, other = (int(first), int(second)), (int(second), int(first))
        day, month = one if is_day_first else other
        yield day, month, year
        yield month, day, year


def _marked(found: re.Match[str], order: str) -> list[tuple[str, str, str | None]]:
    if len(found[1]) > 2:  # a year alone in front of a month says no day
        return []
    if order == "ymd" and found[3] and len(found[3]) == 2:
        return [(found[2], found[3], found[1]), (found[1], found[2], found[3])]
    return [(found[1], found[2], found[3])]


def _digits(text: str, order: str) -> list[tuple[str, str, str | None]]:
    if len(text) == 4:
        return [(text[:2], text[2:], None)]
    year = len(text) - 4
    front, behind = (text[year : year + 2], text[year + 2 :], text[:year]), (text[:2], text[2:4], text[4:])
    return [front, behind] if order == "ymd" else [behind, front]


def _nearest(day: int, month: int, today: date, company: Company | None) -> date | None:
    candidates = [found for years in _YEARS if (found := _day(today.year + years, month, day))]
    if not candidates:
        return None
    closed = max((through for lock in _LOCKS if company and (through := lock(company))), default=date.min)
    open_days = [found for found in candidates if found > closed]
    return min(open_days or candidates, key=lambda found: (abs(found - today), today - found))


def _whole(year: str, today: date) -> int:
    if len(year) == 4:
        return int(year)
    whole = today.year - today.year % 100 + int(year)
    return whole if whole <= today.year + _YOUNG else whole - 100


def _shifted(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
