"""XLSX: amounts are numbers, the header stays in view, subtotals and totals are ruled as on paper."""

import io
from datetime import date
from decimal import Decimal
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reporting.tables import Table, TableRow

HEADER_ROW = 5
_BOLD = Font(bold=True)
_MUTED = Font(color="666666")
_THIN, _DOUBLE = Side(style="thin"), Side(style="double")
_BORDERS = {"subtotal": Border(top=_THIN), "total": Border(top=_THIN, bottom=_DOUBLE)}
_HEADER_FILL = PatternFill("solid", fgColor="E8ECF1")
_TEXT_WIDTHS = {"code": 12, "name": 46}


def xlsx_bytes(table: Table) -> bytes:
    book = Workbook()
    page = cast(Worksheet, book.active)
    page.title = _sheet_name(table.title)
    _write_heading(page, table)
    for offset, row in enumerate(table.rows, start=1):
        _write_row(page, HEADER_ROW + offset, row, table)
    _lay_out(page, table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_heading(page: Worksheet, table: Table) -> None:
    lines = (
        (table.company.legal_name or table.company.name, Font(bold=True, size=14)),
        (table.title, _BOLD),
        (f"{table.subtitle} · {table.currency}", _MUTED),
    )
    for number, (text, font) in enumerate(lines, start=1):
        _put(page, number, 1, text).font = font
    for index, column in enumerate(table.columns, start=1):
        cell = _put(page, HEADER_ROW, index, column.title)
        cell.font, cell.fill = _BOLD, _HEADER_FILL
        cell.alignment = Alignment(horizontal="right" if column.is_amount else "left", wrap_text=True)


def _write_row(page: Worksheet, number: int, row: TableRow, table: Table) -> None:
    decimals = "." + "0" * table.fraction_digits if table.fraction_digits else ""
    for index, value in enumerate(row.cells, start=1):
        cell = _put(page, number, index, value)
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        elif table.columns[index - 1].is_amount:
            cell.number_format = f"#,##0{decimals};[Red]-#,##0{decimals}"
        elif table.columns[index - 1].key == "name":
            cell.alignment = Alignment(indent=row.level)
        if row.kind != "account":
            cell.font = _BOLD
        if row.kind in _BORDERS:
            cell.border = _BORDERS[row.kind]


def _put(page: Worksheet, row: int, column: int, value: str | Decimal | date | None) -> Cell:
    """Write a value; a text stays a text even when it begins with an equals sign."""
    cell = cast(Cell, page.cell(row=row, column=column))
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


def _lay_out(page: Worksheet, table: Table) -> None:
    for index, column in enumerate(table.columns, start=1):
        width = 16 if column.is_amount else _TEXT_WIDTHS.get(column.key, 18)
        page.column_dimensions[get_column_letter(index)].width = width
    page.freeze_panes = f"A{HEADER_ROW + 1}"
    page.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    page.page_setup.orientation = "landscape" if len(table.columns) > 5 else "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and not these."""
    return "".join("-" if sign in r"[]:*?/\\" else sign for sign in title)[:31]
