"""Reports as JSON: decimal strings with the currency's decimals, and links to what is behind a figure.

Built as plain dictionaries: a report has a row per account, and a serializer per row would cost more than the report.
The shapes are those of `reporting.api.serializers`, which the tests compare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from backfill.api.fields import plain_decimal
from backfill.tenancy.models import Company
from ledger.currencies.money import minor_units
from ledger.models import AccountType
from reporting.balance_sheet import BalanceSheet
from reporting.figures import Figures, ReportAccount
from reporting.income_statement import IncomeStatement, Step, Subtotal
from reporting.labels import language_of, title
from reporting.statements import Section, StatementRow
from reporting.trial_balance import TrialBalance, TrialBalanceRow, TrialBalanceTotals


def trial_balance_answer(report: TrialBalance) -> dict[str, Any]:
    writer = _Writer(minor_units(report.company.base_currency), start=report.start, end=report.as_of)
    data = {
        **_heading(report.company, "trial_balance"),
        "start_date": report.start,
        "as_of_date": report.as_of,
        "compare_as_of": report.compare_as_of,
        "is_balanced": report.totals.is_balanced,
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "rows": [writer.trial_balance_row(row) for row in section.rows],
                "totals": writer.trial_balance_totals(section.totals),
            }
            for section in report.sections
        ],
        "totals": writer.trial_balance_totals(report.totals),
    }
    return {"object": "trial_balance", "data": data}


def balance_sheet_answer(report: BalanceSheet) -> dict[str, Any]:
    writer = _Writer(minor_units(report.company.base_currency), start=None, end=report.as_of)
    data = {
        **_heading(report.company, "balance_sheet"),
        "as_of_date": report.as_of,
        "compare_as_of": report.compare_as_of,
        "is_balanced": report.difference.is_zero,
        "sections": [writer.section(section) for section in report.sections],
        "totals": {
            "assets": writer.figures(report.assets.total),
            "liabilities": writer.figures(report.liabilities.total),
            "equity": writer.figures(report.equity.total),
            "liabilities_and_equity": writer.figures(report.liabilities_and_equity),
            "difference": writer.figures(report.difference),
        },
    }
    return {"object": "balance_sheet", "data": data}


def income_statement_answer(report: IncomeStatement) -> dict[str, Any]:
    writer = _Writer(minor_units(report.company.base_currency), start=report.range.start, end=report.range.end)
    data = {
        **_heading(report.company, "income_statement"),
        "start_date": report.range.start,
        "end_date": report.range.end,
        "compare_start": report.comparison and report.comparison.start,
        "compare_end": report.comparison and report.comparison.end,
        "sections": [
            {**writer.section(step.section), "account_type": step.kind}
            for step in report.steps
            if isinstance(step, Step)
        ],
        "subtotals": list(_subtotals(report, writer)),
        "totals": {
            "revenue": writer.figures(report.revenue),
            "expenses": writer.figures(report.expenses),
            "net_income": writer.figures(report.net_income),
        },
    }
    return {"object": "income_statement", "data": data}


def _heading(company: Company, report: str) -> dict[str, Any]:
    return {
        "title": title(report, language_of(company)),
        "company": company.legal_name or company.name,
        "currency": company.base_currency,
    }


def _subtotals(report: IncomeStatement, writer: "_Writer") -> Iterator[dict[str, Any]]:
    above: str | None = None
    for step in report.steps:
        if isinstance(step, Subtotal):
            yield {"key": step.key, "title": step.title, "after": above, **writer.figures(step.figures)}
        else:
            above = step.section.key


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes amounts with `decimals` digits and links to the entries from `start` (None: ever) to `end`."""

    decimals: int
    start: date | None
    end: date

    def amount(self, value: Decimal) -> str:
        return plain_decimal(value, self.decimals)

    def optional(self, value: Decimal | None) -> str | None:
        return None if value is None else self.amount(value)

    def figures(self, figures: Figures) -> dict[str, Any]:
        return {
            "amount": self.amount(figures.current),
            "comparison_amount": self.optional(figures.comparison),
            "change": self.optional(figures.change),
        }

    def section(self, section: Section) -> dict[str, Any]:
        return {
            "key": section.key,
            "title": section.title,
            "rows": [self.row(row) for row in section.rows],
            "sections": [self.section(inner) for inner in section.sections],
            "total": self.figures(section.total),
        }

    def row(self, row: StatementRow) -> dict[str, Any]:
        return {"key": row.key or None, **self.account(row.account), "name": row.name, **self.figures(row.figures)}

    def account(self, account: ReportAccount | None) -> dict[str, Any]:
        """What derived rows have instead of an account belongs to equity."""
        if account is None:
            return {"account_id": None, "code": None, "account_type": AccountType.EQUITY, "links": None}
        query = {"account_id": account.id, "start_date": self.start, "end_date": self.end}
        entries = urlencode({name: value for name, value in query.items() if value is not None})
        return {
            "account_id": account.id,
            "code": account.code or None,
            "account_type": account.type,
            "links": {"account": f"/v1/accounts/{account.id}", "journal_entries": f"/v1/journal_entries?{entries}"},
        }

    def trial_balance_row(self, row: TrialBalanceRow) -> dict[str, Any]:
        return {
            "key": row.key or None,
            **self.account(row.account),
            "name": row.name,
            "opening_balance": self.amount(row.opening),
            "period_debit": self.amount(row.debit),
            "period_credit": self.amount(row.credit),
            "debit": self.amount(max(row.closing, Decimal(0))),
            "credit": self.amount(max(-row.closing, Decimal(0))),
            "balance": self.amount(row.closing),
            "comparison_balance": self.optional(row.comparison),
        }

    def trial_balance_totals(self, totals: TrialBalanceTotals) -> dict[str, Any]:
        return {
            "opening_debit": self.amount(totals.opening_debit),
            "opening_credit": self.amount(totals.opening_credit),
            "period_debit": self.amount(totals.debit),
            "period_credit": self.amount(totals.credit),
            "debit": self.amount(totals.closing_debit),
            "credit": self.amount(totals.closing_credit),
            "comparison_debit": self.optional(totals.comparison_debit),
            "comparison_credit": self.optional(totals.comparison_credit),
        }
