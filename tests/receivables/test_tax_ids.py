"""VAT ids that senders state among `tax_ids`, and what the customer's country makes of its taxes with them."""

from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from receivables.customers.customers import update_customer
from receivables.customers.tax_ids import vat_id_among, with_vat_ids
from tests.factories import make_customer
from tests.receivables.test_derived_tax import first, german, invoice, item

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
FRENCH = "FR40303265045"


@pytest.mark.parametrize(
    ("entry", "key", "number"),
    [
        ({"type": "eu_vat", "value": "fr 40 303 265 045"}, "value", FRENCH),
        ({"type": "fr_vat", "value": "40303265045"}, "value", FRENCH),
        ({"type": "VAT", "country": "Frankreich", "number": "40303265045"}, "number", FRENCH),
        ({"vat_number": "FR40303265045"}, "vat_number", FRENCH),
        ({"value": "FR 40303265045"}, "value", FRENCH),
        ({"name": "USt-IdNr.", "value": "de136695976"}, "value", "DE136695976"),
        ({"type": "gb_vat", "value": "980 7806 84"}, "value", "GB980780684"),
    ],
)
def test_takes_a_vat_id_in_any_words(entry: dict[str, str], key: str, number: str) -> None:
    assert with_vat_ids([entry], "US") == [{**entry, key: number}]
    assert vat_id_among([entry], "US") == number


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "us_ein", "value": "12-3456789"},
        {"type": "au_abn", "value": "51824753556"},
        {"a": 1},
        {"value": "1"},
        {},
    ],
)
def test_leaves_other_numbers_as_they_are(entry: dict[str, Any]) -> None:
    assert with_vat_ids([entry], "DE") == [entry]
    assert vat_id_among([entry], "DE") == ""


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"type": "eu_vat", "value": "DE123"}, "value"),
        ({"vat_id": "FR1"}, "vat_id"),
        ({"type": "vat", "number": "x"}, "number"),
    ],
)
def test_refuses_a_vat_id_that_is_none(entry: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        make_customer(german(), tax_ids=[{"type": "us_ein", "value": "1"}, entry])
    assert refusal.value.field == f"tax_ids[1].{field}"


@pytest.mark.parametrize(
    ("country", "number", "kind", "code"),
    [
        ("FR", FRENCH, "service", "UST0-EUL"),
        ("FR", FRENCH, "good", "UST0-IGL"),
        ("France", "40303265045", "good", "UST0-IGL"),
        ("", FRENCH, "good", "UST0-IGL"),
        ("GB", "GB980780684", "service", "UST0-DRITT"),
        ("DE", "DE136695976", "good", "UST19"),
    ],
)
def test_they_count_like_the_vat_id(country: str, number: str, kind: str, code: str) -> None:
    company = german()
    address = {"billing_address": {"city": "Anywhere", "country": country}} if country else {}
    customer = make_customer(company, **address, tax_ids=[{"type": "vat", "value": number}])
    made = invoice(company, {"product_id": item(company, type=kind).id}, customer=customer)
    assert first(made)[0] == code


def test_of_several_that_of_its_country_counts() -> None:
    numbers = [{"type": "eu_vat", "value": "DE136695976"}, {"type": "eu_vat", "value": FRENCH}]
    customer = make_customer(german(), billing_address={"country": "FR"}, tax_ids=numbers)
    assert customer.vat_id == FRENCH


def test_a_stated_vat_id_goes_before_them() -> None:
    customer = make_customer(german(), vat_id="DE136695976", tax_ids=[{"type": "eu_vat", "value": FRENCH}])
    assert customer.vat_id == "DE136695976"
    changed = update_customer(customer, {"tax_ids": []}, actor=ACTOR)
    assert changed.vat_id == "DE136695976"


def test_the_vat_id_follows_them() -> None:
    customer = make_customer(german(), tax_ids=[{"type": "eu_vat", "value": FRENCH}])
    changed = update_customer(customer, {"tax_ids": [{"type": "eu_vat", "value": "DE136695976"}]}, actor=ACTOR)
    assert changed.vat_id == "DE136695976"
    assert update_customer(changed, {"tax_ids": []}, actor=ACTOR).vat_id == ""
