import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings

from backfill.tenancy.models import Company, Membership
from backfill.tenancy.one_time_tokens import issue_password_token
from tests.factories import PASSWORD, make_company, make_member

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
NEW = "another horse battery"


@pytest.fixture
def anna(company: Company) -> Membership:
    return make_member(company, email=EMAIL, password=PASSWORD)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(f"/v1/auth/{path}", content, content_type="application/json", headers=headers)


def without_request_id(answer: Any) -> dict[str, Any]:
    return {key: value for key, value in answer.json().items() if key != "request_id"}


def test_login_answers_a_token_that_opens_the_books(client: Client, anna: Membership) -> None:
    answer = post(client, "login", {"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.json()
    assert body["token"].startswith("sess_")
    assert body["user"] == {"id": str(anna.user_id), "email": EMAIL, "role": "owner"}
    assert body["tenant"] == {"id": str(anna.company_id), "company_name": anna.company.name}
    assert answer["Cache-Control"] == "no-store"
    assert answer["Backfill-Contract"] == "books"
    contact = {"name": "Anna", "email": EMAIL, "message": "Hello"}
    bearer = {"Authorization": f"Bearer {body['token']}"}
    assert client.post("/v1/contact", contact, "application/json", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("role", "published"), [("owner", "owner"), ("admin", "admin"), ("bookkeeper", "member"), ("viewer", "member")]
)
def test_login_names_the_role_as_the_contract_knows_it(
    client: Client, company: Company, role: str, published: str
) -> None:
    make_member(company, email=EMAIL, role=role, password=PASSWORD)
    assert post(client, "login", {"email": EMAIL, "password": PASSWORD}).json()["user"]["role"] == published


def test_login_answers_a_wrong_password_and_an_unknown_address_alike(client: Client, anna: Membership) -> None:
    wrong, unknown = (
        post(client, "login", {"email": email, "password": "wrong"}) for email in (EMAIL, "nobody@example.com")
    )
    assert wrong.status_code == unknown.status_code == 401
    assert without_request_id(wrong) == without_request_id(unknown)
    assert wrong.json()["code"] == "INVALID_CREDENTIALS"
    names = {"Content-Length", "X-Request-Id"}
    assert {k: v for k, v in wrong.items() if k not in names} == {k: v for k, v in unknown.items() if k not in names}


def test_login_chooses_the_company_that_the_body_names(client: Client, anna: Membership) -> None:
    other = make_member(make_company(), email=EMAIL, role="viewer")
    body = {"email": EMAIL, "password": PASSWORD, "tenant_id": str(other.company_id)}
    assert post(client, "login", body).json()["tenant"]["id"] == str(other.company_id)


def test_login_refuses_someone_elses_company(client: Client, anna: Membership) -> None:
    body = {"email": EMAIL, "password": PASSWORD, "tenant_id": str(make_company().pk)}
    answer = post(client, "login", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.json()["errors"][0]["field"] == "tenant_id"


def test_login_says_how_long_to_wait_when_it_is_locked(client: Client, anna: Membership) -> None:
    for _ in range(5):
        post(client, "login", {"email": EMAIL, "password": "wrong"})
    answer = post(client, "login", {"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
    assert 0 < int(answer["Retry-After"]) <= 900


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": EMAIL},
        {"email": "anna", "password": PASSWORD},
        {"email": EMAIL, "password": 5},
        {"email": EMAIL, "password": ""},
        {"email": EMAIL, "password": "x" * 1025},
        {"email": EMAIL, "password": PASSWORD, "tenant_id": "5"},
        {"email": ["x"], "password": PASSWORD},
        [],
        "nonsense",
        b"\xff",
        '{"email": "a\\u0000@example.com", "password": "x"}',
    ],
)
def test_login_refuses_a_body_it_cannot_read(client: Client, db: None, body: Any) -> None:
    answer = post(client, "login", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")


def test_login_ignores_what_it_does_not_know(client: Client, anna: Membership) -> None:
    assert post(client, "login", {"email": EMAIL, "password": PASSWORD, "remember": True}).status_code == 200


def test_login_does_not_look_at_a_credential(client: Client, anna: Membership) -> None:
    answer = post(client, "login", {"email": EMAIL, "password": PASSWORD}, Authorization="Bearer nonsense")
    assert answer.status_code == 200


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_forgot_password_is_always_ok(
    client: Client, anna: Membership, email: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(client, "forgot-password", {"email": email})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert len(mail.outbox) == (1 if email == EMAIL else 0)


def test_forgot_password_refuses_what_is_no_address(client: Client, db: None) -> None:
    assert post(client, "forgot-password", {"email": "anna"}).status_code == 400


def test_setup_password_uses_up_the_token(client: Client, anna: Membership) -> None:
    token = issue_password_token(anna.user)
    first = post(client, "setup-password", {"token": token, "password": NEW})
    assert (first.status_code, first.json()) == (200, {"ok": True})
    second = post(client, "setup-password", {"token": token, "password": NEW})
    assert (second.status_code, second.json()["code"]) == (400, "INVALID_TOKEN")
    assert post(client, "login", {"email": EMAIL, "password": NEW}).status_code == 200


def test_setup_password_ends_other_sessions(client: Client, anna: Membership) -> None:
    bearer = post(client, "login", {"email": EMAIL, "password": PASSWORD}).json()["token"]
    post(client, "setup-password", {"token": issue_password_token(anna.user), "password": NEW})
    answer = client.post("/v1/contact", {}, "application/json", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 401


def test_setup_password_checks_the_policy(client: Client, anna: Membership) -> None:
    answer = post(client, "setup-password", {"token": issue_password_token(anna.user), "password": "short"})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.json()["errors"][0]["field"] == "password"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "QUERY", "BODY", "COMPANY", "TRACE"])
@pytest.mark.parametrize("path", ["login", "forgot-password", "setup-password"])
def test_answers_one_method_only(client: Client, db: None, method: str, path: str) -> None:
    answer = client.generic(method, f"/v1/auth/{path}", b"{}", content_type="application/json")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "body"), [("login", {"email": EMAIL, "password": PASSWORD}), ("forgot-password", {"email": EMAIL})]
)
@override_settings(
    CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}
)
def test_lets_nobody_in_uncounted_while_the_counters_cannot_be_reached(
    client: Client, anna: Membership, path: str, body: dict[str, str]
) -> None:
    answer = post(client, path, body)
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer["Retry-After"]
