"""What somebody should look at before it is done, noted by the code that does it.

A page does what was asked within `noting`, and where something was noted it takes all of it back and asks first. Where
nobody listens, nothing is noted: programs, tasks and imports by command are told by answers and reports.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Doubt = dict[str, Any]
"""A doubt as APIs publish it: `code`, `message` and `field`, empty where it is about the whole."""

_noted: ContextVar[list[Doubt] | None] = ContextVar("doubts about what is being done", default=None)


class Unanswered(Exception):
    """What was to be done has doubts that nobody has answered yet."""

    def __init__(self, doubts: list[Doubt]) -> None:
        super().__init__(doubts)
        self.doubts = doubts


@contextmanager
def noting() -> Iterator[list[Doubt]]:
    """Yield the list that doubts are noted in until the end of the block."""
    doubts: list[Doubt] = []
    token = _noted.set(doubts)
    try:
        yield doubts
    finally:
        _noted.reset(token)


def are_noted() -> bool:
    """Whether somebody listens; what costs a query is looked at only then."""
    return _noted.get() is not None


def is_noted(code: str) -> bool:
    """Whether a doubt of this code was noted before."""
    return any(doubt["code"] == code for doubt in _noted.get() or ())


def note(code: str, message: str, field: str = "") -> None:
    """Note a doubt, the same one once."""
    doubts, doubt = _noted.get(), {"code": code, "message": message, "field": field}
    if doubts is not None and doubt not in doubts:
        doubts.append(doubt)
