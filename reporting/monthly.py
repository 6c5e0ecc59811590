"""Revenue and expenses by calendar month: the Bookkeeping contract's chart and the dashboard's."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from backfill.tenancy.models import Company
from ledger.models import AccountTotal, AccountType
from reporting.figures import ZERO
from reporting.ranges import month_later
from reporting.results import RESULT_TYPES


@dataclass(frozen=True, slots=True)
class MonthResult:
    """`month` is its first day; `revenue` is positive with a credit balance, `expenses` with a debit balance."""

    month: date
    revenue: Decimal
    expenses: Decimal

    @property
    def result(self) -> Decimal:
        return self.revenue - self.expenses


def monthly_results(company: Company, *, until: date, months: int = 12) -> list[MonthResult]:
    """The last `months` calendar months up to and including that of `until`, ascending, empty ones as zeros.

    In base currency. What was posted into adjustment periods 13 and 14 counts in their calendar month. One statement.
    """
    last = until.replace(day=1)
    first = month_later(last, 1 - months)
    rows = (
        AccountTotal.objects.filter(company_id=company.pk, month__range=(first, last), account__type__in=RESULT_TYPES)
        .values("month", "account__type")
        .annotate(balance=Sum(F("debit") - F("credit")))
        .values_list("month", "account__type", "balance")
    )
    balances = {(month, kind): balance for month, kind, balance in rows}
    return [
        MonthResult(
            month=month,
            revenue=-balances.get((month, AccountType.REVENUE.value), ZERO),
            expenses=balances.get((month, AccountType.EXPENSE.value), ZERO),
        )
        for month in (month_later(first, offset) for offset in range(months))
    ]
