"""Rows of separated values and their line numbers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.encoding import examine_text
from ledger.imports.errors import UnreadableFile
from ledger.imports.table import TableRow, table_rows

CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


def _rows(text: str, delimiter: str = ";") -> list[TableRow]:
    file = io.BytesIO(text.encode())
    return list(table_rows(file, examine_text(file), delimiter=delimiter))


def test_numbers_rows_by_the_line_they_start_on() -> None:
    rows = _rows('a;b\n"two\nlines";c\n\n;\nlast;d\n')
    assert [(row.line, row.cells) for row in rows] == [(1, ["a", "b"]), (2, ["two\nlines", "c"]), (6, ["last", "d"])]


def test_answers_nothing_for_a_column_beyond_the_row() -> None:
    assert _rows("a; b \n")[0].cell(1) == "b"
    assert _rows("a;b\n")[0].cell(7) == ""
    assert _rows("a;b\n")[0].cell(None) == ""


@pytest.mark.parametrize("text", ['a;"open\n1;2\n', 'a;"x"y\n', f'a;"{"x" * 200_000}"\n'])
def test_refuses_broken_quoting_with_the_line(text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"^Line 1 cannot be divided into cells"):
        _rows(text)


@given(st.lists(st.lists(CELL, min_size=1, max_size=5).filter(lambda cells: any(map(str.strip, cells))), min_size=1))
def test_reads_back_what_the_csv_module_writes(table: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(table)
    assert [row.cells for row in _rows(text.getvalue())] == [[cell.strip() for cell in row] for row in table]
