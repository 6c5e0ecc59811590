"""Journals in the product's own CSV layout: one row per line of an entry, the rows of an entry under one reference.

Columns: entry reference, date, account code, debit, credit; if wanted description, currency, tax code and document
number. A row with a tax code states its amount with the tax in it (without for reverse charge), as the API does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.imports.amounts import AmountSurvey, DecimalMark
from ledger.imports.batch import post_all, preview
from ledger.imports.chart import company_chart
from ledger.imports.columns import DELIMITERS, detect_delimiter, match_columns
from ledger.imports.csv_entries import SYSTEM, EntryReader, JournalLayout
from ledger.imports.dates import DateFormat, DateSurvey
from ledger.imports.encoding import TextProfile, examine_text, text_lines
from ledger.imports.errors import UnrecognisedFile
from ledger.imports.results import Booking, ImportOptions, ImportResult, ImportSource, LineProblem
from ledger.imports.table import TableRow, table_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalOptions(ImportOptions):
    """`batch` names the file where its references start anew, as those of each month may; references are unique
    within a batch. `decimal_mark` and `date_format` decide for a file that does not tell."""

    batch: str = ""
    decimal_mark: DecimalMark | None = None
    date_format: DateFormat | None = None


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
    profile = examine_text(file)
    delimiter = detect_delimiter(next(line for line in text_lines(file, profile) if line.strip()))
    layout = _layout(file, profile, delimiter, options)
    chart = company_chart(company)

    def read() -> Iterator[Booking | LineProblem]:
        return EntryReader(layout, chart).read(_rows_below_header(file, profile, delimiter))

    return ImportSource(
        company=company,
        system=SYSTEM,
        connection_id=options.batch,
        line_count=profile.line_count,
        findings=_findings(profile, delimiter, layout),
        read=read,
        options=options,
    )


def _layout(file: BinaryIO, profile: TextProfile, delimiter: str, options: JournalOptions) -> JournalLayout:
    """Find the columns, then look at every date and amount of the file before deciding how they are written."""
    header = next(table_rows(file, profile, delimiter=delimiter))
    columns = match_columns(header.cells)
    amounts, dates, is_empty = AmountSurvey(), DateSurvey(), True
    for row in _rows_below_header(file, profile, delimiter):
        is_empty = False
        dates.add(row.cell(columns.date))
        amounts.add(row.cell(columns.debit))
        amounts.add(row.cell(columns.credit))
    if is_empty:
        raise UnrecognisedFile("The file has a header and no rows.")
    return JournalLayout(
        columns=columns,
        decimal_mark=options.decimal_mark or amounts.decide(),
        date_format=options.date_format or dates.decide(),
        batch=options.batch,
    )


def _rows_below_header(file: BinaryIO, profile: TextProfile, delimiter: str) -> Iterator[TableRow]:
    rows = table_rows(file, profile, delimiter=delimiter)
    next(rows)
    return rows


def _findings(profile: TextProfile, delimiter: str, layout: JournalLayout) -> tuple[str, ...]:
    ignored = layout.columns.ignored_titles
    return (
        f"Encoding: {profile.encoding_name}",
        f"Separator: {DELIMITERS[delimiter]}",
        f"Amounts: {layout.decimal_mark.description}",
        f"Dates: {layout.date_format}",
        *((f"Ignored columns: {', '.join(ignored)}",) if ignored else ()),
    )
