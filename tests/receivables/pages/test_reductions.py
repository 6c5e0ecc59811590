"""Discounts for early payment and bad debts, granted and written off in the admin."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.models import Account, JournalLine
from receivables.models import CreditMemo
from tests.factories import make_invoice
from tests.receivables.books import prove
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db


def booked(company: Company, memo: CreditMemo) -> dict[str, Decimal]:
    lines = JournalLine.objects.filter(company=company, entry=memo.entry_id)
    return dict(lines.values_list("account__code", "amount"))


def test_grants_a_percentage(owner: Client, company: Company) -> None:
    invoice = make_invoice(company)
    url = reverse("admin:discount_invoice", args=[invoice.pk])
    page = owner.post(url, {"percent": "2", "on": "2026-02-03"}, follow=True)
    memo = CreditMemo.objects.get(company=company)
    assert f"Credit memo {memo} takes 2.00 USD off invoice {invoice}." in words(page)
    assert owner.get(reverse("admin:pay_invoice", args=[invoice.pk])).context["form"]["amount"].value() == "98.00"
    prove(company)


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({}, "percent", "Say how much"),
        ({"percent": "2", "amount": "3"}, "percent", "not both"),
        ({"percent": "101"}, "percent", "at most 100"),
        ({"amount": "100.01"}, "amount", "100.00 left to pay"),
        ({"amount": "5", "on": "2025-12-31"}, "on", "choose that day or later"),
        ({"amount": "5", "account_id": "no such account"}, "account_id", "no such account"),
    ],
)
def test_says_what_is_wrong_with_a_discount(
    wrong: dict[str, str], field: str, reason: str, owner: Client, company: Company
) -> None:
    url = reverse("admin:discount_invoice", args=[make_invoice(company).pk])
    page = owner.post(url, {"on": "2026-02-03", **wrong})
    assert page.status_code == 422
    assert reason in str(page.context["form"].errors[field])
    assert not CreditMemo.objects.exists()


def test_writes_off_what_is_left(owner: Client, company: Company) -> None:
    invoice = make_invoice(company)
    url = reverse("admin:write_off_invoice", args=[invoice.pk])
    assert owner.get(url).context["form"]["amount"].value() == "100.00"
    losses = Account.objects.get(company=company, code="6300")
    form = {"amount": "100.00", "on": "2026-02-03", "account_id": losses.code, "reason": "Insolvent"}
    page = owner.post(url, form, follow=True)
    assert "takes 100.00 USD off" in words(page)
    invoice.refresh_from_db()
    memo = CreditMemo.objects.get(company=company)
    assert (invoice.status, booked(company, memo)[losses.code]) == ("paid", Decimal(100))
    assert owner.get(url).status_code == 409
    prove(company)


def test_waits_for_approval_where_the_company_asks_for_it(owner: Client, company: Company) -> None:
    invoice = make_invoice(company)
    Company.objects.filter(pk=company.pk).update(requires_approval=True)
    url = reverse("admin:discount_invoice", args=[invoice.pk])
    page = owner.post(url, {"amount": "5", "on": "2026-02-03"}, follow=True)
    assert "waits for approval" in words(page)
    assert not CreditMemo.objects.get(company=company).is_posted
