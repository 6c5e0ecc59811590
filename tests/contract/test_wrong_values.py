"""Every operation that takes a body, sent what it must refuse: each wrong field is named, nothing is written."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backfill.api.catalogue import FIELD_CODES
from backfill.api.serializers import InputSerializer
from backfill.api.views import ApiView
from tests.contract.test_access import OPERATIONS
from tests.contract.wrong_values import attacks, free_objects, read_objects
from tests.factories import make_api_key, make_company

pytestmark = pytest.mark.django_db

REFUSAL = {"backfill": (422, "VALIDATION_ERROR"), "books": (400, "INVALID_INPUT")}
NO_OBJECTS = (b"[]", b"7", b'"text"', b"null")
NO_JSON = (b"{", b"{}{}", b'{"a": NaN}', b'{"a": "\xff"}', b"\x00", b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}")
WRITES = re.compile(r'\s*(INSERT|UPDATE(?! "tenancy_apikey" SET "last_used_at" = )|DELETE|WITH|COPY)')
"""What writes, but for the time of the key's use: it is noted once a minute, and the attacks take longer."""
TEN_MEGABYTES = b'{"memo": "' + b"x" * 10_000_000 + b'"}'


def _takes_a_body(contract: str, method: str, path: str, view: ApiView) -> bool:
    described = view.described(method)
    return (
        not view.public
        and described is not None
        and described.body is not None
        and described.body_media_type == "application/json"
    )


WRITING = [operation for operation in OPERATIONS if _takes_a_body(*operation.values)]


