"""A customer's account from one day to another."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.models import Company
from receivables.models import Customer
from receivables.services.invoices import void_invoice
from receivables.services.refund_receipts import create_refund_receipt
from receivables.statements import customer_statement
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, by

pytestmark = pytest.mark.django_db

START, END = date(2026, 2, 1), date(2026, 2, 28)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company)


def test_carries_the_balance_along(company: Company, customer: Customer) -> None:
    january = make_invoice(company, line("100"), customer=customer, on=date(2026, 1, 31), document_number="A-1")
    make_invoice(company, line("50"), customer=customer, on=date(2026, 2, 3), document_number="A-2")
    make_payment(company, "120", january, on=date(2026, 2, 10), document_number="P-1")
    make_invoice(company, line("70"), customer=customer, on=date(2026, 3, 1))
    found = customer_statement(customer, start=START, end=END)
    assert (found.opening, found.closing) == (100, 30)
    assert [(row.kind, row.document_number, row.amount, row.balance) for row in found.movements] == [
        ("invoice", "A-2", Decimal(50), Decimal(150)),
        ("payment", "P-1", Decimal(-120), Decimal(30)),
    ]


def test_shows_what_was_taken_back(company: Company, customer: Customer) -> None:
    invoice = make_invoice(company, customer=customer, on=date(2026, 2, 3))
    void_invoice(**by(company, invoice), on=date(2026, 2, 20))
    payment = make_payment(company, "10", customer=customer, on=date(2026, 2, 21))
    values = {"payment_id": payment.id, "total_amount": Decimal(4), "document_date": date(2026, 2, 22)}
    create_refund_receipt({**values, "status": "completed"}, company=company, actor=ACTOR)
    found = customer_statement(customer, start=START, end=END)
    assert [(row.kind, row.is_void, row.amount) for row in found.movements] == [
        ("invoice", False, 100),
        ("invoice", True, -100),
        ("payment", False, -10),
        ("refund_receipt", False, 4),
    ]
    assert found.closing == -6


def test_keeps_currencies_apart(company: Company, customer: Customer) -> None:
    make_invoice(company, customer=customer, on=date(2026, 2, 3))
    foreign = {"currency": "EUR", "exchange_rate": Decimal("1.1")}
    make_invoice(company, line("7"), customer=customer, on=date(2026, 2, 4), **foreign)
    assert customer_statement(customer, start=START, end=END).closing == 100
    found = customer_statement(customer, start=START, end=END, currency="EUR")
    assert (found.closing, found.currencies) == (7, ("EUR", "USD"))


def test_reads_one_customer_in_one_statement(company: Company, customer: Customer) -> None:
    make_invoice(company)
    with CaptureQueriesContext(connection) as queries:
        found = customer_statement(customer, start=START, end=END)
    assert (found.opening, found.movements, found.currencies) == (0, (), ())
    assert len(queries) == 1
