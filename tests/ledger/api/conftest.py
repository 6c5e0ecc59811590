"""A company with keys, and a client that speaks to the API as a program would."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from backfill.tenancy.models import Company
from ledger.models import Account
from tests.factories import make_api_key, make_company


@dataclass
class ApiClient:
    """JSON in, JSON out, with one company's key."""

    company: Company
    token: str
    client: Client

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(path, params, headers=self._headers())

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self._headers())

    def account(self, code: str) -> str:
        return str(Account.objects.get(company=self.company, code=code).pk)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = {} if body is None else body
        return getattr(self.client, method)(
            path, data, content_type="application/json", headers=self._headers() | headers
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def api_client() -> Callable[..., ApiClient]:
    def make(company: Company | None = None, *, scopes: tuple[str, ...] = ("admin",), **fields: Any) -> ApiClient:
        company = company or make_company(**fields)
        return ApiClient(company, make_api_key(company, scopes=scopes).token, Client())

    return make


@pytest.fixture
def api(db: None, api_client: Callable[..., ApiClient]) -> ApiClient:
    return api_client()
