"""A record's place in the system it came from: the same identity again is the same record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    source_system: str
    connection_id: str
    source_id: str

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self | None:
        """Return the identity that a validated body states, None when it states none."""
        source_id = values.get("source_id") or ""
        if not source_id:
            return None
        return cls(values.get("source_system") or "api", values.get("connection_id") or "", source_id)

    @property
    def lookup(self) -> dict[str, str]:
        return {
            "source_system": self.source_system,
            "connection_id": self.connection_id,
            "source_id": self.source_id,
        }


def lock_identity(identity: SourceIdentity, *, company_id: UUID, object_name: str) -> None:
    """Hold the identity until the transaction ends, so that two first imports of one record become one record.

    A row cannot be locked before it exists; this is the lock for the moment before.
    """
    name = "\n".join((str(company_id), object_name, identity.source_system, identity.connection_id, identity.source_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [name])
