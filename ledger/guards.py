"""The SQL of the invariants: what PostgreSQL itself refuses, whoever asks (see ARCHITECTURE.md, L1 to L9).

Run once by a migration. Errors carry SQLSTATE `BF00n`, n being the invariant, so that the API can name them.

The shape of the defence: a posted entry states its `line_count`; line numbers are unique per entry and must lie
between 1 and that count, so no line can ever be added to a finished entry; a deferred constraint trigger on the
entry counts and sums its lines at commit. Statement-level triggers with transition tables keep the cost linear
in lines, also for COPY.
"""

from iso4217 import Currency

GUARDED_TABLES = (
    "ledger_journalentry",
    "ledger_journalline",
    "ledger_accounttotal",
    "ledger_journalhead",
    "ledger_entrycounter",
    "ledger_period",
    "ledger_activity",
)

TENANT_TABLES = (
    "ledger_account",
    "ledger_journalentry",
    "ledger_journalline",
    "ledger_accounttotal",
    "ledger_journalhead",
    "ledger_entrycounter",
    "ledger_period",
    "ledger_lockrequest",
    "ledger_taxcode",
    "ledger_activity",
)

COMPOSITE_KEYS = (
    ("ledger_journalentry", "reverses_entry_id", "ledger_journalentry"),
    ("ledger_journalentry", "document_id", "files_document"),
    ("ledger_account", "parent_id", "ledger_account"),
    ("ledger_taxcode", "vat_account_id", "ledger_account"),
    ("ledger_taxcode", "self_assess_account_id", "ledger_account"),
    ("ledger_accounttotal", "account_id", "ledger_account"),
    ("ledger_lockrequest", "period_id", "ledger_period"),
)


def composite_foreign_keys() -> str:
    """Tenancy: whatever a row refers to belongs to the row's own company. For journal lines, of which there are
    millions, the statement trigger checks the same for all lines at once."""
    return "\n".join(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_same_company "
        f"FOREIGN KEY ({column}, company_id) REFERENCES {target} (id, company_id);"
        for table, column, target in COMPOSITE_KEYS
    )


def minor_units_function() -> str:
    """L2: amounts have no more decimals than ISO 4217 gives their currency."""
    by_exponent: dict[int, list[str]] = {}
    for currency in Currency:
        if currency.exponent is not None and currency.exponent != 2:
            by_exponent.setdefault(currency.exponent, []).append(currency.code)
    cases = " ".join(
        f"WHEN currency IN ({', '.join(repr(code) for code in sorted(codes))}) THEN {exponent}"
        for exponent, codes in sorted(by_exponent.items())
    )
    return f"""
CREATE FUNCTION ledger_minor_units(currency text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE {cases} ELSE 2 END
$$;"""


ENTRY_IMMUTABLE = """
CREATE FUNCTION ledger_guard_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'journal entry % is posted and cannot be deleted; reverse it', OLD.id
                USING ERRCODE = 'BF003';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.company_id <> OLD.company_id OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'journal entry % cannot move to another company or key', OLD.id USING ERRCODE = 'BF003';
    END IF;
    IF OLD.status = 'draft' THEN
        IF NEW.status NOT IN ('draft', 'posted') THEN
            RAISE EXCEPTION 'a draft can only become posted, not %', NEW.status USING ERRCODE = 'BF003';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' THEN
        RAISE EXCEPTION 'journal entry % is posted and cannot be changed; reverse it', OLD.id
            USING ERRCODE = 'BF003';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('posted', 'pending_reversal'), ('pending_reversal', 'reversed'), ('posted', 'superseded')
    ) THEN
        RAISE EXCEPTION 'journal entry % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_immutable BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_entry_change();
"""

# A session plans these look-ups once, perhaps while the tables are still empty. Without the setting it would
# keep a sequential scan for the rest of a bulk load, whose cost would then grow with the square of the entries.
BY_INDEX = "SET enable_seqscan = off"

