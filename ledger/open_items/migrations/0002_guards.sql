ALTER TABLE open_items_openitem DROP CONSTRAINT open_items_openitem_pkey;
ALTER TABLE open_items_openitem ADD PRIMARY KEY (company_id, id);
ALTER TABLE open_items_allocation DROP CONSTRAINT open_items_allocation_pkey;
ALTER TABLE open_items_allocation ADD PRIMARY KEY (company_id, id);


ALTER TABLE open_items_openitem ADD CONSTRAINT open_item_account FOREIGN KEY (company_id, account_id, side)
    REFERENCES ledger_account (company_id, id, control);
ALTER TABLE open_items_openitem ADD CONSTRAINT open_item_entry FOREIGN KEY (entry_id, company_id)
    REFERENCES ledger_journalentry (id, company_id);
ALTER TABLE open_items_openitem ADD CONSTRAINT open_item_closing_entry FOREIGN KEY (closing_entry_id, company_id)
    REFERENCES ledger_journalentry (id, company_id);
ALTER TABLE open_items_allocation ADD CONSTRAINT open_allocation_debit FOREIGN KEY (company_id, debit_item_id)
    REFERENCES open_items_openitem (company_id, id);
ALTER TABLE open_items_allocation ADD CONSTRAINT open_allocation_credit FOREIGN KEY (company_id, credit_item_id)
    REFERENCES open_items_openitem (company_id, id);
ALTER TABLE open_items_allocation ADD CONSTRAINT open_allocation_entry FOREIGN KEY (entry_id, company_id)
    REFERENCES ledger_journalentry (id, company_id);
ALTER TABLE open_items_allocation ADD CONSTRAINT open_allocation_undoing_entry
    FOREIGN KEY (undoing_entry_id, company_id) REFERENCES ledger_journalentry (id, company_id);
ALTER TABLE open_items_controlday ADD CONSTRAINT control_day_account FOREIGN KEY (account_id, company_id)
    REFERENCES ledger_account (id, company_id);


CREATE FUNCTION open_items_guard_control_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is a statement from outside; deeper are the triggers of lines, items and allocations.
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the days of control accounts are kept by the journal and the open items'
            USING ERRCODE = 'BF007';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_control_day_guard BEFORE INSERT OR UPDATE OR DELETE ON open_items_controlday
    FOR EACH STATEMENT EXECUTE FUNCTION open_items_guard_control_day();

CREATE FUNCTION open_items_control_day_ties() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    here open_items_controlday;
BEGIN
    SELECT * INTO here FROM open_items_controlday
        WHERE (company_id, account_id, day) = (NEW.company_id, NEW.account_id, NEW.day);
    IF here.journal <> here.items THEN
        RAISE EXCEPTION 'control account % moved by % on %, its open items by %', NEW.account_id, here.journal,
            NEW.day, here.items USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER open_items_control_day_ties AFTER INSERT OR UPDATE ON open_items_controlday
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION open_items_control_day_ties();

CREATE FUNCTION open_items_count_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_items_controlday AS t (company_id, account_id, day, journal)
        SELECT n.company_id, n.account_id, n.entry_date, sum(n.amount) FROM new_lines n
            WHERE (SELECT a.control FROM ledger_account a WHERE a.id = n.account_id) IS NOT NULL
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (company_id, account_id, day) DO UPDATE SET journal = t.journal + EXCLUDED.journal;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_of_lines AFTER INSERT ON ledger_journalline REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION open_items_count_lines();


