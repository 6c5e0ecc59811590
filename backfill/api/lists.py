"""Paging, sorting and filtering of the Backfill contract's lists, each read from one query string.

A page costs two statements whatever its size: the count and the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django_filters import Filter, FilterSet
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.fields import StrictIntegerField
from backfill.api.serializers import QuerySerializer
from backfill.paging import rows_between

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
MAX_PAGE: Final = 10_000_000

ModelT = TypeVar("ModelT", bound=Model)


class ListQuery(QuerySerializer):
    """What every list takes. A resource's filters and further parameters are added by `list_query`."""

    page = StrictIntegerField(default=1, min_value=1, max_value=MAX_PAGE, help_text="Page number, from 1.")
    limit = StrictIntegerField(default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT, help_text="Records per page.")


class SortField(serializers.Field[Any, Any, Any, Any]):
    """`-issued_at,document_number`: documented names, a minus for descending; the value is the ORM's names."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "unknown": "Cannot sort by {name}. Fields: {fields}.",
        "duplicate": "{name} is named twice.",
    }

    def __init__(self, sortable: Mapping[str, str], **kwargs: Any) -> None:
        self.sortable = sortable
        names = ", ".join(f"`{name}`" for name in sortable)
        super().__init__(
            **{"required": False, "help_text": f"Comma-separated fields, minus for descending: {names}.", **kwargs}
        )
        one = "(" + "|".join(sortable) + ")"
        self._spectacular_annotation = {"field": {"type": "string", "pattern": f"^-?{one}(,-?{one})*$"}}

    def to_internal_value(self, data: Any) -> list[str]:
        ordering: list[str] = []
        for term in str(data).split(","):
            name = term.removeprefix("-")
            if name not in self.sortable:
                self.fail("unknown", name=name[:50], fields=", ".join(self.sortable))
            if self.sortable[name] in {given.removeprefix("-") for given in ordering}:
                self.fail("duplicate", name=name)
            ordering.append(f"-{self.sortable[name]}" if term.startswith("-") else self.sortable[name])
        return ordering


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    rows: Sequence[ModelT]
    page: int
    limit: int
    total_count: int


class FilterField(serializers.CharField):
    """A filter's value, passed on as text: the filter set itself says whether it understands it."""

    def __init__(self, filter_: Filter, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "help_text": filter_.extra.get("help_text"), **kwargs})
        self._spectacular_annotation = {"field": getattr(filter_, "schema", {"type": "string"})}


def query_for(
    base: type[QuerySerializer], filterset: type[FilterSet] | None, sortable: Mapping[str, str]
) -> type[QuerySerializer]:
    """Return the query serializer of a list: its own parameters, its filters and `sort`."""
    filters = filterset.base_filters if filterset else {}
    declared: dict[str, Any] = {name: FilterField(filter_) for name, filter_ in filters.items()}
    if sortable:
        declared["sort"] = SortField(sortable)
    return type(base.__name__, (base,), declared)


def filtered(
    queryset: QuerySet[ModelT], filterset_class: type[FilterSet] | None, parameters: Mapping[str, Any]
) -> QuerySet[ModelT]:
    """Apply a filter set to the parameters it knows; a value it refuses is a validation error."""
    if filterset_class is None:
        return queryset
    filterset = filterset_class(data=dict(parameters), queryset=queryset)
    if not filterset.form.is_valid():
        raise ValidationError(
            {
                name: [
                    ErrorDetail(str(error.messages[0]), code=str(error.code or "invalid")) for error in errors.as_data()
                ]
                for name, errors in filterset.form.errors.items()
            }
        )
    result: QuerySet[ModelT] = filterset.qs
    return result


def page_of(queryset: QuerySet[ModelT], *, page: int, limit: int, ordering: Sequence[str]) -> Page[ModelT]:
    """Return one page in a total order: the primary key decides between equal sort keys."""
    total = queryset.count()
    start = (page - 1) * limit
    ordered = queryset.order_by(*ordering, *_tie_breaker(ordering))
    rows = rows_between(ordered, start, start + limit) if start < total else []
    return Page(rows=rows, page=page, limit=limit, total_count=total)


def _tie_breaker(ordering: Sequence[str]) -> tuple[str, ...]:
    if ordering and ordering[-1].removeprefix("-") in {"pk", "id"}:
        return ()
    return ("-pk",) if ordering and ordering[-1].startswith("-") else ("pk",)
