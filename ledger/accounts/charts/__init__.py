"""The charts of accounts a company can start with, and the loader that puts one into its books.

A chart is two files: `<chart>.csv` with the accounts and `<chart>.tax_codes.csv` with the tax codes. Columns of the
first: code, name, type, sub_type, category, report_group, slot, parent_code, automatic_tax_code. Rules they keep:

- Each slot (`ledger.models.AccountRole`) belongs to exactly one account.
- `category` is the heading the account stands under in lists and trees, in the chart's language. There are no heading
  accounts and `parent_code` is empty throughout: every account of a chart can be posted to. Parents are for a
  company's own sub-accounts.
- `report_group` is one of `ledger.accounts.report_groups.ReportGroup`, the keys that balance sheet and income
  statement are built from. Contra accounts (discounts granted, accumulated depreciation, book values of assets sold)
  carry the type and group of what they reduce.
- `automatic_tax_code` marks DATEV's automatic accounts (AM, AV): a gross amount booked on one implies that code.
- A tax code's `account` is where its lines post when neither line nor item nor customer names one: 8300 of skr03 for
  7 %. `family` says what the code is for; of one family the date of supply chooses, so that the German charts hold the
  rates from 2002 on (16 % until 2006-12-31; 16 and 5 % from 2020-07-01 to 2020-12-31).
- Account 9000 of the German charts carries opening balances (§ 252 HGB) and is equity in the group `carry_forward`.

Numbers and names of skr03 and skr04 are those of DATEV's standard charts; both are selections. DATEV keys of the tax
codes are the one- and two-digit ones.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models import Account, JournalHead, TaxCode

_FOLDER = Path(__file__).parent
_ACCOUNT_FIELDS = Account._meta.concrete_fields  # noqa: SLF001 - Django documents `_meta` as public


@dataclass(frozen=True, slots=True)
class ChartAccount:
    code: str
    name: str
    type: str
    sub_type: str
    category: str
    report_group: str
    slot: str
    parent_code: str
    automatic_tax_code: str


@dataclass(frozen=True, slots=True)
class ChartTaxCode:
    """`vat_account`, `self_assess_account` and `account` are account codes of the same chart; `rate` is percent;
    `valid_from` and `valid_until` are ISO dates, both included, or empty."""

    code: str
    label: str
    description: str
    rate: str
    vat_account: str
    self_assess_account: str
    datev_key: str
    category: str
    family: str
    valid_from: str
    valid_until: str
    account: str


@transaction.atomic
def load_chart(company: Company) -> None:
    """Give `company` the accounts and tax codes of its chart and its journal head.

    What the company already has stays as it is, also where it was renamed or deactivated, so that loading twice
    changes nothing. A slot that an account of the company holds is not given out again.
    """
    JournalHead.objects.bulk_create([JournalHead(company=company)], ignore_conflicts=True)
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    _load_accounts(company)
    _load_tax_codes(company)


@transaction.atomic
def update_chart(company: Company) -> None:
    """Give a company what its chart has gained since it was loaded: accounts, tax codes, and what its own tax codes of
    the chart are for. Safe to repeat."""
    load_chart(company)
    known = {row.code.upper(): row for row in chart_tax_codes(company.chart) if row.family}
    accounts = {account.code: account for account in company.accounts.filter(is_active=True)}
    for tax_code in company.tax_codes.filter(is_system=True, family="", code__in=[row.code for row in known.values()]):
        row = known[tax_code.code.upper()]
        tax_code.family = row.family
        tax_code.valid_from, tax_code.valid_until = _day(row.valid_from), _day(row.valid_until)
        tax_code.account = accounts.get(row.account)
        tax_code.save(update_fields=["family", "valid_from", "valid_until", "account", "updated_at"])


@cache
def chart_accounts(chart: str) -> tuple[ChartAccount, ...]:
    """Return the accounts of a chart (`Company.Chart`) in the order of their codes."""
    return tuple(ChartAccount(**row) for row in _rows(f"{chart}.csv"))


@cache
def chart_tax_codes(chart: str) -> tuple[ChartTaxCode, ...]:
    return tuple(ChartTaxCode(**row) for row in _rows(f"{chart}.tax_codes.csv"))


def _rows(file_name: str) -> list[dict[str, str]]:
    with (_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load_accounts(company: Company) -> None:
    known = set(company.accounts.values_list("code", flat=True))
    taken = set(company.accounts.filter(is_active=True, slot__isnull=False).values_list("slot", flat=True))
    missing = [row for row in chart_accounts(company.chart) if row.code not in known]
    ids = {row.code: uuid7() for row in missing}
    blank = {str(field.column): field.get_default() for field in _ACCOUNT_FIELDS}
    blank |= {"company_id": company.pk, "is_system": True, "created_at": now(), "updated_at": now()}
    _insert_accounts(
        [
            blank
            | {
                "id": ids[row.code],
                "code": row.code,
                "name": row.name,
                "type": row.type,
                "sub_type": row.sub_type,
                "category": row.category,
                "report_group": row.report_group,
                "slot": row.slot if row.slot and row.slot not in taken else None,
                "automatic_tax_code": row.automatic_tax_code,
                "parent_id": ids[row.parent_code] if row.parent_code else None,
            }
            for row in missing
        ]
    )


def _insert_accounts(rows: list[dict[str, Any]]) -> None:
    """Insert accounts, given by column, in one statement. A chart has hundreds, and as models they take ten times as
    long."""
    columns = ", ".join(str(field.column) for field in _ACCOUNT_FIELDS)
    table = Account._meta.db_table  # noqa: SLF001 - Django documents `_meta` as public
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)",  # noqa: S608
            [json.dumps(rows, default=str)],
        )


def _load_tax_codes(company: Company) -> None:
    known = {code.upper() for code in company.tax_codes.values_list("code", flat=True)}
    missing = [row for row in chart_tax_codes(company.chart) if row.code.upper() not in known]
    if not missing:
        return
    wanted = {number for row in missing for number in (row.vat_account, row.self_assess_account, row.account)}
    accounts = {account.code: account for account in company.accounts.filter(code__in=wanted)}
    TaxCode.objects.bulk_create(
        TaxCode(
            company=company,
            code=row.code,
            label=row.label,
            description=row.description,
            rate=Decimal(row.rate),
            vat_account=accounts[row.vat_account],
            self_assess_account=accounts[row.self_assess_account] if row.self_assess_account else None,
            datev_key=row.datev_key,
            category=row.category,
            family=row.family,
            valid_from=_day(row.valid_from),
            valid_until=_day(row.valid_until),
            account=accounts[row.account] if row.account else None,
            is_system=True,
        )
        for row in missing
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