ENTRY_PERIOD = """
CREATE FUNCTION ledger_guard_entry_period() RETURNS trigger LANGUAGE plpgsql
    {BY_INDEX} AS $$
DECLARE
    bad record;
BEGIN
    -- FOR SHARE waits for a lock in progress: locking updates this very row (L4).
    PERFORM 1 FROM ledger_period p
        WHERE (p.company_id, p.name) IN (SELECT company_id, period FROM new_entries WHERE status = 'posted')
        ORDER BY p.id FOR SHARE;
    SELECT e.id, e.period, p.status, p.id AS period_id INTO bad
        FROM new_entries e LEFT JOIN ledger_period p ON p.company_id = e.company_id AND p.name = e.period
        WHERE e.status = 'posted' AND (
            p.id IS NULL OR p.status = 'locked' OR (p.status = 'soft_locked' AND NOT e.overrides_soft_lock)
            OR e.entry_date NOT BETWEEN p.starts_on AND p.ends_on
        ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % cannot post into period % (%)', bad.id, bad.period,
            coalesce(bad.status, 'unknown') USING ERRCODE = 'BF004';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_period_on_insert AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_entry_period();
CREATE FUNCTION ledger_guard_entry_period_update() RETURNS trigger LANGUAGE plpgsql
    {BY_INDEX} AS $$
DECLARE
    bad record;
BEGIN
    PERFORM 1 FROM ledger_period p
        WHERE (p.company_id, p.name) IN (
            SELECT n.company_id, n.period FROM new_entries n JOIN old_entries o USING (id)
            WHERE o.status = 'draft' AND n.status <> 'draft')
        ORDER BY p.id FOR SHARE;
    SELECT n.id, n.period, p.status INTO bad
        FROM new_entries n JOIN old_entries o USING (id)
        LEFT JOIN ledger_period p ON p.company_id = n.company_id AND p.name = n.period
        WHERE o.status = 'draft' AND n.status <> 'draft' AND (
            p.id IS NULL OR p.status = 'locked' OR (p.status = 'soft_locked' AND NOT n.overrides_soft_lock)
            OR n.entry_date NOT BETWEEN p.starts_on AND p.ends_on
        ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % cannot post into period % (%)', bad.id, bad.period,
            coalesce(bad.status, 'unknown') USING ERRCODE = 'BF004';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_period_on_update AFTER UPDATE ON ledger_journalentry
    REFERENCING NEW TABLE AS new_entries OLD TABLE AS old_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_entry_period_update();
"""

