"""CSV by RFC 4180: commas, CRLF, one header line, the same number of fields in every line.

It begins with a byte order mark, because without one Excel reads UTF-8 as the local code page and breaks every
umlaut; Python (`utf-8-sig`), pandas and LibreOffice skip it. Amounts have a decimal point and no thousands mark.
"""

import csv
import io
from datetime import date

from backfill.workspace.formulas import as_text
from reporting.tables import Cell, Table


def csv_bytes(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect="excel")
    writer.writerow(["row", "level", *(column.key for column in table.columns)])
    for row in table.rows:
        writer.writerow([row.kind, row.level, *(_field(cell, table.fraction_digits) for cell in row.cells)])
    return out.getvalue().encode("utf-8-sig")


def _field(cell: Cell, fraction_digits: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return as_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.{fraction_digits}f}"
