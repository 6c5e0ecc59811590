"""The statements that posting sends, recorded and sent again by bare psycopg: the floor that no ledger in Python can
go below without sending less."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models import Account

Statement = tuple[str, Any]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def recorded(work: Callable[[], object]) -> list[Statement]:
    """Run `work` and return what it sent, without BEGIN and COMMIT."""
    sent: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        work()
    return sent


@dataclass(frozen=True)
class Translation:
    """The same statements for another company: its own id and accounts, and new ids for everything else."""

    known: dict[UUID, UUID]

    @classmethod
    def between(cls, one: Company, other: Company, **ids: tuple[UUID, UUID]) -> "Translation":
        """`ids` are further records that both have."""
        pairs = zip(_accounts(one), _accounts(other), strict=True)
        return cls({one.id: other.id, **dict(pairs), **dict(ids.values())})

    def of(self, statements: Iterable[Statement]) -> list[Statement]:
        return [(sql, self._value(params)) for sql, params in statements]

    def _value(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return self.known.setdefault(value, uuid7())
        if isinstance(value, str):  # rows travel as JSON
            return _ID.sub(lambda found: str(self._value(UUID(found[0]))), value)
        if isinstance(value, dict):
            return {key: self._value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._value(item) for item in value)
        return value


def bare_connection() -> psycopg.Connection[Any]:
    """Open a connection past Django, with psycopg's own defaults: it prepares what it sends often."""
    parameters = connection.get_connection_params()
    kept = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if parameters.get(name)}
    return psycopg.connect(**kept)


def replay(link: psycopg.Connection[Any], entries: Sequence[list[Statement]]) -> None:
    """Send each entry's statements in a transaction of its own."""
    for statements in entries:
        with link.transaction(), link.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()


def _accounts(company: Company) -> list[UUID]:
    return list(Account.objects.filter(company=company).order_by("code").values_list("id", flat=True))
