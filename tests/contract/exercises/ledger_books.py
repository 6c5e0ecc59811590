"""The ledger's operations of the Bookkeeping contract: accounts, bookings, journal, tax codes, periods.

That reference has no examples of bodies, so each body here names every field that it documents.
"""

from typing import Any

from tests.contract.live import Call, World, exercise

BOOKING = {
    "booking_date": "2026-03-17",
    "description": "Printer paper",
    "lines": [
        {"account_number": "6815", "account_name": "Bürobedarf", "debit": 119.0, "credit": 0, "tax_code": "VST19"},
        {"account_number": "1800", "account_name": "Bank", "debit": 0, "credit": 119.0},
    ],
    "skip_duplicate_check": False,
    "adjustment_period": None,
    "fx": None,
    "external_reference": "ERP-778",
    "custom_metadata": {"cost_center": "4711"},
    "document_id": None,
}
TAX_CODE = {
    "code": "RC7",
    "label": "Reverse charge 7 %",
    "description": "EU services, §13b UStG",
    "rate": 7,
    "vat_account": "1407",
    "self_assess_account": "3837",
}


def booked(world: World) -> str:
    """Post the booking and return the id of its intent."""
    return str(world.send("POST", "/v1/bookings", BOOKING)["intent_id"])


def tax_code(world: World) -> str:
    """Create the tax code and return its code."""
    return str(world.send("POST", "/v1/tax-codes", TAX_CODE)["code"])


def lock_requested(world: World) -> str:
    """Request the lock of January 2026 and return the id of the request."""
    world.send("POST", "/v1/periods/2026-01/soft-lock")
    return str(world.send("POST", "/v1/periods/2026-01/lock")["request_id"])


@exercise("books", "GET /v1/accounts")
def list_accounts(world: World) -> Call:
    return Call(query={"limit": 500, "offset": 0})


@exercise("books", "POST /v1/accounts")
def create_account(world: World) -> Call:
    body = {
        "number": "68171",
        "name": "Cloud hosting",
        "type": "expense",
        "category": "IT",
        "report_group": "other_opex",
    }
    return Call(body)


@exercise("books", "GET /v1/accounts/{number}/entries")
def account_entries(world: World) -> Call:
    booked(world)
    query = {"startDate": "2026-01-01", "endDate": "2026-12-31", "limit": 200}
    return Call(path={"number": "6815"}, query=query)


@exercise("books", "GET /v1/accounts/search")
def search_accounts(world: World) -> Call:
    return Call(query={"q": "14", "type": "asset"})


@exercise("books", "POST /v1/bookings")
def book(world: World) -> Call:
    return Call(BOOKING)


@exercise("books", "POST /v1/bookings/opening-balances")
def opening_balances(world: World) -> Call:
    balances = [
        {"account_number": "1800", "account_name": "Bank", "debit": 25000.0, "credit": 0},
        {"account_number": "2900", "account_name": "Gezeichnetes Kapital", "debit": 0, "credit": 25000.0},
    ]
    return Call({"booking_date": "2026-01-01", "balances": balances})


@exercise("books", "GET /v1/journal")
def journal(world: World) -> Call:
    booked(world)
    query = {"account": "6815", "startDate": "2026-01-01", "endDate": "2026-12-31", "search": "paper"}
    return Call(query={**query, "externalReference": "ERP-778", "limit": 200})


@exercise("books", "GET /v1/journal/{intent_id}")
def intent(world: World) -> Call:
    return Call(path={"intent_id": booked(world)})


@exercise("books", "POST /v1/journal/reverse")
def reverse(world: World) -> Call:
    return Call({"intent_id": booked(world), "reason": "Wrong account", "posting_mode": "original_period"})


@exercise("books", "GET /v1/tax-codes")
def list_tax_codes(world: World) -> Call:
    return Call(query={"include_inactive": "true"})


@exercise("books", "POST /v1/tax-codes")
def create_tax_code(world: World) -> Call:
    return Call(TAX_CODE)


@exercise("books", "PATCH /v1/tax-codes/{code}")
def change_tax_code(world: World) -> Call:
    changes: dict[str, Any] = {name: value for name, value in TAX_CODE.items() if name != "code"}
    return Call({**changes, "is_active": False}, path={"code": tax_code(world)})


@exercise("books", "DELETE /v1/tax-codes/{code}")
def deactivate_tax_code(world: World) -> Call:
    return Call(path={"code": tax_code(world)})


@exercise("books", "GET /v1/periods")
def list_periods(world: World) -> Call:
    booked(world)
    return Call()


@exercise("books", "POST /v1/periods/{period}/soft-lock")
def soft_lock(world: World) -> Call:
    return Call(path={"period": "2026-01"})


@exercise("books", "POST /v1/periods/{period}/reopen")
def reopen(world: World) -> Call:
    world.send("POST", "/v1/periods/2026-01/soft-lock")
    return Call(path={"period": "2026-01"})


@exercise("books", "POST /v1/periods/{period}/lock")
def request_lock(world: World) -> Call:
    world.send("POST", "/v1/periods/2026-01/soft-lock")
    return Call(path={"period": "2026-01"})


@exercise("books", "GET /v1/periods/{period}/lock/status")
def lock_status(world: World) -> Call:
    lock_requested(world)
    return Call(path={"period": "2026-01"})


@exercise("books", "POST /v1/periods/{period}/lock/{requestId}/approve")
def approve_lock(world: World) -> Call:
    return Call(path={"period": "2026-01", "requestId": lock_requested(world)})


@exercise("books", "POST /v1/periods/{period}/lock/{requestId}/cancel")
def cancel_lock(world: World) -> Call:
    return Call(path={"period": "2026-01", "requestId": lock_requested(world)})
