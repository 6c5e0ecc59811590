"""Countries of addresses: kept as ISO codes whatever people write, refused with the field where there is none."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from receivables.customers.customers import create_customer, register_customer, rename_customer, update_customer
from receivables.recurring.invoices import create_recurring_invoice
from receivables.services.invoices import update_invoice
from tests.factories import make_company, make_customer
from tests.receivables.test_derived_tax import german, invoice

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
WRITTEN = [
    ("Frankreich", "FR"),
    ("france", "FR"),
    ("UK", "GB"),
    ("EL", "GR"),
    ("Griechenland", "GR"),
    ("DEU", "DE"),
    ("XK", "XK"),
]


@pytest.mark.parametrize(("text", "code"), WRITTEN)
@pytest.mark.parametrize("name", ["address", "billing_address", "shipping_address"])
@pytest.mark.parametrize("key", ["country", "country_code"])
def test_of_a_customer_are_codes(text: str, code: str, name: str, key: str) -> None:
    customer = make_customer(make_company(), **{name: {"city": "There", key: text}})
    assert getattr(customer, name) == {"city": "There", key: code}
    changed = update_customer(customer, {name: {key: "Österreich"}}, actor=ACTOR)
    assert getattr(changed, name) == {key: "AT"}


@pytest.mark.parametrize("make", [register_customer, create_customer])
def test_of_a_customer_that_there_are_not_are_refused(make: Callable[..., Any]) -> None:
    values = {"name": "Nobody", "address": {"city": "There", "country": "Atlantis"}}
    company = make_company()
    with pytest.raises(ValidationFailed, match="«Atlantis» is not a country") as refusal:
        make(values, company=company, actor=ACTOR)
    assert refusal.value.field == "address.country"


def test_of_a_registered_customer_are_codes() -> None:
    company = make_company()
    customer = register_customer({"name": "A", "address": {"country": "Frankreich"}}, company=company, actor=ACTOR)
    assert customer.address == {"country": "FR"}
    renamed = rename_customer(customer, {"address": {"country": "UK"}}, actor=ACTOR)
    assert renamed.address == {"country": "GB"}


def test_of_an_invoice_are_codes() -> None:
    draft = invoice(
        german(), status="draft", billing_address={"country": "Frankreich"}, shipping_address={"country": "EL"}
    )
    assert (draft.billing_address, draft.shipping_address) == ({"country": "FR"}, {"country": "GR"})
    with pytest.raises(ValidationFailed) as refusal:
        update_invoice(draft, {"shipping_address": {"country": "Atlantis"}}, actor=ACTOR)
    assert refusal.value.field == "shipping_address.country"


def test_of_a_recurring_invoice_are_codes() -> None:
    company = german()
    lines = [{"description": "Work", "amount": Decimal(100)}]
    values = {
        "name": "Monthly",
        "customer_id": make_customer(company).id,
        "invoice": {"lines": lines, "billing_address": {"country": "UK"}},
        "interval_unit": "month",
        "interval_count": 1,
        "starts_on": date(2030, 1, 1),
    }
    made = create_recurring_invoice(values, company=company, actor=ACTOR)
    assert made.values["billing_address"] == {"country": "GB"}
    wrong = {**values["invoice"], "billing_address": {"country": "Atlantis"}}  # type: ignore[dict-item]  # it is a dict
    with pytest.raises(ValidationFailed) as refusal:
        create_recurring_invoice({**values, "invoice": wrong}, company=company, actor=ACTOR)
    assert refusal.value.field == "invoice.billing_address.country"
