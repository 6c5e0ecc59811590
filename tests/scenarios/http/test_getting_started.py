"""The published getting-started page, its curl commands as they stand there, but for host and token."""

import json
import shlex
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from backfill.tenancy.models import Company
from tests.factories import make_api_key, make_company

pytestmark = pytest.mark.django_db

FIRST_REQUEST = r"""
curl https://api.backfill.io/v1/accounts \
  -H "Authorization: Bearer bf_live_..."
"""

CREATE_A_RECORD = r"""
curl https://api.backfill.io/v1/customers \
  -H "Authorization: Bearer bf_live_..." \
  -H "Idempotency-Key: cust-import-0001" \
  -H "Content-Type: application/json" \
  -d '{"name": "Acme Inc."}'
"""


def run(command: str, token: str) -> Any:
    """Send what a curl command would send: with -d it is a POST, and -H are headers."""
    program, url, *options = shlex.split(command.replace("\\\n", " ").replace("bf_live_...", token))
    assert program == "curl"
    headers: dict[str, str] = {}
    body: str | None = None
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-H":
            name, _, header = value.partition(": ")
            headers[name] = header
        else:
            assert option == "-d"
            body = value
    path = url.removeprefix("https://api.backfill.io")
    content_type = headers.pop("Content-Type", "")
    method = "GET" if body is None else "POST"
    return Client().generic(method, path, body or "", content_type=content_type, headers=headers)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_makes_the_first_request_with_a_reading_key(company: Company) -> None:
    response = run(FIRST_REQUEST, make_api_key(company, scopes=("finance:read",)).token)

    body = response.json()
    assert response.status_code == 200
    assert body["object"] == "list"
    assert body["pagination"] == {
        "page": 1,
        "limit": 50,
        "total_count": company.accounts.count(),
        "has_more": company.accounts.count() > 50,
    }
    cash = body["data"][0]
    assert str(UUID(cash["id"])) == cash["id"]
    assert cash["object"] == "account"
    published = {"name": "Cash", "account_type": "asset", "account_code": "1000"}
    assert published.items() <= cash["data"].items()


def test_creates_a_record_once_however_often_the_request_is_retried(company: Company) -> None:
    token = make_api_key(company, scopes=("finance:write",)).token

    first, retried = run(CREATE_A_RECORD, token), run(CREATE_A_RECORD, token)

    body = first.json()
    assert (first.status_code, retried.status_code) == (201, 201)
    assert set(body) == {"id", "object", "data"}
    assert (body["object"], body["data"]["name"]) == ("customer", "Acme Inc.")
    assert retried.json() == body
    assert retried["Idempotent-Replayed"] == "true"
    listed = Client().get("/v1/customers", headers={"Authorization": f"Bearer {token}"}).json()
    assert [row["id"] for row in listed["data"]] == [body["id"]]


def test_refuses_to_write_with_a_reading_key(company: Company) -> None:
    response = run(CREATE_A_RECORD, make_api_key(company, scopes=("finance:read",)).token)

    assert response.status_code == 403
    error = json.loads(response.content)
    assert error["code"] == "FORBIDDEN"
    assert "receivables:write" in error["message"]
    assert error["request_id"] == response["X-Request-Id"]


def test_answers_a_missing_token_with_an_envelope(db: None) -> None:
    response = run(FIRST_REQUEST, "bf_live_nothing")

    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHORIZED")


def test_sees_the_data_of_the_token_s_company_only(company: Company) -> None:
    run(CREATE_A_RECORD, make_api_key(company, scopes=("finance:write",)).token)
    other = make_api_key(make_company(), scopes=("finance:read",)).token

    listed = Client().get("/v1/customers", headers={"Authorization": f"Bearer {other}"}).json()
    assert listed["data"] == []
