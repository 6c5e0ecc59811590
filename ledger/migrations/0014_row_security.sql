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
ALTER TABLE ledger_bookscheck ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_bookscheck FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_bookscheck_company ON ledger_bookscheck;
CREATE POLICY ledger_bookscheck_company ON ledger_bookscheck USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_exchangerate ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_exchangerate FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_exchangerate_company ON ledger_exchangerate;
CREATE POLICY ledger_exchangerate_company ON ledger_exchangerate USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), company_id IS NULL OR (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_item FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_item_company ON ledger_item;
CREATE POLICY ledger_item_company ON ledger_item USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_itemlocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_itemlocation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_itemlocation_company ON ledger_itemlocation;
CREATE POLICY ledger_itemlocation_company ON ledger_itemlocation USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_stockmovement ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_stockmovement FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_stockmovement_company ON ledger_stockmovement;
CREATE POLICY ledger_stockmovement_company ON ledger_stockmovement USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_numberseries ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_numberseries FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_numberseries_company ON ledger_numberseries;
CREATE POLICY ledger_numberseries_company ON ledger_numberseries USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE ledger_attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_attachment FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ledger_attachment_company ON ledger_attachment;
CREATE POLICY ledger_attachment_company ON ledger_attachment USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
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
