"""Raw SQL attacks: what PostgreSQL refuses on the tables of receivables, whoever asks."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backfill.tenancy.models import Company
from ledger.models import StockMovement
from receivables.models import Allocation, Invoice
from tests.factories import line, make_company, make_customer, make_invoice, make_item, make_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


def attack(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change",
    [
        "settled_amount = -1",
        "settled_amount = total_amount + 1, status = 'paid'",
        "settled_amount = total_amount, status = 'open'",
        "status = 'paid'",
        "status = 'partially_paid'",
        "status = 'draft'",
        "status = 'void'",
        "status = 'lost'",
        "settled_amount = 100, settled_base = 99, status = 'paid'",
        "document_number = ''",
    ],
)
def test_keeps_status_and_figures_of_an_invoice_together(company: Company, change: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError):
        attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", invoice.id)


@pytest.mark.parametrize(
    "change",
    [
        *("total_amount = 1", "tax_amount = 1", "currency = 'EUR'", "exchange_rate = 2", "base_amount = 1"),
        *("document_number = 'X'", "document_date = '2020-01-01'", "effective_date = '2020-01-01'"),
    ],
)
def test_keeps_what_an_invoice_posted(company: Company, change: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", invoice.id)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE receivables_invoiceline SET net_amount = 1 WHERE document_id = %s",
        "DELETE FROM receivables_invoiceline WHERE document_id = %s",
        """INSERT INTO receivables_invoiceline SELECT (jsonb_populate_record(l, jsonb_build_object(
            'id', gen_random_uuid(), 'line_number', 9))).* FROM receivables_invoiceline l WHERE document_id = %s""",
    ],
)
def test_keeps_the_lines_of_a_posted_invoice(company: Company, sql: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="belongs to a posted document and stays"):
        attack(sql, invoice.id)


def test_keeps_a_posted_invoice(company: Company) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack("DELETE FROM receivables_invoice WHERE id = %s", invoice.id)


def test_keeps_allocations(company: Company) -> None:
    make_payment(company, "10.00", make_invoice(company))
    row = Allocation.objects.get()
    for sql in (
        "UPDATE receivables_allocation SET amount = 1 WHERE id = %s",
        "DELETE FROM receivables_allocation WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="stays as it was"):
            attack(sql, row.id)


def test_keeps_stock_movements(company: Company) -> None:
    make_item(company, quantity_on_hand=Decimal(1), purchase_cost=Decimal(1))
    row = StockMovement.objects.get()
    for sql in (
        "UPDATE ledger_stockmovement SET value = 9 WHERE id = %s",
        "DELETE FROM ledger_stockmovement WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="stays as it was"):
            attack(sql, row.id)


@pytest.mark.parametrize("column", ["customer_id", "entry_id"])
def test_refuses_references_to_another_company(company: Company, column: str) -> None:
    draft = make_invoice(company, status="draft")
    foreign = make_invoice(make_company())
    with pytest.raises(IntegrityError):
        attack(f"UPDATE receivables_invoice SET {column} = %s WHERE id = %s", getattr(foreign, column), draft.id)


def test_refuses_lines_with_another_companys_item_or_account(company: Company) -> None:
    draft = make_invoice(company, line("1.00"), status="draft")
    other = make_company()
    for column, key in (("item_id", make_item(other).id), ("account_id", other.accounts.get(code="4000").id)):
        with pytest.raises(IntegrityError):
            attack(f"UPDATE receivables_invoiceline SET {column} = %s WHERE document_id = %s", key, draft.id)


def test_refuses_an_allocation_to_another_companys_invoice(company: Company) -> None:
    payment = make_payment(company, "10.00", customer=make_customer(company))
    foreign = make_invoice(make_company())
    with pytest.raises(IntegrityError):
        attack(
            "INSERT INTO receivables_allocation (id, company_id, customer_id, payment_id, invoice_id, amount,"
            " base_debit, base_credit, applied_on, created_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, %s, 1, 1, 1, now(), now())",
            *(company.id, payment.customer_id, payment.id, foreign.id),
        )


def test_shows_a_restricted_connection_its_own_rows_only(company: Company) -> None:
    make_invoice(company)
    make_invoice(make_company())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('backfill.company_id', %s, true)", [str(company.id)])
        assert {invoice.company_id for invoice in Invoice.objects.all()} == {company.id}
        cursor.execute("SELECT set_config('backfill.company_id', '', true)")
