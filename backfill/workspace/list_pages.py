"""One page of a long list, without counting the whole of it: a count would cost more than the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from backfill.paging import rows_between

Row = TypeVar("Row", bound=Model)

LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """The rows of page `number`, counting from 1, and whether more follow."""

    rows: list[Row]
    number: int
    first: int
    has_more: bool

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.has_more else None


def list_page(rows: QuerySet[Row], number_text: str, *, size: int = 50) -> ListPage[Row]:
    """Return the page that somebody asks for; the first one for anything that is not a page number."""
    number = int(number_text) if number_text.isascii() and number_text.isdecimal() else 1
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    found = rows_between(rows, start, start + size + 1)
    return ListPage(found[:size], number, start + 1, len(found) > size)
