"""From the quote through the order to the invoice, its part payments, a credit and a refund, over HTTP."""

import pytest

from tests.receivables.api.conftest import Seller
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def test_from_quote_to_cash(seller: Seller) -> None:
    acme = seller.customer(payment_terms_days=30)
    chairs = {"description": "Chairs", "quantity": "3", "unit_amount": "100.00", "tax_code": "ST-NY"}
    assembly = {"description": "Assembly", "amount": "50.00"}

    # 300.00 taxed at 4 %, 50.00 not: 362.00.
    quote = seller.made(
        "quotes",
        {
            "customer_id": acme,
            "currency": "USD",
            "issued_at": "2026-06-01T12:00:00Z",
            "total_amount": "362.00",
            "lines": [chairs, assembly],
        },
    )
    seller.did("quotes", quote["id"], "send")
    seller.did("quotes", quote["id"], "accept")
    order = seller.api.post(f"/v1/quotes/{quote['id']}/convert").json()

    # Two chairs first: 200.00 and 8.00; then the rest: 150.00 and 4.00.
    lines = [line["id"] for line in order["data"]["lines"]]
    quantities = [{"line_id": lines[0], "quantity": "2"}]
    first = seller.api.post(f"/v1/sales_orders/{order['id']}/convert", {"quantities": quantities}).json()
    second = seller.api.post(f"/v1/sales_orders/{order['id']}/convert").json()
    assert (first["data"]["total_amount"], second["data"]["total_amount"]) == ("208.00", "154.00")
    for invoice in (first, second):
        seller.api.put(f"/v1/invoices/{invoice['id']}", {"document_date": "2026-06-10"})
        confirmed = seller.did("invoices", invoice["id"], "confirm")
        assert (confirmed["status"], confirmed["document_date"]) == ("open", "2026-06-10")
    assert seller.shown("sales_orders", order["id"])["status"] == "invoiced"
    assert seller.shown("customers", acme)["balance"] == "362.00"

    # Paid in three parts, the last of which is 20.00 too much.
    seller.payment("100.00", (first["id"], "100.00"), occurred_at="2026-06-20T12:00:00Z")
    seller.payment("108.00", (first["id"], "108.00"), occurred_at="2026-06-25T12:00:00Z")
    last = seller.payment("174.00", (second["id"], "154.00"), occurred_at="2026-06-30T12:00:00Z")
    assert last["unapplied_amount"] == "20.00"
    assert [
        row["id"] for row in seller.api.get("/v1/invoices", status="paid", sort="document_number").json()["data"]
    ] == [
        first["id"],
        second["id"],
    ]

    # One chair is faulty: 50.00 and 2.00 are credited and paid out in cash; the 20.00 go back from where they lay.
    memo = seller.made(
        "credit_memos",
        {
            "invoice_id": first["id"],
            "currency": "USD",
            "document_date": "2026-07-01",
            "lines": [{"description": "Faulty chair", "amount": "50.00", "tax_code": "ST-NY"}],
            "status": "open",
        },
    )
    refund = {"currency": "USD", "refund_date": "2026-07-02T12:00:00Z", "status": "completed"}
    seller.made("refund_receipts", {**refund, "credit_memo_id": memo["id"], "total_amount": "52.00"})
    seller.made("refund_receipts", {**refund, "payment_id": last["id"], "total_amount": "20.00"})

    assert seller.shown("customers", acme)["balance"] == "0.00"
    assert seller.balances() == {
        "1000": "-52.00",
        "1050": "362.00",
        "2200": "-10.00",  # 12.00 - 2.00
        "4000": "-300.00",  # 350.00 - 50.00
    }
    prove(seller.company)


def test_replaying_every_request_changes_nothing(seller: Seller) -> None:
    acme = seller.customer()
    requests = [
        ("invoices", {**seller.invoice_body("100.00", customer=acme), "status": "open"}),
        ("payments", {"customer_id": acme, "amount": "30.00", "document_date": "2026-05-15", "status": "completed"}),
        ("credit_memos", {**seller.invoice_body("20.00", customer=acme), "status": "open"}),
        ("sales_receipts", {**seller.invoice_body("5.00", customer=acme), "status": "completed"}),
    ]
    answers = []
    for turn in range(2):
        for number, (plural, body) in enumerate(requests):
            response = seller.api.post(f"/v1/{plural}", body, **{"Idempotency-Key": f"{plural}-{number}"})
            assert response.status_code == 201, response.content
            assert response.get("Idempotent-Replayed") == ("true" if turn else None)
            answers.append(response.json())
        invoice = answers[0]["id"]
        step = {"allocations": [{"invoice_id": invoice, "amount": "30.00"}]}
        seller.api.post(f"/v1/payments/{answers[1]['id']}/apply", step, **{"Idempotency-Key": "apply"})
        seller.api.post(f"/v1/invoices/{invoice}/mark_paid", {"paid_on": "2026-05-25"}, **{"Idempotency-Key": "paid"})

    assert answers[:4] == answers[4:]
    assert seller.shown("invoices", invoice)["status"] == "paid"
    assert seller.balances() == {"1050": "105.00", "1100": "-20.00", "4000": "-85.00"}
    prove(seller.company)
