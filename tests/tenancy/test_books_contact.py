import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from backfill.tenancy.models import Company, ContactMessage
from tests.factories import make_api_key

pytestmark = pytest.mark.django_db

MESSAGE = {"name": "Anna", "email": "anna@example.com", "message": "Please call me back."}


@pytest.fixture
def bearer(company: Company) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_api_key(company, scopes=['reports:read'], contract='books').token}"}


def post(body: Any, headers: dict[str, str] | None = None) -> Any:
    client = Client(raise_request_exception=False)
    return client.post("/v1/contact", json.dumps(body), content_type="application/json", headers=headers or {})


def test_takes_a_message_from_any_credential(company: Company, bearer: dict[str, str]) -> None:
    answer = post(MESSAGE, bearer)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert ContactMessage.objects.get().company == company


@pytest.mark.django_db(transaction=True)
def test_mails_the_message(company: Company, bearer: dict[str, str]) -> None:
    post(MESSAGE, bearer)
    assert mail.outbox[0].reply_to == ["anna@example.com"]


def test_drops_a_message_with_the_trap_filled_in(bearer: dict[str, str]) -> None:
    answer = post({**MESSAGE, "_honeypot": "x"}, bearer)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("trap", ["", None])
def test_takes_a_message_with_the_trap_empty(bearer: dict[str, str], trap: str | None) -> None:
    post({**MESSAGE, "_honeypot": trap}, bearer)
    assert ContactMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("email", "anna"),
        ("email", None),
        ("message", ""),
        ("message", "x" * 5001),
        ("message", 5),
    ],
)
def test_refuses_what_is_missing_or_malformed(bearer: dict[str, str], field: str, value: Any) -> None:
    answer = post({**MESSAGE, field: value}, bearer)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.json()["errors"][0]["field"] == field
    assert not ContactMessage.objects.exists()


def test_sends_a_message_once_for_an_idempotency_key(bearer: dict[str, str]) -> None:
    for _ in range(2):
        assert post(MESSAGE, {**bearer, "Idempotency-Key": "k1"}).status_code == 200
    assert ContactMessage.objects.count() == 1


def test_asks_for_a_credential(db: None) -> None:
    assert post(MESSAGE).status_code == 401


def test_is_open_to_everybody_where_the_operator_says_so(db: None, settings: Any, bearer: dict[str, str]) -> None:
    settings.CONTACT_IS_PUBLIC = True
    assert post(MESSAGE).status_code == 200
    assert ContactMessage.objects.get().company is None
    assert post(MESSAGE, {"Authorization": "Bearer nonsense"}).status_code == 401
    assert post(MESSAGE, bearer).status_code == 200


def test_says_when_there_were_too_many(db: None, settings: Any) -> None:
    settings.CONTACT_IS_PUBLIC = True
    statuses = [post(MESSAGE).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert post(MESSAGE)["Retry-After"] == "3600"
