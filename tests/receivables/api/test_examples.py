"""The bodies that the reference shows work, in the order in which a reader would try them."""

from typing import Any

import pytest

from receivables.api import examples
from receivables.api.resources import INVOICES
from tests.contract.live import replaced
from tests.receivables.api.conftest import Seller
from tests.receivables.books import prove

VOID = INVOICES.actions["void"].body_example

pytestmark = pytest.mark.django_db


def test_every_body_of_the_reference_works(seller: Seller) -> None:
    customer = seller.made("customers", examples.CUSTOMER)["id"]

    def sent(plural: str, example: dict[str, Any], **values: Any) -> Any:
        return seller.made(plural, replaced(example, customer_id=customer, **values))

    invoice = sent("invoices", {**examples.INVOICE, "status": "open"})
    payment = sent("payments", examples.PAYMENT, invoice_id=invoice["id"])
    assert seller.shown("invoices", invoice["id"])["status"] == "paid"
    memo = sent("credit_memos", examples.CREDIT_MEMO, invoice_id=invoice["id"])
    sent("refund_receipts", examples.REFUND_RECEIPT, payment_id=payment["id"])
    applied = replaced(examples.APPLICATION, invoice_id=invoice["id"])
    assert seller.did("credit_memos", memo["id"], "apply", applied)["remaining_credit"] == "4.00"
    off = {"invoice_ids": [invoice["id"]]}
    assert list(off) == list(examples.UNAPPLICATION)
    assert seller.did("credit_memos", memo["id"], "unapply", off)["remaining_credit"] == "104.00"
    assert seller.did("invoices", invoice["id"], "mark_paid", examples.PAID)["status"] == "paid"
    receipt = sent("sales_receipts", examples.SALES_RECEIPT)
    assert seller.did("sales_receipts", receipt["id"], "void", VOID)["status"] == "void"
    sent("quotes", examples.QUOTE)
    order = sent("sales_orders", {**examples.SALES_ORDER, "status": "open"})
    step = replaced(examples.QUANTITIES, line_id=order["lines"][0]["id"])
    assert seller.did("sales_orders", order["id"], "convert", step)["total_amount"] == "208.00"
    prove(seller.company)
