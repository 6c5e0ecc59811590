"""DATEV BU keys: the tax key, and the digit before it that corrects (Berichtigungsschlüssel).

A key that a tax code of the company carries is that tax code, whatever its digits. Of the others, the first of two
digits corrects: 2 general reversal, 4 lifts the automatic account, 6 general reversal of an EU key (6x for 1x),
8 general reversal of a lifted one. 3, 5, 7 and 9 stand for apportioned input tax and individual keys.
Source: DATEV's tables of Steuerschlüssel and Berichtigungsschlüssel.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _


class UnknownKey(ValueError):
    """No tax code of the company carries the key, or the ledger does not know what it asks for."""


@dataclass(frozen=True, slots=True)
class BookingKey:
    """`tax_key` is empty where the row has none. `lifts_automatic` switches the automatic account off."""

    tax_key: str = ""
    lifts_automatic: bool = False
    is_general_reversal: bool = False


def read_key(text: str, known_keys: Collection[str]) -> BookingKey:
    """Return what the BU key `text` asks for. `known_keys` are those of the company's tax codes, without leading zeros.

    Raises `UnknownKey` for a key that no tax code carries and that is not a correction of one.
    """
    if re.fullmatch(r"[0-9]{0,4}", text) is None:
        raise UnknownKey(_("field 9 (BU key) is «{text}», expected up to four digits").format(text=text))
    digits = text.lstrip("0")
    if not digits:
        return BookingKey()
    if digits in known_keys:
        return BookingKey(tax_key=digits)
    corrected = _corrected(digits)
    if corrected is None or corrected.tax_key not in {"", *known_keys}:
        raise UnknownKey(
            _(
                "field 9: no tax code of the company has the DATEV key «{digits}»; enter the key at "
                "the tax code it stands for"
            ).format(digits=digits)
        )
    return corrected


def _corrected(digits: str) -> BookingKey | None:
    if len(digits) != 2:
        return None
    correction, tax_key = digits[0], digits[1].lstrip("0")
    match correction:
        case "2":
            return BookingKey(tax_key, is_general_reversal=True)
        case "4" if digits != "49":
            return BookingKey(tax_key, lifts_automatic=True)
        case "6":
            return BookingKey(f"1{digits[1]}", is_general_reversal=True)
        case "8":
            return BookingKey(tax_key, lifts_automatic=True, is_general_reversal=True)
        case _:
            return None
