"""What PostgreSQL refuses on the tables of mailings, dunning and recurring invoices, whoever asks."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from backfill.tenancy.models import Company
from receivables.delivery.sending import send_invoice
from receivables.dunning.policies import configure_dunning
from receivables.dunning.search import propose_reminders
from receivables.models import DunningProposal, Mailing, RecurringRun
from receivables.recurring.invoices import create_recurring_invoice, draft_due_invoices
from tests.factories import line, make_company, make_customer, make_invoice
from tests.receivables.books import ACTOR, by

pytestmark = pytest.mark.django_db

TABLES = ("mailing", "recurringinvoice", "recurringrun", "dunningpolicy", "dunninglevel", "dunningproposal")


def company_with_everything() -> Company:
    company = make_company()
    customer = make_customer(company, email="a@example.com")
    invoice = make_invoice(company, customer=customer, on=date(2026, 1, 1), due_date=date(2026, 1, 2))
    send_invoice(**by(company, invoice))
    configure_dunning(company=company, levels=[{"days_overdue": 1}], is_automatic=False, actor=ACTOR)
    propose_reminders(company=company, on=date(2026, 2, 1))
    values = {"name": "Hosting", "customer_id": customer.id, "starts_on": date(2026, 1, 1)}
    recurring = create_recurring_invoice({**values, "invoice": {"lines": [line("1")]}}, company=company, actor=ACTOR)
    draft_due_invoices(recurring_id=recurring.id, actor=ACTOR)
    return company


def attack(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_shows_a_company_its_own_rows_only() -> None:
    company, other = company_with_everything(), company_with_everything()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('backfill.company_id', %s, true)", [str(company.id)])
        for table in TABLES:
            cursor.execute(f"SELECT DISTINCT company_id FROM receivables_{table}")
            assert cursor.fetchall() == [(company.id,)], table
        cursor.execute("SELECT set_config('backfill.company_id', '', true)")
        for table in TABLES:
            cursor.execute(f"SELECT count(DISTINCT company_id) FROM receivables_{table}")
            assert cursor.fetchone() == (2,), table
    assert other


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Mailing, "customer_id"),
        (RecurringRun, "recurring_id"),
        (RecurringRun, "invoice_id"),
        (DunningProposal, "customer_id"),
        (DunningProposal, "invoice_id"),
    ],
)
def test_refuses_references_to_another_company(model: Any, column: str) -> None:
    company, other = company_with_everything(), company_with_everything()
    own, foreign = model.objects.filter(company=company).first(), model.objects.filter(company=other).last()
    with pytest.raises(IntegrityError):
        attack(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", getattr(foreign, column), own.id)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Mailing, "status = 'sent'"),
        (DunningProposal, "status = 'sent'"),
        (DunningProposal, "status = 'dismissed'"),
        (DunningProposal, "dismissed_on = '2026-01-01'"),
    ],
)
def test_keeps_status_and_date_together(model: Any, change: str) -> None:
    company = company_with_everything()
    with pytest.raises(IntegrityError):
        attack(f"UPDATE {model._meta.db_table} SET {change} WHERE company_id = %s", company.id)
