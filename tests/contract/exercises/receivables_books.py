"""Receivables in the Bookkeeping contract. Each body names every field that the reference documents."""

from typing import Any

from tests.contract.exercises.files import uploaded
from tests.contract.live import Call, World, exercise

CUSTOMER = {
    "name": "Acme GmbH",
    "tax_id": "12/345/67890",
    "vat_id": "DE123456789",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "address": {"street": "Hauptstr. 1", "city": "Berlin", "zip": "10115", "country": "DE"},
    "default_account": "4400",
    "notes": "Pays late",
}
LINE = {
    "position": 1,
    "description": "Printer paper",
    "quantity": 10,
    "unit_price": 10.0,
    "tax_rate": 0.19,
    "tax_amount": 19.0,
    "line_total": 119.0,
    "account_number": "4400",
}
SALE = {
    "booking_date": "2026-03-01",
    "description": "Printer paper sold",
    "lines": [
        {"account_number": "1200", "debit": 119.0, "credit": 0},
        {"account_number": "4400", "debit": 0, "credit": 119.0, "tax_code": "UST19"},
    ],
    "skip_duplicate_check": True,
}


def customer(world: World) -> str:
    return str(world.send("POST", "/v1/customers", CUSTOMER)["id"])


def sold(world: World) -> str:
    """Post the sale and return the id of its intent."""
    return str(world.send("POST", "/v1/bookings", SALE)["intent_id"])


def invoice_body(world: World, **values: Any) -> dict[str, Any]:
    return {
        "customer_id": world.once(customer),
        "document_id": world.once(uploaded),
        "invoice_number": "RE-4711",
        "invoice_date": "2026-03-01",
        "due_date": "2026-03-15",
        "total_net": 100.0,
        "total_tax": 19.0,
        "total_gross": 119.0,
        "currency": "EUR",
        "type": "invoice",
        "notes": "By courier",
        "lines": [LINE],
        **values,
    }


def invoice(world: World) -> str:
    """Record a draft and return its id."""
    return str(world.send("POST", "/v1/outgoing-invoices", invoice_body(world))["id"])


def posted_invoice(world: World) -> str:
    return str(world.send("POST", "/v1/outgoing-invoices", invoice_body(world, intent_id=sold(world)))["id"])


@exercise("books", "GET /v1/customers")
def list_customers(world: World) -> Call:
    customer(world)
    return Call(query={"search": "acme", "is_active": "true", "limit": 50, "offset": 0})


@exercise("books", "POST /v1/customers")
def create_customer(world: World) -> Call:
    return Call(CUSTOMER)


@exercise("books", "DELETE /v1/customers/{id}")
def deactivate_customer(world: World) -> Call:
    return Call(path={"id": customer(world)})


@exercise("books", "GET /v1/customers/{id}")
def get_customer(world: World) -> Call:
    return Call(path={"id": customer(world)})


@exercise("books", "PUT /v1/customers/{id}")
def change_customer(world: World) -> Call:
    return Call({**CUSTOMER, "name": "Acme AG"}, path={"id": customer(world)})


@exercise("books", "GET /v1/outgoing-invoices")
def list_invoices(world: World) -> Call:
    posted_invoice(world)
    days = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
    of = {"customer_id": world.once(customer), "status": "overdue", "type": "invoice"}
    return Call(query={**of, **days, "limit": 100, "offset": 0})


@exercise("books", "POST /v1/outgoing-invoices")
def create_invoice(world: World) -> Call:
    return Call(invoice_body(world, intent_id=sold(world)))


@exercise("books", "GET /v1/outgoing-invoices/{id}")
def get_invoice(world: World) -> Call:
    return Call(path={"id": posted_invoice(world)})


@exercise("books", "PATCH /v1/outgoing-invoices/{id}")
def link_invoice(world: World) -> Call:
    changes = {"intent_id": sold(world), "notes": "Paid in April", "due_date": "2026-04-15"}
    return Call(changes, path={"id": invoice(world)})


@exercise("books", "GET /v1/outgoing-invoices/open-items")
def open_items(world: World) -> Call:
    posted_invoice(world)
    return Call()
