"""One body for each kind of record, to test what they all do alike."""

from collections.abc import Callable
from typing import Any

from tests.receivables.api.conftest import Seller

LINE = {"description": "Goods", "amount": "10.00"}


def customer(seller: Seller) -> dict[str, Any]:
    return {"name": "Acme Supplies"}


def item(seller: Seller) -> dict[str, Any]:
    return {"name": "Widget", "unit_price": "12.50"}


def invoice(seller: Seller) -> dict[str, Any]:
    return seller.invoice_body("10.00")


def payment(seller: Seller) -> dict[str, Any]:
    return {"customer_id": seller.customer(), "amount": "10.00", "occurred_at": "2026-05-20T12:00:00Z"}


def sales_receipt(seller: Seller) -> dict[str, Any]:
    return {"currency": "USD", "receipt_date": "2026-05-05", "line_items": [LINE]}


def credit_memo(seller: Seller) -> dict[str, Any]:
    return {
        "customer_id": seller.customer(),
        "currency": "USD",
        "document_date": "2026-05-05",
        "lines": [LINE],
    }


def refund_receipt(seller: Seller) -> dict[str, Any]:
    paid = seller.made("payments", {**payment(seller), "status": "completed"})
    return {
        "payment_id": paid["id"],
        "currency": "USD",
        "total_amount": "10.00",
        "refund_date": "2026-05-25T12:00:00Z",
    }


def quote(seller: Seller) -> dict[str, Any]:
    return {
        "customer_id": seller.customer(),
        "currency": "USD",
        "total_amount": "10.00",
        "issued_at": "2026-05-05T12:00:00Z",
    }


sales_order = quote

BODIES: dict[str, Callable[[Seller], dict[str, Any]]] = {
    "customers": customer,
    "items": item,
    "invoices": invoice,
    "payments": payment,
    "sales_receipts": sales_receipt,
    "credit_memos": credit_memo,
    "refund_receipts": refund_receipt,
    "quotes": quote,
    "sales_orders": sales_order,
}
DOCUMENTS = [plural for plural in BODIES if plural not in {"customers", "items"}]
# What each document is called once it is confirmed.
CONFIRMED = {
    "invoices": "open",
    "payments": "completed",
    "sales_receipts": "completed",
    "credit_memos": "open",
    "refund_receipts": "completed",
    "quotes": "sent",
    "sales_orders": "open",
}
STEPS = {
    "invoices": ["mark_paid", "discount", "write_off"],
    "payments": ["apply", "unapply"],
    "sales_receipts": [],
    "credit_memos": ["apply", "unapply"],
    "refund_receipts": ["complete"],
    "quotes": ["send", "accept", "decline", "convert", "invoice"],
    "sales_orders": ["convert", "fulfil"],
}
EVERY_STEP = ["submit", "approve", "reject", "confirm", "void"]
ALL_STEPS = [(plural, step) for plural in DOCUMENTS for step in [*EVERY_STEP, *STEPS[plural]]]


def step_body(step: str, seller: Seller) -> Any:
    if step == "apply":
        return {"allocations": [{"invoice_id": seller.invoice("10.00")["id"], "amount": "1.00"}]}
    if step == "write_off":
        return {"account_id": seller.api.account("6210")}
    return None
