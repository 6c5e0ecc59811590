ALTER TABLE ledger_taxcode ADD CONSTRAINT ledger_taxcode_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
