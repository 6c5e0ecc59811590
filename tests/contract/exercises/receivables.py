"""Sales in the Backfill contract: customers, items, and every document from quote to refund.

The examples' amounts contradict each other: a line of 1 × 125.00 with a discount of 125.00 is said to be 125.00, with
a tax of 125.00 at 1 %. So the discount becomes 0.00, the tax 1.25, and totals with tax 126.25.
"""

from typing import Any

from tests.contract.exercises.ledger import account_id
from tests.contract.live import Call, World, exercise, replaced

# What stands for a decimal in the examples, and the line's figures made consistent.
FIGURES: dict[str, Any] = {"discount_amount": "0.00", "discount_percent": "0", "tax_amount": "1.25"}
ITEM_FIGURES = {"purchase_cost": "4.00", "unit_price": "12.50", "reorder_point": "5"}


def customer_id(world: World) -> str:
    return str(world.send("POST", "/v1/customers", world.example("POST /v1/customers"))["id"])


def item_body(world: World) -> Any:
    """The example, whose item has a quantity, as one whose stock is counted."""
    example = world.example("POST /v1/items")
    account = account_id(world)
    accounts = {f"{name}_account_id": account for name in ("asset", "cogs", "expense", "revenue")}
    return replaced(example, **ITEM_FIGURES, **accounts, track_inventory=True)


def item_id(world: World) -> str:
    """Create the published item and return its id; an item that is there is found by its SKU."""
    found = world.send("GET", "/v1/items?sku=SKU-1001")["data"]
    there_to_sell = item_body(world) | {"opening_stock_date": "2026-01-01"}
    return str(found[0]["id"] if found else world.send("POST", "/v1/items", there_to_sell)["id"])


def document_body(world: World, name: str, **values: Any) -> Any:
    """The published example of a document, with the ids and figures that it has placeholders for."""
    item = item_id(world)
    references = {
        "customer_id": world.once(customer_id),
        "account_id": account_id(world),
        "deposit_to_account_id": account_id(world),
        "revenue_account_id": account_id(world),
        "product_id": item,
        "item_id": item,
    }
    return replaced(world.example(name), **{**references, **FIGURES, **values})


def invoice_body(world: World, **values: Any) -> Any:
    return document_body(world, "POST /v1/invoices", **{"total_amount": "126.25", **values})


def invoice_id(world: World) -> str:
    """Create the published invoice, a draft, under a number of our own and return its id."""
    return str(world.send("POST", "/v1/invoices", invoice_body(world, document_number=...))["id"])


def open_invoice_id(world: World) -> str:
    return str(world.send("POST", f"/v1/invoices/{invoice_id(world)}/confirm")["id"])


def payment_body(world: World, **values: Any) -> Any:
    example = world.example("POST /v1/payments")
    references = {
        "customer_id": world.once(customer_id),
        "invoice_id": world.once(open_invoice_id),
        "deposit_to_account_id": account_id(world),
    }
    return replaced(example, **references, fees="0.00", **values)


def payment_id(world: World, **values: Any) -> str:
    return str(world.send("POST", "/v1/payments", payment_body(world, **values))["id"])


def completed_payment_id(world: World) -> str:
    return payment_id(world, status="completed")


def receipt_body(world: World, **values: Any) -> Any:
    return document_body(world, "POST /v1/sales_receipts", **{"total_amount": "126.25", **values})


def receipt_id(world: World) -> str:
    return str(world.send("POST", "/v1/sales_receipts", receipt_body(world, document_number=...))["id"])


def memo_body(world: World, **values: Any) -> Any:
    """The example, crediting the first line of a confirmed invoice."""
    invoice = {"invoice_id": world.once(open_invoice_id), "invoice_line_ref": "1"}
    return document_body(world, "POST /v1/credit_memos", **{"total_amount": "126.25", **invoice, **values})


def memo_id(world: World) -> str:
    """A draft: what is open is posted and stays."""
    body = memo_body(world, document_number=..., status="draft")
    return str(world.send("POST", "/v1/credit_memos", body)["id"])


