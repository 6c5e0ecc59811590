"""What holds journal lines: they fit their entry, company and currency (L1, L2, tenancy) and are append-only (L3).
The same trigger keeps the monthly totals, which nobody else may write (L7)."""

from backfill.currencies import CURRENCIES


def minor_units_function() -> str:
    """L2: amounts have no more decimals than ISO 4217 gives their currency."""
    by_exponent: dict[int, list[str]] = {}
    for currency in CURRENCIES.values():
        if currency.decimals != 2:
            by_exponent.setdefault(currency.decimals, []).append(currency.code)
    cases = " ".join(
        f"WHEN currency IN ({', '.join(repr(code) for code in sorted(codes))}) THEN {exponent}"
        for exponent, codes in sorted(by_exponent.items())
    )
    return f"""
CREATE FUNCTION ledger_minor_units(currency text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE {cases} ELSE 2 END
$$;"""


LINES = """
CREATE FUNCTION ledger_guard_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    -- Scalar sub-selects are always looked up by primary key, line by line, whatever the planner believes of the
    -- tables' sizes; they also hold the company of entry and account to the line's own.
    SELECT n.entry_id, n.line_number INTO bad
        FROM new_lines n
        WHERE (
            SELECT e.company_id = n.company_id AND e.status = 'posted' AND e.entry_date = n.entry_date
                AND e.first_journal_number = n.journal_number AND n.line_number BETWEEN 1 AND e.line_count
                AND n.currency_amount = round(n.currency_amount, ledger_minor_units(e.currency))
                AND n.amount = round(n.amount, ledger_minor_units(c.base_currency))
                AND CASE WHEN e.currency = c.base_currency
                    THEN n.amount = n.currency_amount AND e.exchange_rate = 1 AND e.rate_date IS NULL
                    ELSE e.exchange_rate BETWEEN 1e-12 AND 1e9 AND e.rate_date IS NOT NULL END
            FROM ledger_journalentry e JOIN tenancy_company c ON c.id = e.company_id WHERE e.id = n.entry_id
        ) IS NOT TRUE
            OR (SELECT a.company_id FROM ledger_account a WHERE a.id = n.account_id) IS DISTINCT FROM n.company_id
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % does not fit journal entry %', bad.line_number, bad.entry_id
            USING ERRCODE = 'BF002';
    END IF;
    INSERT INTO ledger_accounttotal AS t
        (company_id, account_id, month, currency, debit, credit, currency_debit, currency_credit)
        SELECT n.company_id, n.account_id, date_trunc('month', n.entry_date)::date, n.currency,
               coalesce(sum(n.amount) FILTER (WHERE n.amount > 0), 0),
               coalesce(-sum(n.amount) FILTER (WHERE n.amount < 0), 0),
               coalesce(sum(n.currency_amount) FILTER (WHERE n.currency_amount > 0), 0),
               coalesce(-sum(n.currency_amount) FILTER (WHERE n.currency_amount < 0), 0)
        FROM (SELECT *, (SELECT e.currency FROM ledger_journalentry e WHERE e.id = entry_id) AS currency
              FROM new_lines) n
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (company_id, account_id, month, currency) DO UPDATE SET
            debit = t.debit + EXCLUDED.debit, credit = t.credit + EXCLUDED.credit,
            currency_debit = t.currency_debit + EXCLUDED.currency_debit,
            currency_credit = t.currency_credit + EXCLUDED.currency_credit;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_line_insert AFTER INSERT ON ledger_journalline
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_line_insert();

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'BF003';
END $$;
CREATE TRIGGER ledger_line_immutable BEFORE UPDATE OR DELETE ON ledger_journalline
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_activity_immutable BEFORE UPDATE OR DELETE ON ledger_activity
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

TOTALS = """
CREATE FUNCTION ledger_guard_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is a statement from outside; depth 2 is the line trigger, the only writer (L7).
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'account totals are kept by the journal and cannot be written' USING ERRCODE = 'BF007';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_totals_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_accounttotal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_totals();
"""
