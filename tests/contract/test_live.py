"""Every published operation that is there, called as its reference shows it."""

import json
from decimal import Decimal

import pytest

from tests.contract import exercises
from tests.contract.live import EXERCISES, World, called, misfits
from tests.contract.pending import PENDING
from tests.contract.published import Published, published
from tests.contract.test_conformance import SERVED

assert exercises  # importing them registers them


@pytest.mark.django_db
@pytest.mark.parametrize("operation", SERVED, ids=lambda operation: f"{operation.contract} {operation.name}")
def test_answers_the_published_example_as_published(operation: Published) -> None:
    response = called(operation, World(operation.contract))
    body = response.getvalue()
    assert response.status_code == operation.status, body
    assert response["Backfill-Contract"] == operation.contract
    if operation.answer_fields:
        assert misfits(json.loads(body, parse_float=Decimal), operation.answer_fields) == []


def test_has_an_exercise_for_every_operation_that_needs_one() -> None:
    needing = {(o.contract, o.name) for o in SERVED if "{" in o.path or o.description.get("request")}
    assert needing - EXERCISES.keys() == set()


def test_exercises_no_pending_operation() -> None:
    pending = {(contract, name) for contract, names in PENDING.items() for name in names}
    assert pending & EXERCISES.keys() == set()


@pytest.mark.parametrize(
    ("answer", "fields", "found"),
    [
        ({"a": "1.50"}, {"a": "decimal"}, []),
        ({"a": 1}, {"a": "decimal"}, [".a is not of type decimal: 1"]),
        ({"a": None}, {"a": "uuid"}, []),
        ({}, {"a": "uuid"}, ["no .a"]),
        ([{"a": True}], [{"a": "integer"}], ["[0].a is not of type integer: True"]),
        ({"a": "2026-05-05"}, {"a": "datetime"}, [".a is not of type datetime: '2026-05-05'"]),
    ],
)
def test_notices_what_does_not_fit(answer: object, fields: object, found: list[str]) -> None:
    assert misfits(answer, fields) == found


def test_knows_the_published_operations() -> None:
    assert {contract: len(published(contract)) for contract in PENDING} == {"backfill": 89, "books": 91}
