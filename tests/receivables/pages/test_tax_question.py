"""The editors ask before something posts untaxed on an account that is taxed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.inventory.items import create_item
from ledger.models import JournalEntry
from receivables.models import Customer, Invoice
from tests.factories import make_company, make_customer
from tests.receivables.pages.forms import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db: None) -> Company:
    return make_company(name="Muster GmbH", chart="skr03", currency="EUR", country="DE")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, name="Kunde AG", billing_address={"city": "Köln", "country": "DE"})


@pytest.fixture
def owner(company: Company, signed_in: Callable[..., Client]) -> Client:
    return signed_in(company)


def sale(customer: Customer, tax_code: str = "", **more: str) -> dict[str, object]:
    line = {"description": "Work", "unit_amount": "100", "tax_code": tax_code}
    return typed(customer, line, currency="EUR", action="confirm", **more)


class TestAnInvoice:
    def test_is_taxed_where_nothing_is_chosen(self, owner: Client, customer: Customer) -> None:
        owner.post(reverse("admin:new_invoice"), sale(customer))
        made = Invoice.objects.get()
        assert (made.status, made.lines.get().tax_code, f"{made.total_amount:.2f}") == ("open", "UST19", "119.00")

    def test_without_tax_is_asked_about_and_not_stored(self, owner: Client, customer: Customer) -> None:
        page = owner.post(reverse("admin:new_invoice"), sale(customer, "_none"))
        assert page.status_code == 422
        assert "Line 1: The line is not taxed, but the usual account is for UST19 (19 %)" in page.content.decode()
        assert 'name="accept_warnings"' in page.content.decode()
        assert not Invoice.objects.exists()

    def test_without_tax_posts_when_that_is_meant(self, owner: Client, customer: Customer) -> None:
        owner.post(reverse("admin:new_invoice"), sale(customer, "_none", accept_warnings="yes"))
        made = Invoice.objects.get()
        assert (made.status, made.lines.get().tax_code, f"{made.total_amount:.2f}") == ("open", "", "100.00")
        shown = owner.get(reverse("admin:invoice", args=[made.pk])).content.decode()
        assert "the usual account is for UST19 (19 %)" in shown

    def test_is_saved_as_a_draft_without_a_question(self, owner: Client, customer: Customer) -> None:
        owner.post(reverse("admin:new_invoice"), {**sale(customer, "_none"), "action": "save"})
        draft = Invoice.objects.get()
        assert (draft.status, [one["code"] for one in draft.warnings]) == ("draft", ["UNTAXED_LINE"])
        page = owner.get(reverse("admin:edit_invoice", args=[draft.pk]))
        assert page.context["form"].lines[0].tax_code == "_none"

    def test_shows_what_it_derives(self, owner: Client, customer: Customer) -> None:
        page = owner.get(reverse("admin:new_invoice"), {"customer": str(customer.pk)}).content.decode()
        assert "Auto (UST19)" in page
        abroad = make_customer(customer.company, name="Client SARL", vat_id="FR40303265045")
        page = owner.get(reverse("admin:new_invoice"), {"customer": str(abroad.pk)}).content.decode()
        assert "Auto (UST0-EUL)" in page
        found = owner.get(reverse("admin:customer_search"), {"q": "Client"}).json()["results"]
        assert found[0]["usual_tax"] == {"code": "UST0-EUL", "rate": "0.0000"}


class TestACustomerWhoIsNotCharged:
    @pytest.mark.parametrize(("chosen", "posted"), [("", ("UST0-EX", "100.00")), ("UST7", ("UST7", "107.00"))])
    def test_is_asked_about(self, owner: Client, company: Company, chosen: str, posted: tuple[str, str]) -> None:
        exempt = make_customer(company, name="Amt", tax_exempt=True)
        book = create_item({"name": "Book", "tax_code": "UST7"}, company=company, actor=system_actor())
        line = {"item": book.name, "unit_amount": "100", "tax_code": chosen}
        values = typed(exempt, line, currency="EUR", action="confirm")
        page = owner.post(reverse("admin:new_invoice"), values)
        assert (page.status_code, "customer is tax exempt" in page.content.decode()) == (422, True)
        assert not Invoice.objects.exists()
        owner.post(reverse("admin:new_invoice"), {**values, "accept_warnings": "yes"})
        made = Invoice.objects.get()
        assert (made.lines.get().tax_code, f"{made.total_amount:.2f}") == posted


ENTRY = {
    "entry_date": "2026-03-10",
    "currency": "EUR",
    "account": ["1200", "8400"],
    "debit": ["119", ""],
    "credit": ["", "119"],
    "action": "post",
}


class TestAJournalEntry:
    def form(self, **more: object) -> dict[str, object]:
        blank = {name: ["", ""] for name in ("description", "tax_code", "origin")}
        return {**blank, **ENTRY, **more}

    def test_asks_about_an_automatic_account_without_a_code(self, owner: Client) -> None:
        page = owner.post(reverse("admin:new_entry"), self.form())
        assert page.status_code == 422
        assert "Line 2: The line has no tax code, but account 8400" in page.content.decode()
        assert not JournalEntry.objects.exists()

    @pytest.mark.parametrize("more", [{"accept_warnings": "yes"}, {"tax_code": ["", "UST19"]}])
    def test_posts_with_a_code_or_when_it_is_meant(self, owner: Client, more: dict[str, object]) -> None:
        owner.post(reverse("admin:new_entry"), self.form(**more))
        assert JournalEntry.objects.get().status == "posted"

    def test_asks_nothing_where_the_tax_is_posted_by_hand(self, owner: Client) -> None:
        lines = {"account": ["1200", "8400", "1776"], "debit": ["119", "", ""], "credit": ["", "100", "19"]}
        blank = {name: ["", "", ""] for name in ("description", "tax_code", "origin")}
        owner.post(reverse("admin:new_entry"), self.form(**lines, **blank))
        assert JournalEntry.objects.get().status == "posted"


def test_the_usual_tax_of_a_company_is_set_in_its_settings(owner: Client, company: Company) -> None:
    owner.post(reverse("admin:usual_tax"), {"code": "UST0-KU"})
    company.refresh_from_db()
    assert company.sales_tax_code == "UST0-KU"
