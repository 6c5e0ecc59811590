"""The three statements as pages: dates to choose, a comparison, the way down to the entries, and files to export."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, cast

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.pages import Page
from backfill.workspace.wording import sentence
from reporting.balance_sheet import BalanceSheet, balance_sheet
from reporting.exports import FileFormat, download, local_csv_file, report_file
from reporting.income_statement import IncomeStatement, Step, income_statement
from reporting.labels import Language, language_of, readers_language
from reporting.pages.forms import BalanceForm, RangeForm, TrialBalanceForm
from reporting.ranges import (
    ONE_DAY,
    DateRange,
    comparison_day,
    comparison_range,
    fiscal_year_start,
    month_later,
    range_or_fiscal_year,
    today,
)
from reporting.report_tables import balance_sheet_table, income_statement_table, trial_balance_table
from reporting.tables import Table
from reporting.trial_balance import TrialBalance, trial_balance

_LETTERS = frozenset({"xlsx", "pdf"})
Report = TrialBalance | BalanceSheet | IncomeStatement


@dataclass(frozen=True, slots=True)
class Preset:
    """A range or day that is often asked for, as a link."""

    label: str
    parameters: dict[str, str]


class ReportPage(Page):
    """One report. A subclass builds it from the form's values and says how it is written as a table."""

    permission = "reports.view"
    form_class: ClassVar[type[forms.Form]]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form_class(self.defaults() | request.GET.dict())
        if not form.is_valid():
            return self.show(form=form, status=422)
        try:
            report = self.report(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, sentence(error.message))
            return self.show(form=form, status=error.status)
        wanted = request.GET.get("format", "")
        if wanted == "csv":
            return download(local_csv_file(self.table(report)))
        if wanted in _LETTERS:
            return download(report_file(self.table(report), cast(FileFormat, wanted)))
        return self.show(form=form, report=report, **self.shown(report))

    def context(self) -> dict[str, Any]:
        return {"presets": self.presets(), "report_language": self.language}

    @property
    def language(self) -> Language:
        """The reader's on the page and in CSV; files for others are in that of the company's country."""
        if self.request.GET.get("format", "") in _LETTERS:
            return language_of(self.company)
        return readers_language(self.company, self.workspace.user.language)

    def defaults(self) -> dict[str, str]:
        """Return what the form shows where nothing was asked for."""
        return {"as_of": today(self.company).isoformat()}

    def presets(self) -> list[Preset]:
        return _days(self.company)

    def report(self, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def table(self, report: Any) -> Table:
        raise NotImplementedError

    def shown(self, report: Any) -> dict[str, Any]:
        """Return what the template needs beside the report: titles of the columns and the range to drill down with."""
        raise NotImplementedError


class TrialBalancePage(ReportPage):
    title = _("Trial balance")
    template_name = "reporting/trial_balance.html"
    form_class = TrialBalanceForm

    def report(self, values: dict[str, Any]) -> TrialBalance:
        as_of = values["as_of"] or today(self.company)
        return trial_balance(
            self.company,
            as_of=as_of,
            start=values["start"],
            compare_as_of=comparison_day(as_of, compare_to=values["compare_to"] or None),
            include_zero=values["include_zero"],
            language=self.language,
        )

    def table(self, report: TrialBalance) -> Table:
        return trial_balance_table(report, self.language)

    def shown(self, report: TrialBalance) -> dict[str, Any]:
        return {"drill": _drill(report.start, report.as_of)}


class BalanceSheetPage(ReportPage):
    title = _("Balance sheet")
    template_name = "reporting/balance_sheet.html"
    form_class = BalanceForm

    def report(self, values: dict[str, Any]) -> BalanceSheet:
        as_of = values["as_of"] or today(self.company)
        compare_as_of = comparison_day(as_of, compare_to=values["compare_to"] or None)
        return balance_sheet(
            self.company,
            as_of=as_of,
            compare_as_of=compare_as_of,
            include_zero=values["include_zero"],
            language=self.language,
        )

    def table(self, report: BalanceSheet) -> Table:
        return balance_sheet_table(report, self.language)

    def shown(self, report: BalanceSheet) -> dict[str, Any]:
        day = formats_of(self.company).day
        columns = [day(report.as_of), *([day(report.compare_as_of)] if report.compare_as_of else [])]
        return {"columns": columns, "drill": _drill(fiscal_year_start(self.company, report.as_of), report.as_of)}


class IncomeStatementPage(ReportPage):
    title = _("Income statement")
    template_name = "reporting/income_statement.html"
    form_class = RangeForm

    def defaults(self) -> dict[str, str]:
        end = today(self.company)
        return {"start": fiscal_year_start(self.company, end).isoformat(), "end": end.isoformat()}

    def presets(self) -> list[Preset]:
        return _ranges(self.company)

    def report(self, values: dict[str, Any]) -> IncomeStatement:
        asked = range_or_fiscal_year(self.company, start=values["start"], end=values["end"])
        comparison = comparison_range(asked, compare_to=values["compare_to"] or None)
        return income_statement(
            self.company,
            asked=asked,
            comparison=comparison,
            include_zero=values["include_zero"],
            include_closing=values["include_closing"],
            language=self.language,
        )

    def table(self, report: IncomeStatement) -> Table:
        return income_statement_table(report, self.language)

    def shown(self, report: IncomeStatement) -> dict[str, Any]:
        ranges = [report.range, *([report.comparison] if report.comparison else [])]
        steps = [(step, isinstance(step, Step)) for step in report.steps]
        return {
            "columns": [_range_text(self.company, one) for one in ranges],
            "steps": steps,
            "drill": _drill(report.range.start, report.range.end),
        }


def _drill(start: date, end: date) -> str:
    """Return the query string with which an account's sheet shows what is behind a figure."""
    return f"?start={start.isoformat()}&end={end.isoformat()}"


def _range_text(company: Company, asked: DateRange) -> str:
    day = formats_of(company).day
    return f"{day(asked.start)} – {day(asked.end)}"


def _days(company: Company) -> list[Preset]:
    now = today(company)
    return [
        Preset(gettext("Today"), {"as_of": now.isoformat()}),
        Preset(gettext("End of last month"), {"as_of": (now.replace(day=1) - ONE_DAY).isoformat()}),
        Preset(gettext("End of last fiscal year"), {"as_of": (fiscal_year_start(company, now) - ONE_DAY).isoformat()}),
    ]


def _ranges(company: Company) -> list[Preset]:
    now = today(company)
    month, year = now.replace(day=1), fiscal_year_start(company, now)
    quarter = month_later(month, -((month.month - year.month) % 3))
    ranges = {
        gettext("This month"): (month, now),
        gettext("Last month"): (month_later(month, -1), month - ONE_DAY),
        gettext("This quarter"): (quarter, now),
        gettext("This fiscal year"): (year, now),
        gettext("Last fiscal year"): (fiscal_year_start(company, year - timedelta(days=1)), year - ONE_DAY),
    }
    return [
        Preset(label, {"start": start.isoformat(), "end": end.isoformat()}) for label, (start, end) in ranges.items()
    ]
