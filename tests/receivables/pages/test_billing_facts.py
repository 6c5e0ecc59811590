"""What real invoices carry, entered in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from receivables.models import Customer
from tests.factories import make_invoice
from tests.receivables.pages.forms import as_shown
from tests.workspace.test_ledger_pages import words

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str) -> dict[str, Any]:
    form = client.get(address).context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in {None, False}}


def test_names_the_customers_order_contract_and_project(owner: Client, company: Company) -> None:
    invoice = make_invoice(company, status="draft", references={"order": "B-1", "tender": "LOS-6"})
    address = reverse("admin:edit_invoice", args=[invoice.pk])
    owner.post(address, {**as_shown(owner.get(address)), "contract": "V-2", "project": "P-3"})
    invoice.refresh_from_db()
    assert invoice.references == {"order": "B-1", "tender": "LOS-6", "contract": "V-2", "project": "P-3"}
    owner.post(address, {**as_shown(owner.get(address)), "order": "", "project": "P-4"})
    invoice.refresh_from_db()
    assert invoice.references == {"tender": "LOS-6", "contract": "V-2", "project": "P-4"}


def test_keeps_the_customers_mandate(owner: Client, company: Company, customer: Customer) -> None:
    address = reverse("admin:change_customer", args=[customer.pk])
    typed = {"mandate_reference": "M-1", "mandate_iban": "DE02 1001 0010 0006 8201 01", "country": "uk"}
    owner.post(address, shown(owner, address) | typed)
    customer.refresh_from_db()
    assert customer.direct_debit["iban"] == "DE02100100100006820101"
    assert customer.billing_address["country"] == "GB"
    page = owner.post(address, shown(owner, address) | {"country": "Narnia"})
    assert (page.status_code, "is no country" in words(page)) == (422, True)
    page = owner.post(address, shown(owner, address) | {"vat_id": "DE136695977"})
    assert (page.status_code, "is no VAT id of DE" in words(page)) == (422, True)


def test_keeps_what_the_register_says_of_the_company(owner: Client, company: Company) -> None:
    address = reverse("admin:company")
    typed = {
        "legal_form": "GmbH",
        "register_court": "Amtsgericht Hamburg",
        "register_number": "HRB 1",
        "directors": "Anna Muster",
        "further_accounts": "DE02 1203 0000 0000 2020 51\n",
        "representative_name": "Fiskal GmbH",
        "representative_vat_id": "136695976",
        "representative_city": "Hamburg",
        "representative_country": "DE",
    }
    owner.post(address, shown(owner, address) | typed)
    company.refresh_from_db()
    assert (company.legal_form, company.register_number, company.directors) == ("GmbH", "HRB 1", "Anna Muster")
    assert company.further_accounts == [{"iban": "DE02120300000000202051", "bic": "", "name": ""}]
    assert company.tax_representative == {
        "name": "Fiskal GmbH",
        "vat_id": "DE136695976",
        "address": {"city": "Hamburg", "country": "DE"},
    }
    page = owner.post(address, shown(owner, address) | {"creditor_id": "DE97ZZZ09999999999"})
    assert (page.status_code, "is no SEPA creditor identifier" in words(page)) == (422, True)
