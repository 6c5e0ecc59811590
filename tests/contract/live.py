"""Calling published operations against the running product with their references' own examples.

An exercise says how one operation is called: which records must be there first, and which of the example's
placeholders (`acc_1001`, `unit_price_sample`) stand for what. Everything else of the example is sent as published.
Add one to the app's module in `tests.contract.exercises`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backfill.tenancy.models import Company, Membership
from tests.contract.published import Published, published
from tests.factories import PASSWORD, actor_of, make_api_key, make_company, make_member

MadeT = TypeVar("MadeT")


@dataclass(frozen=True)
class Call:
    """What an exercise sends. `body` is JSON, `files` a multipart body; `path` fills the path's parameters."""

    body: Any = None
    files: Mapping[str, SimpleUploadedFile] = field(default_factory=dict)
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    client: Client | None = None


class World:
    """A company of the contract, a member, and their client; what else is needed, an exercise makes."""

    def __init__(self, contract: str) -> None:
        self.contract = contract
        self._made: dict[Callable[[World], Any], Any] = {}

    def once(self, make: "Callable[[World], MadeT]") -> MadeT:
        """Make something, or return what was made before."""
        if make not in self._made:
            self._made[make] = make(self)
        made: MadeT = self._made[make]
        return made

    @cached_property
    def company(self) -> Company:
        if self.contract == "books":
            return make_company(chart="skr04", currency="EUR", country="DE")
        return make_company()

    @cached_property
    def member(self) -> Membership:
        return make_member(self.company, password=PASSWORD)

    @cached_property
    def authorization(self) -> str:
        """The header of a new key that may do everything the member may."""
        key = make_api_key(self.company, contract=self.contract, actor=actor_of(self.member))
        return f"Bearer {key.token}"

    @cached_property
    def client(self) -> Client:
        return Client(headers={"Authorization": self.authorization})

    def example(self, name: str) -> Any:
        """Return the published example of an operation's body."""
        return published(self.contract)[name].body_example

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Call another operation that an exercise builds on; it must succeed."""
        data = b"" if body is None else orjson.dumps(body)
        response = self.client.generic(method, path, data, content_type="application/json")
        assert response.status_code < 300, response.content
        return response.json()


Exercise = Callable[[World], Call]
EXERCISES: dict[tuple[str, str], Exercise] = {}


def exercises_of(contract: str) -> list[tuple[str, Exercise]]:
    return [(name, make) for (its_contract, name), make in EXERCISES.items() if its_contract == contract]


def exercise(contract: str, name: str) -> Callable[[Exercise], Exercise]:
    """Register how an operation such as `POST /v1/invoices` is called."""
    assert name in published(contract), name

    def register(function: Exercise) -> Exercise:
        EXERCISES[contract, name] = function
        return function

    return register


def replaced(example: Any, **values: Any) -> Any:
    """Return an example with the values of these names replaced, however deep they stand; `...` leaves one out."""
    if isinstance(example, list):
        return [replaced(item, **values) for item in example]
    if not isinstance(example, dict):
        return example
    kept = {name: value for name, value in example.items() if values.get(name) is not ...}
    return {name: values[name] if name in values else replaced(value, **values) for name, value in kept.items()}


def called(operation: Published, world: World) -> Any:
    """Call an operation as its exercise says; one that takes nothing needs no exercise."""
    make = EXERCISES.get((operation.contract, operation.name))
    call = make(world) if make else Call()
    path = re.sub(r"\{(\w+)\}", lambda match: str(call.path[match[1]]), operation.path)
    query = f"?{urlencode(call.query)}" if call.query else ""
    client = call.client or world.client
    if call.files:
        return client.post(path + query, dict(call.files))
    body = b"" if call.body is None else orjson.dumps(call.body, default=str)
    return client.generic(operation.method, path + query, body, content_type="application/json")


def misfits(answer: Any, fields: Any, path: str = "") -> list[str]:
    """Return where an answer lacks a published field or has a value of another type. Null fits every type."""
    if answer is None:
        return []
    if isinstance(fields, list):
        if not isinstance(answer, list):
            return [f"{path or 'answer'} is not an array"]
        inner = fields[0] if fields else "object"
        return [misfit for index, item in enumerate(answer) for misfit in misfits(item, inner, f"{path}[{index}]")]
    if isinstance(fields, dict):
        if not isinstance(answer, dict):
            return [f"{path or 'answer'} is not an object"]
        absent = [f"no {path}.{name}" for name in fields if name not in answer]
        present = {name: kind for name, kind in fields.items() if name in answer}
        return absent + [
            misfit for name, kind in present.items() for misfit in misfits(answer[name], kind, f"{path}.{name}")
        ]
    return [] if _FITS[fields](answer) else [f"{path} is not of type {fields}: {answer!r}"]


def _is(parse: Callable[[str], object]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and parse(value) is not None
        except (ValueError, ArithmeticError):
            return False

    return fits


_FITS: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "decimal": _is(Decimal),
    "uuid": _is(UUID),
    "date": _is(date.fromisoformat),
    "datetime": lambda value: _is(datetime.fromisoformat)(value) and value.endswith("Z"),
}
