"""The Backfill contract's envelopes: one record, a list of them, a deletion."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID


def record(object_name: str, record_id: UUID, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": record_id, "object": object_name, "data": data}


def listing(
    records: Iterable[Mapping[str, Any]],
    *,
    page: int,
    limit: int,
    total_count: int,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a page of records. `extra` holds what an operation tells beside them, such as `as_of_date`."""
    return {
        "object": "list",
        **(extra or {}),
        "data": list(records),
        "pagination": {
            "page": page,
            "limit": limit,
            "total_count": total_count,
            "has_more": page * limit < total_count,
        },
    }


def deletion(object_name: str, record_id: UUID) -> dict[str, Any]:
    return {"deleted": True, "id": record_id, "object": object_name}
