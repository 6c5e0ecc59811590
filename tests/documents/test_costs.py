"""What a posted document costs: statements are pinned, so that no change makes one dearer unnoticed."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from receivables.models import Invoice, SalesReceipt
from tests.receivables.api.conftest import Seller

pytestmark = pytest.mark.django_db

LINES = [{"description": "Chairs", "amount": "50.00", "tax_rate": "4"}] * 3


def cost(seller: Seller, plural: str, body: dict[str, Any]) -> int:
    for _ in range(2):  # what is read once per process
        seller.made(plural, body)
    with CaptureQueriesContext(connection) as captured:
        seller.made(plural, body)
        return len(captured.captured_queries)


def test_a_sales_receipt_with_three_lines(seller: Seller) -> None:
    body = {"currency": "USD", "receipt_date": "2026-05-05", "status": "completed", "lines": LINES}
    assert cost(seller, "sales_receipts", body) == 21
    assert SalesReceipt.objects.filter(posted_at__isnull=False).count() == 3


def test_an_invoice_with_three_lines(seller: Seller) -> None:
    body = {"customer_id": seller.customer(), "document_date": "2026-05-05", "status": "open", "currency": "USD"}
    assert cost(seller, "invoices", {**body, "lines": LINES}) == 23
    assert {str(one.total_amount) for one in Invoice.objects.all()} == {"156.0000"}


@pytest.mark.parametrize("count", [1, 40])
def test_the_same_with_more_lines(seller: Seller, count: int) -> None:
    body = {"customer_id": seller.customer(), "document_date": "2026-05-05", "status": "open", "currency": "USD"}
    lines = [{"description": f"Chair {number}", "amount": "50.00", "tax_rate": "4"} for number in range(count)]
    assert cost(seller, "invoices", {**body, "lines": lines}) == 23
