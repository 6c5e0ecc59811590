"""A company that sells, and a client that speaks to its API as a program would."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.ledger.api.conftest import ApiClient, api, api_client

__all__ = ["api", "api_client"]


class Seller:
    """The API of one company, with short words for what a seller does there all day."""

    def __init__(self, api: ApiClient) -> None:
        self.api, self.company = api, api.company

    def made(self, plural: str, body: dict[str, Any], status: int = 201) -> Any:
        """Create a record, which must succeed, and return its answer's `data` with the record's `id` in it."""
        response = self.api.post(f"/v1/{plural}", body)
        assert response.status_code == status, response.content
        return {**response.json()["data"], "id": response.json()["id"]}

    def shown(self, plural: str, record_id: str | UUID) -> Any:
        response = self.api.get(f"/v1/{plural}/{record_id}")
        assert response.status_code == 200, response.content
        return response.json()["data"]

    def did(self, plural: str, record_id: str | UUID, step: str, body: Any = None) -> Any:
        """Take a step in a record's life, which must succeed, and return the answer's `data`."""
        response = self.api.post(f"/v1/{plural}/{record_id}/{step}", body)
        assert response.status_code == 200, response.content
        return response.json()["data"]

    def refused(self, plural: str, body: Any, step: str = "") -> tuple[int, str, str | None]:
        """Send what is refused; return status, code and the field that is blamed."""
        response = self.api.post(f"/v1/{plural}{step}", body)
        return refusal(response)

    def customer(self, **values: Any) -> str:
        return str(self.made("customers", {"name": "Acme Supplies", **values})["id"])

    def item(self, **values: Any) -> str:
        return str(self.made("items", {"name": "Widget", **values})["id"])

    def invoice(self, *amounts: str, customer: str | None = None, **values: Any) -> Any:
        """An open invoice in May 2026 unless told otherwise, one line for each amount."""
        return self.made("invoices", {**self.invoice_body(*amounts, customer=customer), "status": "open", **values})

    def invoice_body(self, *amounts: str, customer: str | None = None, **values: Any) -> dict[str, Any]:
        untaxed = {"tax_status": "out_of_scope"} if self.company.chart.startswith("skr") else {}
        return {
            "customer_id": customer or self.customer(),
            "currency": self.company.base_currency,
            "document_date": "2026-05-05",
            "lines": [{"description": "Goods", "amount": amount, **untaxed} for amount in amounts or ("100.00",)],
            **values,
        }

    def payment(self, amount: str, *allocations: tuple[str, str], **values: Any) -> Any:
        """A completed payment on 20 May 2026 unless told otherwise."""
        body = {
            "amount": amount,
            "occurred_at": "2026-05-20T12:00:00Z",
            "allocations": [{"invoice_id": invoice, "amount": part} for invoice, part in allocations],
            "status": "completed",
            **values,
        }
        return self.made("payments", body)

    def balances(self, on: str = "2026-12-31") -> dict[str, str]:
        """The accounts that hold something, by code, debit positive, as the trial balance tells."""
        report = self.api.get("/v1/reports/trial_balance", as_of_date=on).json()["data"]
        rows = [row for section in report["sections"] for row in section["rows"]]
        return {row["code"]: row["balance"] for row in rows if row["balance"] != "0.00"}


def refusal(response: Any) -> tuple[int, str, str | None]:
    body = response.json()
    field = body["errors"][0]["field"] if body.get("errors") else None
    return response.status_code, body["code"], field


@pytest.fixture
def seller(api: ApiClient) -> Seller:
    return Seller(api)


@pytest.fixture
def other(api_client: Callable[..., ApiClient]) -> Seller:
    """Another company."""
    return Seller(api_client())


@pytest.fixture
def reader(seller: Seller, api_client: Callable[..., ApiClient]) -> Seller:
    """The same company with a key that may only read."""
    return Seller(api_client(seller.company, scopes=("finance:read",)))


@pytest.fixture
def clerk(seller: Seller, api_client: Callable[..., ApiClient]) -> Seller:
    """The same company with a key for everyday work, which soft locks hold back."""
    return Seller(api_client(seller.company, scopes=("finance:write",)))