CREATE FUNCTION open_items_guard_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.open_amount := NEW.amount;
        NEW.open_base := NEW.base;
        NEW.undone_until := NULL;
        IF NEW.closed_on IS NOT NULL THEN
            RAISE EXCEPTION 'open item % is closed before it is open', NEW.id USING ERRCODE = 'BF008';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE'
        OR OLD.closed_on IS NOT NULL AND (NEW.closed_on, NEW.closing_entry_id, NEW.document_id)
            IS DISTINCT FROM (OLD.closed_on, OLD.closing_entry_id, OLD.document_id)
        OR (NEW.company_id, NEW.id, NEW.side, NEW.account_id, NEW.entry_id, NEW.currency, NEW.rate, NEW.amount,
            NEW.base, NEW.embedded, NEW.opened_on, NEW.created_at)
            IS DISTINCT FROM (OLD.company_id, OLD.id, OLD.side, OLD.account_id, OLD.entry_id, OLD.currency, OLD.rate,
            OLD.amount, OLD.base, OLD.embedded, OLD.opened_on, OLD.created_at)
        -- An entry by hand learns whose it is, and which document describes it, once.
        OR OLD.party_id IS NOT NULL AND NEW.party_id IS DISTINCT FROM OLD.party_id
        OR OLD.document_id IS NOT NULL AND (NEW.kind, NEW.document_id, NEW.number, NEW.document_date)
            IS DISTINCT FROM (OLD.kind, OLD.document_id, OLD.number, OLD.document_date) THEN
        RAISE EXCEPTION 'open item % stays as it was posted', OLD.id USING ERRCODE = 'BF003';
    END IF;
    IF NEW.closed_on IS NOT NULL AND OLD.closed_on IS NULL THEN
        IF EXISTS (
            SELECT 1 FROM open_items_allocation WHERE company_id = OLD.company_id AND (debit_item_id = OLD.id
                OR credit_item_id = OLD.id) AND (undone_on IS NULL OR undone_on > greatest(NEW.closed_on, applied_on))
        ) THEN
            RAISE EXCEPTION 'open item % closes on %, and allocations count beyond', OLD.id, NEW.closed_on
                USING ERRCODE = 'BF008';
        END IF;
        NEW.open_amount := 0;
        NEW.open_base := 0;
    ELSIF pg_trigger_depth() < 2 AND (NEW.open_amount, NEW.open_base, NEW.undone_until)
        IS DISTINCT FROM (OLD.open_amount, OLD.open_base, OLD.undone_until) THEN
        RAISE EXCEPTION 'what is open of item % follows from its allocations', OLD.id USING ERRCODE = 'BF007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_items_item_guard BEFORE INSERT OR UPDATE OR DELETE ON open_items_openitem
    FOR EACH ROW EXECUTE FUNCTION open_items_guard_item();

CREATE FUNCTION open_items_count_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_items_controlday AS t (company_id, account_id, day, items)
        SELECT company_id, account_id, opened_on, sum(base) FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (company_id, account_id, day) DO UPDATE SET items = t.items + EXCLUDED.items;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_item_opened AFTER INSERT ON open_items_openitem REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION open_items_count_opened();

CREATE FUNCTION open_items_count_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_items_controlday AS t (company_id, account_id, day, items)
        SELECT NEW.company_id, NEW.account_id, NEW.closed_on, -NEW.base
        ON CONFLICT (company_id, account_id, day) DO UPDATE SET items = t.items + EXCLUDED.items;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_item_closed AFTER UPDATE ON open_items_openitem FOR EACH ROW
    WHEN (NEW.closed_on IS NOT NULL AND OLD.closed_on IS NULL) EXECUTE FUNCTION open_items_count_closed();

-- What settles each other belongs to one party, also when the party becomes known later.
CREATE FUNCTION open_items_party_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM open_items_allocation a, open_items_openitem d, open_items_openitem c
            WHERE a.company_id = NEW.company_id AND (a.debit_item_id = NEW.id OR a.credit_item_id = NEW.id)
            AND (d.company_id, d.id) = (a.company_id, a.debit_item_id)
            AND (c.company_id, c.id) = (a.company_id, a.credit_item_id) AND d.party_id IS DISTINCT FROM c.party_id
    ) THEN
        RAISE EXCEPTION 'open item % and what settles it belong to one party', NEW.id USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER open_items_party_agrees AFTER UPDATE ON open_items_openitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.party_id IS DISTINCT FROM NEW.party_id) EXECUTE FUNCTION open_items_party_agrees();


