from datetime import date

from pytest_django import DjangoAssertNumQueries

from backfill.tenancy.models import Company
from ledger.models import AccountType
from reporting.balance_sheet import balance_sheet
from reporting.income_statement import IncomeStatement, Step, Subtotal, income_statement
from reporting.ranges import DateRange
from tests.factories import make_company
from tests.reporting.books import amounts, book

YEAR = DateRange(date(2026, 1, 1), date(2026, 12, 31))


def subtotals(report: IncomeStatement) -> dict[str, int]:
    return {step.key: int(step.figures.current) for step in report.steps if isinstance(step, Subtotal)}


def sections(report: IncomeStatement) -> list[str]:
    return [step.section.title for step in report.steps if isinstance(step, Step)]


def test_is_revenue_less_expenses(us: Company) -> None:
    report = income_statement(us, asked=YEAR)
    assert report.revenue.current == 4_000
    assert report.expenses.current == 2_100
    assert report.net_income.current == 1_900


def test_ends_in_the_result_that_the_balance_sheet_shows(us: Company) -> None:
    result = amounts([balance_sheet(us, as_of=YEAR.end).equity])["current_result"]
    assert income_statement(us, asked=YEAR).net_income.current == result
    assert subtotals(income_statement(us, asked=YEAR))["net_income"] == result


def test_shows_subtotals_where_more_follows(us: Company) -> None:
    assert subtotals(income_statement(us, asked=YEAR)) == {"gross_profit": 2_500, "net_income": 1_900}
    book(us, "2026-09-30", ("7700", "100"), ("1000", "-100"))
    book(us, "2026-09-30", ("8000", "300"), ("1000", "-300"))
    assert subtotals(income_statement(us, asked=YEAR)) == {
        "gross_profit": 2_500,
        "operating_result": 1_900,
        "result_before_taxes": 1_800,
        "net_income": 1_500,
    }


def test_keeps_financial_income_and_expenses_apart(us: Company) -> None:
    book(us, "2026-09-30", ("7700", "100"), ("1000", "-100"))
    book(us, "2026-09-30", ("1000", "40"), ("7200", "-40"))
    report = income_statement(us, asked=YEAR)
    assert sections(report)[-2:] == ["Financial income", "Financial expenses"]
    assert report.revenue.current == 4_040


def test_shows_a_contra_account_negative_in_its_group(us: Company) -> None:
    book(us, "2026-09-30", ("4900", "250"), ("1100", "-250"))
    report = income_statement(us, asked=YEAR)
    first = report.steps[0]
    assert isinstance(first, Step)
    assert amounts([first.section]) == {"4000": 4_000, "4900": -250}
    assert first.section.total.current == 3_750


def test_counts_only_the_days_of_the_range(us: Company) -> None:
    assert income_statement(us, asked=DateRange(date(2026, 3, 10), date(2026, 3, 10))).net_income.current == 4_000
    assert income_statement(us, asked=DateRange(date(2026, 3, 11), date(2026, 6, 19))).net_income.current == -1_500
    assert income_statement(us, asked=DateRange(date(2024, 1, 1), date(2026, 12, 31))).net_income.current == 3_500


def test_compares_with_another_range(us: Company) -> None:
    report = income_statement(us, asked=YEAR, comparison=DateRange(date(2025, 1, 1), date(2025, 12, 31)))
    assert (report.net_income.current, report.net_income.comparison, report.net_income.change) == (1_900, -400, 2_300)


def test_follows_the_commercial_code_for_a_german_company(german: Company) -> None:
    report = income_statement(german, asked=YEAR)
    assert sections(report) == ["Umsatzerlöse", "Materialaufwand"]
    last = report.steps[-1]
    assert isinstance(last, Subtotal)
    assert last.title == "Jahresüberschuss/Jahresfehlbetrag"
    assert last.figures.current == 500


def test_puts_groups_of_the_companys_own_into_the_operating_result(us: Company) -> None:
    us.accounts.create(code="6999", name="Team events", type="expense", report_group="people_and_culture")
    book(us, "2026-08-01", ("6999", "90"), ("1000", "-90"))
    report = income_statement(us, asked=YEAR)
    assert sections(report)[-1] == "People and culture"
    assert report.net_income.current == 1_810


def test_is_a_single_zero_without_entries(db: None) -> None:
    report = income_statement(make_company(), asked=YEAR)
    assert [step.key for step in report.steps if isinstance(step, Subtotal)] == ["net_income"]
    assert report.net_income.current == 0


def test_nets_a_reversal_to_nothing(us: Company) -> None:
    book(us, "2026-10-01", ("6320", "77"), ("1000", "-77"))
    book(us, "2026-10-01", ("1000", "77"), ("6320", "-77"))
    assert income_statement(us, asked=YEAR).net_income.current == 1_900


def test_shows_zeros_when_asked(us: Company) -> None:
    report = income_statement(us, asked=YEAR, include_zero=True)
    kinds = {step.kind for step in report.steps if isinstance(step, Step)}
    assert kinds == {AccountType.REVENUE, AccountType.EXPENSE}
    assert "Depreciation and amortisation" in sections(report)
    assert report.net_income.current == 1_900


def test_costs_a_fixed_number_of_statements(us: Company, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        income_statement(us, asked=YEAR)
    with django_assert_num_queries(3):
        income_statement(us, asked=DateRange(date(2026, 2, 3), date(2026, 5, 6)), comparison=YEAR)
