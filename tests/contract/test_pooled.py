"""The published operations through a real PgBouncer in transaction mode, where every transaction may have another
connection, and as a role that sees no company before the transaction has named one."""

import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from ledger.models import Account
from tests.contract import exercises
from tests.contract.live import World, called, misfits
from tests.contract.pooling import Pool, PooledClient, pool, pooled_threads
from tests.contract.published import Published
from tests.contract.test_conformance import SERVED

assert exercises  # importing them registers them


class PooledWorld(World):
    """A world whose requests go through the pooler; two contracts share its two server connections."""

    def __init__(self, contract: str, threads: ThreadPoolExecutor) -> None:
        super().__init__(contract)
        self.threads = threads

    @property
    def client(self) -> PooledClient:  # type: ignore[override]
        return PooledClient(self.threads, headers={"Authorization": self.authorization})


@pytest.fixture(scope="module")
def pooled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Pool]:
    folder = tempfile.TemporaryDirectory(prefix="backfill-pool-")
    with folder, django_db_blocker.unblock(), pool(Path(folder.name)) as made:
        yield made


@pytest.fixture(scope="module")
def threads(pooled: Pool) -> Iterator[ThreadPoolExecutor]:
    with pooled_threads(pooled) as made:
        yield made


@pytest.mark.parametrize("operation", SERVED, ids=lambda operation: f"{operation.contract} {operation.name}")
def test_answers_as_published_through_a_pooler(operation: Published, threads: ThreadPoolExecutor) -> None:
    response = called(operation, PooledWorld(operation.contract, threads))
    body = response.getvalue()
    assert response.status_code == operation.status, body
    if operation.answer_fields:
        assert misfits(json.loads(body, parse_float=Decimal), operation.answer_fields) == []


@pytest.mark.django_db(transaction=True)  # one test has to ask for a database, or none is made
def test_connects_as_a_role_that_sees_nothing_before_a_company_is_named(
    pooled: Pool, threads: ThreadPoolExecutor
) -> None:
    if not pooled.serves_only:
        pytest.skip("the role of these tests can make no other one")
    world = PooledWorld("backfill", threads)
    assert world.client.get("/v1/accounts").status_code == 200
    assert threads.submit(Account.objects.exists).result() is False


def test_writes_nothing_in_a_request_that_reads(threads: ThreadPoolExecutor) -> None:
    """The transaction of a GET is read-only and sees one moment; that of a POST is neither."""
    seen: list[tuple[str, str]] = []

    class Asking(PooledClient):
        def request(self, **request: Any) -> Any:
            return self.threads.submit(self._asked, **request).result()

        def _asked(self, **request: Any) -> Any:
            with connection.execute_wrapper(_asks):
                return super(PooledClient, self).request(**request)

    def _asks(execute: Any, statement: str, *rest: Any) -> Any:
        answer = execute(statement, *rest)
        if "tenancy_apikey" in statement and statement.startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')"
                )
                seen.append(cursor.fetchone())
        return answer

    world = PooledWorld("backfill", threads)
    client = Asking(threads, headers={"Authorization": world.authorization})
    assert client.get("/v1/accounts").status_code == 200
    answer = client.post("/v1/customers", {"name": "Kim"}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert seen == [("on", "repeatable read"), ("off", "read committed")]


def test_keeps_companies_apart_that_share_connections(pooled: Pool) -> None:
    """Four threads, two server connections, two companies and refused requests between: each sees its own accounts."""
    with pooled_threads(pooled, 4) as threads:
        worlds = [PooledWorld(contract, threads) for contract in ("backfill", "backfill")]
        names = [f"Only {index}" for index in range(2)]
        headers = [{"Authorization": world.authorization} for world in worlds]
        for world, name in zip(worlds, names, strict=True):
            made = {"name": name}
            assert world.client.post("/v1/customers", made, content_type="application/json").status_code == 201

        def ask(number: int) -> tuple[int, set[str], int]:
            client = PooledClient.__mro__[1](headers=headers[number % 2])  # plain: this is the pooled thread already
            refused = client.post("/v1/customers", {"nonsense": 1}, content_type="application/json")
            listed = client.get("/v1/customers")
            found = {name for name in names if name in listed.content.decode()}
            return number % 2, found, refused.status_code

        for index, found, status in threads.map(ask, range(40)):
            assert (found, status) == ({names[index]}, 422)