-- What is settled of an item stays within it on every day, in both currencies, and settling all of it leaves nothing.
CREATE FUNCTION open_items_fits_every_day(company uuid, item uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(bool_and(r.amount BETWEEN 0 AND abs(i.amount) AND r.base BETWEEN 0 AND abs(i.base)
            AND (r.amount < abs(i.amount) OR r.base = abs(i.base))), true)
        FROM open_items_openitem i CROSS JOIN LATERAL (
            SELECT sum(sum(m.amount)) OVER (ORDER BY m.day) AS amount, sum(sum(m.base)) OVER (ORDER BY m.day) AS base
                FROM (
                    SELECT a.*, CASE a.debit_item_id WHEN item THEN a.base_debit ELSE a.base_credit END AS base
                        FROM open_items_allocation a
                        WHERE a.company_id = company AND item IN (a.debit_item_id, a.credit_item_id)
                        AND a.undone_on IS DISTINCT FROM a.applied_on
                ) a CROSS JOIN LATERAL (
                    VALUES (a.applied_on, a.amount, a.base), (a.undone_on, -a.amount, -a.base)
                ) m (day, amount, base)
                WHERE m.day IS NOT NULL GROUP BY m.day
        ) r
        WHERE i.company_id = company AND i.id = item
$$;

CREATE FUNCTION open_items_guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Undone once, or earlier than it was: an item may close before the day on which something was unapplied.
    IF TG_OP = 'DELETE' OR NEW.undone_on IS NULL OR NEW.undone_on >= OLD.undone_on
        OR (NEW.company_id, NEW.id, NEW.debit_item_id, NEW.credit_item_id, NEW.amount, NEW.base_debit, NEW.base_credit,
            NEW.applied_on, NEW.created_at, NEW.entry_id, NEW.allocated_at, NEW.allocated_by)
            IS DISTINCT FROM (OLD.company_id, OLD.id, OLD.debit_item_id, OLD.credit_item_id, OLD.amount,
            OLD.base_debit, OLD.base_credit, OLD.applied_on, OLD.created_at, OLD.entry_id, OLD.allocated_at,
            OLD.allocated_by) THEN
        RAISE EXCEPTION 'allocation % stays as it was; it can be undone', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_items_allocation_guard BEFORE UPDATE OR DELETE ON open_items_allocation
    FOR EACH ROW EXECUTE FUNCTION open_items_guard_allocation();

CREATE FUNCTION open_items_allocated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad uuid;
BEGIN
    -- First the update, whose row locks wait for whoever is closing one of the items; then look at what is there.
    UPDATE open_items_openitem i SET open_amount = i.open_amount - m.amount, open_base = i.open_base - m.base
        FROM (
            SELECT company_id, item_id, sum(amount) AS amount, sum(base) AS base FROM (
                SELECT company_id, debit_item_id AS item_id, amount, base_debit AS base FROM new_rows
                UNION ALL SELECT company_id, credit_item_id, -amount, -base_credit FROM new_rows
            ) moves GROUP BY 1, 2
        ) m WHERE (i.company_id, i.id) = (m.company_id, m.item_id);
    -- Without an undone allocation that counted later, what is settled only grows, and the row's own checks are enough.
    -- CASE, because the planner may otherwise ask the dear question first.
    SELECT n.id INTO bad FROM new_rows n WHERE (
        SELECT d.amount > 0 AND c.amount < 0  -- of a closed item nothing is open, so the checks have refused it
            AND n.applied_on >= greatest(d.opened_on, c.opened_on) AND n.undone_on IS NULL
            AND (d.account_id, d.currency) = (c.account_id, c.currency) AND d.party_id IS NOT DISTINCT FROM c.party_id
            AND CASE WHEN d.undone_until > n.applied_on THEN open_items_fits_every_day(d.company_id, d.id) ELSE true END
            AND CASE WHEN c.undone_until > n.applied_on THEN open_items_fits_every_day(c.company_id, c.id) ELSE true END
        FROM open_items_openitem d, open_items_openitem c
            WHERE (d.company_id, d.id) = (n.company_id, n.debit_item_id)
            AND (c.company_id, c.id) = (n.company_id, n.credit_item_id)
    ) IS NOT TRUE LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'allocation % does not fit its items, or not on every day', bad USING ERRCODE = 'BF008';
    END IF;
    INSERT INTO open_items_controlday AS t (company_id, account_id, day, items)
        SELECT n.company_id, d.account_id, n.applied_on, sum(n.difference)
            FROM new_rows n JOIN open_items_openitem d ON (d.company_id, d.id) = (n.company_id, n.debit_item_id)
            WHERE n.difference <> 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (company_id, account_id, day) DO UPDATE SET items = t.items + EXCLUDED.items;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_allocation_made AFTER INSERT ON open_items_allocation REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION open_items_allocated();

CREATE FUNCTION open_items_unapplied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE open_items_openitem i SET open_amount = i.open_amount + m.amount, open_base = i.open_base + m.base,
            undone_until = greatest(i.undone_until, m.until)
        FROM (
            SELECT company_id, item_id, sum(amount) AS amount, sum(base) AS base, max(until) AS until FROM (
                SELECT o.company_id, side.item_id, side.amount, side.base, NULL::date AS until
                    FROM old_rows o CROSS JOIN LATERAL (VALUES (o.debit_item_id, o.amount, o.base_debit),
                        (o.credit_item_id, -o.amount, -o.base_credit)) side (item_id, amount, base)
                    WHERE o.undone_on IS NULL
                UNION ALL SELECT n.company_id, side.item_id, 0, 0, n.undone_on
                    FROM new_rows n CROSS JOIN LATERAL (VALUES (n.debit_item_id), (n.credit_item_id)) side (item_id)
                    WHERE n.undone_on > n.applied_on
            ) moves GROUP BY 1, 2
        ) m WHERE (i.company_id, i.id) = (m.company_id, m.item_id);
    -- The difference ends on the new day, and no longer on the day that stood there before.
    INSERT INTO open_items_controlday AS t (company_id, account_id, day, items)
        SELECT m.company_id, d.account_id, m.day, sum(m.difference) FROM (
            SELECT company_id, debit_item_id, undone_on AS day, -difference AS difference FROM new_rows
            UNION ALL SELECT company_id, debit_item_id, undone_on, difference FROM old_rows WHERE undone_on IS NOT NULL
        ) m JOIN open_items_openitem d ON (d.company_id, d.id) = (m.company_id, m.debit_item_id)
            WHERE m.difference <> 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (company_id, account_id, day) DO UPDATE SET items = t.items + EXCLUDED.items;
    RETURN NULL;
END $$;
CREATE TRIGGER open_items_allocation_undone AFTER UPDATE ON open_items_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION open_items_unapplied();


DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'open\_items\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
        EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', guard);
        EXECUTE format('ALTER FUNCTION %s SET enable_hashjoin = off', guard);
        EXECUTE format('ALTER FUNCTION %s SET enable_mergejoin = off', guard);
    END LOOP;
END $$;

CREATE TRIGGER open_items_openitem_no_truncate BEFORE TRUNCATE ON open_items_openitem FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER open_items_allocation_no_truncate BEFORE TRUNCATE ON open_items_allocation FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER open_items_controlday_no_truncate BEFORE TRUNCATE ON open_items_controlday FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
ALTER TABLE open_items_openitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE open_items_openitem FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS open_items_openitem_company ON open_items_openitem;
CREATE POLICY open_items_openitem_company ON open_items_openitem USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE open_items_allocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE open_items_allocation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS open_items_allocation_company ON open_items_allocation;
CREATE POLICY open_items_allocation_company ON open_items_allocation USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE open_items_controlday ENABLE ROW LEVEL SECURITY;
ALTER TABLE open_items_controlday FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS open_items_controlday_company ON open_items_controlday;
CREATE POLICY open_items_controlday_company ON open_items_controlday USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
