"""Whoever may approve gets the button, and whoever may not is told why and what leads out of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from ledger.models import JournalEntry
from receivables.models import Invoice
from tests.factories import make_customer, make_member
from tests.receivables.pages.forms import typed
from tests.workspace.test_doubts import entry_form

pytestmark = pytest.mark.django_db
SIGNED_IN = Callable[..., Client]
APPROVE = "Approve and post"
STUCK = "nobody else in it may approve"


@pytest.fixture
def company(company: Company) -> Company:
    company.requires_approval = True
    company.save()
    return company


def submitted(client: Client) -> str:
    """Submit an entry and return the address of its page."""
    client.post(reverse("admin:new_entry"), entry_form("10", "2026-03-05", action="submit"))
    return reverse("admin:journal_entry", args=[JournalEntry.objects.latest("created_at").pk])


def shown(client: Client, url: str) -> str:
    return client.get(url).content.decode()


class TestTheOnlyMember:
    def test_is_told_what_is_true_with_the_ways_out_and_without_a_button(
        self, company: Company, signed_in: SIGNED_IN
    ) -> None:
        owner = signed_in(company)
        page = shown(owner, submitted(owner))
        assert (APPROVE in page, STUCK in page) == (False, True)
        assert reverse("admin:invite_member") in page
        assert f"{reverse('admin:company')}#id_requires_approval" in page

    def test_is_told_before_submitting(self, company: Company, signed_in: SIGNED_IN) -> None:
        owner = signed_in(company)
        assert STUCK in shown(owner, reverse("admin:new_entry"))
        assert STUCK in shown(owner, reverse("admin:new_invoice"))

    def test_approves_once_the_rule_is_switched_off(self, company: Company, signed_in: SIGNED_IN) -> None:
        owner = signed_in(company)
        url = submitted(owner)
        company.requires_approval = False
        company.save()
        assert APPROVE in shown(owner, url)
        approve = reverse("admin:approve_entry", args=[JournalEntry.objects.latest("created_at").pk])
        assert owner.post(approve).status_code == 302
        assert JournalEntry.objects.latest("created_at").is_draft is False


class TestTwoMembers:
    def test_the_one_who_submitted_waits_and_the_other_has_the_button(
        self, company: Company, signed_in: SIGNED_IN
    ) -> None:
        owner, keeper = signed_in(company), signed_in(company, role=Role.BOOKKEEPER)
        url = submitted(keeper)
        mine, theirs = shown(keeper, url), shown(owner, url)
        assert (APPROVE in mine, STUCK in mine, "submitted it yourself" in mine) == (False, False, True)
        assert (APPROVE in theirs, "submitted it yourself" in theirs) == (True, False)

    def test_a_second_one_who_may_not_approve_does_not_help(self, company: Company, signed_in: SIGNED_IN) -> None:
        owner = signed_in(company)
        make_member(company, role=Role.VIEWER)
        assert STUCK in shown(owner, submitted(owner))

    def test_who_may_not_change_settings_is_sent_to_an_admin(self, company: Company, signed_in: SIGNED_IN) -> None:
        keeper = signed_in(company, role=Role.BOOKKEEPER)
        page = shown(keeper, submitted(keeper))
        assert "An admin can invite somebody" in page
        assert reverse("admin:invite_member") not in page


def test_a_document_says_the_same(company: Company, signed_in: SIGNED_IN) -> None:
    owner, customer = signed_in(company), make_customer(company, name="Harbor")
    line: Any = {"description": "Work", "unit_amount": "100", "tax_code": ""}
    owner.post(reverse("admin:new_invoice"), typed(customer, line, currency="USD", action="submit"))
    invoice = Invoice.objects.get()
    url, approve = reverse("admin:invoice", args=[invoice.pk]), reverse("admin:approve_invoice", args=[invoice.pk])
    assert (approve in shown(owner, url), STUCK in shown(owner, url)) == (False, True)
    second = signed_in(company, role=Role.APPROVER)
    assert (approve in shown(second, url), approve in shown(owner, url)) == (True, False)
    assert second.post(approve).status_code == 302
