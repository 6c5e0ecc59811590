"""Amounts as files write them: decimal point or decimal comma, decided once for the whole file."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ledger.imports.errors import UnrecognisedFile


class DecimalMark(StrEnum):
    POINT = "."
    COMMA = ","

    @property
    def description(self) -> str:
        return "decimal point" if self is DecimalMark.POINT else "decimal comma"


# Thousands are grouped by the other mark, a blank (also a narrow or no-break one) or the Swiss apostrophe.
_BLANKS_AND_APOSTROPHES = " \u00a0\u202f'’"
_PATTERNS = {
    mark: re.compile(
        rf"[+-]?(?:[0-9]+|[0-9]{{1,3}}(?P<group>[{other}{_BLANKS_AND_APOSTROPHES}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*)"
        rf"(?:[{mark}](?P<fraction>[0-9]+))?"
    )
    for mark, other in ((DecimalMark.POINT, ","), (DecimalMark.COMMA, "."))
}
_GROUPING = str.maketrans("", "", _BLANKS_AND_APOSTROPHES)


class NotAnAmount(ValueError):
    """The text is no amount in the file's number format."""


def parse_amount(text: str, mark: DecimalMark) -> Decimal:
    """Return the amount `text` states, with its sign and all its decimals. Raises `NotAnAmount`."""
    if _PATTERNS[mark].fullmatch(text) is None:
        raise NotAnAmount(f"«{text}» is not an amount with a {mark.description}")
    other = "," if mark is DecimalMark.POINT else "."
    return Decimal(text.translate(_GROUPING).replace(other, "").replace(mark, "."))


@dataclass(slots=True)
class AmountSurvey:
    """Counts what every amount of a file says about its decimal mark."""

    point_count: int = 0
    comma_count: int = 0
    first_ambiguous: str = ""

    def add(self, text: str) -> None:
        """Take note of one amount. `1.234` says nothing: it may be one thousand or one and a bit."""
        fits_point = _PATTERNS[DecimalMark.POINT].fullmatch(text) is not None
        fits_comma = _PATTERNS[DecimalMark.COMMA].fullmatch(text) is not None
        if fits_point and fits_comma:
            if "." in text or "," in text:
                self.first_ambiguous = self.first_ambiguous or text
        elif fits_point:
            self.point_count += 1
        elif fits_comma:
            self.comma_count += 1

    def decide(self) -> DecimalMark:
        """Return the mark most amounts show; the others are then bad lines. Raises `UnrecognisedFile` on a tie."""
        if self.point_count > self.comma_count:
            return DecimalMark.POINT
        if self.comma_count > self.point_count:
            return DecimalMark.COMMA
        if self.point_count:
            raise UnrecognisedFile(
                "As many amounts have a decimal point as have a decimal comma. Write all of them alike."
            )
        if self.first_ambiguous:
            raise UnrecognisedFile(
                f"«{self.first_ambiguous}» may mean thousands or decimals, and no other amount in the file tells. "
                "State it with --decimal point or --decimal comma."
            )
        return DecimalMark.POINT
