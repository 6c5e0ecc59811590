"""Rows of a separated-values file, each with the number of the line it starts on."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from ledger.imports.encoding import TextProfile, text_lines
from ledger.imports.errors import UnreadableFile


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record, its cells without blanks around. `line` counts physical lines from 1; a cell may span several."""

    line: int
    cells: list[str]

    def cell(self, index: int | None) -> str:
        """Return the cell, or nothing where the row is shorter or the file has no such column."""
        if index is None or index >= len(self.cells):
            return ""
        return self.cells[index]


def table_rows(file: BinaryIO, profile: TextProfile, *, delimiter: str, first_line: int = 1) -> Iterator[TableRow]:
    """Yield the rows of `file` from `first_line` on, without blank ones. Raises `UnreadableFile` on broken quoting."""
    lines = islice(text_lines(file, profile), first_line - 1, None)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + first_line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                _(
                    "Line {line} cannot be divided into cells ({error}); look for a quotation mark that "
                    "is not doubled or not closed."
                ).format(line=line, error=error)
            ) from error
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield TableRow(line, stripped)
