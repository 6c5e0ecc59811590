"""What holds companies and accounts once something is posted: base currency, fiscal year, type, what an account
controls (L3)."""

COMPANY_FUNCTION = """
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
"""

COMPANY = f"""{COMPANY_FUNCTION}
CREATE TRIGGER ledger_company_fixed BEFORE UPDATE OF base_currency, fiscal_year_start_month ON tenancy_company
    FOR EACH ROW WHEN (
        NEW.base_currency <> OLD.base_currency OR NEW.fiscal_year_start_month <> OLD.fiscal_year_start_month
    ) EXECUTE FUNCTION ledger_guard_company();
"""

ACCOUNT = """
CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_journalline WHERE company_id = OLD.company_id AND account_id = OLD.id) THEN
        RAISE EXCEPTION 'account % has postings: its type and company cannot change', OLD.id
            USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_type_fixed BEFORE UPDATE OF type, company_id ON ledger_account
    FOR EACH ROW WHEN (NEW.type <> OLD.type OR NEW.company_id <> OLD.company_id)
    EXECUTE FUNCTION ledger_guard_account();
"""

# Accounts with the role are control accounts, and so are those that had it when they were posted to.
CONTROL = """
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
"""
