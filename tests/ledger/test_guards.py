"""What PostgreSQL itself refuses (L1 to L7, L9, tenancy). Every attack of `tests.ledger.attacks` is run three ways:
it is refused; it would succeed if its guard were gone, so the test would notice; and no guard is without an attack.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from ledger.guards import COMPOSITE_KEYS, GUARDED_TABLES, SHARED_TABLES, TENANT_TABLES
from ledger.models import JournalEntry
from tests.ledger.attacks import ATTACKS, Attack, beside
from tests.ledger.attacks.books import Books, open_books
from tests.ledger.raw_journal import execute, flush_constraints, value

pytestmark = pytest.mark.django_db

each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


@pytest.fixture
def books() -> Books:
    return open_books()


def sqlstate_of(error: DatabaseError) -> str:
    assert isinstance(error.__cause__, psycopg.Error)
    return error.__cause__.sqlstate or ""


@contextmanager
def refused() -> Iterator[list[str]]:
    """Run an attack up to its commit and yield a list that receives the SQLSTATE of the refusal."""
    states: list[str] = []
    with pytest.raises(DatabaseError) as caught, transaction.atomic():  # noqa: PT012 - an attack is several statements
        yield states
        flush_constraints()
    states.append(sqlstate_of(caught.value))


@each_attack
def test_refuses(attack: Attack, books: Books) -> None:
    with refused() as states:
        attack.run(books)
    assert states == [attack.sqlstate]


@each_attack
def test_would_let_through_without_its_guards(attack: Attack, books: Books) -> None:
    for guard in attack.guards:
        drop_guard(guard)
    with transaction.atomic():
        attack.run(books)
        flush_constraints()


def test_accepts_a_sound_entry_written_by_hand(books: Books) -> None:
    for posting in (books.sale, books.foreign_sale):
        posting.write()
        flush_constraints()
    assert JournalEntry.objects.filter(company=books.company).count() == 3


def test_accepts_a_draft_completed_by_hand(books: Books) -> None:
    books.sale.write_over(books.draft())
    flush_constraints()


def test_accepts_the_two_ways_a_posted_status_may_go(books: Books) -> None:
    for entry, statuses in ((books.posted, ["superseded"]), (books.other_posted, ["pending_reversal"])):
        for status in statuses:
            execute("UPDATE ledger_journalentry SET status = %s WHERE id = %s", status, entry.id)
    flush_constraints()


def test_checks_every_entry_however_early_others_were_checked(books: Books) -> None:
    with refused() as states:
        books.sale.write()
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SET CONSTRAINTS ALL DEFERRED")
        books.sale.having(line_count=3).write()
    assert states == ["BF001"]


def test_has_an_attack_for_every_trigger() -> None:
    triggers = {trigger for trigger, _, _ in triggers_of_the_journal()}
    assert triggers
    assert triggers <= guards_attacked()


def test_has_an_attack_for_every_constraint_of_the_journal() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("ledger").get_models()
        if model._meta.db_table in GUARDED_TABLES
        for constraint in model._meta.constraints
        if not constraint.name.endswith("_company_id")  # what the composite foreign keys point at
    }
    composite = {f"{table}_{column}_same_company" for table, column, _ in COMPOSITE_KEYS}
    assert named | composite <= guards_attacked()


def test_has_row_level_security_on_every_table_of_a_company() -> None:
    of_companies = {
        model._meta.db_table
        for model in apps.get_app_config("ledger").get_models()
        if any(field.name == "company" for field in model._meta.fields)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        secured = {name for (name,) in cursor.fetchall()}
    assert {*TENANT_TABLES, *SHARED_TABLES} <= of_companies <= secured


@pytest.mark.parametrize("table", [*TENANT_TABLES, *SHARED_TABLES])
def test_hides_other_companies_rows_from_a_connection_that_named_its_company(table: str, books: Books) -> None:
    fill_every_table(books)
    assert value(f"SELECT count(*) FROM {table} WHERE company_id = %s", books.other.id)
    name_company(books.company.id)
    assert not value(f"SELECT count(*) FROM {table} WHERE company_id = %s", books.other.id)
    assert value(f"SELECT count(*) FROM {table} WHERE company_id = %s", books.company.id)


@pytest.mark.parametrize("table", [*TENANT_TABLES, *SHARED_TABLES])
def test_lets_no_row_be_written_for_another_company(table: str, books: Books) -> None:
    fill_every_table(books)
    name_company(books.company.id)
    with refused() as states:
        execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table},"
            f" to_jsonb(t) || jsonb_build_object('company_id', %s::text))).* FROM {table} t LIMIT 1",
            str(books.other.id),
        )
    assert states == ["BF007" if table == "ledger_accounttotal" else "42501"]


@pytest.mark.parametrize("table", [*TENANT_TABLES, *SHARED_TABLES])
def test_touches_no_row_of_another_company(table: str, books: Books) -> None:
    fill_every_table(books)
    name_company(books.company.id)
    if table in {"ledger_activity", "ledger_accounttotal", "ledger_journalline"}:  # refused, whoever owns the rows
        with refused() as states:
            execute(f"DELETE FROM {table} WHERE company_id = %s", books.other.id)
        assert states[0].startswith("BF")
        return
    assert execute(f"UPDATE {table} SET company_id = company_id WHERE company_id = %s", books.other.id) == 0
    assert execute(f"DELETE FROM {table} WHERE company_id = %s", books.other.id) == 0


def test_shows_the_rates_of_the_central_bank_to_every_company(books: Books) -> None:
    execute(
        "INSERT INTO ledger_exchangerate (id, base_currency, currency, rate_date, rate, source)"
        " VALUES (gen_random_uuid(), 'EUR', 'USD', '2026-01-01', 2, 'ECB')"
    )
    name_company(books.company.id)
    assert value("SELECT count(*) FROM ledger_exchangerate") == 1
    with refused() as states:
        execute("UPDATE ledger_exchangerate SET rate = 3")
    assert states == ["42501"]


def test_cannot_be_lured_to_another_table_of_the_same_name() -> None:
    settings = {function: config for _, function, config in triggers_of_the_journal()}
    assert [name for name, config in settings.items() if "search_path=public, pg_temp" not in config] == []


def triggers_of_the_journal() -> list[tuple[str, str, str]]:
    """Return every trigger on the tables the journal's guards watch, with its function and that one's settings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, p.proname, coalesce(array_to_string(p.proconfig, ' '), '') FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT tgisinternal AND t.tgrelid::regclass::text = ANY(%s)",
            [[*GUARDED_TABLES, "ledger_account", "tenancy_company"]],
        )
        return cursor.fetchall()


