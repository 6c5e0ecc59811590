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
