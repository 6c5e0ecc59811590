CREATE OR REPLACE FUNCTION receivables_guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Undone once; on an earlier day where one of its documents turns out to have ended before.
    IF TG_OP = 'DELETE' OR OLD.undone_on <= NEW.undone_on OR OLD.undone_on IS NOT NULL AND NEW.undone_on IS NULL
        OR to_jsonb(NEW) - 'undone_on' IS DISTINCT FROM to_jsonb(OLD) - 'undone_on' THEN
        RAISE EXCEPTION 'allocation % stays as it was; it can be undone once', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
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
