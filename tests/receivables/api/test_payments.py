"""Payments in the Backfill contract: allocated, applied later, taken off again, voided."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def test_pays_invoices_in_part_and_in_full(seller: Seller) -> None:
    customer = seller.customer()
    first, second = (seller.invoice("100.00", customer=customer) for _ in range(2))

    payment = seller.payment("130.00", (first["id"], "100.00"), (second["id"], "30.00"))

    assert (payment["status"], payment["amount"], payment["unapplied_amount"]) == ("completed", "130.00", "0.00")
    assert [(row["invoice_id"], row["amount"]) for row in payment["allocations"]] == [
        (first["id"], "100.00"),
        (second["id"], "30.00"),
    ]
    assert (payment["customer_id"], payment["invoice_id"]) == (customer, None)
    assert seller.shown("invoices", first["id"])["status"] == "paid"
    assert seller.shown("invoices", second["id"])["balance_due"] == "70.00"
    assert seller.balances() == {"1050": "130.00", "1100": "70.00", "4000": "-200.00"}


def test_draft_pays_nothing_until_it_is_confirmed(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    draft = seller.payment("100.00", (invoice["id"], "100.00"), status="draft")

    assert (draft["status"], draft["allocations"][0]["amount"]) == ("draft", "100.00")
    assert seller.shown("invoices", invoice["id"])["status"] == "open"
    seller.did("payments", draft["id"], "confirm")

    assert seller.shown("invoices", invoice["id"])["status"] == "paid"


def test_invoice_id_alone_pays_as_much_as_there_is(seller: Seller) -> None:
    invoice = seller.invoice("100.00")

    payment = seller.payment("130.00", invoice_id=invoice["id"], allocations=None)

    assert (payment["invoice_id"], payment["unapplied_amount"]) == (invoice["id"], "30.00")


def test_overpayment_is_the_customer_s_credit_until_it_is_applied(seller: Seller) -> None:
    customer = seller.customer()
    first = seller.invoice("100.00", customer=customer)
    payment = seller.payment("150.00", (first["id"], "100.00"))
    second = seller.invoice("80.00", customer=customer)
    assert seller.shown("customers", customer)["balance"] == "30.00"

    applied = seller.did(
        "payments", payment["id"], "apply", {"allocations": [{"invoice_id": second["id"], "amount": "50.00"}]}
    )
    assert (applied["unapplied_amount"], len(applied["allocations"])) == ("0.00", 2)
    assert seller.shown("invoices", second["id"])["balance_due"] == "30.00"

    off = seller.did("payments", payment["id"], "unapply", {"invoice_ids": [second["id"]]})
    assert (off["unapplied_amount"], off["invoice_id"]) == ("50.00", first["id"])
    assert seller.did("payments", payment["id"], "unapply")["unapplied_amount"] == "150.00"
    assert seller.shown("invoices", first["id"])["status"] == "open"
    prove(seller.company)


def test_keeps_what_the_provider_kept(seller: Seller) -> None:
    invoice = seller.invoice("100.00")

    payment = seller.payment("100.00", (invoice["id"], "100.00"), fees="3.20", net_amount="96.80")

    assert (payment["fees"], payment["net_amount"]) == ("3.20", "96.80")
    assert seller.balances() == {"1050": "96.80", "4000": "-100.00", "6230": "3.20"}


def test_goes_to_the_account_that_is_named(seller: Seller) -> None:
    account = seller.api.account("1000")
    by_id = seller.payment("10.00", customer_id=seller.customer(), deposit_to_account_id=account)
    by_code = seller.payment("10.00", customer_id=seller.customer(), deposit_to_account_code="1000")

    assert by_id["deposit_to_account_id"] == by_code["deposit_to_account_id"] == account
    assert by_id["deposit_to_account_code"] == "1000"


def test_void_after_payment_opens_the_invoice_again(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    payment = seller.payment("100.00", (invoice["id"], "100.00"))

    answer = seller.api.post(f"/v1/payments/{payment['id']}/void", {"reason": "Bounced", "on": "2026-05-28"}).json()

    assert (answer["data"]["status"], answer["data"]["allocations"]) == ("void", [])
    assert (answer["void_report"]["on"], answer["void_report"]["date_policy"]) == ("2026-05-28", "as asked")
    assert seller.shown("invoices", invoice["id"])["status"] == "open"
    assert seller.balances("2026-05-27") == {"1050": "100.00", "4000": "-100.00"}
    assert seller.balances() == {"1100": "100.00", "4000": "-100.00"}
    prove(seller.company)


def test_takes_many_invoices_with_a_fixed_number_of_statements(seller: Seller) -> None:
    customer = seller.customer()

    def statements(count: int) -> int:
        invoices = [seller.invoice("1.00", customer=customer) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            seller.payment(f"{count}.00", *((invoice["id"], "1.00") for invoice in invoices))
        return len(captured)

    statements(1)
    assert statements(5) == statements(2)


@pytest.mark.parametrize(
    ("allocated", "amount", "refused"),
    [
        ("100.01", "200.00", (422, "OVER_ALLOCATED", "allocations[0].amount")),
        ("0.00", "10.00", (422, "OVER_ALLOCATED", "allocations[0].amount")),
        ("60.00", "50.00", (422, "VALIDATION_ERROR", "allocations")),
        ("-1.00", "50.00", (422, "VALIDATION_ERROR", "allocations[0].amount")),
        ("10.001", "50.00", (422, "INVALID_LINE", "allocations[0].amount")),
    ],
)
def test_never_allocates_more_than_there_is(
    seller: Seller, allocated: str, amount: str, refused: tuple[int, str, str]
) -> None:
    invoice = seller.invoice("100.00")
    body = {
        "amount": amount,
        "allocations": [{"invoice_id": invoice["id"], "amount": allocated}],
        "status": "completed",
    }

    assert seller.refused("payments", body) == refused
    assert seller.api.get("/v1/payments").json()["data"] == []


def test_refuses_invoices_it_cannot_pay(seller: Seller, other: Seller) -> None:
    customer = seller.customer()
    theirs, draft = seller.invoice("10.00"), seller.made("invoices", seller.invoice_body(customer=customer))
    euros = seller.invoice("10.00", customer=customer, currency="EUR", exchange_rate="1.10")
    foreign = other.invoice("10.00")

    def refused(invoice: str) -> tuple[int, str, str | None]:
        body = {"customer_id": customer, "currency": "USD", "amount": "10.00", "status": "completed"}
        return seller.refused("payments", {**body, "allocations": [{"invoice_id": invoice, "amount": "10.00"}]})

    assert refused(theirs["id"]) == (422, "SETTLEMENT_MISMATCH", "allocations[0].invoice_id")
    assert refused(draft["id"]) == (422, "SETTLEMENT_MISMATCH", "allocations[0].invoice_id")
    assert refused(euros["id"]) == (422, "SETTLEMENT_MISMATCH", "allocations[0].amount")
    assert refused(foreign["id"]) == (422, "REFERENCE_NOT_FOUND", "allocations[0].invoice_id")


def test_applies_all_or_nothing(seller: Seller) -> None:
    customer = seller.customer()
    invoice = seller.invoice("100.00", customer=customer)
    payment = seller.payment("150.00", customer_id=customer)

    twice = [{"invoice_id": invoice["id"], "amount": "60.00"}] * 2
    response = seller.api.post(f"/v1/payments/{payment['id']}/apply", {"allocations": twice})

    assert refusal(response) == (422, "OVER_ALLOCATED", "allocations[1].amount")
    assert seller.shown("payments", payment["id"])["unapplied_amount"] == "150.00"
    assert seller.shown("invoices", invoice["id"])["balance_due"] == "100.00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0.00"}, "amount"),
        ({"amount": None}, "amount"),
        ({"amount": "-5.00"}, "amount"),
        ({"amount": "ten"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "1" * 15}, "amount"),
        ({"amount": {"value": 1}}, "amount"),
        ({"fees": "11.00"}, "fees"),
        ({"fees": "x"}, "fees"),
        ({"net_amount": "9.00"}, "net_amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"exchange_rate": "2.00"}, "exchange_rate"),
        ({"currency": "EUR", "exchange_rate": "0"}, "exchange_rate"),
        ({"currency": "EUR", "exchange_rate": "-1"}, "exchange_rate"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"customer_id": "acme"}, "customer_id"),
        ({"customer_id": None}, "customer_id"),
        ({"deposit_to_account_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"}, "deposit_to_account_id"),
        ({"deposit_to_account_code": "4711"}, "deposit_to_account_code"),
        ({"allocations": {}}, "allocations"),
        ({"allocations": [None]}, "allocations[0]"),
        ({"allocations": [{}]}, "allocations[0].invoice_id"),
        ({"allocations": [{"invoice_id": "INV-1", "amount": "1.00"}]}, "allocations[0].invoice_id"),
        ({"payment_method_details": "card"}, "payment_method_details"),
        ({"payment_method": "x" * 101}, "payment_method"),
        ({"status": "bounced"}, "status"),
        ({"memo": "\x00"}, "memo"),
    ],
)
def test_names_the_field_that_is_wrong(seller: Seller, change: dict[str, Any], field: str) -> None:
    body = {"customer_id": seller.customer(), "amount": "10.00", "status": "completed", **change}

    status, _, named = seller.refused("payments", body)

    assert (status, named) == (422, field)
