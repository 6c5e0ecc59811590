"""The figures of the dashboard: cash, revenue, expenses and result, and how they went month by month."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backfill.tenancy.models import Company
from backfill.workspace.context import Workspace
from backfill.workspace.formats import formats_of
from ledger.accounts.balances import Balance, balances_as_of
from ledger.accounts.report_groups import ReportGroup
from ledger.models import Account
from reporting.figures import ZERO
from reporting.monthly import monthly_results
from reporting.ranges import ONE_DAY, fiscal_year_start, month_later, today

MONTHS = 12


@dataclass(frozen=True, slots=True)
class CashAccount:
    account: Account
    balance: Decimal


def figures(workspace: Workspace) -> dict[str, Any]:
    """Cash today, and revenue, expenses and result since the fiscal year began."""
    company = workspace.company
    now = today(company)
    year_start = fiscal_year_start(company, now)
    months_of_year = (now.year - year_start.year) * 12 + now.month - year_start.month + 1
    year = monthly_results(company, until=now, months=months_of_year)
    cash = _cash(company)
    return {
        "cash": sum((one.balance for one in cash), ZERO),
        "cash_accounts": [one for one in cash if one.balance][:4],
        "revenue": sum((month.revenue for month in year), ZERO),
        "expenses": sum((month.expenses for month in year), ZERO),
        "result": sum((month.result for month in year), ZERO),
        "year_start": year_start,
        "today": now,
    }


def months(workspace: Workspace) -> dict[str, Any]:
    """Revenue, expenses and result of the last twelve calendar months, for the chart and for the table below it."""
    company = workspace.company
    formats = formats_of(company)
    results = monthly_results(company, until=today(company), months=MONTHS)
    return {
        "results": results,
        "is_empty": not any(month.revenue or month.expenses for month in results),
        "chart": {
            "locale": str(formats.locale).replace("_", "-"),
            "currency": company.base_currency,
            "months": [
                {
                    "label": formats.month(month.month),
                    "start": month.month.isoformat(),
                    "end": (month_later(month.month, 1) - ONE_DAY).isoformat(),
                    "revenue": str(month.revenue),
                    "expenses": str(month.expenses),
                    "result": str(month.result),
                }
                for month in results
            ],
        },
    }


def _cash(company: Company) -> list[CashAccount]:
    accounts = list(Account.objects.filter(company=company, report_group=ReportGroup.CASH).order_by("code", "name"))
    ids = [account.pk for account in accounts]
    balances = balances_as_of(company_id=company.pk, on=today(company), account_ids=ids)
    return [CashAccount(account, balances.get(account.pk, Balance()).net) for account in accounts]
