"""What the services cost: statements that do not grow with lines or invoices."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from receivables import selectors
from receivables.services.invoices import confirm_invoice, confirm_invoices
from receivables.services.payments import create_payment, void_payment
from tests.factories import line, make_company, make_customer, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR, by, prove

pytestmark = pytest.mark.django_db


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was executed, savepoints apart."""
    return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in (query["sql"] or "")]


def test_confirming_costs_the_same_for_one_line_and_for_a_hundred() -> None:
    company = make_company(chart="skr03", currency="EUR")
    customer = make_customer(company)
    make_invoice(company, customer=customer)  # opens the series, the period and the journal head
    item = make_item(company, quantity_on_hand=Decimal(1000), purchase_cost=Decimal(2))
    counts = []
    for size in (1, 100):
        lines = [line("10.00", tax_code="UST19", product_id=item.id) for _ in range(size)]
        draft = make_invoice(company, *lines, customer=customer, status="draft")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            confirm_invoice(**by(company, draft))
        counts.append(len(statements(captured)))
    assert counts == [22, 22]


def test_creating_costs_the_same_for_one_line_and_for_a_hundred() -> None:
    company = make_company(chart="skr03", currency="EUR")
    customer = make_customer(company)
    counts = []
    for size in (1, 100):
        lines = [line("10.00", tax_code="UST19") for _ in range(size)]
        with CaptureQueriesContext(connection) as captured:
            make_invoice(company, *lines, customer=customer, status="draft")
        counts.append(len(statements(captured)))
    assert counts == [5, 5]


def test_confirming_a_batch_costs_the_same_for_two_invoices_and_for_fifty() -> None:
    company = make_company(chart="skr03", currency="EUR")
    customers = [make_customer(company) for _ in range(2)]
    item = make_item(company, quantity_on_hand=Decimal(1000), purchase_cost=Decimal(2))
    counts = []
    for size in (2, 50):
        drafts = [
            make_invoice(
                company,
                line("10.00", tax_code="UST19", product_id=item.id),
                customer=customers[number % 2],
                status="draft",
            )
            for number in range(size)
        ]
        with CaptureQueriesContext(connection) as captured:
            confirmed = confirm_invoices(company_id=company.id, document_ids=[row.id for row in drafts], actor=ACTOR)
        counts.append(len(statements(captured)))
        numbers = sorted(invoice.document_number for invoice in confirmed)
        assert len(set(numbers)) == size
        assert {invoice.status for invoice in confirmed} == {"open"}
    assert counts[0] - 4 == counts[1]  # the first batch opens the series and the period
    assert counts[1] <= 30
    item.refresh_from_db()
    assert item.quantity_on_hand == 1000 - 52
    prove(company)


def test_one_payment_over_many_invoices_costs_the_same_as_over_one() -> None:
    company = make_company(chart="us", currency="USD")
    customer = make_customer(company)
    drafts = [make_invoice(company, customer=customer, status="draft") for _ in range(201)]
    confirm_invoices(company_id=company.id, document_ids=[draft.id for draft in drafts], actor=ACTOR)
    make_payment(company, "1.00", customer=customer)  # opens the series
    counts = []
    for paid in (drafts[:1], drafts[1:]):
        values: dict[str, Any] = {
            "customer_id": customer.id,
            "amount": Decimal(100 * len(paid)),
            "document_date": date(2026, 2, 1),
            "allocations": [{"invoice_id": invoice.id, "amount": Decimal(100)} for invoice in paid],
            "status": "completed",
        }
        with CaptureQueriesContext(connection) as captured:
            payment = create_payment(values, company=company, actor=ACTOR)
        counts.append(len(statements(captured)))
    assert counts == [16, 16]
    assert not selectors.open_invoices(company_id=company.id).exists()
    with CaptureQueriesContext(connection) as captured:
        void_payment(**by(company, payment))
    assert len(statements(captured)) <= 30
    assert selectors.open_invoices(company_id=company.id).count() == 200
    prove(company)


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_of_invoices_with_lines_takes_two_statements(count: int) -> None:
    company = make_company(chart="us", currency="USD")
    customer = make_customer(company)
    for _ in range(count):
        make_invoice(company, line("1.00"), line("2.00"), customer=customer, status="draft")
    with CaptureQueriesContext(connection) as captured:
        for invoice in selectors.invoices(company.id):
            assert [row.account for row in invoice.lines.all()] == [None, None]
            assert invoice.customer.name
    assert len(captured) == 2
