ALTER TABLE ledger_journalentry ADD CONSTRAINT ledger_journalentry_reverses_entry_id_same_company FOREIGN KEY (reverses_entry_id, company_id) REFERENCES ledger_journalentry (id, company_id);
ALTER TABLE ledger_journalentry ADD CONSTRAINT ledger_journalentry_document_id_same_company FOREIGN KEY (document_id, company_id) REFERENCES files_storedfile (id, company_id);
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_parent_id_same_company FOREIGN KEY (parent_id, company_id) REFERENCES ledger_account (id, company_id);
ALTER TABLE ledger_taxcode ADD CONSTRAINT ledger_taxcode_vat_account_id_same_company FOREIGN KEY (vat_account_id, company_id) REFERENCES ledger_account (id, company_id);
ALTER TABLE ledger_taxcode ADD CONSTRAINT ledger_taxcode_self_assess_account_id_same_company FOREIGN KEY (self_assess_account_id, company_id) REFERENCES ledger_account (id, company_id);
ALTER TABLE ledger_taxcode ADD CONSTRAINT ledger_taxcode_account_id_same_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id);
ALTER TABLE ledger_accounttotal ADD CONSTRAINT ledger_accounttotal_account_id_same_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id);
ALTER TABLE ledger_lockrequest ADD CONSTRAINT ledger_lockrequest_period_id_same_company FOREIGN KEY (period_id, company_id) REFERENCES ledger_period (id, company_id);
ALTER TABLE ledger_attachment ADD CONSTRAINT ledger_attachment_document_id_same_company FOREIGN KEY (document_id, company_id) REFERENCES files_storedfile (id, company_id);
ALTER TABLE ledger_mention ADD CONSTRAINT ledger_mention_comment_id_same_company FOREIGN KEY (comment_id, company_id) REFERENCES ledger_comment (id, company_id);
ALTER TABLE ledger_journalline ADD CONSTRAINT ledger_journalline_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION ledger_minor_units(currency text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0 WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3 WHEN currency IN ('CLF', 'UYW') THEN 4 ELSE 2 END
$$;

CREATE OR REPLACE FUNCTION ledger_guard_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[];
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
    -- What its source says since then stands beside what was posted, outside the hash.
    may_change := ARRAY['status', 'amended_memo', 'amended_metadata'];
    IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
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
CREATE OR REPLACE TRIGGER ledger_entry_immutable BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_entry_change();


CREATE FUNCTION ledger_guard_entry_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    -- FOR SHARE waits for a lock in progress: locking updates this very row (L4).
    PERFORM 1 FROM ledger_period p
        WHERE (p.company_id, p.name) IN (SELECT company_id, period FROM new_entries WHERE status <> 'draft')
        ORDER BY p.id FOR SHARE;
    SELECT e.id, e.period, p.status, p.id AS period_id INTO bad
        FROM new_entries e LEFT JOIN ledger_period p ON p.company_id = e.company_id AND p.name = e.period
        WHERE e.status <> 'draft' AND (
            p.id IS NULL OR p.status = 'locked' OR (p.status = 'soft_locked' AND NOT e.overrides_soft_lock)
            OR e.entry_date NOT BETWEEN p.starts_on AND p.ends_on OR e.fiscal_year <> p.fiscal_year
        ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % cannot post into period % (%)', bad.id, bad.period,
            coalesce(bad.status, 'unknown') USING ERRCODE = 'BF004';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_period_on_insert AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_entry_period();
CREATE FUNCTION ledger_guard_entry_period_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
            OR n.entry_date NOT BETWEEN p.starts_on AND p.ends_on OR n.fiscal_year <> p.fiscal_year
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


CREATE OR REPLACE FUNCTION ledger_event_count(company uuid, entry uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    -- `ledger.journal.events.paired` in SQL. A self-assessed tax meets the first input tax of its code and amount; then
    -- debits and credits walk side by side, and every sum that either side reaches ends an event. Lines worth nothing
    -- in base currency are in no event; an entry of nothing else is one.
    WITH numbered AS (
        SELECT line_number, amount, tax_code, tax_role, abs(amount) * CASE
                   WHEN tax_role = 'tax' THEN sign(amount) WHEN tax_role = 'self_assessed' THEN -sign(amount)
               END AS tax,
               row_number() OVER (PARTITION BY tax_code, tax_role, amount ORDER BY line_number) AS place
            FROM ledger_journalline WHERE company_id = company AND entry_id = entry AND amount <> 0
    ), met AS (
        SELECT t.line_number AS tax_line, s.line_number AS self_assessed_line
            FROM numbered t JOIN numbered s USING (tax_code, tax, place)
            WHERE t.tax_role = 'tax' AND s.tax_role = 'self_assessed'
    ), reached AS (
        SELECT sum(abs(amount)) OVER (PARTITION BY amount > 0 ORDER BY line_number) AS total
            FROM numbered WHERE line_number NOT IN (
                SELECT tax_line FROM met UNION ALL SELECT self_assessed_line FROM met)
    )
    SELECT greatest((SELECT count(*) FROM met) + (SELECT count(DISTINCT total) FROM reached), 1)
$$;


CREATE OR REPLACE FUNCTION ledger_guard_entry_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines record;
    events bigint;
    head record;
    previous_hash text;
BEGIN
    SELECT count(*) AS n, coalesce(sum(amount), 0) AS base, coalesce(sum(currency_amount), 0) AS currency,
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits,
           count(*) FILTER (WHERE amount > 0) AS debit_lines,
           count(*) FILTER (WHERE amount <> 0) AS worth,
           count(*) FILTER (WHERE tax_role = 'self_assessed') AS self_assessed
        INTO lines FROM ledger_journalline WHERE company_id = NEW.company_id AND entry_id = NEW.id;
    IF lines.n <> NEW.line_count THEN
        RAISE EXCEPTION 'journal entry % states % lines and has %', NEW.id, NEW.line_count, lines.n
            USING ERRCODE = 'BF001';
    END IF;
    IF lines.base <> 0 OR lines.currency <> 0 OR lines.debits <> NEW.total_amount THEN
        RAISE EXCEPTION 'journal entry % does not balance: off by % in base currency, % in its own', NEW.id,
            lines.base, lines.currency USING ERRCODE = 'BF001';
    END IF;
    -- One debit against many credits, or the other way round, is one event per line but one.
    IF NEW.last_journal_number - NEW.first_journal_number + 1 <> (CASE
        WHEN lines.self_assessed = 0 AND least(lines.debit_lines, lines.worth - lines.debit_lines) = 1
            THEN lines.worth - 1
        ELSE ledger_event_count(NEW.company_id, NEW.id) END)
    THEN
        RAISE EXCEPTION 'journal entry % takes other than one journal number per event', NEW.id
            USING ERRCODE = 'BF005';
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


CREATE OR REPLACE FUNCTION ledger_guard_entry_reversed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reversal uuid;
    reversed_on date;
BEGIN
    SELECT id, entry_date INTO reversal, reversed_on FROM ledger_journalentry
        WHERE reverses_entry_id = NEW.id AND id <> NEW.id AND status <> 'draft';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'journal entry % has no reversing entry', NEW.id USING ERRCODE = 'BF003';
    END IF;
    IF reversed_on < NEW.entry_date THEN
        RAISE EXCEPTION 'journal entry % reverses journal entry % before its date, %', reversal, NEW.id, NEW.entry_date
            USING ERRCODE = 'BF008';
    END IF;
    IF EXISTS (
        SELECT 1 FROM ledger_journalline WHERE company_id = NEW.company_id AND entry_id IN (NEW.id, reversal)
            GROUP BY account_id HAVING sum(amount) <> 0 OR sum(currency_amount) <> 0
    ) THEN
        RAISE EXCEPTION 'journal entry % does not undo journal entry %', reversal, NEW.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_reversed AFTER UPDATE ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'reversed' AND OLD.status <> 'reversed')
    EXECUTE FUNCTION ledger_guard_entry_reversed();


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
    IF NOT (head.next_journal_number = 1 AND head.last_hash = repeat('0', 64)) AND NOT EXISTS (
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


CREATE OR REPLACE FUNCTION ledger_guard_period_real() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    start_month integer;
    last_month date;
BEGIN
    SELECT fiscal_year_start_month INTO start_month FROM tenancy_company WHERE id = NEW.company_id;
    IF NEW.number = 0 THEN
        IF NEW.starts_on = date_trunc('month', NEW.starts_on) AND NEW.name = to_char(NEW.starts_on, 'YYYY-MM')
            AND NEW.ends_on = (NEW.starts_on + interval '1 month - 1 day')::date
            AND NEW.fiscal_year = extract(year FROM NEW.starts_on - make_interval(months => start_month - 1))
        THEN
            -- Posting takes the journal head before its period, and so does locking: the two cannot meet here.
            IF EXISTS (SELECT FROM ledger_period p WHERE p.company_id = NEW.company_id AND p.number = 0
                AND p.status = 'locked' AND p.starts_on > NEW.starts_on) AND NOT EXISTS (SELECT FROM ledger_period p
                WHERE p.company_id = NEW.company_id AND p.name = NEW.name)
            THEN
                RAISE EXCEPTION 'period % lies before a month that is locked for good', NEW.name
                    USING ERRCODE = 'BF004';
            END IF;
            RETURN NEW;
        END IF;
    ELSE
        last_month := (make_date(NEW.fiscal_year, start_month, 1) + interval '11 months')::date;
        IF NEW.starts_on = last_month AND NEW.ends_on = (last_month + interval '1 month - 1 day')::date
            AND NEW.name = NEW.fiscal_year || '-P' || NEW.number
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'period % from % to % is none of fiscal year %', NEW.name, NEW.starts_on, NEW.ends_on,
        NEW.fiscal_year USING ERRCODE = 'BF004';
END $$;

CREATE TRIGGER ledger_period_real BEFORE INSERT ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_period_real();


CREATE OR REPLACE FUNCTION ledger_guard_period() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.status = 'locked' AND EXISTS (SELECT FROM ledger_period p WHERE p.company_id = NEW.company_id
        AND p.number = 0 AND p.status <> 'locked' AND (p.starts_on, p.number) < (NEW.starts_on, NEW.number))
    THEN
        RAISE EXCEPTION 'an earlier month than % is not locked yet', NEW.name USING ERRCODE = 'BF004';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_period_final BEFORE UPDATE OR DELETE ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_period();


CREATE OR REPLACE FUNCTION ledger_guard_company() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text := current_setting('backfill.company_id', true);
BEGIN
    -- Every connection may change every company's row, so the look-up must see behind row-level security.
    PERFORM set_config('backfill.company_id', OLD.id::text, true);
    -- FOR UPDATE waits for a posting in progress.
    PERFORM 1 FROM ledger_journalhead WHERE company_id = OLD.id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM ledger_journalhead WHERE company_id = OLD.id AND next_journal_number > 1) THEN
        RAISE EXCEPTION 'base currency and fiscal year of company % are fixed once it has postings', OLD.id
            USING ERRCODE = 'BF003';
    END IF;
    IF NEW.fiscal_year_start_month <> OLD.fiscal_year_start_month
        AND EXISTS (SELECT 1 FROM ledger_period WHERE company_id = OLD.id) THEN
        RAISE EXCEPTION 'the fiscal year of company % is fixed once it has periods', OLD.id USING ERRCODE = 'BF003';
    END IF;
    PERFORM set_config('backfill.company_id', coalesce(named, ''), true);
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


CREATE FUNCTION ledger_guard_account_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    role text := CASE NEW.slot WHEN 'accounts_receivable' THEN 'receivable' WHEN 'accounts_payable' THEN 'payable' END;
BEGIN
    NEW.control := role;
    IF TG_OP = 'UPDATE' AND OLD.control IS DISTINCT FROM role THEN
        -- FOR UPDATE waits for a posting in progress.
        PERFORM 1 FROM ledger_journalhead WHERE company_id = NEW.company_id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM ledger_journalline WHERE company_id = OLD.company_id AND account_id = OLD.id) THEN
            IF role IS NOT NULL THEN
                RAISE EXCEPTION 'account % has postings: what it controls is fixed', OLD.id USING ERRCODE = 'BF003';
            END IF;
            NEW.control := OLD.control;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_control BEFORE INSERT OR UPDATE OF slot, control ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_account_control();


CREATE FUNCTION ledger_guard_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL
        OR to_jsonb(NEW) - ARRAY['text', 'deleted_at'] <> to_jsonb(OLD) - ARRAY['text', 'deleted_at'] THEN
        RAISE EXCEPTION 'comment % stays as it was said; its author may take it back', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_comment_stays BEFORE UPDATE OR DELETE ON ledger_comment
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_comment();

CREATE FUNCTION ledger_guard_mention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'read_at' <> to_jsonb(OLD) - 'read_at' THEN
        RAISE EXCEPTION 'mention % stays; it can be read', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_mention_stays BEFORE UPDATE OR DELETE ON ledger_mention
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_mention();

ALTER TABLE ledger_mention ADD CONSTRAINT ledger_mention_user_is_member
    FOREIGN KEY (company_id, user_id) REFERENCES tenancy_membership (company_id, user_id);
ALTER TABLE ledger_comment ADD CONSTRAINT ledger_comment_author_is_member
    FOREIGN KEY (company_id, author_id) REFERENCES tenancy_membership (company_id, user_id);


CREATE FUNCTION ledger_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() NOT LIKE 'test\_%' OR current_setting('backfill.allow_truncate', true) IS DISTINCT FROM 'on'
    THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused', TG_TABLE_NAME USING ERRCODE = 'BF003';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_journalentry_no_truncate BEFORE TRUNCATE ON ledger_journalentry FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_journalline_no_truncate BEFORE TRUNCATE ON ledger_journalline FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_accounttotal_no_truncate BEFORE TRUNCATE ON ledger_accounttotal FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_journalhead_no_truncate BEFORE TRUNCATE ON ledger_journalhead FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_entrycounter_no_truncate BEFORE TRUNCATE ON ledger_entrycounter FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_period_no_truncate BEFORE TRUNCATE ON ledger_period FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_activity_no_truncate BEFORE TRUNCATE ON ledger_activity FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_comment_no_truncate BEFORE TRUNCATE ON ledger_comment FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
ALTER TABLE ledger_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_account FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_account_company ON ledger_account;
CREATE POLICY ledger_account_company ON ledger_account USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_journalentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_journalentry FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_journalentry_company ON ledger_journalentry;
CREATE POLICY ledger_journalentry_company ON ledger_journalentry USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_journalline ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_journalline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_journalline_company ON ledger_journalline;
CREATE POLICY ledger_journalline_company ON ledger_journalline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_accounttotal ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_accounttotal FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_accounttotal_company ON ledger_accounttotal;
CREATE POLICY ledger_accounttotal_company ON ledger_accounttotal USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_journalhead ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_journalhead FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_journalhead_company ON ledger_journalhead;
CREATE POLICY ledger_journalhead_company ON ledger_journalhead USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_entrycounter ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entrycounter FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_entrycounter_company ON ledger_entrycounter;
CREATE POLICY ledger_entrycounter_company ON ledger_entrycounter USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_period FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_period_company ON ledger_period;
CREATE POLICY ledger_period_company ON ledger_period USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_lockrequest ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_lockrequest FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_lockrequest_company ON ledger_lockrequest;
CREATE POLICY ledger_lockrequest_company ON ledger_lockrequest USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_taxcode ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_taxcode FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_taxcode_company ON ledger_taxcode;
CREATE POLICY ledger_taxcode_company ON ledger_taxcode USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_activity FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_activity_company ON ledger_activity;
CREATE POLICY ledger_activity_company ON ledger_activity USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_attachment FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_attachment_company ON ledger_attachment;
CREATE POLICY ledger_attachment_company ON ledger_attachment USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_comment FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_comment_company ON ledger_comment;
CREATE POLICY ledger_comment_company ON ledger_comment USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_mention ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_mention FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_mention_company ON ledger_mention;
CREATE POLICY ledger_mention_company ON ledger_mention USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_bookscheck ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_bookscheck FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_bookscheck_company ON ledger_bookscheck;
CREATE POLICY ledger_bookscheck_company ON ledger_bookscheck USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_exchangerate ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_exchangerate FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_exchangerate_company ON ledger_exchangerate;
CREATE POLICY ledger_exchangerate_company ON ledger_exchangerate USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), company_id IS NULL OR (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));

DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'ledger\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
        EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', guard);
    END LOOP;
END $$;
