"""Tenancy in PostgreSQL itself, for the migrations of every app."""

from collections.abc import Iterable, Sequence

# A scalar sub-select is read once per statement, not once per row.
_NAMED = "(SELECT nullif(current_setting('backfill.company_id', true), '')::uuid)"
# Who may execute this function, which does nothing, works for every company: its owner, and whom the owner lets.
_EVERY = "(SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))"


def row_level_security(tables: Iterable[str], shared: Iterable[str] = (), appended: Iterable[str] = ()) -> str:
    """Return the SQL that lets a connection see and write the rows of the company that it has named, and no others.

    `backfill.company_id` is named for the length of a transaction. Where it is not, the role decides: who works for
    every company sees every row, and the queries themselves name the company; who serves sees none. Rows without a
    company are everyone's to read in `shared` tables, and everyone's to add to `appended` ones.
    """
    # COALESCE, because the planner takes it to let half of the rows pass. Of an OR it would believe that it lets
    # pass one row in as many as there are companies, and choose plans for journals a thousand times smaller.
    own = f"coalesce(company_id = {_NAMED}, {_NAMED} IS NULL AND {_EVERY})"
    unowned = f"coalesce(company_id = {_NAMED}, company_id IS NULL OR {_NAMED} IS NULL AND {_EVERY})"
    rules = dict.fromkeys(tables, (own, own)) | dict.fromkeys(shared, (unowned, own))
    rules |= dict.fromkeys(appended, (own, unowned))
    return "\n".join(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
        f"DROP POLICY IF EXISTS {table}_company ON {table};\n"
        f"CREATE POLICY {table}_company ON {table} USING ({seen}) WITH CHECK ({written});"
        for table, (seen, written) in rules.items()
    )


def same_company(keys: Iterable[tuple[str, str, str]]) -> str:
    """Return composite foreign keys for (table, column, referred table): whatever a row refers to belongs to the
    row's own company. Deferred, like Django's own, so that the order of inserts does not matter."""
    return "\n".join(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_company FOREIGN KEY ({column}, company_id) "
        f"REFERENCES {target} (id, company_id) DEFERRABLE INITIALLY DEFERRED;"
        for table, column, target in keys
    )


def fixed_names(app: str, *, off: Sequence[str] = ()) -> str:
    """Return the SQL that makes the names in an app's trigger functions mean the real tables: PostgreSQL would look
    among the session's temporary tables first. `off` are settings of the planner that the functions do without. To be
    run after the functions were made."""
    switches = "".join(f"\n        EXECUTE format('ALTER FUNCTION %s SET {name} = off', guard);" for name in off)
    pattern = app.replace("_", r"\_")
    return f"""
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE '{pattern}\\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());{switches}
    END LOOP;
END $$;
"""  # noqa: S608 - constants


ACCESS_TRAIL = """
CREATE OR REPLACE FUNCTION tenancy_accessevent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail of access cannot be changed' USING ERRCODE = 'BF003';
END $$;
CREATE OR REPLACE TRIGGER tenancy_accessevent_immutable BEFORE UPDATE OR DELETE ON tenancy_accessevent
FOR EACH ROW EXECUTE FUNCTION tenancy_accessevent_immutable();
"""


# What must be found before a company is named: whose a token is, and where a person is a member. They run as the owner.
LOOK_UPS = """
CREATE OR REPLACE FUNCTION tenancy_every_company() RETURNS void LANGUAGE sql AS '';

CREATE OR REPLACE FUNCTION tenancy_company_of_token(hash text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    named text := coalesce(current_setting('backfill.company_id', true), '');
    found uuid;
BEGIN
    PERFORM set_config('backfill.company_id', '', true);
    SELECT company_id INTO found FROM (
        SELECT company_id FROM tenancy_apikey WHERE token_hash = hash
        UNION ALL SELECT company_id FROM tenancy_sessiontoken WHERE token_hash = hash
        UNION ALL SELECT company_id FROM tenancy_invitation WHERE token_hash = hash
    ) known LIMIT 1;
    PERFORM set_config('backfill.company_id', named, true);
    RETURN found;
END $$;
CREATE OR REPLACE FUNCTION tenancy_memberships_of(person uuid) RETURNS SETOF tenancy_membership
    LANGUAGE plpgsql SECURITY DEFINER ROWS 10 AS $$
DECLARE
    named text := coalesce(current_setting('backfill.company_id', true), '');
BEGIN
    PERFORM set_config('backfill.company_id', '', true);
    RETURN QUERY SELECT * FROM tenancy_membership WHERE user_id = person;
    PERFORM set_config('backfill.company_id', named, true);
END $$;
CREATE OR REPLACE FUNCTION tenancy_end_sessions_of(person uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    named text := coalesce(current_setting('backfill.company_id', true), '');
BEGIN
    PERFORM set_config('backfill.company_id', '', true);
    UPDATE tenancy_sessiontoken SET ended_at = now() WHERE user_id = person AND ended_at IS NULL;
    PERFORM set_config('backfill.company_id', named, true);
END $$;
DO $$
DECLARE
    look_up regprocedure;
BEGIN
    FOREACH look_up IN ARRAY ARRAY['tenancy_company_of_token(text)', 'tenancy_memberships_of(uuid)',
        'tenancy_end_sessions_of(uuid)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', look_up, current_schema());
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION tenancy_every_company(), tenancy_company_of_token(text), tenancy_memberships_of(uuid),
    tenancy_end_sessions_of(uuid) FROM PUBLIC;
"""
_TABLES = ("tenancy_apikey", "tenancy_membership", "tenancy_invitation", "tenancy_sessiontoken")
_APPENDED = ("tenancy_accessevent", "tenancy_contactmessage")


def row_security() -> str:
    """Return what finds a company, and what keeps each company's access to itself."""
    return LOOK_UPS + row_level_security(_TABLES, appended=_APPENDED)


def install_sql() -> str:
    """Return everything that the migrations of this app install."""
    return "\n".join((ACCESS_TRAIL, row_security(), fixed_names("tenancy")))
