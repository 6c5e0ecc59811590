"""Migrations say what they do themselves: what is installed once stays as it was, whatever the code becomes. What they
install together is what the code would install today."""

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

OWN = [config for config in apps.get_app_configs() if Path(config.path).is_relative_to(settings.BASE_DIR)]
OWN = [config for config in OWN if ".venv" not in config.path]
MIGRATIONS = sorted(path for config in OWN for path in Path(config.path, "migrations").glob("[0-9]*.py"))
# Keys are made by a function; what it makes is a UUID, whatever becomes of it.
MAY_IMPORT = {"backfill.ids"}

# What our SQL installs, by kind, name and definition; constraints of one column are Django's own.
CATALOG = """
SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL SELECT 'trigger', t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled::text
    FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL SELECT 'policy', tablename || '.' || policyname,
    concat_ws(' ', permissive, roles::text, cmd, qual, 'CHECK', with_check) FROM pg_policies
UNION ALL SELECT 'security', oid::regclass::text, concat_ws(' ', relrowsecurity, relforcerowsecurity) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
UNION ALL SELECT 'key', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND cardinality(conkey) > 1
"""
REMOVE = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
        WHERE contype = 'f' AND cardinality(conkey) > 1 AND conparentid = 0 LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of, one.conname);
    END LOOP;
    FOR one IN SELECT tablename, policyname FROM pg_policies LOOP
        EXECUTE format('DROP POLICY %I ON %I', one.policyname, one.tablename);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', one.tablename);
    END LOOP;
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS (
            SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', one.name);
    END LOOP;
END $$;
"""


def catalog() -> dict[tuple[str, str], str]:
    with connection.cursor() as cursor:
        cursor.execute(CATALOG)
        return {(kind, name): definition for kind, name, definition in cursor.fetchall()}


def guards_today() -> str:
    """What the code would install in a database that has the tables alone, app by app."""
    modules = [f"{config.name}.guards" for config in OWN]
    return "\n".join(import_module(name).install_sql() for name in modules if find_spec(name))


@pytest.mark.django_db
def test_have_installed_what_the_code_would_install_today() -> None:
    installed = catalog()
    with connection.cursor() as cursor:
        cursor.execute(REMOVE)
        assert not {key for key in catalog() if key[0] != "security"}
        cursor.execute(guards_today())
    today = catalog()
    differ = sorted(key for key in installed.keys() | today.keys() if installed.get(key) != today.get(key))
    assert {kind for kind, _ in installed} == {"function", "trigger", "policy", "security", "key"}
    assert differ == [], "a changed guard is a new migration with SQL of its own"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}.{path.stem}")
def test_call_no_code_that_can_change(path: Path) -> None:
    ours = {config.name.split(".")[0] for config in OWN}
    assert {name for name in imported(path) if name.split(".")[0] in ours} <= MAY_IMPORT


def test_leave_no_sql_that_no_migration_runs() -> None:
    scripts = {path for config in OWN for path in Path(config.path, "migrations").glob("*.sql")}
    assert scripts
    assert {path for path in scripts if '.with_suffix(".sql")' not in path.with_suffix(".py").read_text()} == set()
