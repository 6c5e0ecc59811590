"""CSV by RFC 4180: commas, CRLF, one header line, the same number of fields in every line.

It begins with a byte order mark, because without one Excel reads UTF-8 as the local code page and breaks every
umlaut; Python (`utf-8-sig`), pandas and LibreOffice skip it. Amounts have a decimal point and no thousands mark.
"""

import csv
import io
import unicodedata
from datetime import date

from reporting.tables import Cell, Table

# A spreadsheet runs a text that begins like this as a formula (CSV injection, OWASP); amounts are not texts.
_FORMULA_STARTS = frozenset("=+-@")
_CELL_BREAKS = ("\t", "\r", "\n")


def csv_bytes(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect="excel")
    writer.writerow(["row", "level", *(column.key for column in table.columns)])
    for row in table.rows:
        writer.writerow([row.kind, row.level, *(_field(cell, table.fraction_digits) for cell in row.cells)])
    return out.getvalue().encode("utf-8-sig")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text. Some skip blanks before it, and take the wide forms of East Asian
    keyboards (＝＋－＠) for the narrow ones."""
    shown = next((character for character in text if unicodedata.category(character)[0] not in "CZ"), "")
    return text.startswith(_CELL_BREAKS) or unicodedata.normalize("NFKC", shown) in _FORMULA_STARTS


def _field(cell: Cell, fraction_digits: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if is_formula(cell) else cell
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.{fraction_digits}f}"
