"""What holds for every operation of both contracts: documented, closed without a credential, bound to its scope."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from backfill.api.scopes import alternatives as alternatives_of
from backfill.api.views import ApiView
from backfill.contracts.routes import BACKFILL_ROUTES, BOOKS_ROUTES
from backfill.tenancy.models import Company, Role
from backfill.tenancy.scopes import GRANTS, MODULES
from backfill.tenancy.services import sign_in
from tests.contract.published import Document
from tests.factories import PASSWORD, make_api_key, make_company, make_member

ROUTES = {"backfill": BACKFILL_ROUTES, "books": BOOKS_ROUTES}


def _operations() -> Iterator[Any]:
    for contract, routes in ROUTES.items():
        for route in routes:
            callback: Any = route.callback
            view: ApiView = callback.cls(**callback.initkwargs)
            for method in view.allowed_methods:
                if method != "HEAD":
                    path = f"/v1/{route.pattern}"
                    yield pytest.param(contract, method, path, view, id=f"{contract} {method} {path}")


def _scopes(view: ApiView, method: str) -> tuple[str, ...]:
    return () if view.public else alternatives_of(view.scopes[method])


OPERATIONS = list(_operations())


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.mark.parametrize(("contract", "method", "path", "view"), OPERATIONS)
def test_is_in_the_document(
    contract: str, method: str, path: str, view: ApiView, document: Callable[[str], Document]
) -> None:
    documented = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
    assert method.lower() in document(contract).document["paths"][documented]
    assert view.contract == contract


@pytest.mark.django_db
@pytest.mark.parametrize(("contract", "method", "path", "view"), OPERATIONS)
def test_is_closed_without_a_credential(contract: str, method: str, path: str, view: ApiView) -> None:
    headers = {"Backfill-Contract": contract}
    response = Client(headers=headers).generic(method, _filled(path), b"{}", content_type="application/json")
    assert response["Backfill-Contract"] == contract
    assert (response.status_code == 401) is not view.public
    assert response.json()["request_id"]


@pytest.mark.parametrize(
    ("contract", "method", "path", "view"),
    [operation for operation in OPERATIONS if _scopes(operation.values[3], operation.values[1])],
)
def test_is_closed_to_other_scopes(contract: str, method: str, path: str, view: ApiView, company: Company) -> None:
    alternatives = _scopes(view, method)
    beside = [scope for scope in (f"{module}:write" for module in MODULES) if _is_beside(scope, alternatives)]
    token = make_api_key(company, contract=contract, scopes=beside).token
    client = Client(headers={"Authorization": f"Bearer {token}"})
    response = client.generic(method, _filled(path), b"{}", content_type="application/json")
    assert response.status_code == 403
    assert all(scope in response.json()["message"] for scope in alternatives)


MUTATING = [one for one in OPERATIONS if one.values[1] not in {"GET", "HEAD"} and _scopes(one.values[3], one.values[1])]


@pytest.mark.parametrize(("contract", "method", "path", "view"), MUTATING)
def test_lets_an_approver_approve_and_do_nothing_else(
    contract: str, method: str, path: str, view: ApiView, company: Company
) -> None:
    """Whatever the contract that a session is turned to by the header."""
    email = f"boss-{uuid4()}@example.com"
    make_member(company, role=Role.APPROVER, email=email, password=PASSWORD)
    token = sign_in(email=email, password=PASSWORD, address=str(uuid4())).token
    client = Client(headers={"Authorization": f"Bearer {token}", "Backfill-Contract": contract})
    response = client.generic(method, _filled(path), b"{}", content_type="application/json")
    decides = path.endswith(("/approve", "/reject"))
    assert (response.status_code == 403 and response.json()["code"] == "FORBIDDEN") is not decides


def test_keeps_answers_for_one_contract_from_the_other(company: Company) -> None:
    """A path that both have answers in two shapes, so one Idempotency-Key cannot stand for both."""
    answers = []
    for contract in ("books", "backfill"):
        token = make_api_key(company, contract=contract).token
        client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "customer-1"})
        answers.append(client.post("/v1/customers", {"name": "Acme"}, content_type="application/json"))
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "IDEMPOTENCY_KEY_CONFLICT"


def _is_beside(scope: str, alternatives: tuple[str, ...]) -> bool:
    return not any(GRANTS[wanted] <= GRANTS[scope] for wanted in alternatives)


def _filled(path: str) -> str:
    return re.sub(r"<[^>]*>", str(UUID(int=7)), path)
