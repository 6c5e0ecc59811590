"""A list is one frozen description; `backfill.workspace.lists.page` shows any of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.urls import reverse

from backfill.tenancy.models import Company
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import ListFilters
from backfill.workspace.lists.steps import BulkStep

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class NewLink:
    """The button that makes a new record, for those who have the permission."""

    url_name: str
    words: "StrOrPromise"
    permission: str

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.url_name}")


@dataclass(frozen=True, kw_only=True, eq=False)
class List:
    """The rows of one kind.

    key: reverses its page, names it in saved views and bulk runs, and heads its files. rows: all rows of a company.
    columns: from left to right; the first that has a link leads to the record. order: the sort that nobody asked for.
    nothing_found, nothing_there: what is said without rows, with filters and without any.
    currency: the currency that a row's summed amounts are in; without, the company's own.
    shown: turns rows of the database into what columns read, in a fixed number of statements; each keeps its `pk`.
    label: what a row is called in a bulk run. is_faded: whether it matters no longer.
    """

    key: str
    title: "StrOrPromise"
    icon: str
    permission: str
    rows: Callable[[Company], QuerySet[Any]]
    columns: tuple[Column, ...]
    filters: type[ListFilters]
    order: str
    nothing_found: "StrOrPromise"
    nothing_there: "StrOrPromise"
    new: NewLink | None = None
    steps: tuple[BulkStep, ...] = ()
    currency: Callable[[Company], Combinable] | None = None
    shown: Callable[[Sequence[Any], Company], Iterable[Any]] = lambda rows, company: rows
    label: Callable[[Any], str] = str
    is_faded: Callable[[Any], bool] = lambda row: False

    def __repr__(self) -> str:
        return f"<List {self.key}>"

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.key}")

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def summed(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.summed is not None)

    @cached_property
    def has_currencies(self) -> bool:
        return any(column.currency for column in self.columns)


_LISTS: dict[str, List] = {}


def register_lists(*lists: List) -> None:
    """Make lists known, from the app's `ready()`. Twice the same is once."""
    for one in lists:
        if _LISTS.setdefault(one.key, one) is not one:
            raise TypeError(f"there are two lists called {one.key}")


def list_of(key: str) -> List | None:
    return _LISTS.get(key)


def all_lists() -> tuple[List, ...]:
    """Return all lists, in the order in which they were made known."""
    return tuple(_LISTS.values())
