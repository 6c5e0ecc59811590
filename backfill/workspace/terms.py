"""What a search term may mean beside its text: an amount, in either notation, and a day, in ISO or as the company's
country writes it."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from backfill.workspace.formats import Formats

_MARKS: Final = ((".", ","), (",", "."))
_CURRENCY: Final = re.compile(r"^(?:[A-Z]{3}|[€$£])\s*|\s*(?:[A-Z]{3}|[€$£])$", re.IGNORECASE)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_LOCAL: Final = re.compile(r"(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{2}|\d{4})?", re.ASCII)


def amounts_in(term: str) -> list[Decimal]:
    """Return the amounts that a term can be read as: `1.234,56` and `1,234.56` are one, `1.234` may be two."""
    text = re.sub(r"(?<=\d)[\s'’](?=\d{3})", "", _CURRENCY.sub("", term.strip()))
    found: dict[Decimal, None] = {}
    for mark, group in _MARKS:
        whole = rf"(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d{{1,15}})"
        if re.fullmatch(rf"{whole}(?:{re.escape(mark)}\d{{1,4}})?", text, re.ASCII):
            found[Decimal(text.replace(group, "").replace(mark, "."))] = None
    return list(found)


def day_in(term: str, formats: Formats, today: date) -> date | None:
    """Return the day that a term names; without a year it is one of this year. None for what is no day."""
    text = term.strip()
    if iso := _ISO.fullmatch(text):
        return _day(*(int(part) for part in iso.groups()))
    local = _LOCAL.fullmatch(text)
    if local is None or len(local[1]) > 2:
        return None
    first, second = int(local[1]), int(local[3])
    year = int(local[4]) if local[4] else today.year
    year += 2000 if year < 100 else 0
    pattern = str(formats.locale.date_formats["short"].pattern)
    is_day_first = pattern.lower().index("d") < pattern.index("M")
    likely, other = ((second, first), (first, second)) if is_day_first else ((first, second), (second, first))
    return _day(year, *likely) or _day(year, *other)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
