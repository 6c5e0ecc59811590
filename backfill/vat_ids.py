"""VAT identification numbers: with their country before them, without blanks, and checked where the country's rule is
known (python-stdnum). Nothing is asked of anybody over a network."""

import re
from typing import Final

from django.utils.translation import gettext as _
from stdnum.ch import uid as swiss_uid
from stdnum.ch import vat as swiss
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.gb import vat as british
from stdnum.no import mva as norwegian

from backfill.countries import COUNTRIES, KOSOVO, country_code

_MOST_CHARACTERS: Final = 20
_BLANKS: Final = re.compile(r"[\s.\-/]+")
_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,18}")
_GREECE, _NORTHERN_IRELAND = "EL", "XI"
_EUROPEAN: Final = frozenset(code.upper() for code in european.MEMBER_STATES) - {"GR"} | {_GREECE, _NORTHERN_IRELAND}
_KNOWN: Final = _EUROPEAN | {"GB", "CH", "NO"}
_PREFIX_OF: Final = {"GR": _GREECE, "UK": "GB"}  # what is written, and what the standard has


class InvalidVatId(ValueError):
    """What was given is no VAT id. The message says why and what would be one."""


def vat_id(text: str, country: str = "") -> str:
    """Return the VAT id in its one form: `DE136695976` for «de 136 695 976», and for «136695976» of a customer in DE.

    `country` is an ISO code, for numbers without a prefix. Where the country's rule is not known, a prefix and two to
    eighteen letters and digits will do; and where a country outside of Europe has no prefixes, the number as it is.
    Raises InvalidVatId.
    """
    compact = _BLANKS.sub("", text).upper()
    prefix, home = _PREFIX_OF.get(compact[:2], compact[:2]), _PREFIX_OF.get(country, country)
    if prefix in _KNOWN:
        found = _checked(prefix, compact[2:])
        if found:
            return found
    if home in _KNOWN:
        found = _checked(home, compact)
        if found:
            return found
        raise InvalidVatId(_refusal(text, prefix if prefix in _KNOWN else home))
    if prefix in _KNOWN:
        raise InvalidVatId(_refusal(text, prefix))
    if _SHAPE.fullmatch(compact) and prefix in COUNTRIES | {KOSOVO}:
        return compact
    if home and len(compact) <= _MOST_CHARACTERS and compact.isalnum():
        return " ".join(text.split())
    raise InvalidVatId(
        _("«{text}» is no VAT id; it begins with its country's two letters, as DE136695976 does").format(
            text=text.strip()
        )
    )


def has_prefix(number: str) -> bool:
    """Whether a number begins with a country, as e-invoices want it (EN 16931, BR-CO-09)."""
    prefix = number[:2]
    return prefix in COUNTRIES or prefix in {_GREECE, _NORTHERN_IRELAND, KOSOVO}


def country_of(number: str) -> str:
    """Return the ISO code of the country whose prefix a VAT id has; empty when it has none."""
    return country_code(number[:2]) if has_prefix(number) else ""


def _checked(prefix: str, number: str) -> str:
    """Return the VAT id when `number` fits the rule of the prefix's country, else nothing."""
    try:
        if prefix in _EUROPEAN:
            return str(european.validate(prefix + number))
        if prefix == "CH" and number[-1:].isdigit():  # the enterprise's number without the word for VAT behind it
            return str(swiss_uid.validate(prefix + number))
        if prefix == "CH":
            return str(swiss.validate(prefix + number))
        if prefix == "NO":
            return f"NO{norwegian.validate(number.removesuffix('MVA') + 'MVA')}"
        return f"GB{british.validate(number)}"
    except InvalidNumber:
        return ""


def _refusal(text: str, prefix: str) -> str:
    return _("«{text}» is no VAT id of {country}: its length or its check digits are wrong").format(
        text=text.strip(), country=prefix
    )