ENTRY_COMPLETE = """
CREATE FUNCTION ledger_guard_entry_complete() RETURNS trigger LANGUAGE plpgsql
    {BY_INDEX} AS $$
DECLARE
    lines record;
    head record;
    previous_hash text;
BEGIN
    SELECT count(*) AS n, coalesce(sum(amount), 0) AS base, coalesce(sum(currency_amount), 0) AS currency,
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits
        INTO lines FROM ledger_journalline WHERE entry_id = NEW.id;
    IF lines.n <> NEW.line_count THEN
        RAISE EXCEPTION 'journal entry % states % lines and has %', NEW.id, NEW.line_count, lines.n
            USING ERRCODE = 'BF001';
    END IF;
    IF lines.base <> 0 OR lines.currency <> 0 OR lines.debits <> NEW.total_amount THEN
        RAISE EXCEPTION 'journal entry % does not balance: off by % in base currency, % in its own', NEW.id,
            lines.base, lines.currency USING ERRCODE = 'BF001';
    END IF;
    SELECT h.next_journal_number, c.last_sequence INTO head
        FROM ledger_journalhead h
        LEFT JOIN ledger_entrycounter c ON c.company_id = h.company_id AND c.fiscal_year = NEW.fiscal_year
        WHERE h.company_id = NEW.company_id;
    IF head.next_journal_number IS NULL OR NEW.last_journal_number >= head.next_journal_number
        OR head.last_sequence IS NULL OR NEW.sequence > head.last_sequence THEN
        RAISE EXCEPTION 'journal entry % uses numbers the journal head has not given out', NEW.id
            USING ERRCODE = 'BF005';
    END IF;
    IF NEW.sequence > 1 AND NOT EXISTS (
        SELECT 1 FROM ledger_journalentry WHERE company_id = NEW.company_id
            AND fiscal_year = NEW.fiscal_year AND sequence = NEW.sequence - 1
    ) THEN
        RAISE EXCEPTION 'journal entry % leaves a gap before number %', NEW.id, NEW.sequence
            USING ERRCODE = 'BF005';
    END IF;
    IF NEW.first_journal_number = 1 THEN
        previous_hash := repeat('0', 64);
    ELSE
        SELECT hash INTO previous_hash FROM ledger_journalentry
            WHERE company_id = NEW.company_id AND last_journal_number = NEW.first_journal_number - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'journal entry % leaves a gap before journal number %', NEW.id,
                NEW.first_journal_number USING ERRCODE = 'BF005';
        END IF;
    END IF;
    IF previous_hash <> NEW.prev_hash THEN
        RAISE EXCEPTION 'journal entry % is not chained to the entry before it', NEW.id USING ERRCODE = 'BF006';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_complete_on_insert AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'draft')
    EXECUTE FUNCTION ledger_guard_entry_complete();
CREATE CONSTRAINT TRIGGER ledger_entry_complete_on_post AFTER UPDATE ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status <> 'draft')
    EXECUTE FUNCTION ledger_guard_entry_complete();

CREATE FUNCTION ledger_guard_entry_reversed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_journalentry WHERE reverses_entry_id = NEW.id AND status <> 'draft') THEN
        RAISE EXCEPTION 'journal entry % has no reversing entry', NEW.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_reversed AFTER UPDATE ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'reversed' AND OLD.status <> 'reversed')
    EXECUTE FUNCTION ledger_guard_entry_reversed();
"""

LINES = """
CREATE FUNCTION ledger_guard_line_insert() RETURNS trigger LANGUAGE plpgsql
    {BY_INDEX} AS $$
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
                AND (e.currency <> c.base_currency OR n.amount = n.currency_amount)
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

HEAD = """
CREATE FUNCTION ledger_guard_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.company_id <> OLD.company_id
        OR NEW.next_journal_number < OLD.next_journal_number
        OR (NEW.next_journal_number = OLD.next_journal_number AND NEW.last_hash <> OLD.last_hash) THEN
        RAISE EXCEPTION 'the journal head only moves forward' USING ERRCODE = 'BF005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_head_forward BEFORE UPDATE OR DELETE ON ledger_journalhead
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_head();

CREATE FUNCTION ledger_guard_head_matches() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head ledger_journalhead;
BEGIN
    SELECT * INTO head FROM ledger_journalhead WHERE company_id = NEW.company_id;
    IF head.next_journal_number > 1 AND NOT EXISTS (
        SELECT 1 FROM ledger_journalentry WHERE company_id = head.company_id
            AND last_journal_number = head.next_journal_number - 1 AND hash = head.last_hash
    ) THEN
        RAISE EXCEPTION 'the journal head of company % does not match its last entry', head.company_id
            USING ERRCODE = 'BF005';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_head_matches AFTER INSERT OR UPDATE ON ledger_journalhead
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_guard_head_matches();

