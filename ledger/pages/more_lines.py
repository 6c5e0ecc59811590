"""Empty lines for editors in browsers without JavaScript: `?lines=20`, as the link in their `<noscript>` asks."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.http import HttpRequest

MOST_EMPTY: Final = 100
LineT = TypeVar("LineT")


def fill_up(lines: list[LineT], request: HttpRequest, empty: Callable[[], LineT]) -> None:
    """Append empty lines up to the number that the address asks for."""
    wanted = request.GET.get("lines", "")
    if wanted.isdecimal():
        count = min(int(wanted[:4]), MOST_EMPTY)
        lines.extend(empty() for _ in range(count - len(lines)))
