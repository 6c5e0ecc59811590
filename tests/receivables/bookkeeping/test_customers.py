"""Customers in the Bookkeeping contract."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.receivables.api.conftest import refusal
from tests.receivables.bookkeeping.conftest import Bookkeeper

pytestmark = pytest.mark.django_db

ACME = {
    "name": "Acme GmbH",
    "tax_id": "12/345/67890",
    "vat_id": "DE123456789",
    "iban": "DE89 3704 0044 0532 0130 00",
    "bic": "COBADEFFXXX",
    "address": {"street": "Hauptstr. 1", "city": "Berlin", "zip": "10115", "country": "DE"},
    "default_account": "4400",
    "notes": "Pays late",
}


def test_creates_one_that_is_active_and_owes_nothing(books: Bookkeeper) -> None:
    made = books.made("customers", ACME)

    assert made == {
        **ACME,
        "id": made["id"],
        "iban": "DE89370400440532013000",
        "is_active": True,
        "open_amount": 0,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert books.read(f"customers/{made['id']}") == made


def test_answers_null_for_what_is_not_known(books: Bookkeeper) -> None:
    made = books.made("customers", {"name": "Acme GmbH", "unknown": "is ignored"})

    empty = ("tax_id", "vat_id", "iban", "bic", "address", "default_account", "notes")
    assert {name: made[name] for name in empty} == dict.fromkeys(empty)


def test_refuses_the_name_in_other_case_also_of_an_inactive_one(books: Bookkeeper) -> None:
    first = books.customer("Acme GmbH")
    books.delete(f"customers/{first}")

    response = books.post("customers", {"name": "ACME gmbh"})

    assert refusal(response) == (409, "DUPLICATE_NAME", "name")
    assert response.json()["details"] == {"existing_id": first}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("tax_id", "12/345/67890", "DUPLICATE_TAX_ID"), ("vat_id", "DE123456789", "DUPLICATE_VAT_ID")],
)
def test_refuses_another_s_tax_ids(books: Bookkeeper, field: str, value: str, code: str) -> None:
    first = books.customer("Acme GmbH", **{field: value})

    response = books.post("customers", {"name": "Bolt GmbH", field: value})

    assert refusal(response) == (409, code, field)
    assert response.json()["details"] == {"existing_id": first}


def test_takes_two_without_a_vat_id(books: Bookkeeper) -> None:
    books.customer("Acme GmbH", vat_id=None)

    assert books.post("customers", {"name": "Bolt GmbH"}).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": 7}, "name"),
        ({"tax_id": "1" * 21}, "tax_id"),
        ({"iban": "DE88370400440532013000"}, "iban"),
        ({"iban": "DE8937040044053201300"}, "iban"),
        ({"iban": 89}, "iban"),
        ({"bic": "COBADEFFXXXX"}, "bic"),
        ({"bic": "12345678"}, "bic"),
        ({"address": "Hauptstr. 1"}, "address"),
        ({"address": {"zip": "1" * 21}}, "address.zip"),
        ({"address": {"postal_code": "10115"}}, "address.postal_code"),
        ({"notes": "x" * 2001}, "notes"),
        ({"name": "Acme\x00"}, "name"),
    ],
)
def test_names_the_field_that_is_wrong(books: Bookkeeper, change: dict[str, Any], field: str) -> None:
    assert refusal(books.post("customers", {**ACME, **change})) == (400, "INVALID_INPUT", field)


def test_refuses_an_account_that_is_not_in_the_chart(books: Bookkeeper) -> None:
    response = books.post("customers", {"name": "Acme GmbH", "default_account": "4711"})

    assert refusal(response) == (400, "ACCOUNT_NOT_FOUND", "default_account")


def test_changes_what_is_sent_and_clears_what_is_null(books: Bookkeeper) -> None:
    customer = books.made("customers", ACME)["id"]

    changed = books.put(f"customers/{customer}", {"notes": "Pays on time", "bic": None, "default_account": None}).json()

    assert (changed["notes"], changed["bic"], changed["default_account"]) == ("Pays on time", None, None)
    assert changed["iban"] == "DE89370400440532013000"
    assert books.put(f"customers/{customer}", {"address": None}).json()["address"] is None


def test_takes_its_own_name_in_other_case(books: Bookkeeper) -> None:
    customer = books.customer("Acme GmbH")

    assert books.put(f"customers/{customer}", {"name": "ACME GmbH"}).json()["name"] == "ACME GmbH"


def test_refuses_to_take_another_s_name(books: Bookkeeper) -> None:
    books.customer("Acme GmbH")
    bolt = books.customer("Bolt GmbH")

    assert refusal(books.put(f"customers/{bolt}", {"name": "acme gmbh"}))[:2] == (409, "DUPLICATE_NAME")


@pytest.mark.parametrize("body", [{}, {"is_active": False}, {"open_amount": 7}])
def test_refuses_a_change_of_nothing(books: Bookkeeper, body: dict[str, Any]) -> None:
    customer = books.customer()

    assert refusal(books.put(f"customers/{customer}", body))[:2] == (400, "NO_CHANGES")


def test_keeps_a_customer_with_open_invoices_in_use(books: Bookkeeper) -> None:
    customer = books.customer()
    invoice = books.posted(customer)

    assert refusal(books.delete(f"customers/{customer}"))[:2] == (409, "HAS_OPEN_INVOICES")
    books.paid(invoice, "119.00")
    deactivated = books.delete(f"customers/{customer}").json()

    assert (deactivated["is_active"], deactivated["open_amount"]) == (False, 0)
    assert books.delete(f"customers/{customer}").json() == deactivated
    assert books.read(f"customers/{customer}")["is_active"] is False


def test_adds_up_what_is_open_net_of_credit_notes(books: Bookkeeper) -> None:
    customer = books.customer()
    invoice = books.posted(customer)
    books.posted(customer)
    books.recorded(customer)
    books.recorded(customer, type="credit_note", intent_id=books.posting(credit_note=True))

    books.paid(invoice, "19.00")

    assert books.read(f"customers/{customer}")["open_amount"] == 100
    assert books.read("customers")[0]["open_amount"] == 100


def test_lists_by_name_and_narrows(books: Bookkeeper) -> None:
    zeta, acme = books.customer("Zeta AG"), books.customer("Acme GmbH", vat_id="DE123456789")
    books.delete(f"customers/{zeta}")

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in books.read("customers", **query)]

    assert names() == ["Acme GmbH", "Zeta AG"]
    assert names(is_active="true") == ["Acme GmbH"]
    assert names(is_active="false") == ["Zeta AG"]
    assert names(search="ACME") == names(search="de1234") == ["Acme GmbH"]
    assert names(search="%") == []
    assert names(limit=1, offset=1) == ["Zeta AG"]
    assert [row["id"] for row in books.read("customers", search="acme")] == [acme]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"is_active": "maybe"}, "is_active"),
        ({"limit": 501}, "limit"),
        ({"limit": 0}, "limit"),
        ({"offset": -1}, "offset"),
    ],
)
def test_refuses_a_query_out_of_range(books: Bookkeeper, query: dict[str, Any], field: str) -> None:
    assert refusal(books.get("customers", **query)) == (400, "INVALID_INPUT", field)


def test_lists_with_one_statement(books: Bookkeeper) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            books.read("customers")
        return len(captured)

    books.posted(books.customer("Acme GmbH"))
    few = statements()
    for name in ("Bolt GmbH", "Crux GmbH", "Dorn GmbH"):
        books.posted(books.customer(name, default_account="4400"))

    assert statements() == few


def test_hides_another_company_s(books: Bookkeeper, bookkeeper_of: Callable[..., Bookkeeper]) -> None:
    theirs = bookkeeper_of().customer()

    for response in (
        books.get(f"customers/{theirs}"),
        books.put(f"customers/{theirs}", {"notes": "x"}),
        books.delete(f"customers/{theirs}"),
    ):
        assert refusal(response)[:2] == (404, "NOT_FOUND")
    assert books.read("customers") == []


def test_refuses_a_path_that_is_no_id(books: Bookkeeper) -> None:
    assert refusal(books.get("customers/acme")) == (400, "INVALID_INPUT", "id")
