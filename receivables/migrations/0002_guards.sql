ALTER TABLE receivables_customer ADD CONSTRAINT receivables_customer_default_account_id_company FOREIGN KEY (default_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quote ADD CONSTRAINT receivables_quote_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quote ADD CONSTRAINT receivables_quote_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_entry_id_company FOREIGN KEY (entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quote ADD CONSTRAINT receivables_quote_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_file_id_company FOREIGN KEY (file_id, company_id) REFERENCES files_document (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceiptline ADD CONSTRAINT receivables_salesreceiptline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_salesreceipt (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_creditmemo (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceiptline ADD CONSTRAINT receivables_refundreceiptline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_refundreceipt (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quoteline ADD CONSTRAINT receivables_quoteline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_quote (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorderline ADD CONSTRAINT receivables_salesorderline_document_id_company FOREIGN KEY (document_id, company_id) REFERENCES receivables_salesorder (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceiptline ADD CONSTRAINT receivables_salesreceiptline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceiptline ADD CONSTRAINT receivables_refundreceiptline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quoteline ADD CONSTRAINT receivables_quoteline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorderline ADD CONSTRAINT receivables_salesorderline_account_id_company FOREIGN KEY (account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceiptline ADD CONSTRAINT receivables_salesreceiptline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceiptline ADD CONSTRAINT receivables_refundreceiptline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_quoteline ADD CONSTRAINT receivables_quoteline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorderline ADD CONSTRAINT receivables_salesorderline_item_id_company FOREIGN KEY (item_id, company_id) REFERENCES ledger_item (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoice ADD CONSTRAINT receivables_invoice_sales_order_id_company FOREIGN KEY (sales_order_id, company_id) REFERENCES receivables_salesorder (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_invoiceline ADD CONSTRAINT receivables_invoiceline_order_line_id_company FOREIGN KEY (order_line_id, company_id) REFERENCES receivables_salesorderline (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesorder ADD CONSTRAINT receivables_salesorder_quote_id_company FOREIGN KEY (quote_id, company_id) REFERENCES receivables_quote (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_payment ADD CONSTRAINT receivables_payment_deposit_to_account_id_company FOREIGN KEY (deposit_to_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_deposit_to_account_id_company FOREIGN KEY (deposit_to_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_salesreceipt ADD CONSTRAINT receivables_salesreceipt_revenue_account_id_company FOREIGN KEY (revenue_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_payment_id_company FOREIGN KEY (payment_id, company_id) REFERENCES receivables_payment (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_credit_memo_id_company FOREIGN KEY (credit_memo_id, company_id) REFERENCES receivables_creditmemo (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_refundreceipt ADD CONSTRAINT receivables_refundreceipt_paid_from_account_id_company FOREIGN KEY (paid_from_account_id, company_id) REFERENCES ledger_account (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemo ADD CONSTRAINT receivables_creditmemo_invoice_id_company FOREIGN KEY (invoice_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_creditmemoline ADD CONSTRAINT receivables_creditmemoline_invoice_line_id_company FOREIGN KEY (invoice_line_id, company_id) REFERENCES receivables_invoiceline (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_allocation ADD CONSTRAINT receivables_allocation_customer_id_company FOREIGN KEY (customer_id, company_id) REFERENCES receivables_customer (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_allocation ADD CONSTRAINT receivables_allocation_invoice_id_company FOREIGN KEY (invoice_id, company_id) REFERENCES receivables_invoice (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_allocation ADD CONSTRAINT receivables_allocation_refund_id_company FOREIGN KEY (refund_id, company_id) REFERENCES receivables_refundreceipt (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_allocation ADD CONSTRAINT receivables_allocation_payment_id_company FOREIGN KEY (payment_id, company_id) REFERENCES receivables_payment (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_allocation ADD CONSTRAINT receivables_allocation_credit_memo_id_company FOREIGN KEY (credit_memo_id, company_id) REFERENCES receivables_creditmemo (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_allocation ADD CONSTRAINT receivables_allocation_settlement_entry_id_company FOREIGN KEY (settlement_entry_id, company_id) REFERENCES ledger_journalentry (id, company_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE receivables_customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_customer FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_customer_company ON receivables_customer USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_invoice FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_invoice_company ON receivables_invoice USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_payment FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_payment_company ON receivables_payment USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_salesreceipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesreceipt FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_salesreceipt_company ON receivables_salesreceipt USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_creditmemo ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_creditmemo FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_creditmemo_company ON receivables_creditmemo USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_refundreceipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_refundreceipt FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_refundreceipt_company ON receivables_refundreceipt USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_quote ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_quote FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_quote_company ON receivables_quote USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_salesorder ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesorder FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_salesorder_company ON receivables_salesorder USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_invoiceline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_invoiceline FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_invoiceline_company ON receivables_invoiceline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_salesreceiptline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesreceiptline FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_salesreceiptline_company ON receivables_salesreceiptline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_creditmemoline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_creditmemoline FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_creditmemoline_company ON receivables_creditmemoline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_refundreceiptline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_refundreceiptline FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_refundreceiptline_company ON receivables_refundreceiptline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_quoteline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_quoteline FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_quoteline_company ON receivables_quoteline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_salesorderline ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_salesorderline FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_salesorderline_company ON receivables_salesorderline USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
ALTER TABLE receivables_allocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE receivables_allocation FORCE ROW LEVEL SECURITY;
CREATE POLICY receivables_allocation_company ON receivables_allocation USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));

CREATE FUNCTION receivables_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT OLD.is_recorded AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_invoice_posted_stays BEFORE UPDATE OR DELETE ON receivables_invoice
    FOR EACH ROW EXECUTE FUNCTION receivables_invoice_guard();

CREATE FUNCTION receivables_invoiceline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line receivables_invoiceline := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM receivables_invoice WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER receivables_invoiceline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_invoiceline
    FOR EACH ROW EXECUTE FUNCTION receivables_invoiceline_guard();


CREATE FUNCTION receivables_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT false AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_payment_posted_stays BEFORE UPDATE OR DELETE ON receivables_payment
    FOR EACH ROW EXECUTE FUNCTION receivables_payment_guard();


CREATE FUNCTION receivables_salesreceipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT false AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_salesreceipt_posted_stays BEFORE UPDATE OR DELETE ON receivables_salesreceipt
    FOR EACH ROW EXECUTE FUNCTION receivables_salesreceipt_guard();

CREATE FUNCTION receivables_salesreceiptline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line receivables_salesreceiptline := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM receivables_salesreceipt WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER receivables_salesreceiptline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_salesreceiptline
    FOR EACH ROW EXECUTE FUNCTION receivables_salesreceiptline_guard();


CREATE FUNCTION receivables_creditmemo_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT OLD.is_recorded AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_creditmemo_posted_stays BEFORE UPDATE OR DELETE ON receivables_creditmemo
    FOR EACH ROW EXECUTE FUNCTION receivables_creditmemo_guard();

CREATE FUNCTION receivables_creditmemoline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line receivables_creditmemoline := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM receivables_creditmemo WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER receivables_creditmemoline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_creditmemoline
    FOR EACH ROW EXECUTE FUNCTION receivables_creditmemoline_guard();


CREATE FUNCTION receivables_refundreceipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT false AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_refundreceipt_posted_stays BEFORE UPDATE OR DELETE ON receivables_refundreceipt
    FOR EACH ROW EXECUTE FUNCTION receivables_refundreceipt_guard();

CREATE FUNCTION receivables_refundreceiptline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line receivables_refundreceiptline := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM receivables_refundreceipt WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER receivables_refundreceiptline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_refundreceiptline
    FOR EACH ROW EXECUTE FUNCTION receivables_refundreceiptline_guard();


CREATE FUNCTION receivables_quote_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT false AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_quote_posted_stays BEFORE UPDATE OR DELETE ON receivables_quote
    FOR EACH ROW EXECUTE FUNCTION receivables_quote_guard();

CREATE FUNCTION receivables_quoteline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line receivables_quoteline := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM receivables_quote WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER receivables_quoteline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_quoteline
    FOR EACH ROW EXECUTE FUNCTION receivables_quoteline_guard();


CREATE FUNCTION receivables_salesorder_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT false AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receivables_salesorder_posted_stays BEFORE UPDATE OR DELETE ON receivables_salesorder
    FOR EACH ROW EXECUTE FUNCTION receivables_salesorder_guard();

CREATE FUNCTION receivables_salesorderline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line receivables_salesorderline := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM receivables_salesorder WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER receivables_salesorderline_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON receivables_salesorderline
    FOR EACH ROW EXECUTE FUNCTION receivables_salesorderline_guard();


CREATE OR REPLACE FUNCTION receivables_guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Undone once; on an earlier day where one of its documents turns out to have ended before.
    IF TG_OP = 'DELETE' OR OLD.undone_on <= NEW.undone_on OR OLD.undone_on IS NOT NULL AND NEW.undone_on IS NULL
        OR to_jsonb(NEW) - 'undone_on' IS DISTINCT FROM to_jsonb(OLD) - 'undone_on' THEN
        RAISE EXCEPTION 'allocation % stays as it was; it can be undone once', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;


CREATE TRIGGER receivables_allocation_immutable BEFORE UPDATE OR DELETE ON receivables_allocation
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_allocation();
