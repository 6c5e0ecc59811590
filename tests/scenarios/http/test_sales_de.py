"""Sales in euros with 19 % and 7 % VAT, with and without prices including tax, over HTTP. Figures worked by hand."""

import pytest

from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def test_a_month_with_both_rates(german: Seller) -> None:
    customer, bank = german.customer(), german.api.account("1800")
    reduced = german.api.account("4300")

    # Two lines of 33.33 and one of 7 %: tax is calculated once per rate. 66.66 × 19 % = 12.67 (not 6.33 + 6.33).
    paper = {"description": "Paper", "amount": "33.33", "tax_code": "UST19"}
    book = {"description": "Book", "amount": "20.00", "tax_code": "UST7", "account_id": reduced}
    first = german.invoice(customer=customer, document_date="2026-04-02", lines=[paper, paper, book])
    assert (first["tax_amount"], first["total_amount"]) == ("14.07", "100.73")
    assert sorted(line["tax_amount"] for line in first["lines"]) == ["1.40", "6.33", "6.34"]

    # Prices including tax, 10 % off the whole: 119.00 and 107.00 become 107.10 and 96.30.
    # 19/119 of 107.10 is 17.10, 7/107 of 96.30 is 6.30.
    second = german.invoice(
        customer=customer,
        document_date="2026-04-09",
        tax_behavior="inclusive",
        discount_details=[{"percent": 10}],
        lines=[{**paper, "amount": "119.00"}, {**book, "amount": "107.00"}],
        total_amount="203.40",
        tax_amount="23.40",
    )
    assert (second["subtotal"], second["discount_amount"]) == ("200.00", "20.00")
    assert [(line["net_amount"], line["gross_amount"]) for line in second["lines"]] == [
        ("90.00", "107.10"),
        ("90.00", "96.30"),
    ]

    # 400.00 come in for the two: 95.87 are the customer's until a third invoice takes them.
    payment = german.payment(
        "400.00",
        (first["id"], "100.73"),
        (second["id"], "203.40"),
        occurred_at="2026-04-20T10:00:00Z",
        deposit_to_account_id=bank,
    )
    assert payment["unapplied_amount"] == "95.87"
    third = german.invoice(customer=customer, document_date="2026-04-22", lines=[{**paper, "amount": "100.00"}])
    german.did("payments", payment["id"], "apply", {"allocations": [{"invoice_id": third["id"], "amount": "95.87"}]})
    assert german.shown("invoices", third["id"])["balance_due"] == "23.13"

    # Half of the third is credited: 50.00 and 9.50. 23.13 settle it, 36.37 stay.
    memo = german.made(
        "credit_memos",
        {
            "invoice_id": third["id"],
            "currency": "EUR",
            "document_date": "2026-04-25",
            "lines": [{"description": "Spoilt", "amount": "50.00", "tax_code": "UST19"}],
            "status": "open",
        },
    )
    assert (memo["total_amount"], memo["remaining_credit"], memo["status"]) == ("59.50", "36.37", "partially_applied")
    assert german.shown("invoices", third["id"])["status"] == "paid"

    assert german.balances() == {
        "1200": "-36.37",
        "1800": "400.00",
        "3801": "-7.70",  # 1.40 + 6.30
        "3806": "-39.27",  # 12.67 + 17.10 + 19.00 - 9.50
        "4300": "-110.00",  # 20.00 + 90.00
        "4400": "-206.66",  # 66.66 + 90.00 + 100.00 - 50.00
    }
    assert german.shown("customers", customer)["balance"] == "-36.37"
    prove(german.company)


