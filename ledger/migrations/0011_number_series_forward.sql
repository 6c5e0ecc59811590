CREATE OR REPLACE FUNCTION ledger_guard_number_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.issued > 0 THEN
            RAISE EXCEPTION 'number series % has given out numbers and stays', OLD.document_type
                USING ERRCODE = 'BF005';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.company_id, NEW.document_type, NEW.year)
        IS DISTINCT FROM (OLD.id, OLD.company_id, OLD.document_type, OLD.year)
        OR NEW.issued < OLD.issued OR OLD.issued > 0 AND NEW.next_number < OLD.next_number THEN
        RAISE EXCEPTION 'number series % only moves forward', OLD.document_type USING ERRCODE = 'BF005';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ledger_number_series_forward BEFORE UPDATE OR DELETE ON ledger_numberseries
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_number_series();
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
