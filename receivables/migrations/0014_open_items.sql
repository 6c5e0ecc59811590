DROP FUNCTION receivables_guard_allocation() CASCADE;
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

CREATE TRIGGER receivables_payment_settled_on_insert BEFORE INSERT ON receivables_payment
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION receivables_guard_settled();
CREATE TRIGGER receivables_payment_settled_by_items BEFORE UPDATE ON receivables_payment FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION receivables_guard_settled();
CREATE CONSTRAINT TRIGGER receivables_payment_void_with_its_item AFTER UPDATE ON receivables_payment DEFERRABLE INITIALLY DEFERRED
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

CREATE TRIGGER receivables_refundreceipt_settled_on_insert BEFORE INSERT ON receivables_refundreceipt
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION receivables_guard_settled();
CREATE TRIGGER receivables_refundreceipt_settled_by_items BEFORE UPDATE ON receivables_refundreceipt FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION receivables_guard_settled();
CREATE CONSTRAINT TRIGGER receivables_refundreceipt_void_with_its_item AFTER UPDATE ON receivables_refundreceipt DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approval_status = 'void' AND OLD.approval_status <> 'void')
    EXECUTE FUNCTION receivables_guard_void();
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
