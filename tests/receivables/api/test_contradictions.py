"""A record named twice, by id and by code or name: both must mean the same one, else nothing is written."""

from typing import Any

import pytest

from ledger.models import JournalEntry
from tests.receivables.api.conftest import Seller

pytestmark = pytest.mark.django_db


def account(seller: Seller, code: str) -> str:
    return str(seller.company.accounts.get(code=code).pk)


def entry(seller: Seller, code: str, **header: Any) -> dict[str, Any]:
    return {
        "entry_date": "2026-05-05",
        "lines": [
            {"account_id": account(seller, "1000"), "account_code": code, "debit_amount": "1.00"},
            {"account_id": account(seller, "4000"), "credit_amount": "1.00"},
        ],
        **header,
    }


@pytest.mark.parametrize("status", ["draft", "posted"])
def test_refuses_a_line_whose_code_is_another_accounts(seller: Seller, status: str) -> None:
    wrong = entry(seller, "1010", status=status)
    assert seller.refused("journal_entries", wrong) == (422, "INVALID_LINE", "lines[0].account_code")
    nobodys = entry(seller, "99999", status=status)
    assert seller.refused("journal_entries", nobodys) == (422, "INVALID_LINE", "lines[0].account_code")
    message = seller.api.post("/v1/journal_entries", wrong).json()["message"]
    assert "account_id names account 1000" in message
    assert "account_code says 1010" in message
    assert not JournalEntry.objects.exists()
    right = seller.made("journal_entries", entry(seller, "1000", status=status))
    assert [line["account_code"] for line in right["lines"]] == ["1000", "4000"]


def test_refuses_a_flat_line_whose_name_is_another_accounts(seller: Seller) -> None:
    flat = {"entry_date": "2026-05-05", "account_code": "1000", "debit_amount": "5.00"}
    others = seller.company.accounts.get(code="1010").name
    assert seller.refused("journal_entries", {**flat, "account_name": others}) == (
        *(422, "VALIDATION_ERROR"),
        "account_name",
    )
    own = seller.company.accounts.get(code="1000").name
    assert seller.made("journal_entries", {**flat, "account_name": own.upper()})["account_code"] == "1000"


def test_refuses_a_line_whose_detail_names_another_record(seller: Seller) -> None:
    one, other = seller.item(sku="A-1"), seller.item(name="Gadget", sku="B-2")
    sales, services = account(seller, "4000"), account(seller, "4010")

    def refused(**line: Any) -> tuple[int, str, str | None]:
        body = seller.invoice_body()
        body["lines"][0] |= line
        return seller.refused("invoices", body)

    detail = {"type": "account", "account_id": services}
    assert refused(account_id=sales, detail=detail) == (422, "VALIDATION_ERROR", "lines[0].detail.account_id")
    detail = {"type": "item", "item_id": other}
    assert refused(product_id=one, detail=detail) == (422, "VALIDATION_ERROR", "lines[0].detail.item_id")
    assert refused(product_id=one, sku="B-2") == (422, "VALIDATION_ERROR", "lines[0].sku")
    body = seller.invoice_body()
    body["lines"][0] |= {"product_id": one, "sku": "their own", "detail": {"type": "item", "item_id": one}}
    assert seller.made("invoices", body)["lines"][0]["product_id"] == one


def test_refuses_the_name_of_another_customer(seller: Seller) -> None:
    acme = seller.customer()
    bolt = seller.customer(name="Bolt")
    body = seller.invoice_body(customer=acme)
    assert seller.refused("invoices", {**body, "customer_name": "bolt"}) == (422, "VALIDATION_ERROR", "customer_name")
    quote = {
        "currency": "USD",
        "total_amount": "100.00",
        "customer_id": acme,
        "customer_name": "Bolt",
        "lines": body["lines"],
    }
    assert seller.refused("quotes", quote) == (422, "VALIDATION_ERROR", "customer_name")
    assert seller.made("invoices", {**body, "customer_id": bolt, "customer_name": "Bolt"})["customer_id"] == bolt
    assert seller.made("invoices", {**body, "customer_name": "Acme's old name"})["customer_id"] == acme


def test_refuses_two_accounts_and_two_invoices_of_a_payment(seller: Seller) -> None:
    acme = seller.customer()
    first, second = (seller.invoice("50.00", customer=acme)["id"] for _ in range(2))
    body: dict[str, Any] = {
        "customer_id": acme,
        "amount": "50.00",
        "currency": "USD",
        "occurred_at": "2026-05-20T12:00:00Z",
    }
    accounts = {"deposit_to_account_id": account(seller, "1000"), "deposit_to_account_code": "1010"}
    refusal = (422, "VALIDATION_ERROR", "deposit_to_account_code")
    assert seller.refused("payments", {**body, **accounts}) == refusal
    receipt = {"currency": "USD", "lines": [{"description": "Goods", "amount": "5.00"}], **accounts}
    assert seller.refused("sales_receipts", receipt) == refusal
    both = {"invoice_id": first, "allocations": [{"invoice_id": second, "amount": "50.00"}]}
    assert seller.refused("payments", {**body, **both}) == (422, "VALIDATION_ERROR", "invoice_id")
    agreeing = {**accounts, "deposit_to_account_code": "1000"}
    assert seller.made("payments", {**body, **agreeing})["deposit_to_account_code"] == "1000"
