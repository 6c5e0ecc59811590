"""What holds the journal head and the entry counters: they only move forward, and not past
the last entry (L5, L6)."""

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
"""

COUNTERS = """
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
