"""Tenancy in PostgreSQL itself, for the migrations of every app."""

from collections.abc import Iterable


def row_level_security(tables: Iterable[str], shared: Iterable[str] = ()) -> str:
    """Return the SQL that lets a connection that has named its company see and write no other company's rows.

    `backfill.company_id` is set while a request of one company runs. Unset (operators, workers, migrations) the
    policy lets every row pass; the queries themselves always name the company. Rows without a company in `shared`
    tables are everyone's to read.
    """
    # A scalar sub-select is read once per statement, not once per row.
    named = "(SELECT nullif(current_setting('backfill.company_id', true), '')::uuid)"
    # COALESCE, because the planner takes it to let half of the rows pass. Of an OR it would believe that it lets
    # pass one row in as many as there are companies, and choose plans for journals a thousand times smaller.
    own, seen = f"coalesce(company_id = {named}, {named} IS NULL)", f"coalesce(company_id = {named}, true)"
    visible = dict.fromkeys(tables, own) | dict.fromkeys(shared, seen)
    return "\n".join(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY {table}_company ON {table} USING ({condition}) WITH CHECK ({own});"
        for table, condition in visible.items()
    )


def fixed_names(app: str) -> str:
    """Return the SQL that makes the names in an app's trigger functions mean the real tables: PostgreSQL would look
    among the session's temporary tables first. To be run after the functions were made."""
    return f"""
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE '{app}\\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
"""  # noqa: S608 - the app's name is a constant


ACCESS_TRAIL = """
CREATE OR REPLACE FUNCTION tenancy_accessevent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail of access cannot be changed' USING ERRCODE = 'BF003';
END $$;
CREATE OR REPLACE TRIGGER tenancy_accessevent_immutable BEFORE UPDATE OR DELETE ON tenancy_accessevent
FOR EACH ROW EXECUTE FUNCTION tenancy_accessevent_immutable();
"""


def install_sql() -> str:
    """Return everything that the migrations of this app install."""
    return ACCESS_TRAIL
