"""Steps that were taken already: the same facts again change nothing, other facts are refused by name."""

from typing import Any

import pytest

from ledger.models import Account, JournalEntry
from tests.receivables.api.conftest import Seller, refusal

pytestmark = pytest.mark.django_db
CONFLICT = (409, "INVALID_STATE_TRANSITION")


def account(seller: Seller, code: str) -> str:
    return str(Account.objects.get(company=seller.company, code=code).id)


def check(seller: Seller, path: str, facts: dict[str, Any], others: dict[str, Any]) -> None:
    """The facts again, each by itself and none are answered; each other one is refused; nothing is posted."""
    entries = JournalEntry.objects.count()
    for same in ({}, facts, *({name: value} for name, value in facts.items())):
        response = seller.api.post(path, same)
        assert response.status_code in {200, 201}, (same, response.content)
    for name, value in others.items():
        assert refusal(seller.api.post(path, facts | {name: value})) == (*CONFLICT, name)
    assert JournalEntry.objects.count() == entries


def test_mark_paid(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    facts = {
        "paid_on": "2026-05-20",
        "deposit_to_account_id": account(seller, "1000"),
        "payment_method": "cash",
        "reference_number": "R-1",
    }
    assert seller.did("invoices", invoice["id"], "mark_paid", facts)["status"] == "paid"
    others = {
        "paid_on": "2026-05-21",
        "deposit_to_account_id": account(seller, "1050"),
        "payment_method": "card",
        "reference_number": "R-2",
    }
    check(seller, f"/v1/invoices/{invoice['id']}/mark_paid", facts, others)


def test_mark_paid_what_a_credit_has_settled(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    seller.did("invoices", invoice["id"], "write_off", {"account_id": account(seller, "6300")})
    path = f"/v1/invoices/{invoice['id']}/mark_paid"
    assert refusal(seller.api.post(path, {"paid_on": "2026-05-20"})) == (*CONFLICT, "paid_on")
    assert seller.did("invoices", invoice["id"], "mark_paid")["status"] == "paid"


@pytest.mark.parametrize("plural", ["invoices", "payments"])
def test_void(seller: Seller, plural: str) -> None:
    invoice = seller.invoice("100.00")
    record = invoice if plural == "invoices" else seller.payment("100.00", (invoice["id"], "100.00"))
    facts = {"on": "2026-06-01", "reason": "Entered twice"}
    seller.did(plural, record["id"], "void", facts)
    others = {"on": "2026-06-02", "reason": "Other"}
    check(seller, f"/v1/{plural}/{record['id']}/void", facts, others)


def test_void_a_draft(seller: Seller) -> None:
    draft = seller.made("invoices", seller.invoice_body("1.00"))
    seller.did("invoices", draft["id"], "void", {"on": "2026-06-01", "reason": "No"})
    check(seller, f"/v1/invoices/{draft['id']}/void", {"on": "2026-06-01", "reason": "No"}, {"reason": "Yes"})


def test_reject(seller: Seller) -> None:
    draft = seller.made("invoices", seller.invoice_body("1.00"))
    seller.did("invoices", draft["id"], "submit")
    seller.did("invoices", draft["id"], "reject", {"reason": "Too dear"})
    check(seller, f"/v1/invoices/{draft['id']}/reject", {"reason": "Too dear"}, {"reason": "Too cheap"})


def test_discount(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    facts = {"amount": "2.00", "on": "2026-05-10", "account_id": account(seller, "6300")}
    assert seller.api.post(f"/v1/invoices/{invoice['id']}/discount", facts).status_code == 200
    others = {"amount": "3.00", "on": "2026-05-11", "account_id": account(seller, "4000")}
    check(seller, f"/v1/invoices/{invoice['id']}/discount", facts, others)
    path = f"/v1/invoices/{invoice['id']}/discount"
    assert seller.api.post(path, {"percent": "2"}).status_code == 200
    assert refusal(seller.api.post(path, {"percent": "3"})) == (*CONFLICT, "percent")


def test_write_off(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    facts = {"account_id": account(seller, "6300"), "amount": "100.00", "on": "2026-05-10", "reason": "Insolvent"}
    path = f"/v1/invoices/{invoice['id']}/write_off"
    assert seller.api.post(path, facts).status_code == 200
    assert seller.api.post(path, facts).status_code == 200
    others = {"account_id": account(seller, "4000"), "amount": "90.00", "on": "2026-05-11", "reason": "Lost"}
    for name, value in others.items():
        assert refusal(seller.api.post(path, facts | {name: value})) == (*CONFLICT, name)


def test_unapply(seller: Seller) -> None:
    invoice, other = seller.invoice("100.00"), seller.invoice("1.00")
    payment = seller.payment("100.00", (invoice["id"], "100.00"))
    facts = {"invoice_ids": [invoice["id"]], "on": "2026-06-01"}
    seller.did("payments", payment["id"], "unapply", facts)
    path = f"/v1/payments/{payment['id']}/unapply"
    check(seller, path, facts, {"on": "2026-06-02"})
    refused = refusal(seller.api.post(path, {"invoice_ids": [other["id"]]}))
    assert refused == (422, "REFERENCE_NOT_FOUND", "invoice_ids[0]")
