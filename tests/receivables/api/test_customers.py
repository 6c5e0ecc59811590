"""Customers in the Backfill contract."""

from typing import Any

import pytest

from tests.receivables.api.conftest import Seller, refusal

pytestmark = pytest.mark.django_db


def test_starts_with_what_the_reference_s_first_example_sends(seller: Seller) -> None:
    response = seller.api.post("/v1/customers", {"name": "Acme Inc."}, **{"Idempotency-Key": "cust-import-0001"})

    body = response.json()
    assert (response.status_code, body["object"]) == (201, "customer")
    assert body["data"]["customer_id"] == body["id"]
    assert (body["data"]["balance"], body["data"]["currency"], body["data"]["active"]) == ("0.00", "USD", True)


def test_keeps_everything_it_was_told(seller: Seller) -> None:
    told = {
        "company_name": "Acme Supplies",
        "email": "jane@acme.com",
        "phone": "+1 415-555-0123",
        "description": "Office supplies",
        "currency": "EUR",
        "credit_limit": "1000.00",
        "payment_terms_days": 30,
        "billing_address": {"line1": "1 Main St", "city": "Springfield", "postal_code": "62701", "country": "US"},
        "shipping_address": {"line1": "2 Main St"},
        "category_ids": ["cat_1001"],
        "price_level_id": "price_level_1001",
        "sales_rep_id": "sales_rep_1001",
        "tax_exempt": True,
        "tax_ids": [{"type": "us_ein", "value": "12-3456789"}],
        "metadata": {"tier": "gold"},
        "default_account_id": seller.api.account("4000"),
    }

    customer = seller.made("customers", {"name": "Acme", **told})

    assert {name: customer[name] for name in told} == told


def test_knows_what_a_customer_owes(seller: Seller) -> None:
    customer = seller.customer()
    invoice = seller.invoice("100.00", customer=customer)
    seller.made("invoices", seller.invoice_body("900.00", customer=customer))
    seller.payment("150.00", (invoice["id"], "60.00"), customer_id=customer)

    # 100.00 owed, 60.00 of it paid, 90.00 to the customer's credit.
    assert seller.shown("customers", customer)["balance"] == "-50.00"
    assert seller.api.get("/v1/customers").json()["data"][0]["data"]["balance"] == "-50.00"


def test_finds_by_a_part_of_the_name(seller: Seller) -> None:
    acme = seller.customer(name="Acme Supplies")
    seller.customer(name="Bolt")

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in seller.api.get("/v1/customers", **query).json()["data"]]

    assert found(name="me sup") == found(name="ACME") == [acme]
    assert found(name="%") == found(name="_") == []


def test_dates_an_invoice_s_payment_by_the_customer_s_terms(seller: Seller) -> None:
    customer = seller.customer(payment_terms_days=30)

    invoice = seller.invoice(customer=customer, document_date="2026-05-05")

    assert invoice["due_date"] == "2026-06-04"


def test_deletes_one_that_nothing_refers_to(seller: Seller) -> None:
    customer = seller.customer()

    response = seller.api.delete(f"/v1/customers/{customer}")

    assert response.json() == {"deleted": True, "id": customer, "object": "customer"}
    assert seller.api.get(f"/v1/customers/{customer}").status_code == 404


def test_keeps_one_with_documents_and_names_the_way_out(seller: Seller) -> None:
    customer = seller.customer()
    seller.invoice(customer=customer)

    response = seller.api.delete(f"/v1/customers/{customer}")

    assert refusal(response)[:2] == (409, "RECORD_IN_USE")
    assert "active: false" in response.json()["message"]
    seller.api.put(f"/v1/customers/{customer}", {"active": False})
    assert seller.refused("invoices", seller.invoice_body(customer=customer))[:2] == (409, "CUSTOMER_INACTIVE")


def test_clears_what_is_sent_as_null(seller: Seller) -> None:
    customer = seller.customer(email="jane@acme.com", credit_limit="5.00", address={"city": "Berlin"})

    response = seller.api.put(f"/v1/customers/{customer}", {"email": None, "credit_limit": None, "address": None})

    data = response.json()["data"]
    assert (data["email"], data["credit_limit"], data["address"], data["name"]) == ("", None, {}, "Acme Supplies")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": ["Acme"]}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"email": "jane"}, "email"),
        ({"phone": "1" * 51}, "phone"),
        ({"currency": "dollar"}, "currency"),
        ({"currency": "XXQ"}, "currency"),
        ({"credit_limit": "-1"}, "credit_limit"),
        ({"credit_limit": "1.23456"}, "credit_limit"),
        ({"credit_limit": "1e5"}, "credit_limit"),
        ({"payment_terms_days": -1}, "payment_terms_days"),
        ({"payment_terms_days": 1.5}, "payment_terms_days"),
        ({"language": "fr"}, "language"),
        ({"address": "1 Main St"}, "address"),
        ({"address": {"a": {"b": {"c": {"d": 1}}}}}, "address"),
        ({"tax_ids": {}}, "tax_ids"),
        ({"tax_ids": ["12"]}, "tax_ids[0]"),
        ({"tax_exempt": "yes"}, "tax_exempt"),
        ({"category_ids": [1]}, "category_ids[0]"),
        ({"default_account_id": "4000"}, "default_account_id"),
        ({"default_account_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"}, "default_account_id"),
        ({"metadata": []}, "metadata"),
        ({"source_id": "x" * 201}, "source_id"),
        ({"name": "Ac\x00me"}, "name"),
        ({"notes": "bell \x07"}, "notes"),
    ],
)
def test_names_the_field_that_is_wrong(seller: Seller, change: dict[str, Any], field: str) -> None:
    status, _, named = seller.refused("customers", {"name": "Acme", **change})

    assert (status, named) == (422, field)
