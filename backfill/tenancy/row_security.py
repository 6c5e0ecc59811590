"""The company of a request, told to PostgreSQL, where row-level security holds every statement to it.

The setting belongs to the transaction (`set_config(…, true)`) and ends with it, so that a pooler may give every
transaction another connection. A role that serves sees nothing until a company is named. Roles that work for every
company (the owner, workers, operators) see all of them until one is named. See `backfill.tenancy.guards`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from psycopg import Connection, IsolationLevel

NOBODY: Final = UUID(int=0)
_NAME: Final = "SELECT set_config('backfill.company_id', %s, true)"
_OF_HASH: Final = "coalesce(tenancy_company_of_token(%s), %s)::text"
_NAME_BY_HASH: Final = f"SELECT set_config('backfill.company_id', {_OF_HASH}, true)"


@contextmanager
def request_transaction(*, reads_only: bool) -> Iterator[bool]:
    """Run a request in one transaction, and yield whether it is ours: in tests it may be part of a larger one.

    One that only reads sees the books of one moment and can write nothing. What is named inside is forgotten after.
    """
    if connection.in_atomic_block:
        try:
            yield False
        finally:
            _name("")
        return
    with _reading() if reads_only else transaction.atomic():
        yield True


def name_company(company_id: UUID) -> None:
    """Let the rest of the transaction see and write the rows of this company only."""
    _execute(_NAME, str(company_id))


def name_company_of_token(hash_of_token: str) -> None:
    """Name the company whose API key, session or invitation has this token; nobody's rows are seen where none has."""
    _execute(_NAME_BY_HASH, hash_of_token, NOBODY)


@contextmanager
def within_company(company_id: UUID) -> Iterator[None]:
    """Name a company for what is done inside, in a transaction, and the one before again after it."""
    with _naming(_NAME, str(company_id)):
        yield


@contextmanager
def within_company_of_token(hash_of_token: str) -> Iterator[None]:
    """The same with the company whose API key, session or invitation has this token."""
    with _naming(_NAME_BY_HASH, hash_of_token, NOBODY):
        yield


@contextmanager
def _naming(statement: str, *values: str | UUID) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The setting is read first: a target list is worked through from left to right.
            cursor.execute(f"SELECT current_setting('backfill.company_id', true), ({statement})", values)
            before: str | None = cursor.fetchone()[0]
        yield
        _name(before or "")


def _name(text: str) -> None:
    try:
        _execute(_NAME, text)
    except DatabaseError:
        if not connection.in_atomic_block:
            raise
        # The transaction is lost, and with it what was named in it.


def _execute(statement: str, *values: str | UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def _reading() -> Iterator[None]:
    """A transaction REPEATABLE READ, READ ONLY: said in its BEGIN, so that it costs no statement."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw: Connection = connection.connection
    raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not raw.closed:
            raw.isolation_level, raw.read_only = None, None
