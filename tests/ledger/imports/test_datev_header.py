"""Line 1 of a DATEV file."""

import csv
from datetime import date
from pathlib import Path

import pytest

from ledger.imports.datev_header import DatevHeader, parse_header
from ledger.imports.errors import UnrecognisedFile
from ledger.imports.table import TableRow
from tests.ledger.imports.datev_files import header_line

SAMPLE = Path(__file__).parents[2] / "data/datev/EXTF_Buchungsstapel.csv"


def _parsed(line: str) -> DatevHeader:
    return parse_header(TableRow(1, next(csv.reader([line], delimiter=";"))))


def test_reads_the_sample() -> None:
    header = _parsed(SAMPLE.read_text("cp1252").splitlines()[0])
    assert header == DatevHeader(
        version=9,
        created="20180306102500000",
        consultant_number=1001,
        client_number=456,
        fiscal_year_start=date(2018, 1, 1),
        account_length=4,
        first_day=date(2018, 2, 1),
        last_day=date(2018, 2, 28),
        label="Beispiel-Buchungen",
        is_final=False,
        currency="EUR",
        chart_number="",
    )
    assert header.batch_identity == "1001-456-20180306102500000-20180201-20180228"


@pytest.mark.parametrize("mark", ["EXTF", "DTVF"])
@pytest.mark.parametrize("version", range(9, 14))
def test_reads_versions_9_to_13(mark: str, version: int) -> None:
    assert _parsed(header_line({1: f'"{mark}"', 5: str(version)})).version == version


def test_a_fiscal_year_may_begin_in_july() -> None:
    header = _parsed(header_line({13: "20250701", 15: "20260101", 16: "20260131"}))
    assert header.fiscal_year_start == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({1: "Datum"}, 'line 1 must begin with "EXTF"'),
        ({2: "510"}, "interface version «510»"),
        ({3: "16", 4: '"Debitoren/Kreditoren"'}, "category 16 «Debitoren/Kreditoren»; only category 21"),
        ({5: "7"}, "format version «7»; versions 9 to 13"),
        ({5: "x"}, "format version «x»"),
        ({6: "2026"}, "field 6 (Erzeugt am) is «2026»"),
        ({11: "12345678"}, "field 11 (Beraternummer)"),
        ({12: "A"}, "field 12 (Mandantennummer)"),
        ({13: "20260230"}, "field 13 (WJ-Beginn) is «20260230», expected a day"),
        ({14: "9"}, "field 14 (Sachkontenlänge) is «9»"),
        ({15: ""}, "field 15 (Datum von) is «»"),
        ({15: "20260201", 16: "20260131"}, "does not lie within the fiscal year"),
        ({15: "20251201"}, "does not lie within the fiscal year"),
        ({16: "20270101"}, "does not lie within the fiscal year"),
        ({20: "64"}, "field 20 (Rechnungslegungszweck) is «64»"),
        ({21: "2"}, "field 21 (Festschreibung)"),
        ({22: "euro"}, "field 22 (WKZ)"),
        ({14: "3", 19: "7"}, "field 14 (Sachkontenlänge) is «3»; field 19 (Buchungstyp) is «7»"),
    ],
)
def test_refuses_what_is_no_valid_header(changes: dict[int, str], message: str) -> None:
    with pytest.raises(UnrecognisedFile) as refusal:
        _parsed(header_line(changes))
    assert message in refusal.value.message


def test_refuses_a_header_with_too_few_fields() -> None:
    with pytest.raises(UnrecognisedFile, match="has 21 fields instead of 31"):
        _parsed(";".join(header_line().split(";")[:21]))


def test_accepts_empty_fields_beyond_the_last() -> None:
    assert _parsed(header_line() + ";;").account_length == 4
