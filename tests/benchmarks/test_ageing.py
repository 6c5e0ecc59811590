"""The ageing report over a company that sells a lot: 100 thousand open invoices on top of 200 thousand paid ones."""

from datetime import date
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.models import Company
from receivables.ageing import ageing, open_items
from receivables.models import Invoice
from tests.factories import make_company

TODAY = date(2026, 11, 20)
OPEN, PAID, CUSTOMERS = 100_000, 200_000, 5_000

# One statement after the other; the rows are what the services would have written, but for their entries.
_FILL = """
INSERT INTO receivables_customer (id, company_id, name, company_name, email, phone, description, notes,
    currency, language,
    address, billing_address, shipping_address, tax_id, vat_id, tax_ids, tax_exempt, tax_exempt_reason, iban, bic,
    buyer_reference, personal_account, category_ids, price_level_id, sales_rep_id, is_active, source_system,
    source_id,
    connection_id, metadata, created_at, updated_at)
SELECT gen_random_uuid(), %(company)s, 'Customer ' || n, '', '', '', '', '', '', '', '{}', '{}', '{}', '', '', '[]',
    false, '', '', '', '', '', '[]', '', '', true, '', '', '', '{}', now(), now()
FROM generate_series(1, %(customers)s) n;

CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
    SELECT id, row_number() OVER () - 1 AS place FROM receivables_customer WHERE company_id = %(company)s;
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, gen_random_uuid() AS payment_id, c.id AS customer_id, n,
        n > %(open)s AS is_paid, %(today)s::date - (n::bigint * 7919 %% CASE WHEN n > %(open)s THEN 1800 ELSE
    150 END)::int AS day,
        100 + n %% 900 AS amount
    FROM generate_series(1, %(open)s + %(paid)s) AS s (n) JOIN numbered c ON c.place = s.n %% %(customers)s;

INSERT INTO receivables_invoice (id, company_id, customer_id, document_number, status, approval_status, document_date,
    due_date, currency, exchange_rate, tax_behavior, discount_details, subtotal, discount_amount, tax_amount,
    total_amount,
    base_amount, settled_amount, settled_base, memo, dimensions, metadata, subsidiary_id, source_system, source_id,
    connection_id, posted_at, created_by, created_at, updated_at, is_recorded, terms, notes, billing_address,
    shipping_address, shipping_details, ship_method)
SELECT id, %(company)s, customer_id, 'INV-' || n, CASE WHEN is_paid THEN 'paid' ELSE 'open' END, 'approved',
    day, day + 30,
    'USD', 1, 'exclusive', '[]', amount, 0, 0, amount, amount, CASE WHEN is_paid THEN amount ELSE 0 END,
    CASE WHEN is_paid THEN amount ELSE 0 END, '', '{}', '{}', '', '', '', '', now(), '', now(), now(), false,
    '', '', '{}',
    '{}', '{}', '' FROM made;

INSERT INTO receivables_payment (id, company_id, customer_id, document_number, status, approval_status, document_date,
    currency, exchange_rate, tax_behavior, discount_details, subtotal, discount_amount, tax_amount, total_amount,
    base_amount, settled_amount, settled_base, memo, dimensions, metadata, subsidiary_id, source_system, source_id,
    connection_id, posted_at, created_by, created_at, updated_at, fees, payment_method, payment_method_type,
    payment_method_details, reference_number, requested_allocations, exchange_gain)
SELECT payment_id, %(company)s, customer_id, 'PAY-' || n, 'completed', 'approved', least(day + 25,
    %(today)s::date), 'USD', 1,
    'exclusive', '[]', amount, 0, 0, amount, amount, amount, amount, '', '{}', '{}', '', '', '', '', now(), '',
    now(), now(),
    0, '', '', '{}', '', '[]', 0 FROM made WHERE is_paid;

INSERT INTO receivables_allocation (id, company_id, customer_id, invoice_id, payment_id, amount, base_debit,
    base_credit,
    applied_on, created_at)
SELECT gen_random_uuid(), %(company)s, customer_id, id, payment_id, amount, amount, amount, least(day + 25,
    %(today)s::date),
    now() FROM made WHERE is_paid;
ANALYZE receivables_customer, receivables_invoice, receivables_payment, receivables_allocation;
"""


@pytest.fixture
def company(db: None) -> Company:
    company = make_company()
    figures = {"company": company.id, "open": OPEN, "paid": PAID, "customers": CUSTOMERS, "today": TODAY}
    with connection.cursor() as cursor:
        for statement in _FILL.split(";"):
            if statement.strip():
                cursor.execute(statement, figures)
    return company


def test_ages_one_hundred_thousand_open_invoices(company: Company) -> None:
    assert Invoice.objects.filter(company=company, status="open").count() == OPEN
    print(f"\nageing of {OPEN:,} open and {PAID:,} paid invoices of {CUSTOMERS:,} customers")
    for day in (TODAY, date(2026, 10, 31), date(2025, 12, 31)):
        seconds, report = best_of_three(lambda day=day: ageing(company, as_of=day))
        print(f"  as of {day}: {seconds:.3f} s, {len(report.customers):,} customers, {report.totals.balance:,.2f}")
        assert seconds < 2
    customer = report.customers[0].customer_id
    seconds, _ = best_of_three(lambda: open_items(company_id=company.id, customer_id=customer, as_of=TODAY))
    print(f"  open items of one customer: {seconds:.4f} s")
    with CaptureQueriesContext(connection) as queries:
        ageing(company, as_of=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) " + queries[0]["sql"])
        print("\n".join("  " + row[0] for row in cursor.fetchall()))


def best_of_three(call: Any) -> tuple[float, Any]:
    times, result = [], None
    for _ in range(3):
        start = perf_counter()
        result = call()
        times.append(perf_counter() - start)
    return min(times), result
