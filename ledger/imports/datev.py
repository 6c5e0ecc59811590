"""DATEV posting batches (EXTF Buchungsstapel, interface version 700, format versions 9 to 13)."""

from collections.abc import Iterator
from typing import BinaryIO

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.imports.batch import post_all, preview
from ledger.imports.chart import CompanyChart, company_chart
from ledger.imports.datev_bookings import SYSTEM, BookingWriter
from ledger.imports.datev_header import DatevHeader, parse_header
from ledger.imports.datev_keys import UnknownKey
from ledger.imports.datev_rows import BadRow, check_titles, parse_row
from ledger.imports.encoding import TextProfile, examine_text
from ledger.imports.errors import UnrecognisedFile, WrongClient
from ledger.imports.inspection import problem_of
from ledger.imports.results import Booking, Check, ImportOptions, ImportResult, ImportSource, LineProblem, LineRemark
from ledger.imports.table import table_rows

_CHARTS = {"03": Company.Chart.SKR03, "04": Company.Chart.SKR04}


def preview_datev(
    *, company: Company, file: BinaryIO, actor: Actor, options: ImportOptions | None = None
) -> ImportResult:
    """Say what `import_datev` would post. Writes nothing. Raises UnreadableFile, UnrecognisedFile, WrongClient."""
    return preview(_datev_source(company, file, options or ImportOptions()), actor=actor)


def import_datev(
    *, company: Company, file: BinaryIO, actor: Actor, options: ImportOptions | None = None
) -> ImportResult:
    """Post every new booking of a DATEV batch, or none if a line has a problem. The same file twice posts once.

    `file` must be seekable; it is read more than once and not closed. Raises UnreadableFile, UnrecognisedFile, and
    WrongClient for a batch of other consultant or client numbers, unless that check is waived.
    """
    return post_all(_datev_source(company, file, options or ImportOptions()), actor=actor)


def _datev_source(company: Company, file: BinaryIO, options: ImportOptions) -> ImportSource:
    profile = examine_text(file)
    rows = table_rows(file, profile, delimiter=";")
    header = parse_header(next(rows))
    titles = check_titles(next(rows, None))
    if next(rows, None) is None:
        raise UnrecognisedFile("The batch has a header and no bookings.")
    _check_company(header, company)
    if Check.CLIENT not in options.waived:
        _check_client(header, company)
    chart = company_chart(company)
    return ImportSource(
        company=company,
        system=SYSTEM,
        connection_id=header.batch_identity,
        line_count=profile.line_count,
        findings=_findings(profile, header, company),
        read=lambda: _bookings(file, profile, header, titles, chart),
        options=options,
    )


def _bookings(
    file: BinaryIO, profile: TextProfile, header: DatevHeader, titles: list[str], chart: CompanyChart
) -> Iterator[Booking | LineProblem | LineRemark]:
    rows = table_rows(file, profile, delimiter=";")
    next(rows)
    next(rows)
    writer = BookingWriter(chart, header)
    for row in rows:
        try:
            yield writer.booking(parse_row(row, header, titles))
            yield from (LineRemark(row.line, text) for text in writer.discounts.remarks)
            writer.discounts.remarks.clear()
        except (BadRow, UnknownKey) as bad:
            yield LineProblem(row.line, str(bad))
        except DomainError as error:
            yield problem_of(error, line=row.line)


def _check_company(header: DatevHeader, company: Company) -> None:
    if header.currency != company.base_currency:
        raise UnrecognisedFile(f"The batch is kept in {header.currency}, {company.name} in {company.base_currency}.")
    chart = _CHARTS.get(header.chart_number)
    if chart and company.chart in _CHARTS.values() and chart != company.chart:
        raise UnrecognisedFile(
            f"The batch is for the chart {chart.label}, {company.name} has {company.get_chart_display()}: "
            "the same numbers mean other accounts."
        )


def _check_client(header: DatevHeader, company: Company) -> None:
    wrong = [
        f"{name} {of_batch} instead of {of_company}"
        for name, of_batch, of_company in (
            ("consultant", header.consultant_number, company.datev_consultant_number),
            ("client", header.client_number, company.datev_client_number),
        )
        if of_company is not None and of_batch != of_company
    ]
    if wrong:
        raise WrongClient(
            f"The batch belongs to {' and '.join(wrong)}. Choose the right company, correct its DATEV numbers, or "
            "ask for these numbers to be accepted.",
            waiver=Check.CLIENT,
            consultant_number=header.consultant_number,
            client_number=header.client_number,
        )


def _findings(profile: TextProfile, header: DatevHeader, company: Company) -> tuple[str, ...]:
    start = header.fiscal_year_start
    other_year = start.month != company.fiscal_year_start_month
    return (
        f"DATEV posting batch «{header.label}», format version {header.version}",
        f"Encoding: {profile.encoding_name}",
        f"Consultant {header.consultant_number or '–'}, client {header.client_number or '–'}",
        f"Period: {header.first_day} to {header.last_day}, fiscal year from {start}",
        f"Accounts: {header.account_length} digits",
        *((f"Note: the fiscal year of {company.name} starts in another month",) if other_year else ()),
    )
