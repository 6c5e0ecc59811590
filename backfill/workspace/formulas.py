"""Texts that a spreadsheet would run as a formula (CSV injection, OWASP); amounts and dates are not texts."""

import unicodedata
from typing import Final

_STARTS: Final = frozenset("=+-@")
_CELL_BREAKS: Final = ("\t", "\r", "\n")


def as_text(text: str) -> str:
    """Return a text so that a spreadsheet shows it and does not run it."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text. Some skip blanks before it, and take the wide forms of East Asian
    keyboards (＝＋－＠) for the narrow ones."""
    shown = next((character for character in text if unicodedata.category(character)[0] not in "CZ"), "")
    return text.startswith(_CELL_BREAKS) or unicodedata.normalize("NFKC", shown) in _STARTS
