from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from backfill.tenancy.models import Company
from ledger.models import AccountType
from reporting.errors import InvalidRange
from reporting.trial_balance import TrialBalance, TrialBalanceRow, trial_balance
from tests.factories import make_company
from tests.reporting.books import book


def rows(report: TrialBalance) -> dict[str, TrialBalanceRow]:
    found = (row for section in report.sections for row in section.rows)
    return {row.account.code if row.account else row.key: row for row in found}


def test_shows_opening_movement_and_closing_of_every_account(us: Company) -> None:
    cash = rows(trial_balance(us, as_of=date(2026, 12, 31)))["1000"]
    assert (cash.opening, cash.debit, cash.credit, cash.closing) == (11_600, 0, 600, 11_000)


def test_has_equal_debits_and_credits_in_every_pair_of_columns(us: Company) -> None:
    totals = trial_balance(us, as_of=date(2026, 12, 31), compare_as_of=date(2025, 6, 30)).totals
    assert totals.is_balanced
    assert (totals.opening_debit, totals.debit, totals.closing_debit) == (12_000, 8_100, 18_000)
    assert totals.comparison_debit == 12_500


def test_counts_revenue_and_expenses_from_the_start_of_the_fiscal_year(us: Company) -> None:
    sales = rows(trial_balance(us, as_of=date(2026, 12, 31)))["4000"]
    assert (sales.opening, sales.credit, sales.closing) == (0, 4_000, -4_000)


def test_carries_results_of_years_not_closed_as_derived_equity(us: Company) -> None:
    found = rows(trial_balance(us, as_of=date(2026, 12, 31)))
    assert found["unclosed_result_2024"].closing == -2_000
    assert found["unclosed_result_2025"].closing == 400
    assert found["unclosed_result_2025"].name == "Retained earnings 2025 (not yet closed)"


def test_shows_no_derived_equity_for_a_year_that_was_closed(us: Company) -> None:
    book(us, "2024-12-31", ("4000", "3000"), ("6320", "-1000"), ("3200", "-2000"), adjustment_period=13)
    found = rows(trial_balance(us, as_of=date(2026, 12, 31)))
    assert "unclosed_result_2024" not in found
    assert found["3200"].closing == -2_000


def test_opens_revenue_with_what_the_fiscal_year_earned_before_the_start(us: Company) -> None:
    report = trial_balance(us, start=date(2026, 6, 1), as_of=date(2026, 6, 30))
    found = rows(report)
    assert (found["4000"].opening, found["4000"].credit) == (-4_000, 0)
    assert (found["6320"].opening, found["6320"].debit) == (0, 600)
    assert report.totals.is_balanced


def test_shows_the_year_of_the_last_evening_not_the_next(us: Company) -> None:
    found = rows(trial_balance(us, as_of=date(2026, 12, 31), compare_as_of=date(2025, 12, 31)))
    assert found["6320"].comparison == 900
    assert found["unclosed_result_2025"].comparison == 0


def test_starts_at_the_companys_own_fiscal_year(db: None) -> None:
    company = make_company(chart="ifrs", currency="EUR", fiscal_year_start_month=4)
    book(company, "2026-03-31", ("1000", "70"), ("4000", "-70"))
    book(company, "2026-04-01", ("1000", "30"), ("4000", "-30"))
    report = trial_balance(company, as_of=date(2026, 4, 30))
    assert report.start == date(2026, 4, 1)
    found = rows(report)
    assert found["4000"].closing == -30
    assert found["unclosed_result_2025"].name == "Retained earnings 2025/26 (not yet closed)"


def test_counts_adjustment_periods_by_their_date(us: Company) -> None:
    book(us, "2026-12-31", ("6100", "50"), ("1500", "-50"), adjustment_period=13)
    assert rows(trial_balance(us, as_of=date(2026, 12, 31)))["6100"].closing == 50
    assert "6100" not in rows(trial_balance(us, as_of=date(2026, 12, 30)))


def test_hides_accounts_without_figures_unless_asked(us: Company) -> None:
    us.accounts.filter(code="8100").update(is_active=False)
    assert "3200" not in rows(trial_balance(us, as_of=date(2026, 12, 31)))
    shown = rows(trial_balance(us, as_of=date(2026, 12, 31), include_zero=True))
    assert "3200" in shown
    assert "8100" not in shown


def test_keeps_an_account_whose_movements_cancel(us: Company) -> None:
    book(us, "2026-07-01", ("1050", "10"), ("1000", "-10"))
    book(us, "2026-07-02", ("1000", "10"), ("1050", "-10"))
    row = rows(trial_balance(us, as_of=date(2026, 12, 31)))["1050"]
    assert (row.debit, row.credit, row.closing) == (10, 10, 0)


def test_groups_accounts_by_type_with_totals_that_add_up(us: Company) -> None:
    report = trial_balance(us, as_of=date(2026, 12, 31))
    assert [section.key for section in report.sections] == ["assets", "liabilities", "equity", "revenue", "expenses"]
    assert all(
        row.account is None or row.account.type == kind
        for section, kind in zip(report.sections, AccountType, strict=True)
        for row in section.rows
    )
    assert sum(section.totals.closing_debit for section in report.sections) == report.totals.closing_debit


def test_is_empty_and_balanced_without_entries(db: None) -> None:
    report = trial_balance(make_company(), as_of=date(2026, 1, 31), compare_as_of=date(2025, 1, 31))
    assert report.sections == ()
    assert report.totals.is_balanced
    assert report.totals.closing_debit == Decimal(0)


@pytest.mark.parametrize("start", [date(2025, 12, 31), date(2026, 2, 1)])
def test_refuses_a_start_outside_the_fiscal_year_or_after_the_end(us: Company, start: date) -> None:
    with pytest.raises(InvalidRange) as refused:
        trial_balance(us, start=start, as_of=date(2026, 1, 31))
    assert refused.value.field == "start_date"


def test_knows_nothing_of_other_companies(us: Company) -> None:
    assert trial_balance(make_company(), as_of=date(2026, 12, 31)).sections == ()


def test_costs_a_fixed_number_of_statements(us: Company, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(5):
        trial_balance(us, as_of=date(2026, 12, 31))
    with django_assert_num_queries(8):
        trial_balance(us, start=date(2026, 6, 15), as_of=date(2026, 12, 15), compare_as_of=date(2025, 12, 31))
