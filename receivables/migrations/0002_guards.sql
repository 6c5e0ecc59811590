ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_payment_id_company FOREIGN KEY (payment_id, company_id) REFERENCES receivables_payment (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_clearing_account_id_company FOREIGN KEY (clearing_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_advance_account_id_company FOREIGN KEY (advance_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ADD CONSTRAINT receivables_advancetax_vat_account_id_company FOREIGN KEY (vat_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetaxmove ADD CONSTRAINT receivables_advancetaxmove_advance_tax_id_company FOREIGN KEY (advance_tax_id, company_id) REFERENCES receivables_advancetax (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetaxmove ADD CONSTRAINT receivables_advancetaxmove_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_invoice_id_company FOREIGN KEY (invoice_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_creditmemo (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_invoice_line_id_company FOREIGN KEY (invoice_line_id, company_id) REFERENCES receivables_invoiceline (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_customer ADD CONSTRAINT receivables_customer_default_account_id_company FOREIGN KEY (default_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_dunninglevel ADD CONSTRAINT receivables_dunninglevel_policy_id_company FOREIGN KEY (policy_id, company_id) REFERENCES receivables_dunningpolicy (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_dunningproposal ADD CONSTRAINT receivables_dunningproposal_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_dunningproposal ADD CONSTRAINT receivables_dunningproposal_invoice_id_company FOREIGN KEY (invoice_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_dunningproposal ADD CONSTRAINT receivables_dunningproposal_mailing_id_company FOREIGN KEY (mailing_id, company_id) REFERENCES receivables_mailing (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_dunningproposal ADD CONSTRAINT receivables_dunningproposal_charge_id_company FOREIGN KEY (charge_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_sales_order_id_company FOREIGN KEY (sales_order_id, company_id) REFERENCES receivables_salesorder (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_order_line_id_company FOREIGN KEY (order_line_id, company_id) REFERENCES receivables_salesorderline (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_mailing ADD CONSTRAINT receivables_mailing_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_mailing ADD CONSTRAINT receivables_mailing_pdf_id_company FOREIGN KEY (pdf_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_mailing ADD CONSTRAINT receivables_mailing_xml_id_company FOREIGN KEY (xml_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_deposit_to_account_id_company FOREIGN KEY (deposit_to_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quote ADD CONSTRAINT receivables_quote_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quote ADD CONSTRAINT receivables_quote_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quote ADD CONSTRAINT receivables_quote_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quoteline ADD CONSTRAINT receivables_quoteline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quoteline ADD CONSTRAINT receivables_quoteline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quoteline ADD CONSTRAINT receivables_quoteline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_quote (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_recurringinvoice ADD CONSTRAINT receivables_recurringinvoice_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_recurringrun ADD CONSTRAINT receivables_recurringrun_recurring_id_company FOREIGN KEY (recurring_id, company_id) REFERENCES receivables_recurringinvoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_recurringrun ADD CONSTRAINT receivables_recurringrun_invoice_id_company FOREIGN KEY (invoice_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_payment_id_company FOREIGN KEY (payment_id, company_id) REFERENCES receivables_payment (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_credit_memo_id_company FOREIGN KEY (credit_memo_id, company_id) REFERENCES receivables_creditmemo (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_paid_from_account_id_company FOREIGN KEY (paid_from_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceiptline ADD CONSTRAINT receivables_refundreceiptline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceiptline ADD CONSTRAINT receivables_refundreceiptline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceiptline ADD CONSTRAINT receivables_refundreceiptline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_refundreceipt (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_quote_id_company FOREIGN KEY (quote_id, company_id) REFERENCES receivables_quote (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorderline ADD CONSTRAINT receivables_salesorderline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorderline ADD CONSTRAINT receivables_salesorderline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorderline ADD CONSTRAINT receivables_salesorderline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_salesorder (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_storedfile (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_deposit_to_account_id_company FOREIGN KEY (deposit_to_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_revenue_account_id_company FOREIGN KEY (revenue_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceiptline ADD CONSTRAINT receivables_salesreceiptline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceiptline ADD CONSTRAINT receivables_salesreceiptline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES inventory_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceiptline ADD CONSTRAINT receivables_salesreceiptline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_salesreceipt (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_advancetax ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_advancetax FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_advancetax_company ON receivables_advancetax;
CREATE POLICY receivables_advancetax_company ON receivables_advancetax USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_advancetaxmove ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_advancetaxmove FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_advancetaxmove_company ON receivables_advancetaxmove;
CREATE POLICY receivables_advancetaxmove_company ON receivables_advancetaxmove USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_creditmemo ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_creditmemo FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_creditmemo_company ON receivables_creditmemo;
CREATE POLICY receivables_creditmemo_company ON receivables_creditmemo USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_creditmemoline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_creditmemoline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_creditmemoline_company ON receivables_creditmemoline;
CREATE POLICY receivables_creditmemoline_company ON receivables_creditmemoline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_customer FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_customer_company ON receivables_customer;
CREATE POLICY receivables_customer_company ON receivables_customer USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_dunninglevel ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_dunninglevel FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_dunninglevel_company ON receivables_dunninglevel;
CREATE POLICY receivables_dunninglevel_company ON receivables_dunninglevel USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_dunningpolicy ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_dunningpolicy FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_dunningpolicy_company ON receivables_dunningpolicy;
CREATE POLICY receivables_dunningpolicy_company ON receivables_dunningpolicy USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_dunningproposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_dunningproposal FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_dunningproposal_company ON receivables_dunningproposal;
CREATE POLICY receivables_dunningproposal_company ON receivables_dunningproposal USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_invoice FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_invoice_company ON receivables_invoice;
CREATE POLICY receivables_invoice_company ON receivables_invoice USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_invoiceline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_invoiceline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_invoiceline_company ON receivables_invoiceline;
CREATE POLICY receivables_invoiceline_company ON receivables_invoiceline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_mailing ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_mailing FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_mailing_company ON receivables_mailing;
CREATE POLICY receivables_mailing_company ON receivables_mailing USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_payment FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_payment_company ON receivables_payment;
CREATE POLICY receivables_payment_company ON receivables_payment USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_quote ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_quote FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_quote_company ON receivables_quote;
CREATE POLICY receivables_quote_company ON receivables_quote USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_quoteline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_quoteline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_quoteline_company ON receivables_quoteline;
CREATE POLICY receivables_quoteline_company ON receivables_quoteline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_recurringinvoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_recurringinvoice FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_recurringinvoice_company ON receivables_recurringinvoice;
CREATE POLICY receivables_recurringinvoice_company ON receivables_recurringinvoice USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_recurringrun ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_recurringrun FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_recurringrun_company ON receivables_recurringrun;
CREATE POLICY receivables_recurringrun_company ON receivables_recurringrun USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_refundreceipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_refundreceipt FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_refundreceipt_company ON receivables_refundreceipt;
CREATE POLICY receivables_refundreceipt_company ON receivables_refundreceipt USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_refundreceiptline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_refundreceiptline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_refundreceiptline_company ON receivables_refundreceiptline;
CREATE POLICY receivables_refundreceiptline_company ON receivables_refundreceiptline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_salesorder ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesorder FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_salesorder_company ON receivables_salesorder;
CREATE POLICY receivables_salesorder_company ON receivables_salesorder USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_salesorderline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesorderline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_salesorderline_company ON receivables_salesorderline;
CREATE POLICY receivables_salesorderline_company ON receivables_salesorderline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_salesreceipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesreceipt FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_salesreceipt_company ON receivables_salesreceipt;
CREATE POLICY receivables_salesreceipt_company ON receivables_salesreceipt USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE receivables_salesreceiptline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesreceiptline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS receivables_salesreceiptline_company ON receivables_salesreceiptline;
CREATE POLICY receivables_salesreceiptline_company ON receivables_salesreceiptline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));

CREATE OR REPLACE FUNCTION receivables_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.is_externally_posted) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.is_externally_posted)
        OR (CASE WHEN OLD.is_externally_posted AND NEW.posted_at IS NULL
            THEN NEW.entry_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM ledger_journalentry
                WHERE id = OLD.entry_id AND status IN ('pending_reversal', 'reversed'))
            ELSE (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
                OR NOT OLD.is_externally_posted AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) END)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_invoice_posted_stays BEFORE UPDATE OR DELETE ON receivables_invoice
    FOR EACH ROW EXECUTE FUNCTION receivables_invoice_guard();

CREATE OR REPLACE FUNCTION receivables_invoiceline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[]::text[] = to_jsonb(NEW) - ARRAY[]::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM receivables_invoice WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER receivables_invoiceline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_invoiceline
    FOR EACH ROW EXECUTE FUNCTION receivables_invoiceline_guard();


CREATE OR REPLACE FUNCTION receivables_creditmemo_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.is_externally_posted) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.is_externally_posted)
        OR (CASE WHEN OLD.is_externally_posted AND NEW.posted_at IS NULL
            THEN NEW.entry_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM ledger_journalentry
                WHERE id = OLD.entry_id AND status IN ('pending_reversal', 'reversed'))
            ELSE (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
                OR NOT OLD.is_externally_posted AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) END)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_creditmemo_posted_stays BEFORE UPDATE OR DELETE ON receivables_creditmemo
    FOR EACH ROW EXECUTE FUNCTION receivables_creditmemo_guard();

CREATE OR REPLACE FUNCTION receivables_creditmemoline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[]::text[] = to_jsonb(NEW) - ARRAY[]::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM receivables_creditmemo WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER receivables_creditmemoline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_creditmemoline
    FOR EACH ROW EXECUTE FUNCTION receivables_creditmemoline_guard();


CREATE OR REPLACE FUNCTION receivables_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.exchange_rate, NEW.base_amount, NEW.effective_date)
        OR (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_payment_posted_stays BEFORE UPDATE OR DELETE ON receivables_payment
    FOR EACH ROW EXECUTE FUNCTION receivables_payment_guard();


CREATE OR REPLACE FUNCTION receivables_salesreceipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.exchange_rate, NEW.base_amount, NEW.effective_date)
        OR (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_salesreceipt_posted_stays BEFORE UPDATE OR DELETE ON receivables_salesreceipt
    FOR EACH ROW EXECUTE FUNCTION receivables_salesreceipt_guard();

CREATE OR REPLACE FUNCTION receivables_salesreceiptline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[]::text[] = to_jsonb(NEW) - ARRAY[]::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM receivables_salesreceipt WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER receivables_salesreceiptline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_salesreceiptline
    FOR EACH ROW EXECUTE FUNCTION receivables_salesreceiptline_guard();


CREATE OR REPLACE FUNCTION receivables_refundreceipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.exchange_rate, NEW.base_amount, NEW.effective_date)
        OR (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_refundreceipt_posted_stays BEFORE UPDATE OR DELETE ON receivables_refundreceipt
    FOR EACH ROW EXECUTE FUNCTION receivables_refundreceipt_guard();

CREATE OR REPLACE FUNCTION receivables_refundreceiptline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[]::text[] = to_jsonb(NEW) - ARRAY[]::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM receivables_refundreceipt WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER receivables_refundreceiptline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_refundreceiptline
    FOR EACH ROW EXECUTE FUNCTION receivables_refundreceiptline_guard();


CREATE OR REPLACE FUNCTION receivables_quote_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.exchange_rate, NEW.base_amount, NEW.effective_date)
        OR (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_quote_posted_stays BEFORE UPDATE OR DELETE ON receivables_quote
    FOR EACH ROW EXECUTE FUNCTION receivables_quote_guard();

CREATE OR REPLACE FUNCTION receivables_quoteline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[]::text[] = to_jsonb(NEW) - ARRAY[]::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM receivables_quote WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER receivables_quoteline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_quoteline
    FOR EACH ROW EXECUTE FUNCTION receivables_quoteline_guard();


CREATE OR REPLACE FUNCTION receivables_salesorder_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.exchange_rate, NEW.base_amount, NEW.effective_date)
        OR (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receivables_salesorder_posted_stays BEFORE UPDATE OR DELETE ON receivables_salesorder
    FOR EACH ROW EXECUTE FUNCTION receivables_salesorder_guard();

CREATE OR REPLACE FUNCTION receivables_salesorderline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY['fulfilled_quantity', 'invoiced_quantity']::text[] = to_jsonb(NEW) - ARRAY['fulfilled_quantity', 'invoiced_quantity']::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM receivables_salesorder WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER receivables_salesorderline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_salesorderline
    FOR EACH ROW EXECUTE FUNCTION receivables_salesorderline_guard();


CREATE FUNCTION receivables_follow_items() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM new_rows WHERE kind = 'invoice' AND document_id IS NOT NULL) THEN
        UPDATE receivables_invoice d SET settled_amount = n.settled, settled_base = n.settled_base, updated_at = now(),
            status = CASE WHEN d.approval_status = 'void' THEN d.status WHEN n.settled = d.total_amount
                THEN 'paid' WHEN n.settled = 0 THEN 'open' ELSE 'partially_paid' END
            FROM (
                SELECT company_id, document_id,
                    CASE WHEN closed_on IS NULL THEN abs(amount) - abs(open_amount) ELSE 0 END AS settled,
                    CASE WHEN closed_on IS NULL THEN abs(base) - abs(open_base) ELSE 0 END AS settled_base
                FROM new_rows WHERE kind = 'invoice'
            ) n WHERE d.id = n.document_id AND d.company_id = n.company_id
                AND (d.settled_amount, d.settled_base) IS DISTINCT FROM (n.settled, n.settled_base);
    END IF;
    IF EXISTS (SELECT 1 FROM new_rows WHERE kind = 'credit_memo' AND document_id IS NOT NULL) THEN
        UPDATE receivables_creditmemo d SET settled_amount = n.settled, settled_base = n.settled_base, updated_at = now(),
            status = CASE WHEN d.approval_status = 'void' THEN d.status WHEN n.settled = d.total_amount
                THEN 'applied' WHEN n.settled = 0 THEN 'open' ELSE 'partially_applied' END
            FROM (
                SELECT company_id, document_id,
                    CASE WHEN closed_on IS NULL THEN abs(amount) - abs(open_amount) ELSE 0 END AS settled,
                    CASE WHEN closed_on IS NULL THEN abs(base) - abs(open_base) ELSE 0 END AS settled_base
                FROM new_rows WHERE kind = 'credit_memo'
            ) n WHERE d.id = n.document_id AND d.company_id = n.company_id
                AND (d.settled_amount, d.settled_base) IS DISTINCT FROM (n.settled, n.settled_base);
    END IF;
    IF EXISTS (SELECT 1 FROM new_rows WHERE kind = 'payment' AND document_id IS NOT NULL) THEN
        UPDATE receivables_payment d SET settled_amount = n.settled, settled_base = n.settled_base, updated_at = now(),
            status = CASE WHEN d.approval_status = 'void' THEN d.status WHEN n.settled = d.total_amount
                THEN 'completed' WHEN n.settled = 0 THEN 'completed' ELSE 'completed' END
            FROM (
                SELECT company_id, document_id,
                    CASE WHEN closed_on IS NULL THEN abs(amount) - abs(open_amount) ELSE 0 END AS settled,
                    CASE WHEN closed_on IS NULL THEN abs(base) - abs(open_base) ELSE 0 END AS settled_base
                FROM new_rows WHERE kind = 'payment'
            ) n WHERE d.id = n.document_id AND d.company_id = n.company_id
                AND (d.settled_amount, d.settled_base) IS DISTINCT FROM (n.settled, n.settled_base);
    END IF;
    IF EXISTS (SELECT 1 FROM new_rows WHERE kind = 'refund_receipt' AND document_id IS NOT NULL) THEN
        UPDATE receivables_refundreceipt d SET settled_amount = n.settled, settled_base = n.settled_base, updated_at = now(),
            status = CASE WHEN d.approval_status = 'void' THEN d.status WHEN n.settled = d.total_amount
                THEN 'completed' WHEN n.settled = 0 THEN 'completed' ELSE 'completed' END
            FROM (
                SELECT company_id, document_id,
                    CASE WHEN closed_on IS NULL THEN abs(amount) - abs(open_amount) ELSE 0 END AS settled,
                    CASE WHEN closed_on IS NULL THEN abs(base) - abs(open_base) ELSE 0 END AS settled_base
                FROM new_rows WHERE kind = 'refund_receipt'
            ) n WHERE d.id = n.document_id AND d.company_id = n.company_id
                AND (d.settled_amount, d.settled_base) IS DISTINCT FROM (n.settled, n.settled_base);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER receivables_items_followed AFTER UPDATE ON open_items_openitem REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION receivables_follow_items();

CREATE FUNCTION receivables_guard_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is a statement from outside; deeper is the trigger of the open items.
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is settled of % follows from its open item', NEW.id USING ERRCODE = 'BF008';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION receivables_guard_void() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM open_items_openitem
            WHERE company_id = NEW.company_id AND document_id = NEW.id AND closed_on IS NULL) THEN
        RAISE EXCEPTION '% is void and still has an open item', NEW.document_number USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER receivables_invoice_settled_on_insert BEFORE INSERT ON receivables_invoice
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION receivables_guard_settled();
CREATE TRIGGER receivables_invoice_settled_by_items BEFORE UPDATE ON receivables_invoice FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION receivables_guard_settled();
CREATE CONSTRAINT TRIGGER receivables_invoice_void_with_its_item AFTER UPDATE ON receivables_invoice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approval_status = 'void' AND OLD.approval_status <> 'void')
    EXECUTE FUNCTION receivables_guard_void();

CREATE TRIGGER receivables_creditmemo_settled_on_insert BEFORE INSERT ON receivables_creditmemo
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION receivables_guard_settled();
CREATE TRIGGER receivables_creditmemo_settled_by_items BEFORE UPDATE ON receivables_creditmemo FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION receivables_guard_settled();
CREATE CONSTRAINT TRIGGER receivables_creditmemo_void_with_its_item AFTER UPDATE ON receivables_creditmemo DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approval_status = 'void' AND OLD.approval_status <> 'void')
    EXECUTE FUNCTION receivables_guard_void();

CREATE TRIGGER receivables_payment_settled_on_insert BEFORE INSERT ON receivables_payment
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION receivables_guard_settled();
CREATE TRIGGER receivables_payment_settled_by_items BEFORE UPDATE ON receivables_payment FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION receivables_guard_settled();
CREATE CONSTRAINT TRIGGER receivables_payment_void_with_its_item AFTER UPDATE ON receivables_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approval_status = 'void' AND OLD.approval_status <> 'void')
    EXECUTE FUNCTION receivables_guard_void();

CREATE TRIGGER receivables_refundreceipt_settled_on_insert BEFORE INSERT ON receivables_refundreceipt
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION receivables_guard_settled();
CREATE TRIGGER receivables_refundreceipt_settled_by_items BEFORE UPDATE ON receivables_refundreceipt FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION receivables_guard_settled();
CREATE CONSTRAINT TRIGGER receivables_refundreceipt_void_with_its_item AFTER UPDATE ON receivables_refundreceipt DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approval_status = 'void' AND OLD.approval_status <> 'void')
    EXECUTE FUNCTION receivables_guard_void();


CREATE FUNCTION receivables_guard_advance_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tax on advance payments stays as it was posted' USING ERRCODE = 'BF003';
END $$;
CREATE TRIGGER receivables_advancetax_immutable BEFORE UPDATE OR DELETE ON receivables_advancetax
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_advance_tax();
CREATE TRIGGER receivables_advancetaxmove_immutable BEFORE UPDATE OR DELETE ON receivables_advancetaxmove
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_advance_tax();


CREATE FUNCTION receivables_creditmemo_invoice_id_not_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first date;
BEGIN
    SELECT coalesce(effective_date, document_date) INTO first FROM receivables_invoice WHERE id = NEW.invoice_id;
    IF coalesce(NEW.effective_date, NEW.document_date) < first THEN
        RAISE EXCEPTION '% counts before what it gives back, which is of %', NEW.document_number, first
            USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER receivables_creditmemo_invoice_id_not_before_on_insert AFTER INSERT ON receivables_creditmemo
    FOR EACH ROW WHEN (NEW.invoice_id IS NOT NULL AND NEW.posted_at IS NOT NULL) EXECUTE FUNCTION receivables_creditmemo_invoice_id_not_before();
CREATE TRIGGER receivables_creditmemo_invoice_id_not_before_on_posting AFTER UPDATE ON receivables_creditmemo
    FOR EACH ROW WHEN (NEW.invoice_id IS NOT NULL AND NEW.posted_at IS NOT NULL AND OLD.posted_at IS NULL)
    EXECUTE FUNCTION receivables_creditmemo_invoice_id_not_before();


CREATE FUNCTION receivables_refundreceipt_payment_id_not_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first date;
BEGIN
    SELECT coalesce(effective_date, document_date) INTO first FROM receivables_payment WHERE id = NEW.payment_id;
    IF coalesce(NEW.effective_date, NEW.document_date) < first THEN
        RAISE EXCEPTION '% counts before what it gives back, which is of %', NEW.document_number, first
            USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER receivables_refundreceipt_payment_id_not_before_on_insert AFTER INSERT ON receivables_refundreceipt
    FOR EACH ROW WHEN (NEW.payment_id IS NOT NULL AND NEW.posted_at IS NOT NULL) EXECUTE FUNCTION receivables_refundreceipt_payment_id_not_before();
CREATE TRIGGER receivables_refundreceipt_payment_id_not_before_on_posting AFTER UPDATE ON receivables_refundreceipt
    FOR EACH ROW WHEN (NEW.payment_id IS NOT NULL AND NEW.posted_at IS NOT NULL AND OLD.posted_at IS NULL)
    EXECUTE FUNCTION receivables_refundreceipt_payment_id_not_before();


CREATE FUNCTION receivables_refundreceipt_credit_memo_id_not_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first date;
BEGIN
    SELECT coalesce(effective_date, document_date) INTO first FROM receivables_creditmemo WHERE id = NEW.credit_memo_id;
    IF coalesce(NEW.effective_date, NEW.document_date) < first THEN
        RAISE EXCEPTION '% counts before what it gives back, which is of %', NEW.document_number, first
            USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER receivables_refundreceipt_credit_memo_id_not_before_on_insert AFTER INSERT ON receivables_refundreceipt
    FOR EACH ROW WHEN (NEW.credit_memo_id IS NOT NULL AND NEW.posted_at IS NOT NULL) EXECUTE FUNCTION receivables_refundreceipt_credit_memo_id_not_before();
CREATE TRIGGER receivables_refundreceipt_credit_memo_id_not_before_on_posting AFTER UPDATE ON receivables_refundreceipt
    FOR EACH ROW WHEN (NEW.credit_memo_id IS NOT NULL AND NEW.posted_at IS NOT NULL AND OLD.posted_at IS NULL)
    EXECUTE FUNCTION receivables_refundreceipt_credit_memo_id_not_before();


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
