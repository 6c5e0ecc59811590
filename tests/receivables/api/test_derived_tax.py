"""Invoices over HTTP: what is derived for a line that says nothing of tax, and the warnings of doubtful ones."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.ledger.api.conftest import ApiClient
from tests.receivables.api.conftest import Seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def german(api_client: Callable[..., ApiClient]) -> Seller:
    return Seller(api_client(chart="skr03", currency="EUR", country="DE"))


def line(**more: Any) -> list[dict[str, Any]]:
    return [{"description": "Work", "amount": "100.00", **more}]


def test_charges_the_usual_tax(german: Seller) -> None:
    made = german.invoice(lines=line())
    assert (made["total_amount"], made["tax_amount"], made["warnings"]) == ("119.00", "19.00", [])
    assert (made["lines"][0]["tax_code"], made["lines"][0]["tax_rate"]) == ("UST19", "19.00")


def test_warns_of_a_line_without_tax(german: Seller) -> None:
    made = german.invoice(lines=line(tax_rate="0"))
    assert made["total_amount"] == "100.00"
    assert [(one["code"], one["field"]) for one in made["warnings"]] == [("UNTAXED_LINE", "lines[0].tax_code")]
    assert german.shown("invoices", made["id"])["warnings"] == made["warnings"]


def test_takes_the_date_of_supply(german: Seller) -> None:
    made = german.invoice(lines=line(), document_date="2021-01-05", service_date="2020-12-30")
    assert (made["service_date"], made["total_amount"]) == ("2020-12-30", "116.00")


def test_keeps_the_code_of_a_customer(german: Seller) -> None:
    customer = german.made("customers", {"name": "Bau AG", "tax_code": "UST0-13B"})
    assert customer["tax_code"] == "UST0-13B"
    made = german.invoice(lines=line(), customer=customer["id"])
    assert (made["lines"][0]["tax_code"], made["total_amount"]) == ("UST0-13B", "100.00")
    assert german.refused("customers", {"name": "Bau GmbH", "tax_code": "NOPE"})[2] == "tax_code"


def test_refuses_stated_tax_that_misses_the_rate_by_more_than_a_unit(german: Seller) -> None:
    """5 × 10.00 at 7 % is 3.50, not 3.55."""
    lines = [{"description": "Work", "amount": "10.00", "tax_rate": "7", "tax_amount": "0.71"}] * 5
    status, code, field = german.refused("invoices", german.invoice_body(lines=lines))
    assert (status, code, field) == (422, "TOTALS_MISMATCH", "lines")


@pytest.mark.parametrize("stated", [{"tax_rate": "18"}, {"tax_rate": "16"}, {"tax_amount": "12.00"}])
def test_refuses_tax_that_no_code_makes(german: Seller, stated: dict[str, str]) -> None:
    body = german.invoice_body(lines=line(**stated), document_date="2026-03-10")
    status, code, field = german.refused("invoices", body)
    assert (status, code, field) == (422, "INVALID_TAX_CODE", f"lines[0].{next(iter(stated))}")


def test_answers_the_code_of_a_rate(german: Seller) -> None:
    made = german.invoice(lines=line(tax_rate="7"))
    assert (made["lines"][0]["tax_code"], made["lines"][0]["tax_rate"], made["tax_amount"]) == ("UST7", "7.00", "7.00")
    assert made["warnings"] == []


def test_warns_of_a_code_that_charges_an_exempt_customer(german: Seller) -> None:
    customer = german.made("customers", {"name": "Amt", "tax_exempt": True})
    made = german.invoice(lines=line(tax_code="UST7"), customer=customer["id"])
    assert (made["total_amount"], [one["code"] for one in made["warnings"]]) == ("107.00", ["TAX_FOR_CUSTOMER"])
