"""Dates as files write them: one format for the whole file, found by looking at all of it."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from ledger.imports.errors import UnrecognisedFile


class DateFormat(StrEnum):
    ISO = "YYYY-MM-DD"
    GERMAN = "DD.MM.YYYY"
    US = "MM/DD/YYYY"
    BRITISH = "DD/MM/YYYY"


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})")
_SHORT_YEAR = 2
_FIRST_OF_LAST_CENTURY = 70
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")


class NotADate(ValueError):
    """The text is not a date in the file's format, or a day the calendar does not have."""


def parse_date(text: str, form: DateFormat) -> date:
    """Return the day `text` names. A year of two digits is from 1970 to 2069; with points or slashes it stands last, so
    the order is certain. Raises `NotADate`, also for days such as 2026-02-30."""
    pattern = {DateFormat.ISO: _ISO, DateFormat.GERMAN: _DOTTED}.get(form, _SLASHED)
    match = pattern.fullmatch(text)
    if match is None:
        raise NotADate(_("«{text}» is not a date of the form {form}").format(text=text, form=form))
    first, second, third = (int(part) for part in match.groups())
    year, month, day = {
        DateFormat.ISO: (first, second, third),
        DateFormat.US: (third, first, second),
    }.get(form, (third, second, first))
    if form is not DateFormat.ISO and len(match[3]) == _SHORT_YEAR:
        year += 2000 if year < _FIRST_OF_LAST_CENTURY else 1900
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate(_("«{text}» is not a day of the calendar").format(text=text)) from None


@dataclass(slots=True)
class DateSurvey:
    """Counts what every date of a file says about its format."""

    shapes: Counter[str] = field(default_factory=Counter)
    day_first_count: int = 0
    month_first_count: int = 0
    first_slashed: str = ""

    def add(self, text: str) -> None:
        if _ISO.fullmatch(text):
            self.shapes["-"] += 1
        elif _DOTTED.fullmatch(text):
            self.shapes["."] += 1
        elif match := _SLASHED.fullmatch(text):
            self.shapes["/"] += 1
            self.first_slashed = self.first_slashed or text
            self.day_first_count += int(match[1]) > 12
            self.month_first_count += int(match[2]) > 12

    def decide(self) -> DateFormat:
        """Return the format of most dates; the others are then bad lines. Raises `UnrecognisedFile` if unclear."""
        if not self.shapes:
            return DateFormat.ISO
        (shape, count), *others = self.shapes.most_common()
        if others and others[0][1] == count:
            raise UnrecognisedFile(
                _("The file writes its dates in two formats equally often. Write all of them alike.")
            )
        if shape == "-":
            return DateFormat.ISO
        return DateFormat.GERMAN if shape == "." else self._slashed()

    def _slashed(self) -> DateFormat:
        if self.month_first_count > self.day_first_count:
            return DateFormat.US
        if self.day_first_count > self.month_first_count:
            return DateFormat.BRITISH
        raise UnrecognisedFile(
            _(
                "«{first_slashed}» may begin with the month or the day, and the other dates of the "
                "file do not tell which. State it with --dates month-first or --dates day-first, or "
                "write YYYY-MM-DD."
            ).format(first_slashed=self.first_slashed)
        )