class Attacker:
    """A client of one operation. Its path names a record that is not there, since a body is looked at first."""

    def __init__(self, client: Client, contract: str, method: str, path: str, view: ApiView) -> None:
        described = view.described(method)
        assert described is not None
        assert described.body is not None
        self.client, self.contract, self.method, self.updates = client, contract, method, described.body_is_update
        self.shape: type[InputSerializer] = described.body
        self.path = re.sub(r"<[^>]*>", str(UUID(int=7)), path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def send(self, body: Any) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(self.method, self.path, content, content_type="application/json")

    def refused(self, body: Any) -> Any:
        """Send a body that must be refused without a write, and return the answer's body."""
        with CaptureQueriesContext(connection) as captured:
            response = self.send(body)
        written = [one["sql"] for one in captured if WRITES.match(one["sql"])]
        assert written == []
        assert 400 <= response.status_code < 500, response.content
        answer = response.json()
        assert answer["message"]
        assert answer["request_id"]
        return {**answer, "http": response.status_code}


@pytest.fixture(params=["backfill", "books"])
def client_of(request: Any, db: None, settings: Any) -> tuple[str, Client]:
    """A contract and a client whose key may call every operation."""
    settings.API_REQUESTS_PER_MINUTE = 0
    token = make_api_key(make_company(), contract=request.param, scopes=("admin",)).token
    client = Client(headers={"Authorization": f"Bearer {token}", "Backfill-Contract": request.param})
    client.get("/v1/accounts")  # notes the time of the key's use, which is written once a minute
    return request.param, client


@pytest.fixture
def attackers(client_of: tuple[str, Client]) -> list[Attacker]:
    contract, client = client_of
    return [Attacker(client, *one.values) for one in WRITING if one.values[0] == contract]


def test_attacks_every_operation_with_a_body() -> None:
    assert {str(one.id) for one in WRITING} >= {"backfill PUT /v1/invoices/<str:id>", "books POST /v1/bookings"}
    assert len(WRITING) > 60


def test_names_every_field_that_is_wrong(attackers: list[Attacker], subtests: pytest.Subtests) -> None:
    for attacker in attackers:
        with subtests.test(str(attacker)):
            for attack in attacks(attacker.shape, updates=attacker.updates):
                answer = attacker.refused(attack.body)

                assert (answer["http"], answer["code"]) == REFUSAL[attacker.contract], attack.body
                assert {error["field"] for error in answer["errors"]} == attack.blamed, attack.body
                assert {error["code"] for error in answer["errors"]} <= FIELD_CODES.keys()
                assert all(error["message"] for error in answer["errors"])


def test_refuses_what_is_no_body(attackers: list[Attacker], subtests: pytest.Subtests) -> None:
    for attacker in attackers:
        with subtests.test(str(attacker)):
            for body in NO_OBJECTS:
                answer = attacker.refused(body)
                assert (answer["http"], answer["code"]) == REFUSAL[attacker.contract], body
            for body in NO_JSON:
                assert attacker.refused(body)["http"] == 400, body
            assert attacker.refused(TEN_MEGABYTES)["http"] == 413


def test_names_what_cannot_be_stored_or_is_said_twice(attackers: list[Attacker], subtests: pytest.Subtests) -> None:
    for attacker in attackers:
        name = next(iter(attacker.shape().fields))
        with subtests.test(str(attacker)):
            for body in (b'{"%s": "a\\u0000b"}', b'{"%s": "a\\ud800b"}', b'{"%s": 1, "%s": 2}'):
                answer = attacker.refused(body.replace(b"%s", name.encode()))

                assert (answer["http"], answer["code"]) == REFUSAL[attacker.contract], body
                assert answer["errors"][0]["field"] == name


def test_names_unknown_fields_where_the_contract_does(attackers: list[Attacker], subtests: pytest.Subtests) -> None:
    for attacker in attackers:
        with subtests.test(str(attacker)):
            response = attacker.send({"surprise": 1})

            blamed = {error["field"] for error in response.json().get("errors", ())}
            assert ("surprise" in blamed) is attacker.shape.refuses_unknown is (attacker.contract == "backfill")


def test_names_unknown_keys_of_objects_that_are_read(attackers: list[Attacker], subtests: pytest.Subtests) -> None:
    for attacker in attackers:
        for path, field, within in read_objects(attacker.shape):
            with subtests.test(f"{attacker} {path}"):
                wrong = {"surprise": 1, **{key: [1] for key in field.texts}, **dict.fromkeys(field.days, "2026-02-30")}
                codes = {error["field"]: error["code"] for error in attacker.refused(within(wrong))["errors"]}

                assert {f"{path}.{key}" for key in wrong} <= codes.keys()
                assert codes[f"{path}.surprise"] == "UNKNOWN_FIELD"


def test_reads_none_of_the_objects_that_are_free() -> None:
    found = {name for one in WRITING for name in free_objects(Attacker(Client(), *one.values).shape)}
    assert found <= {"metadata", "dimensions", "custom_metadata", "tax_ids", "payment_method_details", "product"}


def test_names_every_parameter_that_is_wrong(client_of: tuple[str, Client], subtests: pytest.Subtests) -> None:
    contract, client = client_of
    for _, method, path, view in (one.values for one in OPERATIONS if one.values[:2] == (contract, "GET")):
        known = list(view.query_serializer(method)().fields)
        queries = {"surprise=1": {"surprise"}}
        if known:
            queries["&".join(f"{name}=1&{name}=2" for name in known)] = set(known)
            queries["&".join(f"{name}=%00" for name in known)] = set(known)
        for query, blamed in queries.items():
            with subtests.test(f"{path}?{query}"):
                response = client.get(f"{re.sub('<[^>]*>', str(UUID(int=7)), path)}?{query}")

                assert (response.status_code, response.json()["code"]) == REFUSAL[contract]
                assert {error["field"] for error in response.json()["errors"]} >= blamed


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31"])
def test_reads_or_refuses_days_at_the_ends_of_the_calendar(client_of: tuple[str, Client], day: str) -> None:
    """One parameter at a time, so that the refusal of another one does not hide what a day does."""
    contract, client = client_of
    failed = {}
    for _, method, path, view in (one.values for one in OPERATIONS if one.values[:2] == (contract, "GET")):
        for name in view.query_serializer(method)().fields:
            response = client.get(f"{re.sub('<[^>]*>', str(UUID(int=7)), path)}?{name}={day}")
            if response.status_code >= 500:
                failed[f"{path}?{name}"] = response.status_code
    assert failed == {}
