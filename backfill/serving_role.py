"""What the role that serves may do in PostgreSQL.

Whoever owns the tables can switch the ledger's guards off. So one role owns and migrates, and another one serves. The
second one writes rows, within four limits that no application code can lift: it cannot record a migration as applied,
cannot give an API key another secret, company or scope, cannot rewrite who was given access, and sees no rows but those
of the company that its transaction has named. Workers and operators, who work for every company, have a role of their
own that is free of the last one.
"""

from django.db import connection, transaction
from psycopg import sql

from backfill.errors import DomainError

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
# Tables of which the role may do less. Columns in brackets are all that an update may touch.
LIMITED = {
    "django_migrations": "SELECT",
    "tenancy_apikey": "SELECT, INSERT, UPDATE (created_by_id, revoked_at, last_used_at)",
    "tenancy_accessevent": "SELECT, INSERT",
}
EVERY_COMPANY = "tenancy_every_company()"
LOOK_UPS = ("tenancy_company_of_token(text)", "tenancy_memberships_of(uuid)", "tenancy_end_sessions_of(uuid)")
BEYOND_TABLES = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",  # bulk posting copies to a temporary table
    "REVOKE CREATE ON SCHEMA public FROM {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)


class CannotGrant(DomainError):
    code = "CANNOT_GRANT"


@transaction.atomic
def grant_serving_role(role: str, *, every_company: bool = False) -> int:
    """Give the role what serving needs, take away what it had beyond that, and return the number of tables. With
    `every_company` it sees the rows of all companies while none is named, as workers and operators do.

    Raises CannotGrant when there is no such role, when it could grant itself more, or when we are not the owner.
    """
    tables = _own_tables()
    _check(role)
    database = sql.Identifier(connection.settings_dict["NAME"])
    names: dict[str, sql.Composable] = {"role": sql.Identifier(role), "database": database}
    with connection.cursor() as cursor:
        for statement in BEYOND_TABLES:
            cursor.execute(sql.SQL(statement).format(**names))
        for function in LOOK_UPS:
            cursor.execute(sql.SQL(f"GRANT EXECUTE ON FUNCTION {function} TO {{role}}").format(**names))
        change = "GRANT EXECUTE ON FUNCTION {} TO" if every_company else "REVOKE EXECUTE ON FUNCTION {} FROM"
        cursor.execute(sql.SQL(f"{change.format(EVERY_COMPANY)} {{role}}").format(**names))
        for table in tables:
            names |= {"table": sql.Identifier(table), "rights": sql.SQL(LIMITED.get(table, EVERYTHING))}
            cursor.execute(sql.SQL("REVOKE ALL ON {table} FROM {role}").format(**names))
            cursor.execute(sql.SQL("GRANT {rights} ON {table} TO {role}").format(**names))
    return len(tables)


def _check(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolbypassrls, pg_has_role(oid, current_user, 'MEMBER'), current_user"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        )
        found = cursor.fetchone()
    if found is None:
        raise CannotGrant(f"There is no role {role!r} in this database server. Create it first.")
    is_mighty, is_owner, owner = found
    if is_mighty:
        raise CannotGrant(f"{role} is a superuser, makes roles or passes row-level security; serve with a plain role.")
    if is_owner:
        raise CannotGrant(
            f"{role} is {owner} or a member of it and could switch the guards off; serve with another role."
        )


def _own_tables() -> list[str]:
    """Return the tables of the application; raise CannotGrant when they are not ours to give."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, tableowner, pg_has_role(tableowner, 'USAGE') FROM pg_tables WHERE schemaname = 'public'"
            " ORDER BY tablename"
        )
        rows = cursor.fetchall()
    if not rows:
        raise CannotGrant("There is no table yet. Run `.venv/bin/python manage.py migrate` first.")
    for table, owner, is_ours in rows:
        if not is_ours:
            raise CannotGrant(f"{table} belongs to {owner}. Run this with the DATABASE_URL of {owner}.")
    return [table for table, _owner, _is_ours in rows]


def sees_every_company() -> bool:
    """Return whether the role that we are connected as sees the rows of all companies while none is named."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege(%s, 'EXECUTE')", [EVERY_COMPANY])
        return bool(cursor.fetchone()[0])
