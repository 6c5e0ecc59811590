"""Sales of a company in euros to a customer in dollars, at a new rate every time: paid in parts with fees, returned,
overpaid and given back, over HTTP. Figures worked by hand; in the end nothing is left on the control account."""

import pytest
import time_machine

from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db

UNTAXED = {"tax_status": "out_of_scope"}  # a German company's lines are taxed where they say nothing


@time_machine.travel("2026-03-01T12:00:00Z")
def test_every_dollar_is_settled_and_every_cent_of_it_in_euros(german: Seller) -> None:
    customer, bank = german.customer(currency="USD"), german.api.account("1800")
    # 10 lamps for 33.30 EUR.
    lamp = german.item(name="Lamp", track_inventory=True, purchase_cost="3.33", quantity_on_hand="10")

    # 2 March at 0.90: 3 lamps at 50.00 and postage of 33.33 are 183.33 USD. 135.00 + 30.00 (29.997) = 165.00 EUR
    # (164.997). The lamps cost 9.99 EUR.
    lamps = {
        "description": "Lamps",
        "quantity": "3",
        "unit_amount": "50.00",
        "amount": "150.00",
        "product_id": lamp,
        **UNTAXED,
    }
    postage = {"description": "Postage", "amount": "33.33", **UNTAXED}
    invoice = german.invoice(
        customer=customer,
        currency="USD",
        exchange_rate="0.90",
        document_date="2026-03-02",
        lines=[lamps, postage],
    )
    assert invoice["total_amount"] == "183.33"
    assert german.balances("2026-03-02") == {
        "1140": "23.31",
        "1200": "165.00",
        "4400": "-165.00",
        "5881": "9.99",
        "9000": "-33.30",
    }

    # 10 March at 0.95: 100.00 USD less 2.00 of fees. 95.00 - 1.90 = 93.10 EUR come in; the 100.00 stood at 90.00.
    german.payment(
        "100.00",
        (invoice["id"], "100.00"),
        currency="USD",
        exchange_rate="0.95",
        fees="2.00",
        occurred_at="2026-03-10T12:00:00Z",
        deposit_to_account_id=bank,
    )
    partly = german.balances("2026-03-10")
    assert (partly["1200"], partly["1800"], partly["6770"], partly["4840"]) == ("75.00", "93.10", "1.90", "-5.00")

    # 12 March: a lamp comes back at the invoice's 0.90. 50.00 USD are 45.00 EUR of revenue and of the receivable.
    back = {**lamps, "quantity": "1", "amount": "50.00", "return_quantity": "1", "invoice_line_ref": "1"}
    german.made(
        "credit_memos",
        {
            "invoice_id": invoice["id"],
            "currency": "USD",
            "document_date": "2026-03-12",
            "lines": [back],
            "status": "open",
        },
    )
    credited = german.balances("2026-03-12")
    assert (credited["1200"], credited["4400"], credited["4840"]) == ("30.00", "-120.00", "-5.00")
    assert (credited["1140"], credited["5881"]) == ("26.64", "6.66")

    # 20 March at 0.80: 40.00 USD are 32.00 EUR. The last 33.33 of the invoice stand at 30.00 and bring 26.66 (26.664):
    # 3.34 are lost. 6.67 USD, 5.34 EUR, are the customer's.
    last = german.payment(
        "40.00",
        (invoice["id"], "33.33"),
        currency="USD",
        exchange_rate="0.80",
        occurred_at="2026-03-20T12:00:00Z",
        deposit_to_account_id=bank,
    )
    assert last["unapplied_amount"] == "6.67"
    assert german.shown("invoices", invoice["id"])["status"] == "paid"
    overpaid = german.balances("2026-03-20")
    assert (overpaid["1200"], overpaid["6880"]) == ("-5.34", "3.34")
    assert german.shown("customers", customer)["balance"] == "-5.34"

    # Not more than that goes back.
    refund = {
        "payment_id": last["id"],
        "currency": "USD",
        "exchange_rate": "0.85",
        "refund_date": "2026-03-25T12:00:00Z",
        "status": "completed",
    }
    response = german.api.post("/v1/refund_receipts", {**refund, "total_amount": "40.01"})
    assert refusal(response) == (422, "OVER_ALLOCATED", "total_amount")

    # 25 March at 0.85: the 6.67 USD go back for 5.67 EUR (5.6695): 0.33 more are lost.
    german.made("refund_receipts", {**refund, "total_amount": "6.67"})
    assert german.balances() == {
        "1140": "26.64",
        "1800": "119.43",  # 93.10 + 32.00 - 5.67
        "4400": "-120.00",  # 165.00 - 45.00
        "4840": "-5.00",
        "5881": "6.66",  # 9.99 - 3.33
        "6770": "1.90",
        "6880": "3.67",  # 3.34 + 0.33
        "9000": "-33.30",
    }
    assert german.shown("customers", customer)["balance"] == "0.00"
    prove(german.company)


def test_money_that_came_before_its_invoice_gains_on_the_invoices_date(german: Seller) -> None:
    """100.00 USD come on 10 April at 0.90 for an invoice of 20 April at 0.95: 5.00 EUR are lost, on the 20th."""
    customer, bank = german.customer(currency="USD"), german.api.account("1800")
    invoice = german.invoice(
        "100.00", customer=customer, currency="USD", exchange_rate="0.95", document_date="2026-04-20"
    )
    payment = german.payment(
        "100.00",
        (invoice["id"], "100.00"),
        currency="USD",
        exchange_rate="0.90",
        occurred_at="2026-04-10T12:00:00Z",
        deposit_to_account_id=bank,
    )
    assert german.balances("2026-04-19") == {"1200": "-90.00", "1800": "90.00"}
    assert german.balances("2026-04-20") == {"1800": "90.00", "4400": "-95.00", "6880": "5.00"}

    # The payment bounces, dated when it came; on the 20th the loss is taken back. Before that it cannot be voided.
    early = german.api.post(f"/v1/payments/{payment['id']}/void", {"on": "2026-04-09"})
    assert refusal(early) == (422, "VALIDATION_ERROR", "on")
    german.did("payments", payment["id"], "void")
    assert german.balances("2026-04-19") == {}
    assert german.balances("2026-04-20") == {"1200": "95.00", "4400": "-95.00"}
    prove(german.company)
