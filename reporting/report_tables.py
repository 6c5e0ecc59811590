"""Trial balance, balance sheet and income statement as tables: the same rows for CSV, XLSX, PDF and pages, in the
language of the company's country unless another is asked for."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from django.utils.text import slugify

from backfill.tenancy.models import Company
from ledger.currencies.money import minor_units
from reporting.balance_sheet import BalanceSheet
from reporting.figures import Figures
from reporting.income_statement import IncomeStatement, Step
from reporting.labels import Language, language_of, title
from reporting.ranges import DateRange
from reporting.statements import Section
from reporting.tables import Column, RowKind, Table, TableRow
from reporting.trial_balance import TrialBalance, TrialBalanceRow, TrialBalanceTotals


def trial_balance_table(report: TrialBalance, language: Language | None = None) -> Table:
    """Opening balances, movements and closing balances, each in a debit and a credit column."""
    language = language or language_of(report.company)
    keys = ["opening_debit", "opening_credit", "period_debit", "period_credit", "debit", "credit"]
    columns = [Column("code", title("code", language)), Column("name", title("name", language))]
    columns += [Column(key, title(key, language), is_amount=True) for key in keys]
    if report.compare_as_of is not None:
        day = day_text(report.compare_as_of, language)
        columns += [
            Column("comparison_debit", f"{title('debit', language)} {day}", is_amount=True),
            Column("comparison_credit", f"{title('credit', language)} {day}", is_amount=True),
        ]
    return Table(
        company=report.company,
        language=language,
        title=title("trial_balance", language),
        subtitle=range_text(DateRange(report.start, report.as_of), language),
        columns=tuple(columns),
        rows=tuple(_trial_balance_rows(report, language)),
        file_stem=file_stem(report.company, "trial_balance", report.as_of),
        fraction_digits=minor_units(report.company.base_currency),
    )


def balance_sheet_table(report: BalanceSheet, language: Language | None = None) -> Table:
    language = language or language_of(report.company)
    days = [report.as_of] if report.compare_as_of is None else [report.as_of, report.compare_as_of]
    return Table(
        company=report.company,
        language=language,
        title=title("balance_sheet", language),
        subtitle=title("as_of", language).format(day=day_text(report.as_of, language)),
        columns=_statement_columns([day_text(day, language) for day in days], language),
        rows=tuple(_balance_sheet_rows(report, language)),
        file_stem=file_stem(report.company, "balance_sheet", report.as_of),
        fraction_digits=minor_units(report.company.base_currency),
    )


def income_statement_table(report: IncomeStatement, language: Language | None = None) -> Table:
    language = language or language_of(report.company)
    ranges = [report.range] if report.comparison is None else [report.range, report.comparison]
    return Table(
        company=report.company,
        language=language,
        title=title("income_statement", language),
        subtitle=range_text(report.range, language),
        columns=_statement_columns([range_text(each, language) for each in ranges], language),
        rows=tuple(_income_statement_rows(report, language)),
        file_stem=file_stem(report.company, "income_statement", report.range.start, report.range.end),
        fraction_digits=minor_units(report.company.base_currency),
    )


def day_text(day: date, language: Language) -> str:
    return format_date(day, "medium", locale=language)


def range_text(asked: DateRange, language: Language) -> str:
    start, end = day_text(asked.start, language), day_text(asked.end, language)
    return title("from_to", language).format(start=start, end=end)


def file_stem(company: Company, report: str, *days: date) -> str:
    """`balance_sheet_acme-gmbh_2026-12-31`, of characters that every file system takes."""
    return "_".join([report, slugify(company.name) or "company", *(day.isoformat() for day in days)])


def _statement_columns(titles: list[str], language: Language) -> tuple[Column, ...]:
    columns = [Column("code", title("code", language)), Column("name", title("name", language))]
    columns += [
        Column(key, text, is_amount=True) for key, text in zip(("amount", "comparison_amount"), titles, strict=False)
    ]
    if len(titles) > 1:
        columns.append(Column("change", title("change", language), is_amount=True))
    return tuple(columns)


def _balance_sheet_rows(report: BalanceSheet, language: Language) -> Iterator[TableRow]:
    passive_title = title("liabilities_and_equity", language)
    yield from _section_rows(report.assets, language)
    yield _sum_row("total", 0, report.assets.title, report.assets.total, language)
    yield TableRow("section", 0, ("", passive_title, *_blanks(report.assets.total)))
    for section in report.sections[1:]:
        yield from _section_rows(section, language, level=1)
        yield _sum_row("subtotal", 1, section.title, section.total, language)
    yield _sum_row("total", 0, passive_title, report.liabilities_and_equity, language)


def _income_statement_rows(report: IncomeStatement, language: Language) -> Iterator[TableRow]:
    for step in report.steps:
        if isinstance(step, Step):
            yield from _section_rows(step.section, language)
            yield from _sum_of_many(step.section, language)
        else:
            kind: RowKind = "total" if step is report.steps[-1] else "result"
            yield TableRow(kind, 0, ("", step.title, *_amounts(step.figures)))


def _section_rows(section: Section, language: Language, *, level: int = 0) -> Iterator[TableRow]:
    kind: RowKind = "group" if section.rows else "section"
    yield TableRow(kind, level, ("", section.title, *_blanks(section.total)))
    for row in section.rows:
        code = row.account.code if row.account else ""
        yield TableRow("account", level + 1, (code, row.name, *_amounts(row.figures)))
    for inner in section.sections:
        yield from _section_rows(inner, language, level=level + 1)
        yield from _sum_of_many(inner, language, level=level + 1)


def _sum_of_many(section: Section, language: Language, *, level: int = 0) -> Iterator[TableRow]:
    """The sum of a section; one that holds a single line needs none."""
    if len(section.rows) + len(section.sections) > 1:
        yield _sum_row("subtotal", level, section.title, section.total, language)


def _sum_row(kind: RowKind, level: int, name: str, figures: Figures, language: Language) -> TableRow:
    return TableRow(kind, level, ("", title("total_of", language).format(section=name), *_amounts(figures)))


def _amounts(figures: Figures) -> tuple[Decimal | None, ...]:
    if figures.comparison is None:
        return (figures.current,)
    return (figures.current, figures.comparison, figures.change)


def _blanks(figures: Figures) -> tuple[None, ...]:
    return (None,) if figures.comparison is None else (None, None, None)


def _trial_balance_rows(report: TrialBalance, language: Language) -> Iterator[TableRow]:
    width = 8 if report.compare_as_of is not None else 6
    for section in report.sections:
        yield TableRow("group", 0, ("", section.title, *[None] * width))
        for row in section.rows:
            code = row.account.code if row.account else ""
            yield TableRow("account", 1, (code, row.name, *_trial_balance_cells(row)))
        name = title("total_of", language).format(section=section.title)
        yield TableRow("subtotal", 0, ("", name, *_total_cells(section.totals)))
    yield TableRow("total", 0, ("", title("total", language), *_total_cells(report.totals)))


def _trial_balance_cells(row: TrialBalanceRow) -> Iterable[Decimal | None]:
    yield from _two_sided(row.opening)
    yield row.debit or None
    yield row.credit or None
    yield from _two_sided(row.closing)
    if row.comparison is not None:
        yield from _two_sided(row.comparison)


def _two_sided(signed: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """A zero stands in neither column."""
    return (signed if signed > 0 else None, -signed if signed < 0 else None)


def _total_cells(totals: TrialBalanceTotals) -> Iterable[Decimal]:
    yield from (totals.opening_debit, totals.opening_credit, totals.debit, totals.credit)
    yield from (totals.closing_debit, totals.closing_credit)
    if totals.comparison_debit is not None and totals.comparison_credit is not None:
        yield from (totals.comparison_debit, totals.comparison_credit)
