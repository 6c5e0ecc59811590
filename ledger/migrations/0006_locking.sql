CREATE OR REPLACE FUNCTION ledger_guard_period_real() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    start_month integer;
    last_month date;
BEGIN
    SELECT fiscal_year_start_month INTO start_month FROM tenancy_company WHERE id = NEW.company_id;
    IF NEW.number = 0 THEN
        IF NEW.starts_on = date_trunc('month', NEW.starts_on) AND NEW.name = to_char(NEW.starts_on, 'YYYY-MM')
            AND NEW.ends_on = (NEW.starts_on + interval '1 month - 1 day')::date
            AND NEW.fiscal_year = extract(year FROM NEW.starts_on - make_interval(months => start_month - 1))
        THEN
            -- Posting takes the journal head before its period, and so does locking: the two cannot meet here.
            IF EXISTS (SELECT FROM ledger_period p WHERE p.company_id = NEW.company_id AND p.number = 0
                AND p.status = 'locked' AND p.starts_on > NEW.starts_on) AND NOT EXISTS (SELECT FROM ledger_period p
                WHERE p.company_id = NEW.company_id AND p.name = NEW.name)
            THEN
                RAISE EXCEPTION 'period % lies before a month that is locked for good', NEW.name
                    USING ERRCODE = 'BF004';
            END IF;
            RETURN NEW;
        END IF;
    ELSE
        last_month := (make_date(NEW.fiscal_year, start_month, 1) + interval '11 months')::date;
        IF NEW.starts_on = last_month AND NEW.ends_on = (last_month + interval '1 month - 1 day')::date
            AND NEW.name = NEW.fiscal_year || '-P' || NEW.number
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'period % from % to % is none of fiscal year %', NEW.name, NEW.starts_on, NEW.ends_on,
        NEW.fiscal_year USING ERRCODE = 'BF004';
END $$;
CREATE OR REPLACE FUNCTION ledger_guard_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'open' OR OLD.booking_count > 0 THEN
            RAISE EXCEPTION 'period % cannot be deleted', OLD.name USING ERRCODE = 'BF004';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'locked' THEN
        RAISE EXCEPTION 'period % is locked for good', OLD.name USING ERRCODE = 'BF004';
    END IF;
    IF (NEW.company_id, NEW.name, NEW.number, NEW.fiscal_year, NEW.starts_on, NEW.ends_on)
        IS DISTINCT FROM (OLD.company_id, OLD.name, OLD.number, OLD.fiscal_year, OLD.starts_on, OLD.ends_on)
        OR NEW.booking_count < OLD.booking_count THEN
        RAISE EXCEPTION 'period % cannot be moved or emptied', OLD.name USING ERRCODE = 'BF004';
    END IF;
    IF NEW.status = 'locked' AND EXISTS (SELECT FROM ledger_period p WHERE p.company_id = NEW.company_id
        AND p.number = 0 AND p.status <> 'locked' AND (p.starts_on, p.number) < (NEW.starts_on, NEW.number))
    THEN
        RAISE EXCEPTION 'an earlier month than % is not locked yet', NEW.name USING ERRCODE = 'BF004';
    END IF;
    RETURN NEW;
END $$;
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'ledger\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
        EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', guard);
    END LOOP;
END $$;
