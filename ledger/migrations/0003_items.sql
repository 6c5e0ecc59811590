ALTER TABLE ledger_item ADD CONSTRAINT ledger_item_revenue_account_id_company FOREIGN KEY (revenue_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_item ADD CONSTRAINT ledger_item_expense_account_id_company FOREIGN KEY (expense_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_item ADD CONSTRAINT ledger_item_cogs_account_id_company FOREIGN KEY (cogs_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_item ADD CONSTRAINT ledger_item_asset_account_id_company FOREIGN KEY (asset_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_itemlocation ADD CONSTRAINT ledger_itemlocation_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_stockmovement ADD CONSTRAINT ledger_stockmovement_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_stockmovement ADD CONSTRAINT ledger_stockmovement_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_settlement ADD CONSTRAINT ledger_settlement_open_entry_id_company FOREIGN KEY (open_entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_settlement ADD CONSTRAINT ledger_settlement_open_account_id_company FOREIGN KEY (open_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_settlement ADD CONSTRAINT ledger_settlement_settlement_entry_id_company FOREIGN KEY (settlement_entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_attachment ADD CONSTRAINT ledger_attachment_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_item FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_item_company ON ledger_item USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE ledger_itemlocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_itemlocation FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_itemlocation_company ON ledger_itemlocation USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE ledger_stockmovement ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_stockmovement FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_stockmovement_company ON ledger_stockmovement USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE ledger_numberseries ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_numberseries FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_numberseries_company ON ledger_numberseries USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE ledger_attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_attachment FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_attachment_company ON ledger_attachment USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE ledger_settlement ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_settlement FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_settlement_company ON ledger_settlement USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));

CREATE FUNCTION ledger_guard_stock_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'entry_id' IS DISTINCT FROM to_jsonb(OLD) - 'entry_id'
        OR OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id THEN
        RAISE EXCEPTION 'stock movement % stays as it was', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_stock_movement_immutable BEFORE UPDATE OR DELETE ON ledger_stockmovement
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_stock_movement();
