"""The order of a list: one column, either way, and the rows' keys where it says nothing."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Expression, F, Model, QuerySet
from django.db.models.expressions import OrderBy

from backfill.workspace.lists.columns import Column


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction, written `total` or `-total` in addresses."""

    key: str
    is_descending: bool

    def __str__(self) -> str:
        return f"-{self.key}" if self.is_descending else self.key

    @property
    def direction(self) -> str:
        """The word of `aria-sort`."""
        return "descending" if self.is_descending else "ascending"

    def turned(self) -> "Sort":
        return Sort(self.key, not self.is_descending)


def sort_from(text: str) -> Sort:
    return Sort(text.removeprefix("-"), text.startswith("-"))


def ordered(rows: QuerySet[Any], column: Column, sort: Sort) -> QuerySet[Any]:
    """Return the rows ordered by a column, equal ones by their keys; those that say nothing there come last."""
    if column.is_empty_latest:
        names = [F(one).desc() if sort.is_descending else F(one).asc() for one in column.sort if isinstance(one, str)]
    else:
        names = [_ordered_by(rows.model, one, sort.is_descending) for one in column.sort]
    return rows.order_by(*names, "-pk" if sort.is_descending else "pk")


def _ordered_by(model: type[Model], name: str | Expression | F, is_descending: bool) -> OrderBy:
    """Indexes put NULL first where they run backwards; only a column that may be empty has to do without one."""
    expression = F(name) if isinstance(name, str) else name
    if not is_descending:
        return expression.asc()
    is_last = True if not isinstance(name, str) or _may_be_null(model, name) else None
    return expression.desc(nulls_last=is_last)


def _may_be_null(model: type[Model], name: str) -> bool:
    try:
        return bool(getattr(model._meta.get_field(name), "null", True))  # noqa: SLF001 - Django's documented way
    except FieldDoesNotExist:
        return True  # of another table, or an annotation
