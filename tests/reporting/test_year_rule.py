"""One rule for income accounts, opening balances and closing entries, wherever they are shown."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.sheets import account_sheet
from ledger.entries.bookings import OpeningBalance, post_opening_balances
from ledger.journal.drafts import AccountCode
from ledger.journal.posting import reverse as reverse_entry
from ledger.models import Account, JournalEntry
from reporting.account_lists import balance_sheet_lines, profit_and_loss_lines
from reporting.income_statement import income_statement
from reporting.monthly import monthly_results
from reporting.ranges import DateRange
from reporting.trial_balance import trial_balance
from tests.factories import make_api_key, make_company, make_entry, make_user

pytestmark = pytest.mark.django_db

YEAR_2025, YEAR_2026 = (DateRange(date(year, 1, 1), date(year, 12, 31)) for year in (2025, 2026))
SALES, BANK, RETAINED = AccountCode("4400"), AccountCode("1800"), AccountCode("2970")


@pytest.fixture
def company() -> Company:
    """Sales of 1000 in 2025 and of 200 in 2026."""
    company = make_company(chart="skr04", currency="EUR", country="DE")
    for day, amount in ((date(2025, 5, 1), "1000"), (date(2026, 2, 1), "150"), (date(2026, 3, 1), "50")):
        make_entry(company, (BANK, amount), (SALES, f"-{amount}"), on=day)
    return company


def account(company: Company, code: str) -> Account:
    return Account.objects.select_related("company").get(company=company, code=code)


def close(company: Company, amount: str = "1000", **fields: Any) -> JournalEntry:
    return make_entry(company, (SALES, amount), (RETAINED, f"-{amount}"), **{"on": date(2025, 12, 31), **fields})


class TestIncomeAccounts:
    def test_count_from_the_start_of_the_fiscal_year_in_accounts(self, company: Company) -> None:
        backfill = {"Authorization": f"Bearer {make_api_key(company).token}"}

        def balances(day: str) -> dict[str, str]:
            ids = {code: account(company, code).pk for code in ("4400", "1800")}
            answers = {
                code: Client().get(f"/v1/accounts/{pk}", {"as_of_date": day}, headers=backfill).json()
                for code, pk in ids.items()
            }
            listed = (
                Client()
                .get("/v1/accounts", {"as_of_date": day, "type": "revenue", "limit": "100"}, headers=backfill)
                .json()["data"]
            )
            shown = {one["data"]["code"]: one["data"]["balance"] for one in listed}
            assert shown["4400"] == answers["4400"]["data"]["balance"]
            return {code: answer["data"]["balance"] for code, answer in answers.items()}

        found = balances("2026-02-28")
        assert (found["4400"], found["1800"]) == ("150.00", "1150.00")
        assert balances("2025-12-31")["4400"] == "1000.00"
        assert balances("2026-01-01")["4400"] == "0.00"

    def test_count_from_the_start_of_each_fiscal_year_in_the_bookkeeping_sheet(self, company: Company) -> None:
        key = {"Authorization": f"Bearer {make_api_key(company, contract='books').token}"}

        def sheet(code: str, **query: str) -> tuple[list[float], float]:
            answer = Client().get(f"/v1/accounts/{code}/entries", query, headers=key).json()
            return [one["running_balance"] for one in answer["entries"]], answer["balance"]

        assert sheet("4400", endDate="2026-12-31") == ([-1000, -150, -200], -200)
        assert sheet("4400", startDate="2026-02-15", endDate="2026-12-31") == ([-200], -200)
        assert sheet("4400", startDate="2026-01-01", endDate="2026-02-15") == ([-150], -150)
        assert sheet("4400", endDate="2025-12-31") == ([-1000], -1000)
        assert sheet("1800", endDate="2026-12-31") == ([1000, 1150, 1200], 1200)

    def test_follow_a_fiscal_year_of_its_own(self) -> None:
        company = make_company(chart="skr04", currency="EUR", country="DE", fiscal_year_start_month=7)
        for day in (date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30)):
            make_entry(company, (BANK, "10"), (SALES, "-10"), on=day)
        sheet = account_sheet(account=account(company, "4400"), start=None, end=date(2026, 6, 30), limit=10)
        assert [row.running_balance for row in sheet.rows] == [-10, -10, -20]
        assert (sheet.opening_balance, sheet.closing_balance) == (0, -20)

    def test_have_the_same_balance_on_every_page_of_a_sheet(self, company: Company) -> None:
        whole = account_sheet(account=account(company, "4400"), start=None, end=None, limit=10)
        position, found = None, []
        for _ in range(3):
            page = account_sheet(account=account(company, "4400"), start=None, end=None, limit=1, after=position)
            found += [row.running_balance for row in page.rows]
            position = page.next_position
        assert found == [row.running_balance for row in whole.rows] == [-1000, -150, -200]

    def test_show_natural_signs_in_the_admins_sheet(self, company: Company, client: Client) -> None:
        client.force_login(make_user(company))
        page = client.get(
            reverse("admin:account", args=[account(company, "4400").pk]), {"start": "2026-01-01", "end": "2026-12-31"}
        )
        figures = re.findall(r'<td class="num">([^<]*)</td>\s*</tr>', page.content.decode())
        assert figures == ["0,00", "150,00", "200,00", "200,00"]


class TestOpeningBalances:
    @pytest.fixture
    def opened(self, company: Company) -> Company:
        balances = [
            OpeningBalance(account_number="1600", debit=Decimal(500), credit=Decimal(0)),
            OpeningBalance(account_number="2900", debit=Decimal(0), credit=Decimal(500)),
        ]
        post_opening_balances(company=company, on=date(2026, 1, 1), balances=balances, actor=system_actor())
        make_entry(company, (AccountCode("1600"), "20"), (BANK, "-20"), on=date(2026, 1, 1))
        return company

    def test_are_opening_on_the_first_day_of_the_year(self, opened: Company) -> None:
        report = trial_balance(opened, as_of=date(2026, 6, 30))
        rows = {row.account.code: row for section in report.sections for row in section.rows if row.account}
        cash, capital = rows["1600"], rows["2900"]
        assert (cash.opening, cash.debit, cash.credit, cash.closing) == (500, 20, 0, 520)
        assert (capital.opening, capital.debit, capital.credit) == (-500, 0, 0)
        assert "9000" not in rows
        assert report.totals.is_balanced

    def test_are_movements_elsewhere(self, opened: Company) -> None:
        report = trial_balance(opened, start=date(2026, 1, 2), as_of=date(2026, 6, 30))
        cash = next(
            row for section in report.sections for row in section.rows if row.account and row.account.code == "1600"
        )
        assert (cash.opening, cash.debit) == (520, 0)
        make_entry(opened, (AccountCode("1600"), "7"), (AccountCode("9000"), "-7"), on=date(2026, 1, 2))
        again = trial_balance(opened, as_of=date(2026, 6, 30))
        cash = next(
            row for section in again.sections for row in section.rows if row.account and row.account.code == "1600"
        )
        assert (cash.opening, cash.debit) == (500, 27)

    def test_are_carried_in_by_any_entry_over_a_carrier(self, opened: Company) -> None:
        entry = make_entry(
            opened, (AccountCode("1600"), "7"), (AccountCode("9008"), "-7"), on=date(2026, 1, 1), kind="import"
        )
        cash = account_sheet(account=account(opened, "1600"), start=date(2026, 1, 1), end=None, limit=5)
        assert (cash.opening_balance, cash.closing_balance) == (507, 527)
        assert [row.running_balance for row in cash.rows] == [527]
        assert entry.entry_number in [one.entry_number for one in cash.opened_by]
        reverse_entry(entry, on=date(2026, 1, 1), reason="", actor=system_actor())
        cash = account_sheet(account=account(opened, "1600"), start=date(2026, 1, 1), end=None, limit=5)
        assert (cash.opening_balance, cash.closing_balance, len(cash.rows)) == (500, 520, 1)

    def test_stand_before_the_rows_of_every_page(self, opened: Company) -> None:
        make_entry(opened, (AccountCode("1600"), "30"), (BANK, "-30"), on=date(2026, 2, 1))
        first = account_sheet(account=account(opened, "1600"), start=date(2026, 1, 1), end=None, limit=1)
        assert (first.opening_balance, [row.running_balance for row in first.rows]) == (500, [520])
        second = account_sheet(
            account=account(opened, "1600"), start=date(2026, 1, 1), end=None, limit=1, after=first.next_position
        )
        assert (second.opening_balance, [row.running_balance for row in second.rows]) == (520, [550])

    def test_make_bilanz_balance_while_they_are_carried(self, company: Company) -> None:
        make_entry(company, (BANK, "300"), (AccountCode("9000"), "-300"), on=date(2026, 1, 1))
        lines = {line.number: line.balance for line in balance_sheet_lines(company, on=date(2026, 12, 31))}
        assert lines == {"1800": 1500, "9000": 300, "": 1200}
        make_entry(company, (AccountCode("9000"), "300"), (AccountCode("2900"), "-300"), on=date(2026, 1, 1))
        lines = {line.number: line.balance for line in balance_sheet_lines(company, on=date(2026, 12, 31))}
        assert lines == {"1800": 1500, "2900": 300, "": 1200}

    @pytest.mark.parametrize("chart", ["us", "ifrs"])
    def test_make_bilanz_balance_where_3900_carries_them(self, chart: str) -> None:
        company = make_company(chart=chart)
        cash = Account.objects.get(company=company, slot="cash").code
        make_entry(company, (AccountCode(cash or ""), "300"), (AccountCode("3900"), "-300"), on=date(2026, 1, 7))
        lines = balance_sheet_lines(company, on=date(2026, 12, 31))
        assert [(line.number, line.balance) for line in lines] == [(cash, 300), ("3900", 300)]


class TestClosingEntries:
    @pytest.mark.parametrize(
        "fields", [{}, {"adjustment_period": 13}, {"on": date(2025, 12, 5), "adjustment_period": 14}]
    )
    def test_leave_the_income_statement_and_its_comparison_as_they_were(
        self, company: Company, fields: dict[str, Any]
    ) -> None:
        entry = close(company, **fields)
        assert entry.kind == "closing"
        statement = income_statement(company, asked=YEAR_2026, comparison=YEAR_2025)
        assert (statement.net_income.current, statement.net_income.comparison) == (200, 1000)
        asked_for = income_statement(company, asked=YEAR_2025, include_closing=True)
        assert asked_for.net_income.current == 0
        assert [line.balance for line in profit_and_loss_lines(company, asked=YEAR_2025)] == [1000]
        closed = profit_and_loss_lines(company, asked=YEAR_2025, include_closing=True)
        assert [(line.debit_total, line.credit_total) for line in closed] == [(1000, 1000)]
        months = {one.month: one.revenue for one in monthly_results(company, until=date(2025, 12, 31))}
        assert (months[date(2025, 5, 1)], months[date(2025, 12, 1)]) == (1000, 0)

    def test_close_the_year_on_the_balance_sheet(self, company: Company) -> None:
        close(company)
        lines = {line.number: line.balance for line in balance_sheet_lines(company, on=date(2026, 12, 31))}
        assert lines == {"1800": 1200, "2970": 1000, "": 200}

    def test_are_left_out_together_with_their_reversal(self, company: Company) -> None:
        reversal = reverse_entry(close(company), on=date(2026, 3, 1), reason="", actor=system_actor())
        assert reversal.kind == "closing"
        assert income_statement(company, asked=YEAR_2026).net_income.current == 200

    @pytest.mark.parametrize(
        ("lines", "fields"),
        [
            # Not on the last day of the year.
            ([(SALES, "5"), (RETAINED, "-5")], {"on": date(2025, 12, 30)}),
            # With another account on it.
            ([(SALES, "5"), (RETAINED, "-4"), (BANK, "-1")], {}),
            # Private use: drawings are no retained earnings.
            ([(AccountCode("2100"), "5"), (SALES, "-5")], {}),
            # Appropriation of what was earned: nothing on revenue or expense accounts.
            ([(RETAINED, "5"), (AccountCode("2900"), "-5")], {}),
            # What documents and their reversals post is never a closing.
            ([(SALES, "5"), (RETAINED, "-5")], {"kind": "invoice"}),
        ],
    )
    def test_are_nothing_else(self, company: Company, lines: Any, fields: dict[str, Any]) -> None:
        entry = make_entry(company, *lines, **{"on": date(2025, 12, 31), **fields})
        assert entry.kind != "closing"

    def test_are_asked_for_over_both_apis(self, company: Company) -> None:
        close(company)
        books = {"Authorization": f"Bearer {make_api_key(company, contract='books').token}"}
        query = {"type": "guv", "startDate": "2025-01-01", "endDate": "2025-12-31"}
        assert [one["balance"] for one in Client().get("/v1/reports", query, headers=books).json()] == [1000]
        query["include_closing"] = "true"
        assert [one["balance"] for one in Client().get("/v1/reports", query, headers=books).json()] == [0]
        backfill = {"Authorization": f"Bearer {make_api_key(company).token}"}
        path, dates = "/v1/reports/income_statement", {"start_date": "2025-01-01", "end_date": "2025-12-31"}
        answer = Client().get(path, dates, headers=backfill).json()
        assert answer["data"]["totals"]["net_income"]["amount"] == "1000.00"
        answer = Client().get(path, {**dates, "include_closing": "true"}, headers=backfill).json()
        assert answer["data"]["totals"]["net_income"]["amount"] == "0.00"
