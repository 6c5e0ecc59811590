"""The DATEV export: a posting batch (EXTF Buchungsstapel, interface 700, format version 13) for the tax adviser.

One row per ledger event in journal order; tax stands in rows of its own, so automatic accounts carry BU key 40, which
switches their automatic tax off. Windows-1252, semicolons, CRLF. Source: DATEV format description «Buchungsstapel».
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.models import Account, EntryStatus, JournalEntry, JournalLine, Period
from reporting.datev_accounts import AccountNumbers, account_numbers
from reporting.datev_columns import TITLES, quoted
from reporting.datev_rows import ENCODING, Batch, EntryRow, LineRow, entry_rows
from reporting.errors import DatevNumbersMissing, FiscalYearSpan, InvalidRange
from reporting.exports import ReportFile
from reporting.ranges import DateRange, fiscal_year, fiscal_year_end, fiscal_year_start, month_later
from reporting.snapshot import one_moment

CONTENT_TYPE = "text/csv; charset=windows-1252"
_CHARTS = {Company.Chart.SKR03.value: "03", Company.Chart.SKR04.value: "04"}
LARGE = 10_000
_BATCH = 2_000
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class DatevFile:
    """A batch that can be written: `entry_count` entries, and the lines of the file, which read them when asked for."""

    name: str
    entry_count: int
    lines: Iterator[bytes]


def datev_export(company: Company, *, asked: DateRange, created_at: datetime) -> ReportFile:
    """The batch as one file in memory; see `datev_file`."""
    file = datev_file(company, asked=asked, created_at=created_at)
    return ReportFile(b"".join(file.lines), CONTENT_TYPE, file.name)


def datev_file(
    company: Company, *, asked: DateRange, created_at: datetime, progress: Callable[[int], object] | None = None
) -> DatevFile:
    """The batch of everything posted from `asked.start` to `asked.end`, both included, in one fiscal year.

    What was posted into adjustment periods 13 and 14 is dated on the last day of the fiscal year and exported with
    it. A character that Windows-1252 lacks is written as its nearest letter, else as a question mark: the text of a
    posted entry cannot be changed any more, so refusing it would end the export for good.

    `progress` is told now and then how many entries are written. Raises InvalidRange, FiscalYearSpan,
    DatevNumbersMissing, and NotExportableToDatev for accounts that DATEV has no place for, all before the first line.
    """
    check_exportable(company, asked)
    numbers = account_numbers(company, since=asked.start.replace(day=1), until=asked.end)
    name = f"EXTF_Buchungsstapel_{asked.start:%Y%m%d}_{asked.end:%Y%m%d}.csv"
    return DatevFile(
        name, exported_entries(company, asked).count(), _lines(company, asked, created_at, numbers, progress)
    )


def _lines(
    company: Company,
    asked: DateRange,
    created_at: datetime,
    numbers: AccountNumbers,
    progress: Callable[[int], object] | None,
) -> Iterator[bytes]:
    """The file line by line, in bounded memory, all of it of one moment."""
    with one_moment(company):
        accounts = Account.objects.filter(company_id=company.pk).in_bulk()
        batch = Batch(company, asked, accounts, numbers.by_account, numbers.length, _is_locked(company, asked))
        yield _encoded(_header(batch, created_at))
        yield _encoded(";".join(TITLES))
        for number, (entry, lines) in enumerate(_entries_with_lines(company, asked), start=1):
            for row in entry_rows(entry, lines, batch):
                yield _encoded(row)
            if progress is not None and number % _BATCH == 0:
                progress(number)


def _entries_with_lines(company: Company, asked: DateRange) -> Iterator[tuple[EntryRow, list[LineRow]]]:
    """The entries in journal order, through a cursor, each with its lines: a statement for every `_BATCH` of them."""
    found = exported_entries(company, asked).order_by("first_journal_number").values_list(*EntryRow._fields)
    entries = map(EntryRow._make, found.iterator(chunk_size=_BATCH))
    while some := list(islice(entries, _BATCH)):
        lines: dict[UUID, list[LineRow]] = {entry.id: [] for entry in some}
        of_some = JournalLine.objects.filter(company_id=company.pk, entry__in=list(lines)).order_by("line_number")
        for line in map(LineRow._make, of_some.values_list(*LineRow._fields)):
            lines[line.entry_id].append(line)
        yield from ((entry, lines[entry.id]) for entry in some)


def in_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in pieces that are worth sending."""
    buffer = bytearray()
    for line in lines:
        buffer += line
        if len(buffer) >= _CHUNK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)


