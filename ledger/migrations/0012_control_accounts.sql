CREATE FUNCTION ledger_guard_account_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    role text := CASE NEW.slot WHEN 'accounts_receivable' THEN 'receivable' WHEN 'accounts_payable' THEN 'payable' END;
BEGIN
    NEW.control := role;
    IF TG_OP = 'UPDATE' AND OLD.control IS DISTINCT FROM role THEN
        -- FOR UPDATE waits for a posting in progress.
        PERFORM 1 FROM ledger_journalhead WHERE company_id = NEW.company_id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM ledger_journalline WHERE company_id = OLD.company_id AND account_id = OLD.id) THEN
            IF role IS NOT NULL THEN
                RAISE EXCEPTION 'account % has postings: what it controls is fixed', OLD.id USING ERRCODE = 'BF003';
            END IF;
            NEW.control := OLD.control;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_control BEFORE INSERT OR UPDATE OF slot, control ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_account_control();
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION ledger_guard_account_control SET search_path = %I, pg_temp', current_schema());
    EXECUTE 'ALTER FUNCTION ledger_guard_account_control SET enable_seqscan = off';
END $$;
UPDATE ledger_account SET slot = slot WHERE slot IN ('accounts_receivable', 'accounts_payable');
