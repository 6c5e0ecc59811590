from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from backfill.tenancy.models import Company
from receivables.models import Payment
from reporting.balance_sheet import balance_sheet
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.reporting.books import amounts, book, rows_of


def test_equals_assets_with_liabilities_and_equity(us: Company) -> None:
    report = balance_sheet(us, as_of=date(2026, 12, 31))
    assert report.assets.total.current == 15_500
    assert report.liabilities.total.current == 2_000
    assert report.equity.total.current == 13_500
    assert report.difference.is_zero


def test_shows_the_result_of_the_year_and_of_years_not_closed(us: Company) -> None:
    equity = amounts([balance_sheet(us, as_of=date(2026, 12, 31)).equity])
    assert equity == {
        "3000": 10_000,
        "unclosed_result_2024": 2_000,
        "unclosed_result_2025": -400,
        "current_result": 1_900,
    }


def test_ties_after_a_year_was_closed(us: Company) -> None:
    book(us, "2024-12-31", ("4000", "3000"), ("6320", "-1000"), ("3200", "-2000"), adjustment_period=13)
    report = balance_sheet(us, as_of=date(2026, 12, 31))
    equity = amounts([report.equity])
    assert equity["3200"] == 2_000
    assert "unclosed_result_2024" not in equity
    assert report.difference.is_zero


def test_ties_with_a_loss(us: Company) -> None:
    book(us, "2026-08-01", ("6320", "9000"), ("1000", "-9000"))
    report = balance_sheet(us, as_of=date(2026, 12, 31))
    assert amounts([report.equity])["current_result"] == -7_100
    assert report.difference.is_zero


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 5, 31), date(2025, 12, 30), date(2026, 3, 10)])
def test_ties_on_any_day(us: Company, day: date) -> None:
    assert balance_sheet(us, as_of=day).difference.is_zero


def test_compares_with_another_day_row_by_row(us: Company) -> None:
    report = balance_sheet(us, as_of=date(2026, 12, 31), compare_as_of=date(2025, 12, 31))
    rows = {row.account.code if row.account else row.key: row.figures for row in rows_of(report.sections)}
    assert (rows["1000"].current, rows["1000"].comparison, rows["1000"].change) == (11_000, 11_600, -600)
    assert (rows["current_result"].current, rows["current_result"].comparison) == (1_900, -400)
    assert (rows["unclosed_result_2025"].current, rows["unclosed_result_2025"].comparison) == (-400, 0)
    assert report.difference.current == report.difference.comparison == 0


def test_groups_accounts_under_the_headings_of_the_chart(us: Company) -> None:
    assets = balance_sheet(us, as_of=date(2026, 12, 31)).assets
    assert [(each.title, each.total.current) for each in assets.sections] == [("Current assets", 15_500)]
    assert [(each.title, each.total.current) for each in assets.sections[0].sections] == [
        ("Cash and cash equivalents", 11_000),
        ("Trade receivables", 4_000),
        ("Inventory", 500),
    ]


def test_follows_the_commercial_code_for_a_german_company(german: Company) -> None:
    report = balance_sheet(german, as_of=date(2026, 12, 31))
    assert [section.title for section in report.sections] == ["Aktiva", "Eigenkapital", "Fremdkapital"]
    assert [section.title for section in report.assets.sections] == ["Umlaufvermögen"]
    assert [section.title for section in report.liabilities.sections] == ["Verbindlichkeiten"]
    assert amounts([report.equity])["current_result"] == 500
    assert report.difference.is_zero


def test_shows_opening_carriers_that_do_not_cancel_yet(german: Company) -> None:
    book(german, "2026-01-01", ("0650", "300"), ("9000", "-300"))
    report = balance_sheet(german, as_of=date(2026, 12, 31))
    assert amounts([report.equity])["9000"] == 300
    assert report.difference.is_zero


def test_groups_accounts_of_the_companys_own_by_what_is_known_of_them(us: Company) -> None:
    own = us.accounts.create(code="1009", name="Petty cash", type="asset", sub_type="bank")
    us.accounts.create(code="1999", name="Works of art", type="asset", report_group="art_collection")
    book(us, "2026-08-01", ("1009", "10"), ("1999", "20"), ("1000", "-30"))
    assets = balance_sheet(us, as_of=date(2026, 12, 31)).assets
    cash = assets.sections[0].sections[0]
    assert own.id in {row.account.id for row in cash.rows if row.account}
    assert assets.sections[-1].title == "Art collection"
    assert assets.total.current == 15_500


def test_hides_zeros_unless_asked(us: Company) -> None:
    assert "1050" not in amounts(balance_sheet(us, as_of=date(2026, 12, 31)).sections)
    assert amounts(balance_sheet(us, as_of=date(2026, 12, 31), include_zero=True).sections)["1050"] == 0


def test_knows_nothing_of_other_companies(us: Company) -> None:
    report = balance_sheet(make_company(), as_of=date(2026, 12, 31))
    assert list(rows_of(report.sections)) == []
    assert report.difference.is_zero


def test_costs_a_fixed_number_of_statements(us: Company, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(4):
        balance_sheet(us, as_of=date(2026, 12, 31))
    with django_assert_num_queries(7):
        balance_sheet(us, as_of=date(2026, 12, 15), compare_as_of=date(2025, 12, 31))


@pytest.mark.django_db
class TestCustomersInCredit:
    @pytest.fixture
    def company(self, db: None) -> Company:
        """One customer owes 1000, one has paid 119 in advance, one has a credit of 30 on an invoice of 100."""
        company = make_company()
        make_invoice(company, line("1000"), on=date(2026, 3, 1))
        make_payment(company, "119", customer=make_customer(company), on=date(2026, 4, 1))
        mixed = make_customer(company)
        make_invoice(company, line("100"), customer=mixed, on=date(2026, 4, 1))
        make_payment(company, "30", customer=mixed, on=date(2026, 4, 1))
        return company

    def test_are_liabilities(self, company: Company) -> None:
        report = balance_sheet(company, as_of=date(2026, 12, 31), compare_as_of=date(2026, 3, 31))
        assets, liabilities = amounts([report.assets]), amounts([report.liabilities])
        assert assets["1100"] == 1_070
        assert liabilities == {"customer_credits": 119}
        assert report.difference.is_zero
        row = next(row for row in rows_of([report.liabilities]) if row.key == "customer_credits")
        assert (row.name, row.figures.comparison) == ("Customers in credit", 0)

    def test_are_none_once_the_credit_is_used(self, company: Company) -> None:
        payment = Payment.objects.get(company=company, total_amount=119)
        make_invoice(company, line("119"), customer=payment.customer, on=date(2026, 5, 1))
        report = balance_sheet(company, as_of=date(2026, 5, 1))
        assert amounts([report.liabilities]) == {}
        assert amounts([report.assets])["1100"] == 1_070
        before = balance_sheet(company, as_of=date(2026, 4, 30))
        assert amounts([before.liabilities]) == {"customer_credits": 119}
        assert before.difference.is_zero

    def test_have_their_german_name(self) -> None:
        company = make_company(chart="skr04", currency="EUR", country="DE")
        make_payment(company, "119", customer=make_customer(company), on=date(2026, 4, 1))
        report = balance_sheet(company, as_of=date(2026, 12, 31))
        assert [row.name for row in rows_of([report.liabilities])] == ["Kreditorische Debitoren"]
        assert "1200" not in amounts([report.assets])