def _encoded(line: str) -> bytes:
    return f"{line}\r\n".encode(ENCODING)


def check_exportable(company: Company, asked: DateRange) -> None:
    if asked.start > asked.end:
        raise InvalidRange(_("The range ends before it starts; swap the dates."), field="startDate")
    if fiscal_year(company, asked.start) != fiscal_year(company, asked.end):
        message = _(
            "A DATEV batch lies within one fiscal year; the one of {start} ends on {end}. Export each year by itself."
        ).format(start=asked.start, end=fiscal_year_end(company, asked.start))
        raise FiscalYearSpan(message, field="endDate")
    if not company.datev_consultant_number or not company.datev_client_number:
        raise DatevNumbersMissing(
            _(
                "Set the DATEV consultant number and client number of {company} first, under "
                "Settings → Company; the tax adviser knows both."
            ).format(company=company.name)
        )


def exported_entries(company: Company, asked: DateRange) -> QuerySet[JournalEntry]:
    """The posted entries of a batch, in no order."""
    in_range = Q(entry_date__range=(asked.start, asked.end)) & ~Q(period__contains="-P")
    if fiscal_year_end(company, asked.end) == asked.end:
        in_range |= Q(fiscal_year=fiscal_year(company, asked.end), period__contains="-P")
    return JournalEntry.objects.filter(in_range, company_id=company.pk).exclude(status=EntryStatus.DRAFT)


def _is_locked(company: Company, asked: DateRange) -> bool:
    """Whether every period in the range is locked; of the adjustment periods, those that were posted into."""
    found = Period.objects.filter(company_id=company.pk, ends_on__gte=asked.start, starts_on__lte=asked.end)
    if fiscal_year_end(company, asked.end) != asked.end:
        found = found.filter(number=0)
    statuses = dict(found.values_list("name", "status"))
    month = asked.start.replace(day=1)
    while month <= asked.end:
        statuses.setdefault(f"{month:%Y-%m}", Period.Status.OPEN.value)
        month = month_later(month, 1)
    return all(status == Period.Status.LOCKED for status in statuses.values())


def _header(batch: Batch, created_at: datetime) -> str:
    """Line 1, its 31 fields as the format numbers them."""
    company, asked = batch.company, batch.asked
    created = created_at.astimezone(ZoneInfo(company.time_zone))
    fields = (
        *(quoted("EXTF"), "700", "21", quoted("Buchungsstapel"), "13"),
        *(f"{created:%Y%m%d%H%M%S}{created.microsecond // 1000:03d}", "", quoted("RE"), quoted(""), quoted("")),
        *(str(company.datev_consultant_number), str(company.datev_client_number)),
        f"{fiscal_year_start(company, asked.start):%Y%m%d}",
        str(batch.account_length),
        *(f"{asked.start:%Y%m%d}", f"{asked.end:%Y%m%d}"),
        quoted(f"Buchungen {asked.start:%d.%m.}-{asked.end:%d.%m.%Y}"),
        *(quoted(""), "1", "0", str(int(batch.is_final)), quoted(company.base_currency)),
        *("", quoted(""), "", "", quoted(_CHARTS.get(company.chart, "")), "", "", quoted(""), quoted("")),
    )
    return ";".join(fields)
