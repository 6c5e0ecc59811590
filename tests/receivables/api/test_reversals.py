"""Reversing the entry of a document over the API: the answer says what else changed."""

from decimal import Decimal
from typing import Any

import pytest

from ledger.models import Activity, JournalEntry
from tests.receivables.api.conftest import Seller
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def paid_invoice(seller: Seller) -> tuple[dict[str, Any], dict[str, Any]]:
    invoice = seller.invoice("100.00")
    body = {"customer_id": invoice["customer_id"], "currency": "USD", "status": "completed", "amount": "40.00"}
    payment = seller.made("payments", {**body, "allocations": [{"invoice_id": invoice["id"], "amount": "40.00"}]})
    return invoice, payment


def test_says_which_document_is_void_and_what_was_taken_off(seller: Seller) -> None:
    for step in ("reverse", "void"):
        invoice, payment = paid_invoice(seller)
        answer = seller.api.post(f"/v1/journal_entries/{invoice['entry_id']}/{step}", {"reason": "Wrong"}).json()
        assert answer["data"]["status"] == "reversed"
        assert answer["also_changed"] == [
            {
                "object": "invoice",
                "id": invoice["id"],
                "number": invoice["document_number"],
                "change": "voided",
                "undone_allocations": [
                    {"payment_id": payment["id"], "invoice_id": invoice["id"], "amount": "40.00"},
                ],
            }
        ]
        assert seller.shown("invoices", invoice["id"])["status"] == "void"
        assert seller.shown("payments", payment["id"])["unapplied_amount"] == "40.00"
    told = Activity.objects.filter(subject_type="journal_entry", verb="reversed")
    assert [one.detail["also_changed"][0]["change"] for one in told] == ["voided", "voided"]
    prove(seller.company)


def test_says_that_nothing_else_changed(seller: Seller) -> None:
    lines = [{"account_id": seller.api.account(code), name: "5.00"} for code, name in SIDES]
    body = {"entry_date": "2026-05-05", "lines": lines, "status": "posted"}
    entry = seller.made("journal_entries", body)
    answer = seller.api.post(f"/v1/journal_entries/{entry['id']}/reverse").json()
    assert answer["also_changed"] == []
    draft = seller.made("journal_entries", {**body, "status": "draft"})
    assert seller.api.post(f"/v1/journal_entries/{draft['id']}/void").json()["also_changed"] == []


SIDES = (("1000", "debit_amount"), ("4000", "credit_amount"))


def test_takes_no_new_entry_that_reverses_a_documents(seller: Seller) -> None:
    invoice, _ = paid_invoice(seller)
    original = JournalEntry.objects.get(id=invoice["entry_id"])
    lines = [
        {
            "account_id": str(line.account_id),
            ("debit_amount" if line.amount < 0 else "credit_amount"): str(abs(Decimal(line.amount))),
        }
        for line in original.lines.order_by("line_number")
    ]
    body = {"entry_date": str(original.entry_date), "lines": lines, "reverses_entry_id": invoice["entry_id"]}
    refusal = (409, "INVALID_STATE_TRANSITION", "reverses_entry_id")
    assert seller.refused("journal_entries", {**body, "status": "posted"}) == refusal
    draft = seller.made("journal_entries", {**body, "status": "draft"})
    answer = seller.api.post(f"/v1/journal_entries/{draft['id']}/confirm")
    assert (answer.status_code, answer.json()["code"]) == refusal[:2]
    assert f"belongs to invoice {invoice['document_number']}; void the invoice instead" in answer.json()["message"]
    assert seller.shown("invoices", invoice["id"])["status"] == "partially_paid"


def test_dates_no_step_before_what_it_gives_back(seller: Seller) -> None:
    invoice, payment = paid_invoice(seller)
    entry, day = invoice["entry_id"], "2025-02-01"
    for path in (
        f"journal_entries/{entry}/reverse",
        f"journal_entries/{entry}/void",
        f"invoices/{invoice['id']}/void",
        f"payments/{payment['id']}/void",
        f"payments/{payment['id']}/unapply",
    ):
        answer = seller.api.post(f"/v1/{path}", {"on": day})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "on"), path
    wanted = {"allocations": [{"invoice_id": invoice["id"], "amount": "1.00"}], "applied_on": day}
    answer = seller.api.post(f"/v1/payments/{payment['id']}/apply", wanted)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "applied_on")
    refund = {"payment_id": payment["id"], "total_amount": "1.00", "currency": "USD", "status": "completed"}
    answer = seller.api.post("/v1/refund_receipts", {**refund, "refund_date": "2025-02-01T12:00:00Z"})
    assert answer.status_code == 422
    assert "nothing of it is given back before" in answer.json()["message"]
    memo = {"invoice_id": invoice["id"], "document_date": day, "currency": "USD", "status": "open"}
    lines = [{"description": "Back", "amount": "1.00"}]
    assert seller.refused("credit_memos", {**memo, "lines": lines})[::2] == (422, "document_date")
