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
