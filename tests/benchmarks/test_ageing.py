"""The ageing report over a company that sells a lot: 100 thousand open invoices on top of 200 thousand paid ones."""

from datetime import date
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.models import Company
from ledger.models import Account, AccountRole
from receivables.ageing import ageing, open_items
from receivables.models import Invoice
from tests.factories import make_company, make_entry

TODAY = date(2026, 11, 20)
OPEN, PAID, CUSTOMERS = 100_000, 200_000, 5_000

# One statement after the other; the rows are what the services would have written, but that they share an entry.
_FILL = """
INSERT INTO receivables_customer (id, company_id, name, is_active)
SELECT gen_random_uuid(), %(company)s, 'Customer ' || n, true FROM generate_series(1, %(customers)s) n;

CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
    SELECT id, row_number() OVER () - 1 AS place FROM receivables_customer WHERE company_id = %(company)s;
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, gen_random_uuid() AS payment_id, gen_random_uuid() AS item_id,
        gen_random_uuid() AS credit_id, c.id AS customer_id, n,
        n > %(open)s AS is_paid, %(today)s::date - (n::bigint * 7919 %% CASE WHEN n > %(open)s THEN 1800 ELSE
    150 END)::int AS day,
        100 + n %% 900 AS amount
    FROM generate_series(1, %(open)s + %(paid)s) AS s (n) JOIN numbered c ON c.place = s.n %% %(customers)s;

INSERT INTO receivables_invoice (id, company_id, customer_id, document_number, status, approval_status, document_date,
    due_date, currency, exchange_rate, tax_behavior, subtotal, total_amount, base_amount, settled_amount, settled_base,
    posted_at)
SELECT id, %(company)s, customer_id, 'INV-' || n, CASE WHEN is_paid THEN 'paid' ELSE 'open' END, 'approved', day,
    day + 30, 'USD', 1, 'exclusive', amount, amount, amount, CASE WHEN is_paid THEN amount ELSE 0 END,
    CASE WHEN is_paid THEN amount ELSE 0 END, now() FROM made;

INSERT INTO receivables_payment (id, company_id, customer_id, document_number, status, approval_status, document_date,
    currency, exchange_rate, tax_behavior, subtotal, total_amount, base_amount, settled_amount, settled_base, posted_at)
SELECT payment_id, %(company)s, customer_id, 'PAY-' || n, 'completed', 'approved', least(day + 25, %(today)s::date),
    'USD', 1, 'exclusive', amount, amount, amount, amount, amount, now() FROM made WHERE is_paid;

INSERT INTO open_items_openitem (company_id, id, side, account_id, party_id, entry_id, kind, document_id, number,
    document_date, due_on, currency, rate, amount, base, embedded, open_amount, open_base, opened_on, created_at)
SELECT %(company)s, item_id, 'receivable', %(account)s, customer_id, %(entry)s, 'invoice', id, 'INV-' || n, day,
    day + 30, 'USD', 1, amount, amount, 0, CASE WHEN is_paid THEN 0 ELSE amount END,
    CASE WHEN is_paid THEN 0 ELSE amount END, day, now() FROM made
UNION ALL SELECT %(company)s, credit_id, 'receivable', %(account)s, customer_id, %(entry)s, 'payment', payment_id,
    'PAY-' || n, least(day + 25, %(today)s::date), least(day + 25, %(today)s::date), 'USD', 1, -amount, -amount, 0, 0,
    0, least(day + 25, %(today)s::date), now() FROM made WHERE is_paid;

INSERT INTO open_items_allocation (company_id, id, debit_item_id, credit_item_id, amount, base_debit, base_credit,
    applied_on, created_at)
SELECT %(company)s, gen_random_uuid(), item_id, credit_id, amount, amount, amount, least(day + 25, %(today)s::date),
    now() FROM made WHERE is_paid;
ANALYZE receivables_customer, receivables_invoice, receivables_payment, open_items_openitem, open_items_allocation;
"""

# Columns that the rows leave out are empty.
_DEFAULTS = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT table_name, column_name, CASE WHEN data_type = 'jsonb' THEN '{}' WHEN data_type = 'boolean'
        THEN 'false' WHEN data_type LIKE 'timestamp%' THEN 'now' WHEN data_type LIKE 'character%' OR data_type = 'text'
        THEN '' ELSE '0' END AS value FROM information_schema.columns
        WHERE table_name IN ('receivables_customer', 'receivables_invoice', 'receivables_payment')
        AND is_nullable = 'NO' AND column_default IS NULL AND data_type NOT IN ('uuid', 'date') LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %L', one.table_name, one.column_name, one.value);
    END LOOP;
END $$;
"""
_FILLED = ("receivables_invoice", "receivables_payment", "open_items_openitem", "open_items_allocation")


@pytest.fixture
def company(db: None) -> Company:
    company = make_company()
    figures = {"company": company.id, "open": OPEN, "paid": PAID, "customers": CUSTOMERS, "today": TODAY}
    figures["account"] = Account.objects.get(company=company, slot=AccountRole.ACCOUNTS_RECEIVABLE).id
    figures["entry"] = make_entry(company).id
    with connection.cursor() as cursor:
        cursor.execute(_DEFAULTS)
        for table in _FILLED:  # what the guards would do one by one is written as it ends up
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
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
