CREATE OR REPLACE FUNCTION ledger_event_count(entry uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    -- `ledger.events.paired` in SQL. A self-assessed tax meets the first input tax of its code and amount; then
    -- debits and credits walk side by side, and every sum that either side reaches ends an event. Lines worth nothing
    -- in base currency are in no event; an entry of nothing else is one.
    WITH numbered AS (
        SELECT line_number, amount, tax_code, tax_role, abs(amount) * CASE
                   WHEN tax_role = 'tax' THEN sign(amount) WHEN tax_role = 'self_assessed' THEN -sign(amount)
               END AS tax,
               row_number() OVER (PARTITION BY tax_code, tax_role, amount ORDER BY line_number) AS place
            FROM ledger_journalline WHERE entry_id = entry AND amount <> 0
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
        INTO lines FROM ledger_journalline WHERE entry_id = NEW.id;
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
        ELSE ledger_event_count(NEW.id) END)
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
