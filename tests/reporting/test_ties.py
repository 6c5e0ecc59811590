"""The three statements agree with each other on any day, whatever was posted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.tenancy.models import Company
from reporting.balance_sheet import balance_sheet
from reporting.income_statement import income_statement
from reporting.ranges import DateRange, fiscal_year_start
from reporting.trial_balance import trial_balance
from tests.factories import make_company
from tests.reporting.books import amounts, book

CODES = ("1000", "1100", "1200", "2000", "3000", "3200", "4000", "4900", "5000", "6320", "7200", "7700")
FIRST = date(2023, 1, 1)

days = st.integers(0, 3 * 365).map(lambda offset: FIRST + timedelta(days=offset))
entries = st.tuples(
    days,
    st.lists(st.sampled_from(CODES), min_size=2, max_size=2, unique=True),
    st.integers(1, 10_000_000).map(lambda cents: Decimal(cents) / 100),
)


class Undone(Exception):
    """Rolls back what one example posted."""


@pytest.fixture(params=[1, 4], ids=["calendar year", "from April"])
def company(request: pytest.FixtureRequest, db: None) -> Company:
    return make_company(fiscal_year_start_month=request.param)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posted=st.lists(entries, min_size=1, max_size=6),
    asked=st.lists(days, min_size=2, max_size=2, unique=True).map(sorted),
)
def test_agree_on_any_day(company: Company, posted: list[tuple[date, list[str], Decimal]], asked: list[date]) -> None:
    try:
        with transaction.atomic():
            for day, (debit, credit), amount in posted:
                book(company, day.isoformat(), (debit, str(amount)), (credit, str(-amount)))
            _agree(company, earlier=asked[0], day=asked[1])
            raise Undone
    except Undone:
        pass


def _agree(company: Company, *, earlier: date, day: date) -> None:
    trial = trial_balance(company, as_of=day, compare_as_of=earlier)
    assert trial.totals.is_balanced
    sheet = balance_sheet(company, as_of=day, compare_as_of=earlier)
    assert sheet.difference.is_zero
    year = DateRange(fiscal_year_start(company, day), day)
    earned = income_statement(company, asked=year).net_income.current
    assert amounts([sheet.equity]).get("current_result", Decimal(0)) == earned
    closings = {row.account.code: row.closing for part in trial.sections for row in part.rows if row.account}
    shown = amounts([sheet.assets])
    assert shown == {code: closings[code] for code in shown}
    assert sheet.assets.total.current == sum(closing for code, closing in closings.items() if code.startswith("1"))
