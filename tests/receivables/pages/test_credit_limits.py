"""A customer's credit limit in the admin: a warning wherever an invoice is written or looked at, never a refusal."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from receivables.models import Customer, Invoice
from tests.factories import line, make_customer, make_invoice, make_payment
from tests.receivables.pages.forms import typed
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(company: Company) -> Customer:
    """May owe 150.00 and owes 100.00."""
    customer = make_customer(company, name="Harbor Supplies", credit_limit=Decimal(150))
    make_invoice(company, line("100.00"), customer=customer)
    return customer


def page_of(client: Client, invoice: Invoice) -> str:
    return words(client.get(reverse("admin:invoice", args=[invoice.pk])))


def test_warns_of_a_draft_that_would_exceed_it(owner: Client, company: Company, customer: Customer) -> None:
    draft = make_invoice(company, line("1050.25"), customer=customer, status="draft")
    expected = "would owe 1,150.25 USD, 1,000.25 more than its credit limit of 150.00."
    assert f"With this invoice Harbor Supplies {expected}" in page_of(owner, draft)
    small = make_invoice(company, line("50.00"), customer=customer, status="draft")
    assert "credit limit" not in page_of(owner, small)


def test_lets_it_be_confirmed_and_goes_on_warning_until_it_is_paid(
    owner: Client, company: Company, customer: Customer
) -> None:
    body = typed(customer, {"description": "Rope", "unit_amount": "60"}, action="confirm")
    page = words(owner.post(reverse("admin:new_invoice"), body, follow=True))
    assert "is confirmed." in page
    assert "Harbor Supplies owes 160.00 USD, 10.00 more than its credit limit of 150.00." in page
    invoice = Invoice.objects.latest("created_at")
    make_payment(company, "60.00", invoice)
    assert "credit limit" not in page_of(owner, invoice)


def test_tells_the_editor_what_is_left(owner: Client, company: Company, customer: Customer) -> None:
    url = reverse("admin:new_invoice")
    assert 'data-credit-left="50.00"' in words(owner.get(url, {"customer": customer.pk}))
    assert 'data-credit-left=""' in words(owner.get(url))
    make_customer(company, name="Harbor without limit")
    found = owner.get(reverse("admin:customer_search"), {"q": "harbor"}).json()["results"]
    assert [Decimal(one["credit_left"] or 0) for one in found] == [50, 0]


def test_costs_nothing_where_nobody_has_one(owner: Client, company: Company, customer: Customer) -> None:
    free = make_customer(company, name="Bay Foods")
    url = reverse("admin:new_invoice")
    assert cost(owner, url + f"?customer={customer.pk}") == cost(owner, url + f"?customer={free.pk}") + 1
    make_customer(company, name="Bay Tools")
    search = reverse("admin:customer_search")
    assert cost(owner, search + "?q=nobody") == FRAME + 1
    assert cost(owner, search + "?q=foods") == cost(owner, search + "?q=bay") == FRAME + 2  # and the tax codes, once
