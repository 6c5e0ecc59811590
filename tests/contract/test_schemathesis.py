"""Generated requests against every operation of both documents: no server error, no undocumented answer.

Each generated request is sent twice where its path names a record: as generated, and with a record that is there.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from backfill.wsgi import application
from tests.contract.exercises.files import uploaded
from tests.contract.exercises.ledger import account_id, entry, posted_entry
from tests.contract.exercises.ledger_books import booked, lock_requested, tax_code
from tests.contract.live import World

load_all_checks()

# What the documents promise about any answer. Which data is refused is for the endpoints' own tests: a schema cannot
# say that debits equal credits.
CHECKS_USED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "unsupported_method",
    )
]
CONFIG = {"generation": {"max-examples": 10, "deterministic": True}, "seed": 1}
BOUNDED = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def in_this_transaction(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve a request on the test's own connection, which the end of a request would close."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        response = application(environ, start_response)
        with closing(response):
            return [b"".join(response)]
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


backfill = schemathesis.openapi.from_wsgi(
    "/v1/openapi.json", in_this_transaction, config=SchemathesisConfig.from_dict(CONFIG)
)
books = schemathesis.openapi.from_wsgi(
    "/v1/openapi.json?contract=books", in_this_transaction, config=SchemathesisConfig.from_dict(CONFIG)
)


@pytest.fixture
def unlimited(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0


@pytest.fixture
def backfill_world(db: None, unlimited: None) -> World:
    return World("backfill")


@pytest.fixture
def books_world(db: None, unlimited: None) -> World:
    return World("books")


@backfill.parametrize()
@BOUNDED
def test_backfill_answers_as_documented(case: Case, backfill_world: World) -> None:
    _send(case, backfill_world, _backfill_record)


@books.parametrize()
@BOUNDED
def test_books_answers_as_documented(case: Case, books_world: World) -> None:
    _send(case, books_world, _books_record)


def _send(case: Case, world: World, record: Callable[[World, str], dict[str, Any]]) -> None:
    headers = {"Authorization": world.authorization}
    case.call_and_validate(headers=headers, checks=CHECKS_USED)
    if case.path_parameters:
        case.path_parameters = {**case.path_parameters, **record(world, case.operation.path)}
        case.call_and_validate(headers=headers, checks=CHECKS_USED)


def _backfill_record(world: World, path: str) -> dict[str, Any]:
    if path.startswith("/v1/accounts/"):
        return {"id": world.once(account_id)}
    if path.endswith(("/reverse", "/void")):
        return {"id": world.once(posted_entry)}
    return {"id": world.once(entry)} if path.startswith("/v1/journal_entries/") else {}


def _books_record(world: World, path: str) -> dict[str, Any]:
    record: dict[str, Any] = {"period": "2026-01"} if "{period}" in path else {}
    if path.startswith("/v1/documents/"):
        record["id"] = world.once(uploaded)
    if path.startswith("/v1/accounts/"):
        record["number"] = "1800"
    if path.startswith("/v1/tax-codes/"):
        record["code"] = world.once(tax_code)
    if "{intent_id}" in path:
        record["intent_id"] = world.once(booked)
    if "{request_id}" in path:
        record["request_id"] = world.once(lock_requested)
    return record