def test_a_foreign_invoice_paid_at_another_rate(german: Seller) -> None:
    """A receivable of 42.00 USD booked at 38.27 EUR and received as 38.90 EUR gains 0.63; a later one loses 1.00."""
    customer, bank = german.customer(currency="USD"), german.api.account("1800")
    invoice = german.invoice(
        "42.00", customer=customer, currency="USD", exchange_rate="0.911190476", document_date="2026-05-04"
    )
    payment = german.payment(
        "42.00",
        (invoice["id"], "42.00"),
        currency="USD",
        exchange_rate="0.926190476",
        deposit_to_account_id=bank,
    )
    assert german.balances() == {"1800": "38.90", "4400": "-38.27", "4840": "-0.63"}

    # Voiding the invoice takes the gain back: 38.90 stay to the customer's credit.
    answer = german.api.post(f"/v1/invoices/{invoice['id']}/void", {"on": "2026-05-31"}).json()
    assert answer["void_report"]["undone"]["undone_allocations"][0]["invoice_id"] == invoice["id"]
    assert german.balances() == {"1200": "-38.90", "1800": "38.90"}

    # The credit goes to a new invoice at a third rate: 42.00 at 0.95 is 39.90, so 1.00 is lost.
    again = german.invoice("42.00", customer=customer, currency="USD", exchange_rate="0.95", document_date="2026-06-01")
    german.did(
        "payments",
        payment["id"],
        "apply",
        {"allocations": [{"invoice_id": again["id"], "amount": "42.00"}], "applied_on": "2026-06-02"},
    )
    assert german.balances() == {"1800": "38.90", "4400": "-39.90", "6880": "1.00"}
    assert german.shown("customers", customer)["balance"] == "0.00"
    prove(german.company)


def test_a_foreign_invoice_paid_in_two_parts_loses_nothing_to_rounding(german: Seller) -> None:
    """100.00 USD at 0.333333 is 33.33 EUR. Parts of 33.33 and 66.67 relieve 11.11 and 22.22, the last what is left."""
    customer, bank = german.customer(), german.api.account("1800")
    invoice = german.invoice("100.00", customer=customer, currency="USD", exchange_rate="0.333333")
    for part in ("33.33", "66.67"):
        german.payment(
            part, (invoice["id"], part), currency="USD", exchange_rate="0.333333", deposit_to_account_id=bank
        )

    assert german.shown("invoices", invoice["id"])["status"] == "paid"
    assert german.balances() == {"1800": "33.33", "4400": "-33.33"}
    prove(german.company)


def test_a_discount_for_early_payment_and_a_rest_that_is_not_paid(german: Seller) -> None:
    """119.00 and 53.50 are owed. The first is paid less 2 %: 2.38, of which 0.38 is tax. Of the second 20.00 come; the
    rest of 33.50 is lost: 7/107 of it, 2.19, is tax, and 31.31 is not."""
    customer, bank, losses = german.customer(), german.api.account("1800"), german.api.account("6930")
    first = german.invoice(customer=customer, lines=[{"description": "Pump", "amount": "100.00", "tax_code": "UST19"}])
    second = german.invoice(customer=customer, lines=[{"description": "Book", "amount": "50.00", "tax_code": "UST7"}])
    german.payment("116.62", (first["id"], "116.62"), deposit_to_account_id=bank)
    german.payment("20.00", (second["id"], "20.00"), deposit_to_account_id=bank)

    def reduced(invoice: str, step: str, body: dict[str, str]) -> dict[str, str]:
        response = german.api.post(f"/v1/invoices/{invoice}/{step}", body)
        assert (response.status_code, response.json()["object"]) == (200, "credit_memo"), response.content
        data: dict[str, str] = response.json()["data"]
        return data

    memo = reduced(first["id"], "discount", {"on": "2026-05-20", "percent": "2"})
    assert (memo["total_amount"], memo["tax_amount"], memo["status"]) == ("2.38", "0.38", "applied")
    lost = {"account_id": losses, "on": "2026-06-30", "reason": "Insolvent"}
    assert reduced(second["id"], "write_off", lost) == reduced(second["id"], "write_off", lost)

    assert german.balances() == {
        "1800": "136.62",
        "3801": "-1.31",  # 3.50 - 2.19
        "3806": "-18.62",  # 19.00 - 0.38
        "4300": "-50.00",
        "4400": "-100.00",
        "4730": "2.00",
        "6930": "31.31",
    }
    assert german.shown("customers", customer)["balance"] == "0.00"
    assert (
        refusal(german.api.post(f"/v1/invoices/{first['id']}/write_off", {"account_id": losses}))[1] == "OVER_ALLOCATED"
    )
    assert refusal(german.api.post(f"/v1/invoices/{first['id']}/write_off", {}))[2] == "account_id"
    prove(german.company)
