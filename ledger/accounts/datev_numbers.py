"""Numbers as DATEV knows them: of general-ledger accounts four to eight digits, all of one length; of customers and
vendors, the personal accounts, one digit more."""

from typing import Final
from uuid import UUID

from django.db import connection

from backfill.tenancy.models import Company

SHORTEST: Final = 4
LONGEST: Final = 8
GERMAN_CHARTS: Final = frozenset({Company.Chart.SKR03.value, Company.Chart.SKR04.value})


def is_number(code: str | None) -> bool:
    return code is not None and code.isascii() and code.isdigit() and len(code) <= LONGEST and int(code) > 0


def filled(code: str, length: int) -> str:
    """Return a number at its full length: zeros in front up to four digits, zeros behind beyond that."""
    return code.zfill(SHORTEST).ljust(length, "0")


def next_personal_account(company: Company, *, table: str, first: int, last: int) -> str:
    """Return the number after the highest one that parties in `table` have from `first` to `last`, and hold it until
    the transaction ends: whoever asks meanwhile waits. Empty for a chart without personal accounts, and past `last`.
    """
    if company.chart not in GERMAN_CHARTS:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"personal_account {company.pk}"])
        cursor.execute(
            f"SELECT max(personal_account::integer) FROM {table} WHERE company_id = %s "  # noqa: S608 - our own table
            "AND personal_account ~ '^[0-9]{5}$' AND personal_account::integer BETWEEN %s AND %s",
            [company.pk, first, last],
        )
        highest = cursor.fetchone()[0]
    number = first if highest is None else highest + 1
    return str(number) if number <= last else _first_gap(company.pk, table, first, last)


def _first_gap(company_id: UUID, table: str, first: int, last: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(n) FROM generate_series(%s, %s) AS n WHERE NOT EXISTS (SELECT FROM {table} "  # noqa: S608
            "WHERE company_id = %s AND personal_account = n::text)",
            [first, last, company_id],
        )
        gap = cursor.fetchone()[0]
    return "" if gap is None else str(gap)
