ALTER TABLE documents_numberseries ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents_numberseries FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS documents_numberseries_company ON documents_numberseries;
CREATE POLICY documents_numberseries_company ON documents_numberseries USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));

CREATE OR REPLACE FUNCTION documents_guard_number_series() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE TRIGGER documents_number_series_forward BEFORE UPDATE OR DELETE ON documents_numberseries
    FOR EACH ROW EXECUTE FUNCTION documents_guard_number_series();


DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'documents\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
