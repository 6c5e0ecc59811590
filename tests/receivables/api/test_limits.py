"""Figures at the edge of what can be kept: refused in words, never a server error."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller

pytestmark = pytest.mark.django_db

LARGE = "9999999999999.00"


def refused(seller: Seller, plural: str, body: dict[str, Any]) -> None:
    response = seller.api.post(f"/v1/{plural}", body)
    assert response.status_code == 422, response.content
    assert response.json()["message"]


@pytest.mark.parametrize("rate", ["999999999", "999999999.999999999999", "0.000000000001"])
@pytest.mark.parametrize("plural", ["invoices", "credit_memos", "sales_receipts"])
def test_answers_any_rate(seller: Seller, plural: str, rate: str) -> None:
    body = seller.invoice_body(LARGE, currency="EUR", exchange_rate=rate, status="confirmed")

    response = seller.api.post(f"/v1/{plural}", body)

    assert response.status_code in {201, 422}, response.content


@pytest.mark.parametrize("rate", ["999999999", "0.000000000001"])
def test_answers_any_rate_of_payments(seller: Seller, rate: str) -> None:
    customer = seller.customer()
    body = {"customer_id": customer, "currency": "EUR", "exchange_rate": rate, "status": "completed"}

    paid = seller.api.post("/v1/payments", {**body, "amount": LARGE})
    refunded = seller.api.post("/v1/refund_receipts", {**body, "total_amount": LARGE})

    assert {paid.status_code, refunded.status_code} <= {201, 422}, (paid.content, refunded.content)


def test_refuses_totals_beyond_all_figures(seller: Seller) -> None:
    lines = [{"description": "Goods", "amount": "99999999999999.00"}] * 1_200

    refused(seller, "invoices", {**seller.invoice_body(), "lines": lines, "status": "open"})
    refused(seller, "quotes", {**seller.invoice_body(), "lines": lines, "total_amount": "1.00"})


def test_refuses_stock_worth_more_than_all_figures(seller: Seller) -> None:
    item = {"name": "Gold", "track_inventory": True, "purchase_cost": "999999999999.999999"}

    refused(seller, "items", {**item, "quantity_on_hand": "999999999999.999999"})


def test_refuses_more_lines_than_an_entry_may_have(seller: Seller) -> None:
    lines = [{"description": "Goods", "amount": "1.00"}] * 10_001

    refused(seller, "invoices", {**seller.invoice_body(), "lines": lines})


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_takes_any_day_that_is_kept(seller: Seller, day: str) -> None:
    customer = seller.customer(payment_terms_days=3650)

    invoice = seller.invoice("1.00", customer=customer, document_date=day)

    assert invoice["document_date"] == day
    assert seller.did("invoices", invoice["id"], "void", {"on": day})["status"] == "void"


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_keeps_the_decimals_of_a_currency(seller: Seller, currency: str) -> None:
    fine = {"JPY": "100", "KWD": "1.234"}[currency]
    finer = {"JPY": "100.5", "KWD": "1.2345"}[currency]
    body = seller.invoice_body(fine, currency=currency, exchange_rate="0.5")

    invoice = seller.made("invoices", {**body, "status": "open"})

    assert invoice["total_amount"] == {"JPY": "100.00", "KWD": "1.234"}[currency]
    refused(seller, "invoices", seller.invoice_body(finer, currency=currency, exchange_rate="0.5"))
