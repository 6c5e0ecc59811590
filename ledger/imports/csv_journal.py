"""Journals in the product's own CSV layout: one row per line of an entry, the rows of an entry under one reference.

Columns: entry reference, date, account code, debit and credit, or one amount by its sign or with a column for the side;
if wanted description, currency, exchange rate, tax code, document number, class, location, cost centre and the like. A
row with a tax code states its amount with the tax in it (without for reverse charge), as the API does. What stands in
other columns is kept with the lines; columns that would change what is posted are read or refused, never passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.imports.amounts import AmountSurvey, DecimalMark, bare_amount
from ledger.imports.batch import post_all, preview
from ledger.imports.chart import company_chart
from ledger.imports.columns import DELIMITERS, JournalColumns, match_columns
from ledger.imports.csv_entries import SYSTEM, EntryReader, Item
from ledger.imports.csv_rows import JournalLayout
from ledger.imports.dates import DateFormat, DateSurvey
from ledger.imports.encoding import TextProfile, examine_text, text_lines
from ledger.imports.errors import UnrecognisedFile
from ledger.imports.header import Header, find_header
from ledger.imports.results import ImportOptions, ImportResult, ImportSource
from ledger.imports.table import TableRow, table_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalOptions(ImportOptions):
    """`batch` names the file where its references start anew, as those of each month may; references are unique
    within a batch. `decimal_mark`, `date_format` and `encoding` (of ENCODINGS) decide for a file that does not tell."""

    batch: str = ""
    decimal_mark: DecimalMark | None = None
    date_format: DateFormat | None = None
    encoding: str | None = None


def preview_journal(
    *, company: Company, file: BinaryIO, actor: Actor, options: JournalOptions | None = None
) -> ImportResult:
    """Say what `import_journal` would post. Writes nothing. Raises UnreadableFile, UnrecognisedFile."""
    return preview(_journal_source(company, file, options or JournalOptions()), actor=actor)


def import_journal(
    *, company: Company, file: BinaryIO, actor: Actor, options: JournalOptions | None = None
) -> ImportResult:
    """Post every new entry of a CSV journal, or none if a line has a problem. The same file twice posts once.

    `file` must be seekable; it is read more than once and not closed. Raises UnreadableFile, UnrecognisedFile.
    """
    return post_all(_journal_source(company, file, options or JournalOptions()), actor=actor)


def _journal_source(company: Company, file: BinaryIO, options: JournalOptions) -> ImportSource:
    profile = examine_text(file, options.encoding)
    table = _Table(file, profile, find_header(text_lines(file, profile)))
    layout = _layout(table, options)
    chart = company_chart(company)

    def read() -> Iterator[Item]:
        return EntryReader(layout, chart).read(table.rows_below_header())

    return ImportSource(
        company=company,
        system=SYSTEM,
        connection_id=options.batch,
        line_count=profile.line_count,
        findings=_findings(table, layout),
        read=read,
        options=options,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A file with its encoding and the place of its header."""

    file: BinaryIO
    profile: TextProfile
    header: Header

    def rows(self) -> Iterator[TableRow]:
        delimiter, line = self.header.delimiter, self.header.line
        return table_rows(self.file, self.profile, delimiter=delimiter, first_line=line)

    def rows_below_header(self) -> Iterator[TableRow]:
        rows = self.rows()
        next(rows)
        return rows


def _layout(table: _Table, options: JournalOptions) -> JournalLayout:
    """Find the columns, then look at every date and amount of the file before deciding how they are written."""
    columns = match_columns(next(table.rows()).cells)
    amounts, dates, is_empty = AmountSurvey(), DateSurvey(), True
    for row in table.rows_below_header():
        is_empty = False
        _refuse_filled(row, columns)
        dates.add(row.cell(columns.date))
        for index in columns.amount_columns:
            amounts.add(bare_amount(row.cell(index)).number)
    if is_empty:
        raise UnrecognisedFile(_("The file has a header and no rows."))
    return JournalLayout(
        columns=columns,
        decimal_mark=options.decimal_mark or amounts.decide(),
        date_format=options.date_format or dates.decide(),
        batch=options.batch,
    )


def _refuse_filled(row: TableRow, columns: JournalColumns) -> None:
    for index, way_out in columns.refused:
        text = row.cell(index)
        if text.strip("0.,- "):
            raise UnrecognisedFile(
                _(
                    "Column «{titles}» holds «{text}» in line {line}, and the import does not follow it: "
                    "{way_out}. Take the column out where it does not matter."
                ).format(titles=columns.titles[index], text=text, line=row.line, way_out=_(way_out))
            )


def _findings(table: _Table, layout: JournalLayout) -> tuple[str, ...]:
    columns = layout.columns
    others, above = columns.ignored_titles, table.header.line - 1
    named = [columns.titles[index] for _, index in columns.dimensions]
    return (
        _("Encoding: {name}").format(name=table.profile.encoding_name),
        _("Separator: {name}").format(name=_(DELIMITERS[table.header.delimiter])),
        _("Amounts: {mark}").format(mark=layout.decimal_mark.description),
        _("Dates: {form}").format(form=layout.date_format),
        *((_("Lines above the header: {count}").format(count=above),) if above else ()),
        *((_("Exchange rates: base currency for one unit of the other"),) if columns.exchange_rate is not None else ()),
        *((_("Dimensions: {names}").format(names=", ".join(named)),) if named else ()),
        *((_("Kept as notes of the lines: {names}").format(names=", ".join(others)),) if others else ()),
    )
