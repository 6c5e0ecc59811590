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
        SELECT 1 FROM ledger_journalline WHERE entry_id IN (NEW.id, reversal)
            GROUP BY account_id HAVING sum(amount) <> 0 OR sum(currency_amount) <> 0
    ) THEN
        RAISE EXCEPTION 'journal entry % does not undo journal entry %', reversal, NEW.id USING ERRCODE = 'BF003';
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
