"""Where the table of a CSV journal begins: the first line that is a header, below what programs write above."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from ledger.imports.columns import DELIMITERS, detect_delimiter, header_cells, is_header

_MOST_ABOVE = 50
_STATED = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The line that the titles stand in, counted from 1, and what separates them."""

    line: int
    delimiter: str


def find_header(lines: Iterable[str]) -> Header:
    """Return the header among the first lines of a file. `sep=;` above it is Excel's way to state the separator.

    Where none has all titles that are needed, the first line that is not blank is taken for one. Raises
    `UnrecognisedFile` when not even that has a known title.
    """
    first = 0
    text = ""
    for number, line in enumerate(islice(lines, _MOST_ABOVE), start=1):
        if not line.strip() or _STATED.fullmatch(line):
            continue
        for delimiter in DELIMITERS:
            if is_header(header_cells(line, delimiter)):
                return Header(number, delimiter)
        if not first:
            first, text = number, line
    return Header(first or 1, detect_delimiter(text))