def name_company(company_id: UUID) -> None:
    flush_constraints()
    execute("SELECT set_config('backfill.company_id', %s, true)", str(company_id))


def fill_every_table(books: Books) -> None:
    """Give both companies a row in every table."""
    for company in (books.company, books.other):
        beside.name(company, beside.write(company))
        beside.attach(company)
        execute(
            "INSERT INTO ledger_lockrequest (id, company_id, period_id, status, requested_by_label, created_at,"
            " expires_at, decided_by_label, locked_periods, overridden, reason) SELECT gen_random_uuid(), company_id,"
            " id, 'pending', '', now(), now(), '', '[]', '[]', ''"
            " FROM ledger_period WHERE company_id = %s",
            company.id,
        )
        execute(
            "INSERT INTO ledger_activity (id, company_id, subject_type, subject_id, verb, detail, actor, at)"
            " VALUES (gen_random_uuid(), %s, 'period', gen_random_uuid(), 'made', '{}', '{}', now())",
            company.id,
        )
        execute(
            "INSERT INTO ledger_bookscheck (id, company_id, started_at, finished_at, entry_count, findings)"
            " VALUES (gen_random_uuid(), %s, now(), now(), 0, '[]')",
            company.id,
        )
        execute(
            "INSERT INTO ledger_exchangerate (id, company_id, base_currency, currency, rate_date, rate, source)"
            " VALUES (gen_random_uuid(), %s, 'USD', 'EUR', '2026-01-01', 2, 'own')",
            company.id,
        )
        execute(
            "INSERT INTO ledger_taxcode (id, company_id, code, label, description, rate, vat_account_id, datev_key,"
            " category, family, is_system, is_active, created_at, updated_at)"
            " SELECT gen_random_uuid(), %s, 'OWN', '', '', 19, id, '', 'S', '', false, true, now(), now()"
            " FROM ledger_account WHERE company_id = %s AND slot = 'output_tax'",
            company.id,
            company.id,
        )


def guards_attacked() -> set[str]:
    return {guard for attack in ATTACKS for guard in attack.guards}


def drop_guard(name: str) -> None:
    """Take one trigger, constraint or setting away, for this test's transaction."""
    function = re.fullmatch(r"search_path of (\w+)", name)
    if function:
        execute(f"ALTER FUNCTION {function[1]}() RESET search_path")
        return
    if table := value("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", name):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        return
    pattern = name.replace("_", r"\_").removesuffix(r"\_fk") + (r"\_%\_fk\_%" if name.endswith("_fk") else "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE conname LIKE %s", [pattern])
        found = cursor.fetchone()
    if found:
        execute(f"ALTER TABLE {found[1]} DROP CONSTRAINT {found[0]} CASCADE")
    else:
        execute(f"DROP INDEX {name}")