CREATE FUNCTION ledger_guard_counter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.company_id <> OLD.company_id OR NEW.fiscal_year <> OLD.fiscal_year
        OR NEW.last_sequence < OLD.last_sequence THEN
        RAISE EXCEPTION 'an entry counter only moves forward' USING ERRCODE = 'BF005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_counter_forward BEFORE UPDATE OR DELETE ON ledger_entrycounter
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_counter();
CREATE FUNCTION ledger_guard_counter_matches() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counter ledger_entrycounter;
BEGIN
    SELECT * INTO counter FROM ledger_entrycounter WHERE id = NEW.id;
    IF counter.last_sequence > 0 AND NOT EXISTS (
        SELECT 1 FROM ledger_journalentry WHERE company_id = counter.company_id
            AND fiscal_year = counter.fiscal_year AND sequence = counter.last_sequence
    ) THEN
        RAISE EXCEPTION 'the entry counter of % has given out a number no entry uses', counter.fiscal_year
            USING ERRCODE = 'BF005';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_counter_matches AFTER INSERT OR UPDATE ON ledger_entrycounter
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_guard_counter_matches();
"""

PERIODS = """
CREATE FUNCTION ledger_guard_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'open' OR OLD.booking_count > 0 THEN
            RAISE EXCEPTION 'period % cannot be deleted', OLD.name USING ERRCODE = 'BF004';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'locked' THEN
        RAISE EXCEPTION 'period % is locked for good', OLD.name USING ERRCODE = 'BF004';
    END IF;
    IF (NEW.company_id, NEW.name, NEW.number, NEW.fiscal_year, NEW.starts_on, NEW.ends_on)
        IS DISTINCT FROM (OLD.company_id, OLD.name, OLD.number, OLD.fiscal_year, OLD.starts_on, OLD.ends_on)
        OR NEW.booking_count < OLD.booking_count THEN
        RAISE EXCEPTION 'period % cannot be moved or emptied', OLD.name USING ERRCODE = 'BF004';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_final BEFORE UPDATE OR DELETE ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_period();
"""

COMPANY = """
CREATE FUNCTION ledger_guard_company() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_journalhead WHERE company_id = OLD.id AND next_journal_number > 1) THEN
        RAISE EXCEPTION 'base currency and fiscal year of company % are fixed once it has postings', OLD.id
            USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_company_fixed BEFORE UPDATE OF base_currency, fiscal_year_start_month ON tenancy_company
    FOR EACH ROW WHEN (
        NEW.base_currency <> OLD.base_currency OR NEW.fiscal_year_start_month <> OLD.fiscal_year_start_month
    ) EXECUTE FUNCTION ledger_guard_company();

CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_journalline WHERE company_id = OLD.company_id AND account_id = OLD.id) THEN
        RAISE EXCEPTION 'account % has postings: its type and company cannot change', OLD.id
            USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_type_fixed BEFORE UPDATE OF type, company_id ON ledger_account
    FOR EACH ROW WHEN (NEW.type <> OLD.type OR NEW.company_id <> OLD.company_id)
    EXECUTE FUNCTION ledger_guard_account();
"""


def truncate_guards() -> str:
    """TRUNCATE fires no row triggers, so it has its own guard; only test databases may flush."""
    function = """
CREATE FUNCTION ledger_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() NOT LIKE 'test\\_%' OR current_setting('backfill.allow_truncate', true) IS DISTINCT FROM 'on'
    THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused', TG_TABLE_NAME USING ERRCODE = 'BF003';
    END IF;
    RETURN NULL;
END $$;"""
    triggers = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();"
        for table in GUARDED_TABLES
    )
    return function + "\n" + "\n".join(triggers)


def row_level_security() -> str:
    """Tenancy: a connection that has named its company sees and writes no other company's rows.

    `backfill.company_id` is set while a request of one company runs. Unset (operators, workers, migrations) the
    policy lets every row pass; the queries themselves always name the company.
    """
    # Scalar sub-selects make PostgreSQL read the setting once per statement, not once per row.
    setting = "(SELECT coalesce(current_setting('backfill.company_id', true), ''))"
    condition = f"{setting} = '' OR company_id = (SELECT nullif({setting}, '')::uuid)"
    return "\n".join(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY {table}_company ON {table} USING ({condition}) WITH CHECK ({condition});"
        for table in TENANT_TABLES
    )


def install_sql() -> str:
    """Return the whole script that a migration runs."""
    parts = (
        composite_foreign_keys(),
        minor_units_function(),
        ENTRY_IMMUTABLE,
        ENTRY_PERIOD.replace("{BY_INDEX}", BY_INDEX),
        ENTRY_COMPLETE.replace("{BY_INDEX}", BY_INDEX),
        LINES.replace("{BY_INDEX}", BY_INDEX),
        TOTALS,
        HEAD,
        PERIODS,
        COMPANY,
        truncate_guards(),
        row_level_security(),
    )
    return "\n".join(parts)
