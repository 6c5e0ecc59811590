"""Amounts as files write them: decimal point or decimal comma, decided once for the whole file."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from ledger.imports.errors import UnrecognisedFile


class DecimalMark(StrEnum):
    POINT = "."
    COMMA = ","

    @property
    def description(self) -> str:
        return _("decimal point") if self is DecimalMark.POINT else _("decimal comma")


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


# What may stand around an amount: its currency, the side it is on, and the sign, also as accountants write it.
_SYMBOLS = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "FKP", "GIP", "SHP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "$": frozenset(
        {
            *("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "BBD", "BMD", "BSD"),
            *("BZD", "FJD", "GYD", "JMD", "KYD", "LRD", "NAD", "SBD", "SRD", "TTD", "XCD"),
        }
    ),
}
_CURRENCY = rf"(?:[{''.join(_SYMBOLS)}]|[A-Za-z]{{3}}(?![A-Za-z]))"
_BARE = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+\u2212\u2013])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-+\u2212\u2013])?\s*"
    rf"(?P<number>[0-9][0-9.,{_BLANKS_AND_APOSTROPHES}]*?)\s*(?P<after>{_CURRENCY})?\s*"
    rf"(?P<trailing>[-+\u2212\u2013])?\s*(?P<close>\))?\s*(?P<side>DR|CR|D|C|S|H)?\.?",
    re.IGNORECASE,
)
_LONGEST = 60  # of an amount; looking for one in a longer text takes the square of its length
_MINUS = frozenset("-\u2212\u2013")
_SIDES = {"DR": 1, "D": 1, "S": 1, "CR": -1, "C": -1, "H": -1}


class NotAnAmount(ValueError):
    """The text is not an amount in the file's number format."""


@dataclass(frozen=True, slots=True)
class BareAmount:
    """An amount without what stands around it. `sign` is −1 for a minus, brackets or a credit; `side` is set where the
    text itself says debit (1) or credit (−1). `currencies` are those that its symbol may mean, None without one."""

    number: str
    sign: int = 1
    side: int | None = None
    currencies: frozenset[str] | None = None


def bare_amount(text: str) -> BareAmount:
    """Take sign, brackets, currency and side off an amount. A text that has no such form comes back as it is."""
    match = _BARE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return BareAmount(text)
    signs = [match[name] for name in ("sign", "inner", "trailing") if match[name]]
    if len(signs) + bool(match["open"]) > 1 or (match["before"] and match["after"]):
        return BareAmount(text)
    is_negative = bool(match["open"]) or any(sign in _MINUS for sign in signs)
    currency = (match["before"] or match["after"] or "").upper()
    return BareAmount(
        number=match["number"].strip(),
        sign=-1 if is_negative else 1,
        side=_SIDES[match["side"].upper()] if match["side"] else None,
        currencies=_SYMBOLS.get(currency, frozenset({currency})) if currency else None,
    )


def parse_amount(text: str, mark: DecimalMark) -> Decimal:
    """Return the amount `text` states, with its sign and all its decimals. Raises `NotAnAmount`."""
    if _PATTERNS[mark].fullmatch(text) is None:
        raise NotAnAmount(
            _("«{text}» is not an amount with a {description}").format(text=text, description=mark.description)
        )
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
                _("As many amounts have a decimal point as have a decimal comma. Write all of them alike.")
            )
        if self.first_ambiguous:
            raise UnrecognisedFile(
                _(
                    "«{first_ambiguous}» may mean thousands or decimals, and no other amount in the file "
                    "tells. State it with --decimal point or --decimal comma."
                ).format(first_ambiguous=self.first_ambiguous)
            )
        return DecimalMark.POINT
