"""Numbers as people type them."""

import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from backfill.workspace.formats import Formats

MOST_TERMS: Final = 50
_BLANKS: Final = str.maketrans("", "", " \u00a0\u202f'’")
_TERM: Final = re.compile(r"[+-]?[^+-]+|[+-]")


class NotANumber(ValueError):
    """What was typed is not a number; the message says how to write one."""


def parse_number(text: str, formats: Formats | None) -> Decimal:
    """Return the number in the company's notation: `1.234,50` in Germany, `1,234.50` in the United States.

    A foreign decimal mark is understood where it can be nothing else: `12.5` is twelve and a half in Germany too,
    while `1.234` is one thousand two hundred and thirty-four. `12,50+3-1` is the sum. Raises NotANumber.
    """
    terms = [_number(term, formats) for term in _TERM.findall(text.strip().translate(_BLANKS))]
    known = [term for term in terms if term is not None]
    if known and len(known) == len(terms) <= MOST_TERMS:
        return sum(known[1:], known[0])
    example = formats.amount(Decimal("1234.5")) if formats else "1234.50"
    raise NotANumber(
        _("«{text}» is not a number; write it like {example}").format(text=text.strip()[:40], example=example)
    )


def _number(typed: str, formats: Formats | None) -> Decimal | None:
    """Return one number, with its sign if it has one; None for what is none."""
    mark = formats.decimal_mark if formats else "."
    other = "," if mark == "." else "."
    grouped = rf"\d{{1,3}}(?:{re.escape(other)}\d{{2,3}})*{re.escape(other)}\d{{3}}"
    if re.fullmatch(rf"[+-]?(?:{grouped}|\d*)(?:{re.escape(mark)}\d+)?", typed, re.ASCII) and typed.strip("+-"):
        return Decimal(typed.replace(other, "").replace(mark, "."))
    if re.fullmatch(rf"[+-]?\d*{re.escape(other)}\d{{1,2}}", typed, re.ASCII):
        return Decimal(typed.replace(other, "."))
    return None
