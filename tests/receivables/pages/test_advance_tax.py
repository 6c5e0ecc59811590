"""Taxing what customers pay in advance: the company's setting, and the code that a payment states."""

import pytest
from django.urls import reverse

from receivables.models import Payment
from tests.factories import make_company, make_customer
from tests.receivables.test_advance_tax import JANUARY, TAXED, entries, german, pay, tax_on
from tests.receivables.test_advance_tax_setting import untaxed
from tests.workspace.conftest import SignedIn

pytestmark = pytest.mark.django_db


def test_is_set_on_the_companys_page(signed_in: SignedIn) -> None:
    company = untaxed()
    pay(company, make_customer(company), "1190.00")
    client = signed_in(company)
    page, url = client.get(reverse("admin:company")), reverse("admin:company")
    assert 'name="advances_taxed_from"' in page.content.decode()
    form = page.context["form"]
    kept = {name: value for name in form.fields if (value := form[name].value()) not in {None, False}}
    client.post(url, kept | {"advances_taxed_from": "2026-03-15"})
    assert entries(company) == [("03-15", TAXED)]
    answer = client.post(url, kept | {"advances_taxed_from": "2026-04-15"})
    assert answer.status_code == 422
    assert "what is posted stays" in answer.content.decode()
    client.post(url, kept)
    company.refresh_from_db()
    assert company.advances_taxed_from is None


def test_is_not_shown_to_others(signed_in: SignedIn) -> None:
    page = signed_in(make_company(chart="us")).get(reverse("admin:company"))
    assert 'name="advances_taxed_from"' not in page.content.decode()


def test_lets_a_payment_state_its_code_on_its_page(signed_in: SignedIn) -> None:
    company = german()
    customer = make_customer(company)
    values = {"amount": "107,00", "paid_on": "2026-01-15", "tax_code": "UST7"}
    url = reverse("admin:new_payment") + f"?customer={customer.pk}"
    signed_in(company).post(url, values)
    assert Payment.objects.get(company=company).tax_code == "UST7"
    assert tax_on(company, JANUARY, "1771") == 7
