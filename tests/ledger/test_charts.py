"""The shipped charts keep their rules, and loading one gives a company exactly that."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

import ledger.accounts.charts
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import deactivate_account, update_account
from ledger.accounts.charts import chart_accounts, chart_tax_codes, load_chart
from ledger.accounts.report_groups import ReportGroup
from ledger.models import Account, AccountRole, AccountType, JournalHead, TaxCode
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import tax_book
from tests.factories import make_company

CHARTS = Company.Chart.values
GERMAN = ["skr03", "skr04"]
FOLDER = Path(ledger.accounts.charts.__file__).parent


@pytest.mark.parametrize("chart", CHARTS)
def test_gives_every_slot_to_exactly_one_account(chart: str) -> None:
    slots = Counter(row.slot for row in chart_accounts(chart) if row.slot)
    assert slots == dict.fromkeys(AccountRole.values, 1)


@pytest.mark.parametrize("chart", CHARTS)
def test_lists_each_account_once_in_order_of_its_code(chart: str) -> None:
    codes = [row.code for row in chart_accounts(chart)]
    assert codes == sorted(set(codes))
    assert all(len(code) == 4 and code.isdecimal() for code in codes)


@pytest.mark.parametrize("chart", CHARTS)
def test_groups_accounts_by_known_keys_of_their_type(chart: str) -> None:
    for row in chart_accounts(chart):
        assert AccountType(row.type) in ReportGroup(row.report_group).account_types, row
        assert row.category
        assert row.sub_type
        assert row.name == row.name.strip()


@pytest.mark.parametrize("chart", CHARTS)
def test_shows_each_category_under_one_type(chart: str) -> None:
    types: dict[str, set[str]] = {}
    for row in chart_accounts(chart):
        types.setdefault(row.category, set()).add(row.type)
    assert {category for category, kinds in types.items() if len(kinds) > 1} <= {
        "Trade and other receivables",
        "Other Income",
        "Other Expenses",
    }


@pytest.mark.parametrize("chart", CHARTS)
def test_posts_tax_to_tax_accounts_of_the_chart(chart: str) -> None:
    accounts = {row.code: row for row in chart_accounts(chart)}
    for code in chart_tax_codes(chart):
        groups = {accounts[number].report_group for number in (code.vat_account, code.self_assess_account) if number}
        assert groups <= {"tax_receivable", "tax_payable"}, code
        if code.self_assess_account:
            assert accounts[code.self_assess_account].report_group == "tax_payable"
        assert 0 <= Decimal(code.rate) <= 100
        assert code.category in {"S", "Z", "E", "AE", "K", "G", "O"}
        assert (Decimal(code.rate) == 0) == (code.category in {"Z", "E", "G", "O"}) or code.category in {"K", "AE"}


@pytest.mark.parametrize("chart", CHARTS)
def test_names_only_its_own_codes_on_automatic_accounts(chart: str) -> None:
    codes = {code.code for code in chart_tax_codes(chart)}
    used = {row.automatic_tax_code for row in chart_accounts(chart) if row.automatic_tax_code}
    assert used <= codes
    assert bool(used) == (chart in GERMAN)


def test_starts_the_us_chart_with_cash() -> None:
    first = chart_accounts("us")[0]
    assert (first.code, first.name, first.type, first.slot) == ("1000", "Cash", "asset", "cash")


# Purpose: SKR04, SKR03.
PUBLISHED = {
    "bank": ("1800", "1200", "asset", "cash"),
    "cash": ("1600", "1000", "asset", "cash"),
    "transit": ("1460", "1360", "asset", "cash"),
    "receivables": ("1200", "1400", "asset", "receivables"),
    "payables": ("3300", "1600", "liability", "payables"),
    "input 19": ("1406", "1576", "asset", "tax_receivable"),
    "input 7": ("1401", "1571", "asset", "tax_receivable"),
    "input intra-EU 19": ("1404", "1574", "asset", "tax_receivable"),
    "input 13b 19": ("1407", "1577", "asset", "tax_receivable"),
    "output 19": ("3806", "1776", "liability", "tax_payable"),
    "output 7": ("3801", "1771", "liability", "tax_payable"),
    "output intra-EU 19": ("3804", "1774", "liability", "tax_payable"),
    "output 13b 19": ("3837", "1787", "liability", "tax_payable"),
    "revenue 19": ("4400", "8400", "revenue", "revenue"),
    "revenue 7": ("4300", "8300", "revenue", "revenue"),
    "goods 19": ("5400", "3400", "expense", "material_expense"),
    "goods 7": ("5300", "3300", "expense", "material_expense"),
    "goods intra-EU 19": ("5425", "3425", "expense", "material_expense"),
    "office": ("6815", "4930", "expense", "other_opex"),
    "rent": ("6310", "4210", "expense", "other_opex"),
    "bank charges": ("6855", "4970", "expense", "other_opex"),
    "depreciation": ("6220", "4830", "expense", "depreciation"),
    "fx loss": ("6880", "2150", "expense", "other_opex"),
    "fx gain": ("4840", "2660", "revenue", "other_income"),
    "discount granted": ("4730", "8730", "revenue", "revenue"),
    "discount received": ("5730", "3730", "expense", "material_expense"),
    "bad debt": ("6930", "2400", "expense", "other_opex"),
    "capital": ("2900", "0800", "equity", "equity"),
    "carried forward": ("2970", "0860", "equity", "retained_earnings"),
    "opening": ("9000", "9000", "equity", "carry_forward"),
    "opening customers": ("9008", "9008", "equity", "carry_forward"),
    "opening vendors": ("9009", "9009", "equity", "carry_forward"),
}


@pytest.mark.parametrize("purpose", PUBLISHED)
def test_has_the_published_accounts_under_both_numbers(purpose: str) -> None:
    skr04, skr03, kind, group = PUBLISHED[purpose]
    for chart, number in (("skr04", skr04), ("skr03", skr03)):
        (row,) = [row for row in chart_accounts(chart) if row.code == number]
        assert (row.type, row.report_group) == (kind, group)


def test_calls_both_numbers_of_a_purpose_the_same() -> None:
    names = {chart: {row.code: row.name for row in chart_accounts(chart)} for chart in GERMAN}
    same = {
        purpose for purpose, (skr04, skr03, *_) in PUBLISHED.items() if names["skr04"][skr04] == names["skr03"][skr03]
    }
    assert same == set(PUBLISHED)


@pytest.mark.parametrize(
    ("code", "rate", "skr04", "skr03", "key"),
    [
        ("VST19", "19", ("1406", ""), ("1576", ""), "9"),
        ("VST7", "7", ("1401", ""), ("1571", ""), "8"),
        ("UST19", "19", ("3806", ""), ("1776", ""), "3"),
        ("UST7", "7", ("3801", ""), ("1771", ""), "2"),
        ("VST-IGE19", "19", ("1404", "3804"), ("1574", "1774"), "19"),
        ("VST-13B19", "19", ("1407", "3837"), ("1577", "1787"), "94"),
    ],
)
def test_has_the_published_tax_codes(
    code: str, rate: str, skr04: tuple[str, str], skr03: tuple[str, str], key: str
) -> None:
    for chart, accounts in (("skr04", skr04), ("skr03", skr03)):
        (row,) = [row for row in chart_tax_codes(chart) if row.code == code]
        assert (row.rate, (row.vat_account, row.self_assess_account), row.datev_key) == (rate, accounts, key)


@pytest.mark.parametrize(
    ("chart", "account", "code"),
    [
        ("skr03", "8400", "UST19"),
        ("skr03", "8300", "UST7"),
        ("skr03", "3400", "VST19"),
        ("skr03", "3300", "VST7"),
        ("skr03", "3425", "VST-IGE19"),
        ("skr03", "8125", "UST0-IGL"),
        ("skr03", "4940", ""),
        ("skr03", "4930", ""),
        ("skr04", "4400", "UST19"),
        ("skr04", "4300", "UST7"),
        ("skr04", "5400", "VST19"),
        ("skr04", "5300", "VST7"),
        ("skr04", "5425", "VST-IGE19"),
        ("skr04", "4730", ""),
        ("skr04", "4736", "UST19"),
        ("skr04", "6815", ""),
    ],
)
def test_marks_the_automatic_accounts(chart: str, account: str, code: str) -> None:
    (row,) = [row for row in chart_accounts(chart) if row.code == account]
    assert row.automatic_tax_code == code


@pytest.mark.parametrize("chart", GERMAN)
def test_gives_no_datev_key_to_two_families(chart: str) -> None:
    """Of one family the date of supply chooses: key 9 is 16 % in the second half of 2020."""
    families: dict[str, set[str]] = {}
    for code in chart_tax_codes(chart):
        if code.datev_key:
            families.setdefault(code.datev_key, set()).add(code.family)
    assert {len(found) for found in families.values()} == {1}


@pytest.mark.parametrize("chart", GERMAN)
@pytest.mark.parametrize(
    ("day", "standard", "reduced"),
    [
        (date(2002, 1, 1), 16, 7),
        (date(2006, 12, 31), 16, 7),
        (date(2007, 1, 1), 19, 7),
        (date(2020, 6, 30), 19, 7),
        (date(2020, 7, 1), 16, 5),
        (date(2020, 12, 31), 16, 5),
        (date(2021, 1, 1), 19, 7),
        (date(2026, 11, 29), 19, 7),
    ],
)
@pytest.mark.parametrize("kind", ["output", "input", "acquisition", "recipient"])
def test_ships_the_german_rates_from_2002_on(chart: str, day: date, standard: int, reduced: int, kind: str) -> None:
    rules = {
        code.code: TaxRule(
            code.code,
            Decimal(code.rate),
            UUID(int=1),
            family=code.family,
            valid_from=date.fromisoformat(code.valid_from) if code.valid_from else None,
            valid_until=date.fromisoformat(code.valid_until) if code.valid_until else None,
        )
        for code in chart_tax_codes(chart)
    }
    found = [TaxBook(rules).of_families([f"{kind}_{rate}"], day) for rate in ("standard", "reduced")]
    assert [rule and rule.rate for rule in found] == [standard, reduced]


@pytest.mark.parametrize("chart", CHARTS)
def test_names_accounts_of_the_chart_for_lines_of_a_code(chart: str) -> None:
    accounts = {row.code: row for row in chart_accounts(chart)}
    for code in chart_tax_codes(chart):
        if code.account:
            assert accounts[code.account].type == "revenue"
            automatic = accounts[code.account].automatic_tax_code
            assert code.family in {one.family for one in chart_tax_codes(chart) if one.code == automatic}


@pytest.mark.parametrize("chart", CHARTS)
def test_names_the_rate_of_an_automatic_account_in_its_name(chart: str) -> None:
    rates = {code.code: Decimal(code.rate) for code in chart_tax_codes(chart)}
    for row in chart_accounts(chart):
        if row.automatic_tax_code and rates[row.automatic_tax_code]:
            assert f"{rates[row.automatic_tax_code]} %" in row.name, row


@pytest.mark.parametrize("chart", CHARTS)
def test_has_files_with_exactly_the_documented_columns(chart: str) -> None:
    with (FOLDER / f"{chart}.csv").open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == [
            "code",
            "name",
            "type",
            "sub_type",
            "category",
            "report_group",
            "slot",
            "parent_code",
            "automatic_tax_code",
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("chart", CHARTS)
def test_gives_a_new_company_its_chart(chart: str) -> None:
    company = make_company(chart=chart, currency="EUR")
    stored = list(company.accounts.order_by("code").values_list("code", "name", "type", "is_system", "is_active"))
    assert stored == [(row.code, row.name, row.type, True, True) for row in chart_accounts(chart)]
    assert set(company.tax_codes.values_list("code", flat=True)) == {row.code for row in chart_tax_codes(chart)}
    assert set(company.tax_codes.values_list("is_system", flat=True)) == {True}
    assert JournalHead.objects.get(company=company).next_journal_number == 1


@pytest.mark.django_db
def test_changes_nothing_the_second_time() -> None:
    company = make_company(chart="skr04", currency="EUR")
    before = snapshot(company)
    load_chart(company)
    assert snapshot(company) == before


@pytest.mark.django_db
def test_keeps_what_the_company_made_of_its_chart() -> None:
    company = make_company(chart="us")
    cash = company.accounts.get(code="1000")
    savings = company.accounts.get(code="1010")
    actor = system_actor()
    update_account(company_id=company.id, account_id=cash.id, changes={"name": "Main bank", "slot": None}, actor=actor)
    update_account(company_id=company.id, account_id=savings.id, changes={"slot": "cash"}, actor=actor)
    deactivate_account(company_id=company.id, account_id=cash.id, actor=actor)
    before = snapshot(company)
    load_chart(company)
    assert snapshot(company) == before


@pytest.mark.django_db
def test_brings_back_a_lost_account_without_a_slot_another_one_has() -> None:
    company = make_company(chart="us")
    company.accounts.filter(code="1000")._raw_delete("default")
    company.accounts.filter(code="1010").update(slot="cash")
    load_chart(company)
    assert company.accounts.get(code="1000").slot is None


@pytest.mark.django_db
def test_loads_a_chart_in_a_fixed_number_of_statements() -> None:
    company = make_company(chart="us")
    TaxCode.objects.filter(company=company)._raw_delete("default")
    Account.objects.filter(company=company)._raw_delete("default")
    company.chart = "skr04"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load_chart(company)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 8


def snapshot(company: Company) -> list[object]:
    return [
        *company.accounts.order_by("id").values_list("id", "code", "name", "slot", "is_active", "updated_at"),
        *company.tax_codes.order_by("id").values_list("id", "code", "rate", "updated_at"),
        *JournalHead.objects.filter(company=company).values_list(),
    ]


@pytest.mark.django_db
def test_brings_a_company_of_an_older_chart_up_to_date() -> None:
    """A company from before tax codes had days: 16 % of 2020 is added, and UST19 is for other days."""
    company = make_company(chart="skr03", currency="EUR")
    company.tax_codes.exclude(code__in=["UST19", "UST7"]).delete()
    company.tax_codes.update(family="", valid_from=None, account=None)
    company.accounts.filter(code="1775").delete()
    for _ in range(2):
        call_command("update_charts")
        book = tax_book(company.id)
        found = [book.on("UST19", day) for day in (date(2020, 8, 1), date(2026, 1, 1))]
        assert [rule and rule.code for rule in found] == ["UST16", "UST19"]
        assert company.tax_codes.get(code="UST7").account == company.accounts.get(code="8300")
