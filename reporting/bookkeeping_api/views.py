"""The reports of the Bookkeeping contract: lists of accounts, results by month, the DATEV batch."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from reporting.account_lists import balance_sheet_lines, profit_and_loss_lines, trial_balance_lines
from reporting.bookkeeping_api.serializers import AccountLineAnswer, DatevQuery, MonthAnswer, ReportQuery
from reporting.datev import CONTENT_TYPE, LARGE, datev_file, in_chunks
from reporting.exports import ReportFile, download, streamed
from reporting.monthly import monthly_results
from reporting.ranges import DateRange, range_or_fiscal_year, today


class ReportListView(BookkeepingView):
    scopes = {"GET": "reports:read"}

    @operation(
        summary="P&L, balance sheet or trial balance",
        description=(
            "One row per account with movement. `guv`: revenue and expense accounts in the range, without the entries "
            "that close a fiscal year. `bilanz`: asset, "
            "liability and equity accounts with everything up to the last day, and a synthetic equity row "
            "Periodenergebnis when the result is not 0. `susa`: all accounts in the range."
        ),
        tag="Reports",
        query=ReportQuery,
        answer=AccountLineAnswer,
        many=True,
    )
    def get(self, request: Request) -> Response:
        end = self.query.get("endDate")
        if self.query["type"] == "bilanz":
            lines = balance_sheet_lines(self.company, on=end or today(self.company))
        else:
            asked = range_or_fiscal_year(
                self.company, start=self.query.get("startDate"), end=end, start_field="startDate"
            )
            if self.query["type"] == "guv":
                lines = profit_and_loss_lines(self.company, asked=asked, include_closing=self.query["include_closing"])
            else:
                lines = trial_balance_lines(self.company, asked=asked)
        return Response(AccountLineAnswer(lines, many=True).data)


class MonthlyView(BookkeepingView):
    scopes = {"GET": "reports:read"}

    @operation(
        summary="Revenue and expenses per month",
        description="The last twelve calendar months including the current one, ascending; empty months are zeros.",
        tag="Reports",
        answer=MonthAnswer,
        many=True,
    )
    def get(self, request: Request) -> Response:
        months = monthly_results(self.company, until=today(self.company))
        rows = [
            {"month": f"{each.month:%Y-%m}", "revenue": each.revenue, "expenses": each.expenses, "result": each.result}
            for each in months
        ]
        return Response(MonthAnswer(rows, many=True).data)


class DatevExportView(BookkeepingView):
    scopes = {"GET": "reports:read"}
    media_types = ("text/csv", "application/json")

    @operation(
        summary="DATEV EXTF posting batch",
        description=(
            "One row per ledger event in journal order, for the tax adviser's DATEV. The company needs its DATEV "
            "consultant and client number. The batch is marked final when every period in the range is locked."
        ),
        tag="Reports",
        query=DatevQuery,
        media_types=("text/csv",),
        errors={400: ("FISCAL_YEAR_SPAN", "DATEV_NUMBERS_MISSING", "DATEV_NOT_EXPORTABLE")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = DateRange(self.query["startDate"], self.query["endDate"])
        file = datev_file(self.company, asked=asked, created_at=timezone.now())
        if file.entry_count < LARGE:
            return download(ReportFile(b"".join(file.lines), CONTENT_TYPE, file.name))
        return streamed(in_chunks(file.lines), CONTENT_TYPE, file.name)
