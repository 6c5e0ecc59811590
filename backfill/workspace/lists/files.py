"""A list as a file: exactly the rows and columns that are shown, in the same order, language and notation.

XLSX has real dates and numbers; CSV is written as the company writes, so that its own spreadsheet reads it. Both go
through a temporary file, so that a long list takes no memory.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from backfill.workspace.formats import decimals_of, formats_of
from backfill.workspace.formulas import as_text
from backfill.workspace.lists.asking import shown_in_parts
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.lists import List

MOST_ROWS: Final = 20_000
_IN_MEMORY: Final = 1 << 20
_DAY_FORMAT: Final = "mm-dd-yy"  # Excel's own short date, shown as each reader's country writes it
_MOMENT_FORMAT: Final = "m/d/yy h:mm"
_WIDTHS: Final = {"day": 12, "moment": 17, "money": 16, "price": 14, "number": 12, "state": 16, "text": 22}


@dataclass(frozen=True, slots=True)
class _Format:
    content_type: str
    write: Callable[[List, Iterable[Any], Company, IO[bytes]], None]


class TooManyRows(ValidationFailed):
    """A file of the list would be longer than one is made while somebody waits."""


def list_file(listing: List, rows: QuerySet[Any], company: Company, file_format: str) -> FileResponse:
    """Return the rows as a file to keep. Raises TooManyRows."""
    if rows[MOST_ROWS : MOST_ROWS + 1].exists():
        most = formats_of(company).number(Decimal(MOST_ROWS), 0)
        raise TooManyRows(_("a file has at most {most} rows; narrow the list by its filters").format(most=most))
    chosen = FORMATS[file_format]
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the answer closes it
    chosen.write(listing, shown_in_parts(listing, rows, company), company, file)
    file.seek(0)
    name = f"{listing.key.replace('_', '-')}-{company.today().isoformat()}.{file_format}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=chosen.content_type)


def _headings(listing: List, company: Company) -> list[str]:
    """Return the headings; where rows have currencies of their own, the last column says which."""
    return [one.heading(company) for one in listing.columns] + ([_("Currency")] if listing.has_currencies else [])


def _row_currency(listing: List, row: Any, company: Company) -> list[str]:
    if not listing.has_currencies:
        return []
    return [next(one for one in listing.columns if one.currency).currency_of(row, company)]


# --- CSV ---------------------------------------------------------------------------------------------------------


def _write_csv(listing: List, rows: Iterable[Any], company: Company, file: IO[bytes]) -> None:
    """Semicolons where the decimal mark is a comma, and a byte order mark, as that country's spreadsheet expects."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";" if formats_of(company).decimal_mark == "," else ",")
    writer.writerow([as_text(one) for one in _headings(listing, company)])
    for row in rows:
        fields = [_field(column, row, company) for column in listing.columns]
        writer.writerow([*fields, *_row_currency(listing, row, company)])
    text.detach()


def _field(column: Column, row: Any, company: Company) -> str:
    value, formats = column.value_of(row, company), formats_of(company)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal):
        return formats.plain(_exact(column, value, row, company))
    return str(value) if isinstance(value, int) else as_text(str(value))


def _exact(column: Column, value: Decimal, row: Any, company: Company) -> Decimal:
    """Return an amount with its currency's decimals, any other number with those it has."""
    if column.kind != "money":
        return value.normalize() + 0
    return value.quantize(Decimal(1).scaleb(-decimals_of(column.currency_of(row, company))))


# --- XLSX --------------------------------------------------------------------------------------------------------


def _write_xlsx(listing: List, rows: Iterable[Any], company: Company, file: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(str(listing.title)))
    headings = _headings(listing, company)
    for index, column in enumerate(listing.columns, start=1):
        width = 44 if column.is_wide else _WIDTHS[column.kind]
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, one, bold=True) for one in headings])
    last, zone = 1, ZoneInfo(company.time_zone)
    for row in rows:
        cells = [_typed(sheet, column, row, company, zone) for column in listing.columns]
        sheet.append([*cells, *_row_currency(listing, row, company)])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{last}"
    book.save(file)


def _typed(sheet: Any, column: Column, row: Any, company: Company, zone: ZoneInfo) -> Any:
    value = column.value_of(row, company)
    if isinstance(value, datetime):
        return _cell(sheet, value.astimezone(zone).replace(tzinfo=None), number_format=_MOMENT_FORMAT)
    if isinstance(value, date):
        return _cell(sheet, value, number_format=_DAY_FORMAT)
    if isinstance(value, Decimal):
        return _cell(sheet, value, number_format=_number_format(column, row, company))
    return value if value is None or isinstance(value, int) else _cell(sheet, str(value))


def _number_format(column: Column, row: Any, company: Company) -> str:
    if column.kind != "money":
        return "#,##0.######" if column.kind == "number" else "#,##0.00####"
    decimals = decimals_of(column.currency_of(row, company))
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _cell(sheet: Any, value: Any, *, number_format: str = "", bold: bool = False) -> Any:
    """Return a cell; a text stays a text even when it begins with an equals sign."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if number_format:
        cell.number_format = number_format
    if bold:
        cell.font = Font(bold=True)
    return cell


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and not these."""
    return "".join("-" if sign in r"[]:*?/\\" else sign for sign in title)[:31]


FORMATS: Final = {
    "csv": _Format("text/csv; charset=utf-8", _write_csv),
    "xlsx": _Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
}
