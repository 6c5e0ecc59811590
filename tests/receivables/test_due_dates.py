"""When an invoice is due: on its due date, else at once (§ 271 BGB), and everybody says the same."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from backfill.workspace.context import Workspace
from ledger.documents.pages.document_lists import document_list
from receivables.ageing import ageing, open_items
from receivables.dunning.policies import configure_dunning
from receivables.dunning.search import propose_reminders
from receivables.models import Invoice
from receivables.pages.document_admins import INVOICE
from receivables.pages.panels import receivables_due
from receivables.selectors import open_invoices, overdue_on, with_computed_status
from tests.factories import make_api_key, make_company, make_customer, make_invoice, make_member, make_payment
from tests.receivables.books import ACTOR

pytestmark = pytest.mark.django_db

DAY, NEXT_DAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def at_once(company: Company) -> Invoice:
    """An invoice of 100.00 that says nothing of when it is due."""
    invoice = make_invoice(company, customer=make_customer(company), on=DAY)
    assert invoice.due_date is None
    return invoice


def test_is_due_on_its_own_date(at_once: Invoice) -> None:
    assert at_once.due_on == DAY
    assert [at_once.is_overdue(day) for day in (DAY, NEXT_DAY)] == [False, True]


def test_finds_the_same_invoices_overdue_as_the_invoice_says(company: Company, at_once: Invoice) -> None:
    late = make_invoice(company, customer=at_once.customer, on=date(2026, 2, 1), due_date=date(2026, 3, 1))
    make_invoice(company, customer=at_once.customer, on=date(2026, 2, 1), due_date=date(2026, 3, 4))
    make_invoice(company, customer=at_once.customer, on=date(2026, 2, 1), status="draft")
    make_payment(company, "100.00", make_invoice(company, customer=at_once.customer, on=DAY))
    for day, expected in ((DAY, {late}), (NEXT_DAY, {late, at_once})):
        assert set(Invoice.objects.filter(overdue_on(day))) == expected
        assert {one for one in Invoice.objects.all() if one.is_overdue(day)} == expected


def test_counts_the_same_days_in_every_report(company: Company, at_once: Invoice) -> None:
    later = date(2026, 3, 22)
    (item,) = open_items(company_id=company.id, customer_id=at_once.customer_id, as_of=later)
    assert (item.due_on, item.days_overdue) == (DAY, 20)
    assert ageing(company, as_of=later).totals.days_1_30 == Decimal("100.00")
    configure_dunning(company=company, levels=[{"days_overdue": 20}], is_automatic=False, actor=ACTOR)
    assert propose_reminders(company=company, on=date(2026, 3, 21)) == []
    assert propose_reminders(company=company, on=later)[0].days_overdue == 20


@time_machine.travel("2026-03-03T12:00:00Z", tick=False)
def test_is_overdue_in_the_admin_and_over_the_api(company: Company, at_once: Invoice) -> None:
    member = make_member(company)
    assert receivables_due(Workspace(member.user, member, [member]))["overdue_count"] == 1
    overdue = document_list(INVOICE).filters({"state": "overdue"}, INVOICE.rows(company), company=company)
    assert list(overdue.qs) == [at_once]
    client = Client()
    client.force_login(member.user)
    assert "Overdue" in client.get(reverse("admin:invoice", args=[at_once.pk])).content.decode()

    headers = {"Authorization": f"Bearer {make_api_key(company, scopes=['admin']).token}"}
    answer = Client(headers=headers).get("/v1/invoices", {"status": "overdue"}).json()
    assert [(row["id"], row["data"]["is_overdue"]) for row in answer["data"]] == [(str(at_once.pk), True)]


def test_is_never_overdue_in_the_bookkeeping_contract(company: Company, at_once: Invoice) -> None:
    """books.md: a due date of null clears overdue."""
    rows = with_computed_status(Invoice.objects.filter(company=company), today=date(2026, 12, 31))
    assert rows.get().computed_status == "open"
    Invoice.objects.update(due_date=DAY)
    assert rows.all().get().computed_status == "overdue"


def test_is_allocated_in_the_order_of_when_it_is_due(company: Company, at_once: Invoice) -> None:
    sooner = make_invoice(company, customer=at_once.customer, on=date(2026, 2, 1), due_date=date(2026, 3, 1))
    later = make_invoice(company, customer=at_once.customer, on=date(2026, 2, 1), due_date=NEXT_DAY)
    assert list(open_invoices(company_id=company.id)) == [sooner, at_once, later]