def refund_id(world: World) -> str:
    body = document_body(world, "POST /v1/refund_receipts", payment_id=world.once(completed_payment_id))
    return str(world.send("POST", "/v1/refund_receipts", body)["id"])


def quote_id(world: World) -> str:
    return str(world.send("POST", "/v1/quotes", document_body(world, "POST /v1/quotes"))["id"])


def sales_order_id(world: World) -> str:
    return str(world.send("POST", "/v1/sales_orders", document_body(world, "POST /v1/sales_orders"))["id"])


def _update(world: World, name: str, record_id: str, **values: Any) -> Call:
    return Call(document_body(world, name, **values), path={"id": record_id})


@exercise("backfill", "GET /v1/customers")
def list_customers(world: World) -> Call:
    customer_id(world)
    return Call(query={"limit": 50, "page": 1, "name": "acme"})


@exercise("backfill", "POST /v1/customers")
def create_customer(world: World) -> Call:
    return Call(world.example("POST /v1/customers"))


@exercise("backfill", "GET /v1/customers/{id}")
def get_customer(world: World) -> Call:
    return Call(path={"id": customer_id(world)})


@exercise("backfill", "PUT /v1/customers/{id}")
def update_customer(world: World) -> Call:
    return Call(world.example("PUT /v1/customers/{id}"), path={"id": customer_id(world)})


@exercise("backfill", "DELETE /v1/customers/{id}")
def delete_customer(world: World) -> Call:
    return Call(path={"id": customer_id(world)})


@exercise("backfill", "GET /v1/items")
def list_items(world: World) -> Call:
    item_id(world)
    return Call(query={"limit": 50, "page": 1, "name": "acme", "type": "good"})


@exercise("backfill", "POST /v1/items")
def create_item(world: World) -> Call:
    return Call(item_body(world))


@exercise("backfill", "GET /v1/items/{id}")
def get_item(world: World) -> Call:
    return Call(path={"id": item_id(world)})


@exercise("backfill", "PUT /v1/items/{id}")
def update_item(world: World) -> Call:
    return Call(item_body(world), path={"id": item_id(world)})


@exercise("backfill", "DELETE /v1/items/{id}")
def delete_item(world: World) -> Call:
    body = replaced(item_body(world), track_inventory=False, quantity_on_hand=..., locations=...)
    return Call(path={"id": world.send("POST", "/v1/items", body)["id"]})


@exercise("backfill", "GET /v1/invoices")
def list_invoices(world: World) -> Call:
    open_invoice_id(world)
    return Call(query={"limit": 50, "page": 1, "status": "open", "customer_id": world.once(customer_id)})


@exercise("backfill", "POST /v1/invoices")
def create_invoice(world: World) -> Call:
    return Call(invoice_body(world))


@exercise("backfill", "GET /v1/invoices/{id}")
def get_invoice(world: World) -> Call:
    return Call(path={"id": invoice_id(world)})


@exercise("backfill", "PUT /v1/invoices/{id}")
def update_invoice(world: World) -> Call:
    return _update(world, "PUT /v1/invoices/{id}", invoice_id(world), total_amount="126.25")


@exercise("backfill", "DELETE /v1/invoices/{id}")
def delete_invoice(world: World) -> Call:
    return Call(path={"id": invoice_id(world)})


@exercise("backfill", "POST /v1/invoices/{id}/confirm")
def confirm_invoice(world: World) -> Call:
    return Call(path={"id": invoice_id(world)})


@exercise("backfill", "GET /v1/payments")
def list_payments(world: World) -> Call:
    completed_payment_id(world)
    return Call(query={"limit": 50, "page": 1})


@exercise("backfill", "POST /v1/payments")
def create_payment(world: World) -> Call:
    return Call(payment_body(world))


@exercise("backfill", "GET /v1/payments/{id}")
def get_payment(world: World) -> Call:
    return Call(path={"id": completed_payment_id(world)})


