CREATE OR REPLACE FUNCTION receivables_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.is_recorded) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.is_recorded)
        OR (CASE WHEN OLD.is_recorded AND NEW.posted_at IS NULL
            THEN NEW.entry_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM ledger_journalentry
                WHERE id = OLD.entry_id AND status IN ('pending_reversal', 'reversed'))
            ELSE (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
                OR NOT OLD.is_recorded AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) END)
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


CREATE OR REPLACE FUNCTION receivables_creditmemo_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.company_id, OLD.document_number, OLD.document_date, OLD.service_date, OLD.currency, OLD.subtotal, OLD.discount_amount, OLD.tax_amount, OLD.total_amount, OLD.customer_id, OLD.is_recorded) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.document_number, NEW.document_date, NEW.service_date, NEW.currency, NEW.subtotal, NEW.discount_amount, NEW.tax_amount, NEW.total_amount, NEW.customer_id, NEW.is_recorded)
        OR (CASE WHEN OLD.is_recorded AND NEW.posted_at IS NULL
            THEN NEW.entry_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM ledger_journalentry
                WHERE id = OLD.entry_id AND status IN ('pending_reversal', 'reversed'))
            ELSE (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
                OR NOT OLD.is_recorded AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date) IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) END)
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
