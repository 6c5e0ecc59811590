"""Rows far down a list, and rows found by a piece of text: what PostgreSQL does slowly when asked the plain way."""

from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet

FAR: Final = 1_000
FEW: Final = 1_000

RowT = TypeVar("RowT", bound=Model)


def rows_between(ordered: QuerySet[RowT, Any], start: int, stop: int) -> list[RowT]:
    """Return the rows from position `start` up to but without `stop`, counted from 0.

    PostgreSQL reads every row before an offset, whole. Far down the keys are found first, which an index on the
    order answers alone, and then the rows of one page.
    """
    if start < FAR:
        return list(ordered[start:stop])
    return list(ordered.filter(pk__in=ordered.values("pk")[start:stop]))


def narrowed(rows: QuerySet[RowT, Any], condition: Q) -> QuerySet[RowT, Any]:
    """Return `rows.filter(condition)`, for a condition that no index answers, such as a part of a text.

    A page of a list makes PostgreSQL walk the rows one by one in the list's order until enough of them match, which
    takes forever where few do. So matches are looked for in one parallel pass first; only where there are many,
    and the walk is short, it is left at that. One more statement.
    """
    found = list(rows.order_by().filter(condition).values_list("pk", flat=True)[: FEW + 1])
    return rows.filter(pk__in=found) if len(found) <= FEW else rows.filter(condition)
