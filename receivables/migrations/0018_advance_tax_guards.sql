ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_payment_id_company FOREIGN KEY (payment_id, company_id) REFERENCES receivables_payment (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_clearing_account_id_company FOREIGN KEY (clearing_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_advance_account_id_company FOREIGN KEY (advance_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_vat_account_id_company FOREIGN KEY (vat_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetaxmove ADD CONSTRAINT receivables_advancetaxmove_advance_tax_id_company FOREIGN KEY (advance_tax_id, company_id) REFERENCES receivables_advancetax (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetaxmove ADD CONSTRAINT receivables_advancetaxmove_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_advancetax FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_advancetax_company ON receivables_advancetax;
CREATE POLICY receivables_advancetax_company ON receivables_advancetax USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_advancetaxmove ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_advancetaxmove FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_advancetaxmove_company ON receivables_advancetaxmove;
CREATE POLICY receivables_advancetaxmove_company ON receivables_advancetaxmove USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));

CREATE FUNCTION receivables_guard_advance_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tax on advance payments stays as it was posted' USING ERRCODE = 'BF003';
END $$;
CREATE TRIGGER receivables_advancetax_immutable BEFORE UPDATE OR DELETE ON receivables_advancetax
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_advance_tax();
CREATE TRIGGER receivables_advancetaxmove_immutable BEFORE UPDATE OR DELETE ON receivables_advancetaxmove
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_advance_tax();


DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'receivables\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
