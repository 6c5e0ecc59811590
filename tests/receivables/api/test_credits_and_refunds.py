"""Credit memos, refund receipts and sales receipts in the Backfill contract."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def memo_body(amount: str = "30.00", **values: Any) -> dict[str, Any]:
    return {
        "currency": "USD",
        "document_date": "2026-05-15",
        "lines": [{"description": "Returned", "amount": amount}],
        **values,
    }


def test_opens_a_credit_memo_as_the_reference_creates_it(seller: Seller) -> None:
    body = memo_body(customer_id=seller.customer(), status="open", approval_status="draft")

    memo = seller.made("credit_memos", body)

    assert (memo["status"], memo["approval_status"], memo["remaining_credit"]) == ("open", "approved", "30.00")
    assert seller.balances() == {"1100": "-30.00", "4000": "30.00"}


def test_approving_a_credit_memo_posts_it(seller: Seller) -> None:
    memo = seller.made("credit_memos", memo_body(customer_id=seller.customer()))
    assert seller.balances() == {}

    approved = seller.did("credit_memos", memo["id"], "approve")

    assert (approved["status"], approved["document_number"]) == ("open", "CM-1001")


def test_credits_its_invoice_first(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    paid = {"customer_id": invoice["customer_id"], "amount": "30.00", "currency": "USD", "status": "completed"}
    seller.made("payments", {**paid, "allocations": [{"invoice_id": invoice["id"], "amount": "30.00"}]})

    memo = seller.made("credit_memos", memo_body("100.00", invoice_id=invoice["id"], status="open"))

    assert (memo["status"], memo["remaining_credit"]) == ("partially_applied", "30.00")
    assert [(row["invoice_id"], row["amount"]) for row in memo["allocations"]] == [(invoice["id"], "70.00")]
    assert memo["customer_id"] == invoice["customer_id"]
    assert seller.shown("invoices", invoice["id"])["status"] == "paid"


def test_applies_a_credit_memo_and_takes_it_off_again(seller: Seller) -> None:
    customer = seller.customer()
    memo = seller.made("credit_memos", memo_body(customer_id=customer, status="open"))
    invoice = seller.invoice("100.00", customer=customer)

    body = {"allocations": [{"invoice_id": invoice["id"], "amount": "20.00"}], "applied_on": "2026-05-16"}
    applied = seller.did("credit_memos", memo["id"], "apply", body)
    assert (applied["status"], applied["remaining_credit"]) == ("partially_applied", "10.00")
    assert seller.shown("invoices", invoice["id"])["balance_due"] == "80.00"

    off = seller.did("credit_memos", memo["id"], "unapply")
    assert (off["status"], off["remaining_credit"], off["applied_at"]) == ("open", "30.00", None)
    assert seller.shown("invoices", invoice["id"])["balance_due"] == "100.00"
    prove(seller.company)


def test_credits_no_more_pieces_than_were_invoiced(seller: Seller) -> None:
    line = {"description": "Widgets", "quantity": "3", "unit_amount": "10.00", "amount": "30.00", "line_key": "w"}
    invoice = seller.made("invoices", {**seller.invoice_body(), "lines": [line], "status": "open"})
    returned = {"description": "Widgets", "quantity": "2", "amount": "20.00", "invoice_line_ref": "w"}
    body = memo_body(invoice_id=invoice["id"], status="open", lines=[returned])

    seller.made("credit_memos", body)

    assert seller.refused("credit_memos", body) == (422, "OVER_CREDITED", "lines")
    unknown = {**body, "lines": [{**returned, "invoice_line_ref": "x"}]}
    assert seller.refused("credit_memos", unknown)[::2] == (422, "lines[0].invoice_line_ref")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"invoice_id": "inv_1001"}, "invoice_id"),
        ({"invoice_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"}, "invoice_id"),
        ({"lines": []}, "lines"),
        ({"lines": [{"description": "x", "amount": "1.00", "return_quantity": "-1"}]}, "lines[0].return_quantity"),
        ({"lines": [{"description": "x"}]}, "lines[0].amount"),
        ({"total_amount": "31.00"}, "total_amount"),
        ({"reason_code": "x" * 101}, "reason_code"),
        ({"customer_id": None}, "customer_id"),
    ],
)
def test_names_the_field_of_a_credit_memo_that_is_wrong(seller: Seller, change: dict[str, Any], field: str) -> None:
    body = {**memo_body(customer_id=seller.customer(), status="open"), **change}

    assert seller.refused("credit_memos", body)[::2] == (422, field)


def test_refuses_to_credit_an_invoice_of_another_customer(seller: Seller) -> None:
    body = memo_body(customer_id=seller.customer(), invoice_id=seller.invoice()["id"])

    assert seller.refused("credit_memos", body)[::2] == (422, "invoice_id")


def test_refunds_what_is_left_of_a_credit_memo(seller: Seller) -> None:
    memo = seller.made("credit_memos", memo_body(customer_id=seller.customer(), status="open"))
    refund = {
        "currency": "USD",
        "credit_memo_id": memo["id"],
        "total_amount": "30.00",
        "refund_date": "2026-05-16T09:00:00Z",
        "paid_from_account_id": seller.api.account("1000"),
    }

    pending = seller.made("refund_receipts", {**refund, "status": "pending"})
    assert (pending["status"], pending["document_number"]) == ("pending", "RF-1001")
    completed = seller.did("refund_receipts", pending["id"], "complete")

    assert (completed["status"], completed["customer_id"]) == ("completed", memo["customer_id"])
    assert (completed["refund_date"], completed["document_date"]) == ("2026-05-16T09:00:00Z", "2026-05-16")
    shown = seller.shown("credit_memos", memo["id"])
    assert (shown["status"], shown["remaining_credit"]) == ("applied", "0.00")
    assert shown["refunded_at"]
    assert seller.balances() == {"1000": "-30.00", "4000": "30.00"}
    assert seller.refused("refund_receipts", {**refund, "status": "completed"})[:2] == (422, "OVER_ALLOCATED")
    voided = seller.api.post(f"/v1/credit_memos/{memo['id']}/void")
    assert refusal(voided)[:2] == (409, "INVALID_STATE_TRANSITION")
    assert "void that refund first" in voided.json()["message"]


def test_refunding_a_payment_opens_the_invoice_again(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    payment = seller.payment("100.00", (invoice["id"], "100.00"))

    seller.made(
        "refund_receipts",
        {"currency": "USD", "payment_id": payment["id"], "total_amount": "40.00", "status": "completed"},
    )

    assert seller.shown("invoices", invoice["id"])["balance_due"] == "40.00"
    found = seller.api.get("/v1/refund_receipts", payment_id=payment["id"]).json()["data"]
    assert [row["data"]["total_amount"] for row in found] == ["40.00"]
    prove(seller.company)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total_amount": None}, "total_amount"),
        ({"total_amount": "0.00"}, "total_amount"),
        ({"total_amount": "-1.00"}, "total_amount"),
        ({"total_amount": "1.005"}, "total_amount"),
        ({"net_amount": "12.00"}, "net_amount"),
        ({"payment_id": "pay_1001"}, "payment_id"),
        ({"payment_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"}, "payment_id"),
        ({"credit_memo_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"}, "credit_memo_id"),
        ({"paid_from_account_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"}, "paid_from_account_id"),
        ({"refund_date": "today"}, "refund_date"),
        ({"currency": "EUR"}, "exchange_rate"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_names_the_field_of_a_refund_that_is_wrong(seller: Seller, change: dict[str, Any], field: str) -> None:
    body = {"currency": "USD", "total_amount": "10.00", "customer_id": seller.customer(), "status": "completed"}

    assert seller.refused("refund_receipts", {**body, **change})[::2] == (422, field)


def test_sells_over_the_counter(seller: Seller) -> None:
    body = {
        "currency": "USD",
        "receipt_date": "2026-05-12",
        "line_items": [{"description": "Coffee", "amount": "50.00", "tax_rate": "4"}],
        "deposit_to_account_id": seller.api.account("1000"),
        "register_id": "front",
        "total_amount": "52.00",
        "status": "completed",
    }

    receipt = seller.made("sales_receipts", body)

    assert (receipt["status"], receipt["receipt_date"], receipt["document_date"]) == (
        "completed",
        "2026-05-12",
        "2026-05-12",
    )
    assert (receipt["subtotal"], receipt["tax_amount"], receipt["lines"][0]["tax_amount"]) == ("50.00", "2.00", "2.00")
    assert seller.balances() == {"1000": "52.00", "2200": "-2.00", "4000": "-50.00"}


def test_refuses_two_dates_of_one_receipt(seller: Seller) -> None:
    body = {"currency": "USD", "receipt_date": "2026-05-12", "document_date": "2026-05-13"}

    assert seller.refused("sales_receipts", body)[::2] == (422, "receipt_date")
