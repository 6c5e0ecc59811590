"""The three statements: as JSON, or as the file that `format` asks for."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.operations import operation
from backfill.api.views import BackfillView
from reporting.api.answers import balance_sheet_answer, income_statement_answer, trial_balance_answer
from reporting.api.serializers import (
    BalanceQuery,
    BalanceSheetAnswer,
    IncomeStatementAnswer,
    IncomeStatementQuery,
    TrialBalanceAnswer,
    TrialBalanceQuery,
)
from reporting.balance_sheet import balance_sheet
from reporting.exports import CONTENT_TYPES, download, report_file
from reporting.income_statement import income_statement
from reporting.ranges import comparison_day, comparison_range, range_or_fiscal_year, today
from reporting.report_tables import balance_sheet_table, income_statement_table, trial_balance_table
from reporting.trial_balance import trial_balance

MEDIA_TYPES = ("application/json", *(content_type.partition(";")[0] for content_type in CONTENT_TYPES))


class ReportView(BackfillView):
    scopes = {"GET": "reports:read"}
    media_types = MEDIA_TYPES

    def day_to_compare(self, day: Any) -> Any:
        asked = {name: self.query[name] for name in ("compare_to", "compare_as_of") if name in self.query}
        return comparison_day(day, **asked)


class TrialBalanceView(ReportView):
    @operation(
        summary="Get trial balance report",
        description=(
            "Every account's opening balance, movements and closing balance in base currency, grouped by account type. "
            "Balances are positive for debit. Revenue and expenses count from the start of the fiscal year; results of "
            "earlier years that no closing entry has moved stand in equity, one row per year."
        ),
        tag="Reports",
        query=TrialBalanceQuery,
        answer=TrialBalanceAnswer,
        media_types=MEDIA_TYPES,
    )
    def get(self, request: Request) -> HttpResponse:
        as_of = self.query.get("as_of_date") or today(self.company)
        report = trial_balance(
            self.company,
            as_of=as_of,
            start=self.query.get("start_date"),
            compare_as_of=self.day_to_compare(as_of),
            include_zero=self.query["include_zero"],
        )
        if self.query["format"] == "json":
            return Response(trial_balance_answer(report))
        return download(report_file(trial_balance_table(report), self.query["format"]))


class BalanceSheetView(ReportView):
    @operation(
        summary="Get balance sheet",
        description=(
            "Assets, liabilities and equity in base currency, grouped by section. Amounts are in natural sign: assets "
            "are positive with a debit balance, liabilities and equity with a credit balance. Equity includes the "
            "result of the fiscal year and the results of earlier years that no closing entry has moved."
        ),
        tag="Reports",
        query=BalanceQuery,
        answer=BalanceSheetAnswer,
        media_types=MEDIA_TYPES,
    )
    def get(self, request: Request) -> HttpResponse:
        as_of = self.query.get("as_of_date") or today(self.company)
        report = balance_sheet(
            self.company,
            as_of=as_of,
            compare_as_of=self.day_to_compare(as_of),
            include_zero=self.query["include_zero"],
        )
        if self.query["format"] == "json":
            return Response(balance_sheet_answer(report))
        return download(report_file(balance_sheet_table(report), self.query["format"]))


class IncomeStatementView(ReportView):
    @operation(
        summary="Get income statement (profit & loss)",
        description=(
            "Revenue less expenses of a range in base currency, with subtotals. Amounts are in natural sign: revenue "
            "is positive with a credit balance, expenses with a debit balance. Entries that close a fiscal year are "
            "left out unless asked for."
        ),
        tag="Reports",
        query=IncomeStatementQuery,
        answer=IncomeStatementAnswer,
        media_types=MEDIA_TYPES,
    )
    def get(self, request: Request) -> HttpResponse:
        asked = range_or_fiscal_year(self.company, start=self.query.get("start_date"), end=self.query.get("end_date"))
        comparison = comparison_range(
            asked,
            compare_to=self.query.get("compare_to"),
            compare_start=self.query.get("compare_start"),
            compare_end=self.query.get("compare_end"),
        )
        report = income_statement(
            self.company,
            asked=asked,
            comparison=comparison,
            include_zero=self.query["include_zero"],
            include_closing=self.query["include_closing"],
        )
        if self.query["format"] == "json":
            return Response(income_statement_answer(report))
        return download(report_file(income_statement_table(report), self.query["format"]))
