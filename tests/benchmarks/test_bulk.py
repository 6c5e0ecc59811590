"""`post_many`, with guards, totals and hash chain on, against a bare COPY of the same rows."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import psycopg
from django.db import connection

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post_many
from ledger.models import Account
from tests.benchmarks.filling import DAYS, FIRST_DAY
from tests.benchmarks.harness import per_second, seconds, table, times
from tests.factories import make_company

ENTRIES, ROUNDS = 10_000, 5
TABLES = ("ledger_journalentry", "ledger_journalline")


def drafts(company: Company) -> Iterator[EntryDraft]:
    """Two-line entries over sixty accounts and three years."""
    accounts = list(Account.objects.filter(company=company).order_by("code").values_list("id", flat=True)[:60])
    for number in range(ENTRIES):
        amount = Decimal(1000 + number * 7717 % 99000).scaleb(-2)
        debit, credit = accounts[number % 60], accounts[(number * 7 + 1) % 60]
        yield EntryDraft(
            company_id=company.id,
            entry_date=FIRST_DAY + timedelta(days=number * 7919 % DAYS),
            lines=(LineDraft(account=debit, amount=amount), LineDraft(account=credit, amount=-amount)),
            memo=f"Entry number {number}",
            document_number=f"INV-{number}",
        )


def rows_of(company: Company) -> dict[str, bytes]:
    """Return the company's rows as COPY writes them."""
    with connection.cursor() as cursor:
        link: psycopg.Cursor[tuple[object, ...]] = cursor.cursor  # past Django, which knows no COPY
        found = {}
        for name in TABLES:
            with link.copy(f"COPY (SELECT * FROM {name} WHERE company_id = '{company.id}') TO STDOUT") as copy:
                found[name] = b"".join(bytes(block) for block in copy)
        return found


def copy_bare(rows: dict[str, bytes], *, options: str) -> None:
    """COPY the rows into tables like ours, without triggers and foreign keys, in one transaction."""
    with connection.cursor() as cursor:
        for name, data in rows.items():
            cursor.execute(f"CREATE TABLE bare_{name} (LIKE {name} {options})")
            with cursor.cursor.copy(f"COPY bare_{name} FROM STDIN") as copy:
                copy.write(data)
        cursor.execute(f"DROP TABLE {', '.join(f'bare_{name}' for name in rows)}")


def test_post_many_against_a_bare_copy(books: Company) -> None:
    prepared = [list(drafts(make_company())) for _ in range(ROUNDS + 1)]
    post_many(drafts(books), actor=system_actor())
    rows, turns = rows_of(books), iter(prepared)
    taken = seconds(
        {
            "post_many": lambda: post_many(next(turns), actor=system_actor()),
            "COPY, with the same indexes": lambda: copy_bare(rows, options="INCLUDING ALL"),
            "COPY, no indexes": lambda: copy_bare(rows, options="INCLUDING DEFAULTS"),
        },
        rounds=ROUNDS,
    )
    table(
        f"{ENTRIES:,} two-line entries at once",
        ("", "entries/s", "time, COPY with indexes = 1"),
        [
            (name, per_second(ENTRIES, took), times(took / taken["COPY, with the same indexes"]))
            for name, took in taken.items()
        ],
    )
