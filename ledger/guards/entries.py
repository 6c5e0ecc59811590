"""What holds a journal entry: it does not change (L3), it posts into an open period (L4), and at commit it is
complete, balanced (L1), numbered without a gap (L5) and chained (L6)."""

IMMUTABLE = """
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
"""

PERIOD = """
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
"""

EVENTS = """
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
"""

COMPLETE_FUNCTION = """
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
"""

COMPLETE = f"""{COMPLETE_FUNCTION}
CREATE CONSTRAINT TRIGGER ledger_entry_complete_on_insert AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'draft')
    EXECUTE FUNCTION ledger_guard_entry_complete();
CREATE CONSTRAINT TRIGGER ledger_entry_complete_on_post AFTER UPDATE ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status <> 'draft')
    EXECUTE FUNCTION ledger_guard_entry_complete();
"""

REVERSED_RULE = """
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
"""

REVERSED = f"""{REVERSED_RULE}
CREATE CONSTRAINT TRIGGER ledger_entry_reversed AFTER UPDATE ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'reversed' AND OLD.status <> 'reversed')
    EXECUTE FUNCTION ledger_guard_entry_reversed();
"""
