"""The proof that the tax on advance payments ties to what customers have paid in advance (L8)."""

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from backfill.tenancy.models import Company
from ledger.checks.books import Finding
from ledger.currencies.money import minor_units
from receivables.taxation.advance_postings import ADVANCE_TAX_KIND

# Payment by payment and day by day, from the day on which the company began: what is left of it, the tax that this
# contains, and what was posted of both until then.
_DAYS: Final = """
WITH paid AS (
    SELECT i.document_id, a.applied_on, a.undone_on, a.base_credit FROM open_items_openitem i
    JOIN open_items_allocation a ON (a.company_id, a.credit_item_id) = (i.company_id, i.id)
    WHERE i.company_id = %(company)s AND i.kind = 'payment'
), changes (payment_id, day, credit, gross, tax) AS (
    SELECT id, coalesce(effective_date, document_date), base_amount, 0, 0 FROM receivables_payment
        WHERE company_id = %(company)s AND posted_at IS NOT NULL
    UNION ALL SELECT id, voided_on, -base_amount, 0, 0 FROM receivables_payment
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND voided_on IS NOT NULL
    UNION ALL SELECT document_id, applied_on, -base_credit, 0, 0 FROM paid
    UNION ALL SELECT document_id, undone_on, base_credit, 0, 0 FROM paid WHERE undone_on IS NOT NULL
    UNION ALL SELECT t.payment_id, m.moved_on, 0, m.gross, m.tax FROM receivables_advancetaxmove m
        JOIN receivables_advancetax t ON t.id = m.advance_tax_id WHERE m.company_id = %(company)s
    UNION ALL SELECT id, %(since)s, 0, 0, 0 FROM receivables_payment
        WHERE company_id = %(company)s AND posted_at IS NOT NULL
), days AS (
    SELECT payment_id, day, sum(sum(credit)) OVER w AS credit, sum(sum(gross)) OVER w AS gross,
        sum(sum(tax)) OVER w AS tax
    FROM changes GROUP BY payment_id, day WINDOW w AS (PARTITION BY payment_id ORDER BY day)
), compared AS (
    SELECT d.*, p.document_number, t.rate, CASE WHEN t.rate > 0 THEN d.credit ELSE 0 END AS wanted,
        round(CASE WHEN t.rate > 0 THEN d.credit * t.rate / (100 + t.rate) ELSE 0 END, %(digits)s) AS wanted_tax
    FROM days d JOIN receivables_payment p ON p.id = d.payment_id
    LEFT JOIN receivables_advancetax t ON t.payment_id = d.payment_id
    WHERE d.day >= %(since)s
)
SELECT document_number, day, credit, gross, tax, wanted_tax FROM compared
WHERE gross <> wanted OR tax <> wanted_tax OR (rate IS NULL AND credit <> 0) ORDER BY day, payment_id LIMIT 1
"""

# Each entry of this kind is what its row says, and there is none without a row.
_ENTRIES: Final = """
SELECT e.id, e.entry_date, m.gross, m.tax, f.cleared, f.taxed FROM ledger_journalentry e
LEFT JOIN receivables_advancetaxmove m ON m.entry_id = e.id
LEFT JOIN receivables_advancetax t ON t.id = m.advance_tax_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.amount) FILTER (WHERE l.account_id = t.clearing_account_id), 0) AS cleared,
        coalesce(-sum(l.amount) FILTER (WHERE l.account_id = t.vat_account_id), 0) AS taxed
    FROM ledger_journalline l WHERE l.company_id = e.company_id AND l.entry_id = e.id
) f
WHERE e.company_id = %(company)s AND e.kind = %(kind)s AND e.status <> 'draft'
    AND (m.id IS NULL OR e.status = 'reversed'
        OR (m.moved_on, m.gross, m.tax) IS DISTINCT FROM (e.entry_date, f.cleared, f.taxed))
ORDER BY e.first_journal_number LIMIT 1
"""


def prove_advance_tax(company: Company) -> Iterator[Finding]:
    """Yield what does not tie: the entries against what they are said to have posted; and, where the company taxes
    advance payments, the first day on which their tax is not what is contained in what is left of a payment."""
    row = _first(_ENTRIES, {"company": company.id, "kind": ADVANCE_TAX_KIND})
    if row is not None:
        number, day, gross, tax, cleared, taxed = row
        yield Finding(
            "L8",
            f"journal entry {number} of {day}",
            f"clears {cleared} and taxes {taxed} of an advance payment; its row says {gross} and {tax}",
        )
    since = company.advances_taxed_from
    if since is None:
        return
    digits = minor_units(company.base_currency)
    row = _first(_DAYS, {"company": company.id, "since": since, "digits": digits})
    if row is not None:
        number, day, credit, gross, tax, wanted = row
        yield Finding(
            "L8",
            f"the tax on payment {number} on {day}",
            f"{credit} of it pay nothing and contain {wanted}, but {tax} is posted for {gross}",
        )


def _first(sql: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found
