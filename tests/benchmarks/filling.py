"""A journal of many lines, written by SQL: too many to describe one by one, but nothing the guards would refuse.

Every entry has one debit and three credits, dates are spread over three years, and accounts are used unevenly, as in
real books: the first one (the bank) is on every tenth line.
"""

from datetime import date

from django.db import connection, transaction

from backfill.tenancy.models import Company
from ledger.models import Account, JournalLine

LINES_PER_ENTRY = 4
FIRST_DAY, DAYS = date(2023, 1, 1), 3 * 365
_CHUNK = 50_000  # entries a transaction

_PERIODS = """
INSERT INTO ledger_period (id, company_id, name, number, fiscal_year, starts_on, ends_on, status, booking_count,
                           locked_by, approved_by, closing_hash)
SELECT gen_random_uuid(), %(company)s, to_char(day, 'YYYY-MM'), 0, extract(year FROM day), day,
       day + interval '1 month - 1 day', 'open', 0, '', '', ''
    FROM generate_series(%(first)s::date, %(first)s::date + %(days)s - 1, interval '1 month') AS day
ON CONFLICT DO NOTHING
"""

# Keys follow each other as those made of time do. The chain is made up, which nothing but a recomputation can tell:
# the hash of entry n is n, in 64 digits.
_ENTRIES = """
CREATE TEMP TABLE filling ON COMMIT DROP AS
WITH dated AS (
    SELECT n, (%(prefix)s || lpad(to_hex(n << 8), 16, '0'))::uuid AS id,
           %(first)s::date + ((n * 7919) %% %(days)s)::int AS entry_date,
           (1000 + (n * 7717) %% 99000) / 100.0 AS net
        FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n
)
SELECT *, extract(year FROM entry_date)::int AS fiscal_year,
       %(journal)s + (n - %(from)s) * 3 AS first_number,
       row_number() OVER (PARTITION BY extract(year FROM entry_date) ORDER BY n)
           + coalesce((SELECT last_sequence FROM ledger_entrycounter c WHERE c.company_id = %(company)s
                       AND c.fiscal_year = extract(year FROM entry_date)), 0) AS sequence
    FROM dated;
INSERT INTO ledger_entrycounter AS c (company_id, fiscal_year, last_sequence)
    SELECT %(company)s, fiscal_year, max(sequence) FROM filling GROUP BY fiscal_year
    ON CONFLICT (company_id, fiscal_year) DO UPDATE SET last_sequence = EXCLUDED.last_sequence;
UPDATE ledger_period p SET booking_count = booking_count + f.bookings
    FROM (SELECT to_char(entry_date, 'YYYY-MM') AS name, count(*) AS bookings FROM filling GROUP BY 1) f
    WHERE p.company_id = %(company)s AND p.name = f.name;
INSERT INTO ledger_journalentry (id, company_id, status, approval_status, entry_date, period, fiscal_year, sequence,
    first_journal_number, last_journal_number, memo, document_number, kind, source_system, source_id, connection_id,
    dimensions, metadata, currency, exchange_rate, rate_source, line_count, total_amount, content_digest,
    reversal_reason, provenance, created_by, overrides_soft_lock, prev_hash, hash, created_at, updated_at, posted_at)
SELECT id, %(company)s, 'posted', 'approved', entry_date, to_char(entry_date, 'YYYY-MM'), fiscal_year, sequence,
       first_number, first_number + 2, 'Sale number ' || n, 'INV-' || n, 'manual', '', '', '', '{}', '{}',
       %(currency)s, 1, '', 4, net * 3, '', '', '{}', 'benchmark', false,
       CASE n WHEN 1 THEN repeat('0', 64) ELSE lpad(to_hex(n - 1), 64, '0') END, lpad(to_hex(n), 64, '0'),
       now(), now(), now()
    FROM filling ORDER BY n;
INSERT INTO ledger_journalline (company_id, entry_id, line_number, account_id, entry_date, journal_number, amount,
    currency_amount, description, tax_code, tax_role, personal_account, line_ref, class_id, location_id, dimensions,
    metadata)
SELECT %(company)s, id, line, accounts[
           CASE WHEN line = 1 AND n %% 5 < 2 THEN 1 ELSE 1 + (n * 31 + line * 17) %% cardinality(accounts) END],
       entry_date, first_number, amount, amount, 'Line ' || line, '', '', '', '', '', '', '{}', '{}'
    FROM filling CROSS JOIN (SELECT %(accounts)s::uuid[] AS accounts) a
    CROSS JOIN LATERAL (VALUES (1, net * 3), (2, -net), (3, -net), (4, -net)) AS l (line, amount)
    ORDER BY n, line;
UPDATE ledger_journalhead SET next_journal_number = %(journal)s + (%(to)s - %(from)s + 1) * 3,
    last_hash = lpad(to_hex(%(to)s), 64, '0') WHERE company_id = %(company)s;
"""


def fill_journal(company: Company, *, lines: int) -> None:
    """Let the company have `lines` lines, of which those that are there already came from here, too."""
    # Control accounts are left to the open items, which would have to move with them.
    free = Account.objects.filter(company=company, control=None).order_by("code")
    accounts = list(free.values_list("id", flat=True)[:60])
    entries = JournalLine.objects.filter(company=company).count() // LINES_PER_ENTRY
    facts = {"company": company.id, "currency": company.base_currency, "accounts": accounts}
    facts |= {"first": FIRST_DAY, "days": DAYS, "prefix": company.id.hex[:16]}
    while entries < lines // LINES_PER_ENTRY:
        last = min(entries + _CHUNK, lines // LINES_PER_ENTRY)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PERIODS, facts)
            cursor.execute(_ENTRIES, facts | {"from": entries + 1, "to": last, "journal": entries * 3 + 1})
        entries = last
    with connection.cursor() as cursor:  # what autovacuum does some minutes later
        for table in ("ledger_journalline", "ledger_journalentry", "ledger_accounttotal", "ledger_account"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
