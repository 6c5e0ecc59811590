"""What somebody asks of a list: filters and order out of an address, and the rows that are meant by it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from backfill.workspace.lists.filters import ListFilters
from backfill.workspace.lists.lists import List
from backfill.workspace.lists.sorting import Sort, ordered, sort_from

SORT: Final = "sort"
OF_THE_FRAME: Final = ("page", "format", "sums")
_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a column over rows of one currency."""

    label: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    count: int
    amounts: list[Total]


@dataclass(frozen=True)
class Asked:
    """A list as one address asks for it."""

    listing: List
    company: Company
    query: QueryDict

    @cached_property
    def filters(self) -> ListFilters:
        return self.listing.filters(self.query, self.listing.rows(self.company), company=self.company)

    @cached_property
    def is_understood(self) -> bool:
        """Whether all filters make sense; where one does not, no rows are meant."""
        return bool(self.filters.form.is_valid())

    @property
    def is_filtered(self) -> bool:
        return not self.is_understood or self.filters.is_filtered

    @cached_property
    def sort(self) -> Sort:
        asked = sort_from(self.query.get(SORT, ""))
        return asked if self._sorts(asked) else sort_from(self.listing.order)

    @property
    def sort_problem(self) -> str:
        """Say that the order that was asked for is none; empty where it is one."""
        text = self.query.get(SORT, "")
        if not text or self._sorts(sort_from(text)):
            return ""
        return _("There is no column «{name}» to sort by.").format(name=text.removeprefix("-")[:40])

    @property
    def is_usual_order(self) -> bool:
        return str(self.sort) == self.listing.order

    @property
    def remembered(self) -> str:
        """Filters and order as a query string, without what stands for nothing."""
        return kept_query(self.listing, self.query)

    @property
    def selected_within(self) -> str:
        """The filters alone: within them, a selection goes on over pages and orders."""
        filters = self.query.copy()
        filters.pop(SORT, None)
        return kept_query(self.listing, filters)

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The rows that are meant, in the order that was asked for."""
        rows = self.filters.qs if self.is_understood else self.listing.rows(self.company).none()
        return ordered(rows, self.listing.by_key[self.sort.key], self.sort)

    def among(self, keys: Sequence[UUID]) -> QuerySet[Any]:
        """Return the company's rows with these keys, whatever the filters say."""
        rows = self.listing.rows(self.company).filter(pk__in=keys)
        return ordered(rows, self.listing.by_key[self.sort.key], self.sort)

    def _sorts(self, sort: Sort) -> bool:
        column = self.listing.by_key.get(sort.key)
        return column is not None and bool(column.sort)


def kept_query(listing: List, query: QueryDict) -> str:
    """Return what a list understands of a query string: its filters and its order, in a fixed order."""
    kept = QueryDict(mutable=True)
    for name in (*listing.filters.base_filters, SORT):
        if value := query.get(name, "").replace("\0", ""):
            kept[name] = value
    return kept.urlencode()


def shown_in_parts(listing: List, rows: QuerySet[Any], company: Company) -> Iterator[Any]:
    """Yield all rows as columns read them, without holding more than a part of them."""
    part: list[Any] = []
    for row in rows.iterator(chunk_size=_CHUNK):
        part.append(row)
        if len(part) == _CHUNK:
            yield from listing.shown(part, company)
            part = []
    yield from listing.shown(part, company)


def totals_of(listing: List, rows: QuerySet[Any], company: Company) -> Totals:
    """Return how many rows there are and what they come to, by currency. One statement."""
    sums = {f"sum_{column.key}": Sum(column.summed) for column in listing.summed}
    if listing.currency is None:
        found = [rows.order_by().aggregate(rows_count=Count("pk"), **sums)]
    else:
        grouped = rows.order_by().values(rows_currency=listing.currency(company))
        found = list(grouped.annotate(rows_count=Count("pk"), **sums).order_by("rows_currency"))
    return Totals(
        sum(one["rows_count"] for one in found),
        [
            Total(column.name, one.get("rows_currency") or company.base_currency, amount)
            for one in found
            for column in listing.summed
            if (amount := one[f"sum_{column.key}"]) is not None
        ],
    )
