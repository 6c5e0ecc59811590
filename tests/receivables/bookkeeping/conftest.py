"""A German company that writes its invoices elsewhere and keeps its books here, through the Bookkeeping contract."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from ledger.models import JournalEntry
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient, books_client
from tests.receivables.books import settle_entry

__all__ = ["books_client"]

_numbers = count(4711)


@dataclass
class Bookkeeper(BookkeepingClient):
    """Its client, with short words for what a bookkeeper does with outgoing invoices."""

    def put(self, path: str, body: Any) -> Any:
        return self._send("put", path, body)

    def made(self, path: str, body: Any) -> Any:
        response = self.post(path, body)
        assert response.status_code == 201, response.content
        return response.json()

    def read(self, path: str, **params: Any) -> Any:
        response = self.get(path, **params)
        assert response.status_code == 200, response.content
        return response.json()

    def customer(self, name: str = "Acme GmbH", **values: Any) -> str:
        return str(self.made("customers", {"name": name, **values})["id"])

    def body(self, customer: str, **values: Any) -> dict[str, Any]:
        """An invoice of 100.00 and 19 % tax, recorded on 1 March 2026."""
        line = {
            "position": 1,
            "description": "Printer paper",
            "quantity": 10,
            "unit_price": 10.0,
            "tax_rate": 0.19,
            "tax_amount": 19.0,
            "line_total": 119.0,
            "account_number": "4400",
        }
        return {
            "customer_id": customer,
            "invoice_number": f"RE-{next(_numbers)}",
            "invoice_date": "2026-03-01",
            "total_net": 100.0,
            "total_tax": 19.0,
            "total_gross": 119.0,
            "type": "invoice",
            "lines": [line],
            **values,
        }

    def recorded(self, customer: str, **values: Any) -> str:
        return str(self.made("outgoing-invoices", self.body(customer, **values))["id"])

    def posting(self, amount: float = 119.0, *, credit_note: bool = False) -> str:
        """Post the sale that an invoice is about, with its 19 % tax, and return the intent."""
        debit, credit = (0, amount) if credit_note else (amount, 0)
        lines = [("1200", debit, credit), ("4400:UST19", credit, debit)]
        response = self.book(*lines, on="2026-03-01", skip_duplicate_check=True)
        assert response.status_code == 200, response.content
        return str(response.json()["intent_id"])

    def posted(self, customer: str, **values: Any) -> str:
        """Record an invoice whose intent is posted and return its id."""
        return self.recorded(customer, intent_id=self.posting(), **values)

    def paid(self, invoice: str, amount: str) -> str:
        """Book money that settles a part of an invoice and return the settlement's intent."""
        return self.settled(str(self.read(f"outgoing-invoices/{invoice}")["intent_id"]), amount)

    def settled(self, intent: str, amount: str) -> str:
        """Book money that settles a part of a sale's open item and return the settlement's intent."""
        response = self.book(("1800", amount_of(amount), 0), ("1200", 0, amount_of(amount)), skip_duplicate_check=True)
        entry = JournalEntry.objects.get(id=response.json()["intent_id"])
        settle_entry(JournalEntry.objects.get(id=UUID(intent)), entry, entry.total_amount)
        return str(entry.id)


def amount_of(text: str) -> float:
    """Return an amount as a JSON client writes it."""
    return float(text)


@pytest.fixture
def bookkeeper_of(books_client: Callable[..., BookkeepingClient]) -> Callable[..., Bookkeeper]:
    def make(*args: Any, **kwargs: Any) -> Bookkeeper:
        made = books_client(*args, **kwargs)
        return Bookkeeper(made.company, made.token, made.client)

    return make


@pytest.fixture
def books(db: None, bookkeeper_of: Callable[..., Bookkeeper]) -> Bookkeeper:
    return bookkeeper_of()
