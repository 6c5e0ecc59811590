"""What beat starts by itself: once per date and once per reminder, however often and by however many it is started."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import connection, connections

from backfill.celery import app
from backfill.tenancy.models import Company
from receivables.dunning.policies import configure_dunning
from receivables.models import DunningProposal, Invoice, Mailing, RecurringInvoice
from receivables.recurring.invoices import create_recurring_invoice
from receivables.tasks import draft_recurring_invoices, propose_reminders
from tests.factories import line, make_customer, make_invoice
from tests.receivables.books import ACTOR, prove
from tests.receivables.letters import german_company, german_customer

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = "2026-03-31T12:00:00Z"
STARTERS = 6


@pytest.fixture(autouse=True)
def eager_tasks() -> Iterator[None]:
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    with time_machine.travel(TODAY, tick=False):
        yield
    current_app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def company() -> Company:
    return german_company()


def recurring(company: Company, **values: Any) -> RecurringInvoice:
    """One that has come due on 31 January, 28 February and 31 March."""
    facts = {
        "name": "Rent",
        "customer_id": make_customer(company).pk,
        "starts_on": date(2026, 1, 31),
        "invoice": {"lines": [line("450.00")]},
    }
    return create_recurring_invoice({**facts, **values}, company=company, actor=ACTOR)


def reminding(company: Company, *, is_automatic: bool) -> None:
    """Three overdue invoices of one customer, one of another."""
    configure_dunning(company=company, levels=[{"days_overdue": 7}], is_automatic=is_automatic, actor=ACTOR)
    customers = (german_customer(company), german_customer(company, name="Bäckerei"))
    for customer in (customers[0], *customers, customers[0]):
        make_invoice(company, line("100.00"), customer=customer, on=date(2026, 3, 1), due_date=date(2026, 3, 10))


def at_once(call: Callable[[], Any]) -> None:
    """Start it in as many threads as there might be workers."""
    barrier = Barrier(STARTERS)

    def run(_: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(STARTERS) as pool:
        list(pool.map(run, range(STARTERS)))


@pytest.mark.parametrize(
    ("task", "gap"),
    [
        ("receivables.draft_recurring_invoices", timedelta(hours=1)),
        ("receivables.propose_reminders", timedelta(days=1)),
        ("receivables.resume_mailings", timedelta(minutes=5)),
    ],
)
def test_is_on_the_schedule_and_known_to_the_workers(task: str, gap: timedelta) -> None:
    (entry,) = [one for one in app.conf.beat_schedule.values() if one["task"] == task]
    assert task in app.tasks
    schedule, now = entry["schedule"], app.now()
    first = now + schedule.remaining_estimate(now)
    assert timedelta(0) < first - now <= gap
    assert schedule.is_due(first - gap).next <= gap.total_seconds()


def test_drafts_every_date_once_however_often_it_runs(company: Company) -> None:
    recurring(company)
    recurring(german_company(), starts_on=date(2026, 3, 31))
    recurring(company, starts_on=date(2026, 4, 1))
    assert [draft_recurring_invoices() for _ in range(3)] == [3, 1, 1]  # one is due tomorrow somewhere on earth
    days = Invoice.objects.filter(company=company).values_list("document_date", flat=True)
    assert sorted(days) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert Invoice.objects.count() == 4


def test_drafts_every_date_once_by_many_at_once(company: Company) -> None:
    recurring(company, confirms_invoices=True)
    at_once(draft_recurring_invoices)
    rows = Invoice.objects.order_by("document_date").values_list("document_date", "status")
    assert list(rows) == [(day, "open") for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))]
    prove(company)


def test_goes_on_with_others_when_one_cannot_be_drafted(company: Company) -> None:
    stuck, fine = recurring(company), recurring(company)
    stuck.customer.is_active = False
    stuck.customer.save()
    draft_recurring_invoices()
    assert (stuck.runs.count(), fine.runs.count()) == (0, 3)


@pytest.mark.parametrize(("is_automatic", "letters"), [(False, 0), (True, 2)])
def test_proposes_once_however_often_it_runs(company: Company, is_automatic: bool, letters: int) -> None:
    reminding(company, is_automatic=is_automatic)
    for _ in range(2):
        propose_reminders()
    assert DunningProposal.objects.filter(status="sent" if is_automatic else "proposed").count() == 4
    assert Mailing.objects.count() == letters


def test_sends_no_reminder_twice_by_many_at_once(company: Company) -> None:
    reminding(company, is_automatic=True)
    at_once(propose_reminders)
    assert list(DunningProposal.objects.values_list("status", flat=True)) == ["sent"] * 4
    mailed = DunningProposal.objects.values_list("invoice_id", "mailing_id")
    assert len({invoice for invoice, _ in mailed}) == 4
    assert {mailing for _, mailing in mailed} == set(Mailing.objects.values_list("pk", flat=True))
