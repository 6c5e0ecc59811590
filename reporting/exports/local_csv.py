"""CSV as a person's spreadsheet reads it: titles in their language, numbers and days as the company's country writes
them, and the semicolon between fields where numbers have a decimal comma. Programs take the one of `csv_file`."""

import csv
import io
from datetime import date

from babel.dates import format_skeleton

from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.formulas import as_text
from reporting.tables import Cell, Table


def local_csv_bytes(table: Table) -> bytes:
    formats, out = formats_of(table.company), io.StringIO(newline="")
    writer = csv.writer(out, dialect="excel", delimiter=";" if formats.decimal_mark == "," else ",")
    writer.writerow([column.title for column in table.columns])
    for row in table.rows:
        writer.writerow([_field(cell, table.fraction_digits, formats) for cell in row.cells])
    return out.getvalue().encode("utf-8-sig")


def _field(cell: Cell, fraction_digits: int, formats: Formats) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return as_text(cell)
    if isinstance(cell, date):
        return format_skeleton("yMMdd", cell, locale=formats.locale)
    return f"{cell:.{fraction_digits}f}".replace(".", formats.decimal_mark)
