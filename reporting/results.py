"""Results of fiscal years: what revenue and expense accounts earned and was not yet closed to retained earnings."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from backfill.tenancy.models import Company
from ledger.models import AccountTotal, AccountType
from reporting.figures import ZERO
from reporting.ranges import fiscal_year

RESULT_TYPES = (AccountType.REVENUE, AccountType.EXPENSE)


@dataclass(frozen=True, slots=True)
class YearResult:
    """The profit (positive) or loss of a fiscal year that is still on its revenue and expense accounts."""

    fiscal_year: int
    amount: Decimal


def unclosed_results(company: Company, *, before: date) -> list[YearResult]:
    """The results of the fiscal years that ended before a fiscal year's first day, oldest first, zeros left out.

    A year whose closing entry moved its result to retained earnings sums to zero and is not listed. One statement,
    one row per month: totals of whole months are enough, for a fiscal year starts on the first of one.
    """
    months = (
        AccountTotal.objects.filter(company_id=company.pk, month__lt=before, account__type__in=RESULT_TYPES)
        .values("month")
        .annotate(result=Sum(F("credit") - F("debit")))
        .values_list("month", "result")
    )
    years: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for month, result in months:
        years[fiscal_year(company, month)] += result
    return [YearResult(year, amount) for year, amount in sorted(years.items()) if amount]
