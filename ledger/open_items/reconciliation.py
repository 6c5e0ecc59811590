"""The proof that open items tie to their control accounts (L8), for `manage.py check_books`.

PostgreSQL compares both at every commit; here everything is added up anew from the rows: each control account on each
day on which anything moved, and each item against its allocations.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from backfill.tenancy.models import Company
from ledger.checks.books import Finding

_DAYS: Final = """
WITH moved (account_id, day, journal, items) AS (
    SELECT l.account_id, l.entry_date, sum(l.amount), 0 FROM ledger_journalline l
        WHERE l.company_id = %(company)s AND l.account_id IN (
            SELECT id FROM ledger_account WHERE company_id = %(company)s AND control IS NOT NULL)
        GROUP BY 1, 2
    UNION ALL SELECT account_id, opened_on, 0, sum(base) FROM open_items_openitem WHERE company_id = %(company)s
        GROUP BY 1, 2
    UNION ALL SELECT account_id, closed_on, 0, -sum(base) FROM open_items_openitem
        WHERE company_id = %(company)s AND closed_on IS NOT NULL GROUP BY 1, 2
    UNION ALL SELECT i.account_id, m.day, 0, sum(m.difference) FROM open_items_allocation a
        JOIN open_items_openitem i ON (i.company_id, i.id) = (a.company_id, a.debit_item_id)
        CROSS JOIN LATERAL (VALUES (a.applied_on, a.difference), (a.undone_on, -a.difference)) m (day, difference)
        WHERE a.company_id = %(company)s AND a.difference <> 0 AND m.day IS NOT NULL GROUP BY 1, 2
), days AS (
    SELECT account_id, day, sum(sum(journal)) OVER so_far AS journal, sum(sum(items)) OVER so_far AS items
        FROM moved GROUP BY account_id, day WINDOW so_far AS (PARTITION BY account_id ORDER BY day)
)
SELECT DISTINCT ON (d.account_id) a.control, coalesce(a.code, a.name), d.day, d.journal, d.items
FROM days d JOIN ledger_account a ON a.id = d.account_id WHERE d.journal <> d.items ORDER BY d.account_id, d.day
"""
_DRIFTED: Final = """
SELECT replace(i.kind, '_', ' ') || ' ' || i.number, i.amount - i.open_amount, i.base - i.open_base,
    coalesce(s.amount, 0), coalesce(s.base, 0)
FROM open_items_openitem i LEFT JOIN (
    SELECT item_id, sum(amount) AS amount, sum(base) AS base FROM (
        SELECT debit_item_id AS item_id, amount, base_debit AS base FROM open_items_allocation
            WHERE company_id = %(company)s AND undone_on IS NULL
        UNION ALL SELECT credit_item_id, -amount, -base_credit FROM open_items_allocation
            WHERE company_id = %(company)s AND undone_on IS NULL
    ) parts GROUP BY item_id
) s ON s.item_id = i.id
WHERE i.company_id = %(company)s AND i.closed_on IS NULL
    AND (i.amount - i.open_amount, i.base - i.open_base) <> (coalesce(s.amount, 0), coalesce(s.base, 0))
LIMIT 1
"""


def prove_open_items(company: Company) -> Iterator[Finding]:
    """Yield what does not tie: each control account on the first day on which it differs from its open items, and an
    item that is settled otherwise than its allocations say."""
    for control, code, day, journal, items in _rows(_DAYS, company):
        yield Finding(
            "L8",
            f"accounts {control} on {day}",
            f"control account {code} holds {journal} of its entries, open items add up to {items}",
        )
    for what, settled, settled_base, allocated, allocated_base in _rows(_DRIFTED, company):
        yield Finding(
            "L8",
            what,
            f"settled by {settled} ({settled_base} in {company.base_currency}), but its allocations add up to "
            f"{allocated} ({allocated_base})",
        )


def _rows(sql: str, company: Company) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": company.id})
        return list(cursor.fetchall())
