"""A German company with a Bookkeeping key, and a client that speaks to that contract."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company, Membership
from tests.factories import PASSWORD, make_api_key, make_company


@dataclass
class BookkeepingClient:
    """JSON in, JSON out, with one company's key."""

    company: Company
    token: str
    client: Client

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/v1/{path}", params, headers=self._headers())

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("post", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self._send("patch", path, body)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/v1/{path}", headers=self._headers())

    def book(self, *lines: tuple[str, str | float, str | float], on: str = "2026-03-17", **more: Any) -> Any:
        """Post a booking of (account, debit, credit) lines; an account may be written `6815:VST19`."""
        return self.post("bookings", booking(*lines, on=on, **more))

    def balances(self, **params: Any) -> dict[str, float]:
        """The trial balance of the year of the bookings by account number, debit less credit."""
        params = {"startDate": "2026-01-01", "endDate": "2026-12-31", **params}
        rows = self.get("reports", type="susa", **params).json()
        return {row["number"]: row["balance"] for row in rows if row["balance"]}

    def _send(self, method: str, path: str, body: Any) -> Any:
        return getattr(self.client, method)(
            f"/v1/{path}", {} if body is None else body, content_type="application/json", headers=self._headers()
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def booking(*lines: tuple[str, Any, Any], on: str = "2026-03-17", **more: Any) -> dict[str, Any]:
    """The body of a booking."""
    return {
        "booking_date": on,
        "description": "Printer paper",
        "lines": [_line(account, debit, credit) for account, debit, credit in lines],
        **more,
    }


def _line(account: str, debit: Any, credit: Any) -> dict[str, Any]:
    number, _, tax_code = account.partition(":")
    line = {"account_number": number, "debit": debit, "credit": credit}
    return line | {"tax_code": tax_code} if tax_code else line


def signed_in(membership: Membership) -> BookkeepingClient:
    """A client with a session of this member, whose password is the tests' own."""
    client = Client()
    credentials = {"email": membership.user.email, "password": PASSWORD}
    answer = client.post("/v1/auth/login", credentials, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return BookkeepingClient(membership.company, answer.json()["token"], client)


@pytest.fixture
def books_client() -> Callable[..., BookkeepingClient]:
    def make(
        company: Company | None = None, *, scopes: tuple[str, ...] = ("admin",), actor: Actor | None = None
    ) -> BookkeepingClient:
        company = company or make_company(chart="skr04", currency="EUR", country="DE")
        return BookkeepingClient(
            company, make_api_key(company, scopes=scopes, contract="books", actor=actor).token, Client()
        )

    return make


@pytest.fixture
def books(db: None, books_client: Callable[..., BookkeepingClient]) -> BookkeepingClient:
    return books_client()
