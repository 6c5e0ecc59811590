"""Invoices in the Backfill contract."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.receivables.api.conftest import Seller, refusal

pytestmark = pytest.mark.django_db


def test_creates_a_draft_that_posts_nothing(seller: Seller) -> None:
    invoice = seller.made("invoices", seller.invoice_body("100.00", "25.00"))

    assert (invoice["status"], invoice["approval_status"], invoice["document_number"]) == ("draft", "draft", "")
    assert (invoice["total_amount"], invoice["balance_due"], invoice["entry_id"]) == ("125.00", "0.00", None)
    assert [line["line_number"] for line in invoice["lines"]] == [1, 2]
    assert seller.balances() == {}


def test_confirms_once(seller: Seller) -> None:
    invoice = seller.made("invoices", seller.invoice_body("100.00"))

    first = seller.did("invoices", invoice["id"], "confirm")
    again = seller.did("invoices", invoice["id"], "confirm")

    assert (first["status"], first["document_number"], first["balance_due"]) == ("open", "INV-1001", "100.00")
    assert again == first
    assert seller.balances() == {"1100": "100.00", "4000": "-100.00"}


def test_answers_as_reading_it_would(seller: Seller) -> None:
    body = seller.invoice_body("100.00", due_date="2026-06-04", memo="May", ship_method="post")
    made = seller.api.post("/v1/invoices", body)

    read = seller.api.get(f"/v1/invoices/{made.json()['id']}")

    assert made["Location"] == f"/v1/invoices/{made.json()['id']}"
    assert made.json() == read.json()
    assert made["ETag"] == read["ETag"]


def test_reads_both_names_of_lines_and_products(seller: Seller) -> None:
    item = seller.item(unit_price="10.00")
    body = seller.invoice_body()
    body["line_items"] = [{"description": "Widget", "amount": "10.00", "item_id": item}]
    del body["lines"]

    invoice = seller.made("invoices", body)

    assert [line["product_id"] for line in invoice["lines"]] == [item]


def test_finds_a_customer_by_its_name(seller: Seller) -> None:
    customer = seller.customer(name="Bolt")

    invoice = seller.made("invoices", {**seller.invoice_body(), "customer_id": None, "customer_name": "bolt"})

    assert invoice["customer"] == {"id": customer, "name": "Bolt", "email": "", "metadata": {}}
    unknown = {**seller.invoice_body(), "customer_id": None, "customer_name": "Nobody"}
    assert seller.refused("invoices", unknown) == (422, "REFERENCE_NOT_FOUND", "customer_name")


def test_updates_only_what_is_sent(seller: Seller) -> None:
    invoice = seller.made("invoices", seller.invoice_body("100.00", memo="May", terms="30 days"))

    response = seller.api.put(f"/v1/invoices/{invoice['id']}", {"memo": "June"})

    data = response.json()["data"]
    assert (data["memo"], data["terms"], data["total_amount"]) == ("June", "30 days", "100.00")


def test_replaces_the_lines_of_a_draft(seller: Seller) -> None:
    invoice = seller.made("invoices", seller.invoice_body("100.00"))

    lines = [{"description": "Other", "amount": "7.50"}]
    data = seller.api.put(f"/v1/invoices/{invoice['id']}", {"lines": lines}).json()["data"]

    assert (data["total_amount"], [line["description"] for line in data["lines"]]) == ("7.50", ["Other"])


def test_refuses_to_change_what_is_posted_and_names_the_way_out(seller: Seller) -> None:
    invoice = seller.invoice("100.00")

    changed = seller.api.put(f"/v1/invoices/{invoice['id']}", {"lines": [{"description": "x", "amount": "1.00"}]})
    deleted = seller.api.delete(f"/v1/invoices/{invoice['id']}")

    assert refusal(changed)[:2] == (409, "DOCUMENT_POSTED")
    assert refusal(deleted)[:2] == (409, "DOCUMENT_POSTED")
    assert "void it, or issue a credit memo" in changed.json()["message"]


def test_deletes_a_draft_for_good(seller: Seller) -> None:
    invoice = seller.made("invoices", seller.invoice_body())

    response = seller.api.delete(f"/v1/invoices/{invoice['id']}")

    assert response.json() == {"deleted": True, "id": invoice["id"], "object": "invoice"}
    assert seller.api.get(f"/v1/invoices/{invoice['id']}").status_code == 404


def test_voids_and_tells_what_it_did(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    payment = seller.payment("40.00", (invoice["id"], "40.00"))

    response = seller.api.post(f"/v1/invoices/{invoice['id']}/void", {"reason": "Wrong customer"})

    body = response.json()
    report = body["void_report"]
    assert (body["data"]["status"], body["data"]["approval_status"]) == ("void", "void")
    assert (report["on"], report["date_policy"]) == ("2026-05-05", "original date")
    undone = {"invoice_id": invoice["id"], "payment_id": payment["id"], "amount": "40.00"}
    assert report["undone"] == {"undone_allocations": [undone]}
    assert seller.shown("journal_entries", report["reversal_entry_id"])["reverses_entry_id"] == invoice["entry_id"]
    assert seller.balances() == {"1050": "40.00", "1100": "-40.00"}


def test_marks_as_paid_on_a_day_and_account(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    seller.payment("30.00", (invoice["id"], "30.00"))

    step = {"paid_on": "2026-05-25", "deposit_to_account_id": seller.api.account("1000"), "reference_number": "CHK 7"}
    paid = seller.did("invoices", invoice["id"], "mark_paid", step)
    again = seller.did("invoices", invoice["id"], "mark_paid", step)

    assert (paid["status"], paid["balance_due"], paid["amount_paid"]) == ("paid", "0.00", "100.00")
    assert again == paid
    assert seller.balances() == {"1000": "70.00", "1050": "30.00", "4000": "-100.00"}


def test_walks_through_approval(seller: Seller) -> None:
    invoice = seller.made("invoices", seller.invoice_body())

    assert seller.did("invoices", invoice["id"], "submit")["approval_status"] == "pending_approval"
    assert seller.did("invoices", invoice["id"], "reject", {"reason": "Too high"})["approval_status"] == "rejected"
    refused = seller.refused("invoices", None, f"/{invoice['id']}/confirm")
    assert refused[:2] == (409, "INVALID_STATE_TRANSITION")
    seller.did("invoices", invoice["id"], "submit")
    assert seller.did("invoices", invoice["id"], "approve")["approval_status"] == "approved"
    assert seller.did("invoices", invoice["id"], "confirm")["status"] == "open"


def test_updates_the_invoice_of_the_same_source_identity(seller: Seller) -> None:
    identity = {"source_system": "shop", "source_id": "A-1"}
    body = seller.invoice_body("100.00", **identity)
    first = seller.api.post("/v1/invoices", body)

    second = seller.api.post("/v1/invoices", {**body, "memo": "Corrected"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["id"] == first.json()["id"]
    assert second.json()["data"]["memo"] == "Corrected"


def test_leaves_a_posted_invoice_alone_when_the_same_import_comes_again(seller: Seller) -> None:
    body = seller.invoice_body("100.00", source_id="A-1", issued_at="2026-05-05T10:00:00Z")
    first = seller.api.post("/v1/invoices", body).json()
    seller.did("invoices", first["id"], "confirm")

    same = seller.api.post("/v1/invoices", body)
    other = seller.api.post("/v1/invoices", {**body, "lines": [{"description": "x", "amount": "1.00"}]})

    assert (same.status_code, same.json()["id"], same.json()["data"]["status"]) == (200, first["id"], "open")
    assert refusal(other)[:2] == (409, "DOCUMENT_POSTED")


def test_takes_an_answered_date_back_as_it_was(seller: Seller) -> None:
    invoice = seller.invoice("100.00", due_date="2026-06-04")
    sent = {name: invoice[name] for name in ("issued_at", "due_at", "document_date", "effective_date")}

    response = seller.api.put(f"/v1/invoices/{invoice['id']}", {**sent, "memo": "Seen"})

    data = response.json()["data"]
    assert response.status_code == 200, data
    assert (data["due_date"], data["issued_at"], data["memo"]) == ("2026-06-04", invoice["issued_at"], "Seen")


def test_honours_if_match(seller: Seller) -> None:
    made = seller.api.post("/v1/invoices", seller.invoice_body())
    url = f"/v1/invoices/{made.json()['id']}"
    seller.api.put(url, {"memo": "Somebody else's"})

    late = seller.api.put(url, {"memo": "Mine"}, **{"If-Match": made["ETag"]})
    confirmed = seller.api.post(f"{url}/confirm", **{"If-Match": made["ETag"]})

    assert (late.status_code, confirmed.status_code) == (412, 412)
    assert seller.shown("invoices", made.json()["id"])["memo"] == "Somebody else's"


def test_answers_a_retry_with_the_first_answer(seller: Seller) -> None:
    body = seller.invoice_body()
    first = seller.api.post("/v1/invoices", body, **{"Idempotency-Key": "k-1"})

    again = seller.api.post("/v1/invoices", body, **{"Idempotency-Key": "k-1"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert seller.api.get("/v1/invoices").json()["pagination"]["total_count"] == 1


def test_filters_by_status_customer_and_what_is_overdue(seller: Seller) -> None:
    acme, bolt = seller.customer(name="Acme"), seller.customer(name="Bolt")
    draft = seller.made("invoices", seller.invoice_body(customer=acme))
    late = seller.invoice(customer=acme, due_date="2026-05-06")
    paid = seller.invoice(customer=bolt, due_date="2026-05-06")
    seller.payment("100.00", (paid["id"], "100.00"))

    def found(**query: str) -> set[str]:
        return {row["id"] for row in seller.api.get("/v1/invoices", **query).json()["data"]}

    assert found() == {draft["id"], late["id"], paid["id"]}
    assert found(status="draft") == {draft["id"]}
    assert found(status="paid") == {paid["id"]}
    assert found(status="overdue") == {late["id"]}
    assert found(customer_id=acme) == {draft["id"], late["id"]}
    assert found(customer_id=acme, status="overdue") == {late["id"]}
    assert found(start_date="2026-05-06") == set()
    assert seller.shown("invoices", late["id"])["is_overdue"] is True
    unknown = seller.api.get("/v1/invoices", status="lost")
    assert refusal(unknown) == (422, "VALIDATION_ERROR", "status")


def test_sorts(seller: Seller) -> None:
    for amount in ("2.00", "1.00", "3.00"):
        seller.made("invoices", seller.invoice_body(amount))

    rows = seller.api.get("/v1/invoices", sort="-total_amount").json()["data"]

    assert [row["data"]["total_amount"] for row in rows] == ["3.00", "2.00", "1.00"]


def test_keeps_tax_per_jurisdiction_as_given(seller: Seller) -> None:
    details: list[dict[str, Any]] = [
        {"tax_detail_ref": "s", "amount_includes_tax": False, "tax_amount": "16.00", "jurisdiction_name": "NY"},
        {"tax_detail_ref": "c", "amount_includes_tax": False, "tax_amount": "18.00", "rate": "0.045"},
    ]
    line = {"description": "Goods", "amount": "400.00", "tax_rate": "8.5", "tax_details": details}

    invoice = seller.made("invoices", {**seller.invoice_body(), "lines": [line], "total_amount": "434.00"})

    assert (invoice["subtotal"], invoice["tax_amount"], invoice["total_amount"]) == ("400.00", "34.00", "434.00")
    assert invoice["lines"][0]["tax_details"] == details


def test_takes_a_line_s_figures_from_its_detail(seller: Seller) -> None:
    item = seller.item()
    detail = {"type": "item", "item_id": item, "quantity": "3", "unit_amount": "2.50", "discount_percent": "10"}
    line = {"description": "Widgets", "amount": "6.75", "detail": detail}

    invoice = seller.made("invoices", {**seller.invoice_body(), "lines": [line]})

    shown = invoice["lines"][0]
    assert (shown["quantity"], shown["unit_amount"], shown["discount_amount"]) == ("3", "2.50", "0.75")
    assert (shown["product_id"], shown["detail"]["quantity"]) == (item, "3")


def test_creates_and_confirms_with_the_same_statements_for_one_line_as_for_fifty(seller: Seller) -> None:
    stock = {"track_inventory": True, "quantity_on_hand": "500", "opening_stock_date": "2026-01-01"}
    customer, item = seller.customer(), seller.item(purchase_cost="1.00", **stock)
    goods = {"description": "Widget", "amount": "10.00", "product_id": item, "tax_code": "ST-NY"}
    services = {"description": "Work", "amount": "10.00", "account_id": seller.api.account("4000"), "tax_rate": "5"}
    taxed = {"description": "Goods", "amount": "10.00", "tax_code": "ST-NY"}

    def statements(*lines: dict[str, Any]) -> int:
        body = {**seller.invoice_body(customer=customer), "status": "open", "lines": lines}
        with CaptureQueriesContext(connection) as captured:
            seller.made("invoices", body)
        return len(captured)

    statements(goods, services)  # the first one makes the series and the period
    assert [statements(*[taxed] * count) for count in (1, 10, 50)] == [23, 23, 23]
    assert statements(*[goods, services] * 25) == statements(goods, services)


def test_is_void_when_its_entry_is_reversed_in_the_journal(seller: Seller) -> None:
    invoice = seller.invoice("100.00")

    response = seller.api.post(f"/v1/journal_entries/{invoice['entry_id']}/reverse", {"reason": "Wrong account"})

    assert response.status_code == 200, response.content
    assert (seller.shown("invoices", invoice["id"])["status"], seller.balances()) == ("void", {})


def test_shows_invoices_that_were_recorded_elsewhere(seller: Seller) -> None:
    customer = seller.customer()
    books = {"Backfill-Contract": "books"}
    line = {"position": 1, "description": "Work", "quantity": 1, "unit_price": 100, "tax_rate": 0, "tax_amount": 0}
    body = {
        "customer_id": customer,
        "invoice_number": "RE-1",
        "invoice_date": "2026-05-05",
        "total_net": 100,
        "total_tax": 0,
        "total_gross": 100,
        "currency": "USD",
        "type": "invoice",
        "lines": [{**line, "line_total": 100}],
    }
    recorded = seller.api.post("/v1/outgoing-invoices", body, **books).json()["id"]

    shown = seller.shown("invoices", recorded)
    confirmed = seller.api.post(f"/v1/invoices/{recorded}/confirm")

    assert (shown["status"], shown["document_number"], shown["total_amount"]) == ("draft", "RE-1", "100.00")
    assert refusal(confirmed)[:2] == (409, "INVALID_STATE_TRANSITION")
    assert "reverse the entry" in confirmed.json()["message"]
