ALTER TABLE inventory_item ADD CONSTRAINT inventory_item_revenue_account_id_company FOREIGN KEY (revenue_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_item ADD CONSTRAINT inventory_item_expense_account_id_company FOREIGN KEY (expense_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_item ADD CONSTRAINT inventory_item_cogs_account_id_company FOREIGN KEY (cogs_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_item ADD CONSTRAINT inventory_item_asset_account_id_company FOREIGN KEY (asset_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_itemlocation ADD CONSTRAINT inventory_itemlocation_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_stockmovement ADD CONSTRAINT inventory_stockmovement_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_stockmovement ADD CONSTRAINT inventory_stockmovement_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventory_item FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS inventory_item_company ON inventory_item;
CREATE POLICY inventory_item_company ON inventory_item USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE inventory_itemlocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventory_itemlocation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS inventory_itemlocation_company ON inventory_itemlocation;
CREATE POLICY inventory_itemlocation_company ON inventory_itemlocation USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE inventory_stockmovement ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventory_stockmovement FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS inventory_stockmovement_company ON inventory_stockmovement;
CREATE POLICY inventory_stockmovement_company ON inventory_stockmovement USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));

CREATE FUNCTION inventory_guard_stock_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'entry_id' IS DISTINCT FROM to_jsonb(OLD) - 'entry_id'
        OR OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id THEN
        RAISE EXCEPTION 'stock movement % stays as it was', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inventory_stock_movement_immutable BEFORE UPDATE OR DELETE ON inventory_stockmovement
    FOR EACH ROW EXECUTE FUNCTION inventory_guard_stock_movement();


DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'inventory\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
