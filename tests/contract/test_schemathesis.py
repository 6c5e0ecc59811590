"""Generated requests against every operation of both documents: no server error, no undocumented answer.

Each generated request is sent twice where its path names a record: as generated, and with a record that is there.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from math import isqrt
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.pytest.lazy import get_all_tests

from backfill.wsgi import application
from tests.contract import exercises as registered
from tests.contract.live import World, exercises_of
from tests.contract.published import shape_of

assert registered  # importing the exercises registers them
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
CONFIG = {"generation": {"max-examples": 8, "deterministic": True}, "seed": 1}
BOUNDED = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


_every_case = CoverageGenerator.__iter__


def _some_cases(generator: CoverageGenerator) -> Iterator[Case]:
    """Thin the systematic cases out: the 1st, 3rd, 6th, 10th, 15th, … of an operation, before hypothesis sees them.

    They grow with the product of a body's fields, to thousands for an invoice; CONTRACT_EVERY_CASE=1 sends them all.
    """
    for number, case in enumerate(islice(_every_case(generator), 2_000), start=1):
        root = 8 * number + 1
        if isqrt(root) ** 2 == root:  # so it is for the triangular numbers, and for no others
            yield case


if not os.environ.get("CONTRACT_EVERY_CASE"):
    CoverageGenerator.__iter__ = _some_cases  # type: ignore[method-assign]


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


def _document(address: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi(address, in_this_transaction, config=SchemathesisConfig.from_dict(CONFIG))


def _operations(document: schemathesis.BaseSchema) -> list[str]:
    return [found.ok().label for found in document.get_all_operations()]


BACKFILL, BOOKS = _document("/v1/openapi.json"), _document("/v1/openapi.json?contract=books")


@pytest.fixture
def unlimited(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0


@pytest.mark.parametrize("operation", _operations(BACKFILL))
def test_backfill_answers_as_documented(operation: str, db: None, unlimited: None) -> None:
    _send_cases(BACKFILL, operation, World("backfill"))


@pytest.mark.parametrize("operation", _operations(BOOKS))
def test_books_answers_as_documented(operation: str, db: None, unlimited: None) -> None:
    _send_cases(BOOKS, operation, World("books"))


def _send_cases(document: schemathesis.BaseSchema, operation: str, world: World) -> None:
    """Make the cases of one operation and send them. `BaseSchema.parametrize` would make those of all operations in
    every process that collects the tests, which takes a minute."""

    def send(case: Case) -> None:
        _send(case, world)

    found = get_all_tests(schema=document.include(name=operation), test_func=send, settings=BOUNDED, given_kwargs=None)
    [(_, send_all)] = [one.ok() for one in found]
    send_all()


def _send(case: Case, world: World) -> None:
    headers = {"Authorization": world.authorization}
    record = _record(world, case) if case.path_parameters else {}
    case.call_and_validate(headers=headers, checks=CHECKS_USED)
    if record:
        case.path_parameters = {**case.path_parameters, **record}
        case.call_and_validate(headers=headers, checks=CHECKS_USED)


def _record(world: World, case: Case) -> dict[str, Any]:
    """Return the path of a record that is there: the exercise's of this operation, or that of reading the record."""
    path = case.operation.path
    base = re.sub(r"(/\{\w+\}).*", r"\1", path)
    exercises = {
        (name.split(" ")[0], shape_of(name.split(" ")[1])): make for name, make in exercises_of(world.contract)
    }
    for wanted in ((case.operation.method.upper(), path), ("GET", path), ("GET", base)):
        make = exercises.get((wanted[0], shape_of(wanted[1])))
        if make is not None:
            names = re.findall(r"\{(\w+)\}", wanted[1])
            return dict(zip(names, map(str, world.once(make).path.values()), strict=True))
    return {}
