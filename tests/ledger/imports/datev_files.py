"""DATEV posting batches built for tests: fields are named by their number, counted from 1."""

import io

HEADER = {
    1: '"EXTF"',
    2: "700",
    3: "21",
    4: '"Buchungsstapel"',
    5: "13",
    6: "20260201120000000",
    8: '"RE"',
    11: "1001",
    12: "456",
    13: "20260101",
    14: "4",
    15: "20260101",
    16: "20260131",
    17: '"Januar"',
    19: "1",
    20: "0",
    21: "0",
    22: '"EUR"',
}
ROW = {1: "119,00", 2: '"S"', 7: "10000", 8: "8400", 9: '""', 10: "1501", 11: '"RE-1"', 14: '"Beratung"'}
TITLES = {
    1: "Umsatz (ohne Soll/Haben-Kz)",
    2: "Soll/Haben-Kennzeichen",
    3: "WKZ Umsatz",
    4: "Kurs",
    5: "Basis-Umsatz",
    6: "WKZ Basis-Umsatz",
    7: "Konto",
    8: "Gegenkonto (ohne BU-Schlüssel)",
    9: "BU-Schlüssel",
    10: "Belegdatum",
    11: "Belegfeld 1",
    12: "Belegfeld 2",
    13: "Skonto",
    14: "Buchungstext",
    20: "Beleglink",
    37: "KOST1 - Kostenstelle",
    38: "KOST2 - Kostenstelle",
    114: "Festschreibung",
    115: "Leistungsdatum",
    118: "Generalumkehr (GU)",
    119: "Steuersatz",
}


def header_line(changes: dict[int, str] | None = None) -> str:
    """Return line 1 with its 31 fields."""
    return _line({**HEADER, **(changes or {})}, 31)


def row_line(changes: dict[int, str] | None = None) -> str:
    """Return one booking: 119.00 EUR debited to customer 10000 against revenue 8400 on 15 January."""
    return _line({**ROW, **(changes or {})}, 125)


def batch(*rows: dict[int, str], header: dict[int, str] | None = None, encoding: str = "cp1252") -> io.BytesIO:
    """Return a whole file."""
    titles = _line({number: TITLES.get(number, f"Feld {number}") for number in range(1, 126)}, 125)
    lines = [header_line(header), titles, *(row_line(row) for row in rows)]
    return io.BytesIO("".join(f"{line}\r\n" for line in lines).encode(encoding))


def _line(fields: dict[int, str], count: int) -> str:
    return ";".join(fields.get(number, "") for number in range(1, count + 1))
