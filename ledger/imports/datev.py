"""DATEV posting batches (EXTF Buchungsstapel, interface version 700, format versions 9 to 13)."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

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
        raise UnrecognisedFile(_("The batch has a header and no bookings."))
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
        raise UnrecognisedFile(
            _("The batch is kept in {currency}, {company} in {base_currency}.").format(
                currency=header.currency, company=company.name, base_currency=company.base_currency
            )
        )
    chart = _CHARTS.get(header.chart_number)
    if chart and company.chart in _CHARTS.values() and chart != company.chart:
        raise UnrecognisedFile(
            _(
                "The batch is for the chart {label}, {company} has {chart}: the same numbers mean other accounts."
            ).format(label=chart.label, company=company.name, chart=company.get_chart_display())
        )


def _check_client(header: DatevHeader, company: Company) -> None:
    consultant, client = company.datev_consultant_number, company.datev_client_number
    is_other_consultant = consultant is not None and header.consultant_number != consultant
    is_other_client = client is not None and header.client_number != client
    if is_other_consultant or is_other_client:
        if is_other_consultant and is_other_client:
            message = _(
                "The batch belongs to consultant {of_batch} instead of {consultant} and client {client_of_batch} "
                "instead of {client}. Choose the right company, correct its DATEV numbers, or ask for these numbers to "
                "be accepted."
            )
        elif is_other_consultant:
            message = _(
                "The batch belongs to consultant {of_batch} instead of {consultant}. Choose the right company, correct "
                "its DATEV numbers, or ask for these numbers to be accepted."
            )
        else:
            message = _(
                "The batch belongs to client {client_of_batch} instead of {client}. Choose the right company, correct "
                "its DATEV numbers, or ask for these numbers to be accepted."
            )
        raise WrongClient(
            message.format(
                of_batch=header.consultant_number,
                consultant=consultant,
                client_of_batch=header.client_number,
                client=client,
            ),
            waiver=Check.CLIENT,
            consultant_number=header.consultant_number,
            client_number=header.client_number,
        )


def _findings(profile: TextProfile, header: DatevHeader, company: Company) -> tuple[str, ...]:
    start = header.fiscal_year_start
    other_year = start.month != company.fiscal_year_start_month
    return (
        _("DATEV posting batch «{label}», format version {version}").format(label=header.label, version=header.version),
        _("Encoding: {name}").format(name=profile.encoding_name),
        _("Consultant {consultant}, client {client}").format(
            consultant=header.consultant_number or "–", client=header.client_number or "–"
        ),
        _("Period: {first} to {last}, fiscal year from {start}").format(
            first=header.first_day, last=header.last_day, start=start
        ),
        _("Accounts: {count} digits").format(count=header.account_length),
        *([_("Note: the fiscal year of {company} starts in another month").format(company=company.name)] * other_year),
    )
