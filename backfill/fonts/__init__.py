"""The fonts that every paper is printed with, and which characters they have.

They come with the product, so that a letter looks the same on every machine and none fails for want of a font: typst's
own for Latin, Greek and Cyrillic, Noto for the other scripts and for emoji (`files/README.md`).
"""

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

import typst
from django.utils.translation import gettext as _

from backfill.errors import DomainError

_FOLDER: Final = Path(__file__).resolve().parent
_KEYCAP: Final = re.compile("\ufe0f?\u20e3")  # a digit with the frame of a key is printed without the frame
_MISSING: Final = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)


class TextNotPrintable(DomainError):
    """A text has characters that no font of ours can draw; PDF/A allows none to be left out."""

    code = "TEXT_NOT_PRINTABLE"
    status = 422


@cache
def typst_fonts() -> typst.Fonts:
    """Return the fonts, searched once per process; those of the machine are left alone."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[_FOLDER / "files"])


def printable(text: str) -> str:
    """Return the text as it is printed: what only decorates a character and no font has is left out."""
    return _KEYCAP.sub("", text)


def unprintable_characters(text: str) -> str:
    """Return the characters that cannot be printed, each once, in the order of the text."""
    starts, ends = _coverage()
    return "".join(
        dict.fromkeys(
            character
            for character in printable(text)
            if not _is_invisible(character) and not _covers(ord(character), starts, ends)
        )
    )


def refuse_unprintable(text: str, *, field: str, what: str) -> None:
    """Raise TextNotPrintable naming the characters of a text that cannot be printed. `what` says where it stands."""
    if characters := unprintable_characters(text):
        named = ", ".join(_named(character) for character in characters[:5])
        raise TextNotPrintable(
            _("{what} cannot be printed with {characters}; write it without").format(what=what, characters=named),
            field=field,
        )


def not_printable(error: Exception) -> TextNotPrintable:
    """Return the refusal for typst's complaint that it cannot draw something."""
    found = _MISSING.search(str(error))
    if found:
        message = _("this cannot be printed: no font has «{character}»; write the text without it")
        return TextNotPrintable(message.format(character=found[1]))
    return TextNotPrintable(_("this cannot be printed: no font has one of its characters; write the text without it"))


def is_about_fonts(error: Exception) -> bool:
    return _MISSING.search(str(error)) is not None


def _is_invisible(character: str) -> bool:
    """Whether a character takes no glyph of its own: controls, marks of direction, joiners, variation selectors."""
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} or "\ufe00" <= character <= "\ufe0f"


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"«{character}» ({code})" if character.isprintable() else code


def _covers(code: int, starts: list[int], ends: list[int]) -> bool:
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """Return the first and last code points of the ranges that the fonts have, in order."""
    ranges = [line.split("-") for line in (_FOLDER / "coverage.txt").read_text().split()]
    bounds = list(chain.from_iterable((int(one[0], 16), int(one[-1], 16)) for one in ranges))
    return bounds[::2], bounds[1::2]
