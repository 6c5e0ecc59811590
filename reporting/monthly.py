"""Revenue and expenses by calendar month: the Bookkeeping contract's chart and the dashboard's."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from backfill.tenancy.models import Company
from ledger.models import AccountType
from reporting.figures import ZERO
from reporting.ranges import month_later

# Debits less credits by month and type of account, and closing entries taken away from them.
_MONTHS = """
SELECT t.month, a.type, sum(t.debit - t.credit) FROM ledger_accounttotal t JOIN ledger_account a ON a.id = t.account_id
    WHERE t.company_id = %(company)s AND t.month >= %(first)s AND t.month < %(before)s
        AND a.type IN ('revenue', 'expense')
    GROUP BY 1, 2
UNION ALL
SELECT date_trunc('month', e.entry_date)::date, a.type, -sum(l.amount)
    FROM ledger_journalentry e JOIN ledger_journalline l ON l.company_id = e.company_id AND l.entry_id = e.id
    JOIN ledger_account a ON a.id = l.account_id
    WHERE e.company_id = %(company)s AND e.kind = 'closing' AND e.status <> 'draft' AND e.entry_date >= %(first)s
        AND e.entry_date < %(before)s AND a.type IN ('revenue', 'expense')
    GROUP BY 1, 2
"""


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

    In base currency. What was posted into adjustment periods 13 and 14 counts in their calendar month; closing entries
    count nowhere. One statement.
    """
    last = until.replace(day=1)
    first = month_later(last, 1 - months)
    balances: dict[tuple[date, str], Decimal] = defaultdict(lambda: ZERO)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"company": company.pk, "first": first, "before": month_later(last, 1)})
        for month, kind, balance in cursor.fetchall():
            balances[month, kind] += balance
    return [
        MonthResult(
            month=month,
            revenue=-balances[month, AccountType.REVENUE.value],
            expenses=balances[month, AccountType.EXPENSE.value],
        )
        for month in (month_later(first, offset) for offset in range(months))
    ]