@exercise("backfill", "POST /v1/payments/{id}/confirm")
def confirm_payment(world: World) -> Call:
    return Call(path={"id": payment_id(world)})


@exercise("backfill", "GET /v1/sales_receipts")
def list_receipts(world: World) -> Call:
    receipt_id(world)
    return Call(query={"limit": 50, "page": 1})


@exercise("backfill", "POST /v1/sales_receipts")
def create_receipt(world: World) -> Call:
    return Call(receipt_body(world))


@exercise("backfill", "GET /v1/sales_receipts/{id}")
def get_receipt(world: World) -> Call:
    return Call(path={"id": receipt_id(world)})


@exercise("backfill", "PUT /v1/sales_receipts/{id}")
def update_receipt(world: World) -> Call:
    return _update(world, "PUT /v1/sales_receipts/{id}", receipt_id(world), total_amount="126.25")


@exercise("backfill", "DELETE /v1/sales_receipts/{id}")
def delete_receipt(world: World) -> Call:
    return Call(path={"id": receipt_id(world)})


@exercise("backfill", "GET /v1/credit_memos")
def list_memos(world: World) -> Call:
    memo_id(world)
    return Call(query={"limit": 50, "page": 1, "status": "draft", "approval_status": "draft"})


@exercise("backfill", "POST /v1/credit_memos")
def create_memo(world: World) -> Call:
    return Call(memo_body(world))


@exercise("backfill", "GET /v1/credit_memos/{id}")
def get_memo(world: World) -> Call:
    return Call(path={"id": memo_id(world)})


@exercise("backfill", "PUT /v1/credit_memos/{id}")
def update_memo(world: World) -> Call:
    return Call(memo_body(world), path={"id": memo_id(world)})


@exercise("backfill", "DELETE /v1/credit_memos/{id}")
def delete_memo(world: World) -> Call:
    return Call(path={"id": memo_id(world)})


@exercise("backfill", "GET /v1/refund_receipts")
def list_refunds(world: World) -> Call:
    refund_id(world)
    of = {"customer_id": world.once(customer_id), "payment_id": world.once(completed_payment_id)}
    days = {"start_date": "2026-05-01", "end_date": "2026-05-31"}
    return Call(query={"limit": 50, "page": 1, "status": "pending", **of, **days})


@exercise("backfill", "POST /v1/refund_receipts")
def create_refund(world: World) -> Call:
    return Call(document_body(world, "POST /v1/refund_receipts", payment_id=world.once(completed_payment_id)))


@exercise("backfill", "GET /v1/refund_receipts/{id}")
def get_refund(world: World) -> Call:
    return Call(path={"id": refund_id(world)})


@exercise("backfill", "GET /v1/quotes")
def list_quotes(world: World) -> Call:
    quote_id(world)
    of = {"status": "draft", "approval_status": "draft", "customer_id": world.once(customer_id)}
    return Call(query={"limit": 50, "page": 1, **of, "start_date": "2026-05-01", "end_date": "2026-05-31"})


@exercise("backfill", "POST /v1/quotes")
def create_quote(world: World) -> Call:
    return Call(document_body(world, "POST /v1/quotes"))


@exercise("backfill", "GET /v1/quotes/{id}")
def get_quote(world: World) -> Call:
    return Call(path={"id": quote_id(world)})


@exercise("backfill", "GET /v1/sales_orders")
def list_orders(world: World) -> Call:
    sales_order_id(world)
    of = {"status": "draft", "customer_id": world.once(customer_id)}
    return Call(query={"limit": 50, "page": 1, **of, "start_date": "2026-05-01", "end_date": "2026-05-31"})


@exercise("backfill", "POST /v1/sales_orders")
def create_order(world: World) -> Call:
    return Call(document_body(world, "POST /v1/sales_orders"))


@exercise("backfill", "GET /v1/sales_orders/{id}")
def get_order(world: World) -> Call:
    return Call(path={"id": sales_order_id(world)})
