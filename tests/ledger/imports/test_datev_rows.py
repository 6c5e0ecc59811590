"""Booking rows of a DATEV batch, before anything is looked up in the books."""

import csv
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.datev_header import parse_header
from ledger.imports.datev_rows import BadRow, DatevRow, check_titles, parse_row
from ledger.imports.errors import UnrecognisedFile
from ledger.imports.table import TableRow
from tests.ledger.imports.datev_files import header_line, row_line

TITLES = [f"Feld {number}" for number in range(1, 126)]


def _table_row(line: str, number: int = 3) -> TableRow:
    return TableRow(number, next(csv.reader([line], delimiter=";")))


def _parsed(changes: dict[int, str], header: dict[int, str] | None = None) -> DatevRow:
    return parse_row(_table_row(row_line(changes)), parse_header(_table_row(header_line(header), 1)), TITLES)


def test_reads_a_row() -> None:
    row = _parsed({12: '"0312"', 37: '"100"', 114: "1", 115: "10012026", 20: '"BEDI ""X"""'})
    assert (row.line, row.amount, row.is_debit, row.currency) == (3, Decimal("119.00"), True, "EUR")
    assert (row.account, row.contra_account, row.key) == ("10000", "8400", "")
    assert (row.document_date, row.service_date) == (date(2026, 1, 15), date(2026, 1, 10))
    assert (row.document_number, row.second_number, row.text) == ("RE-1", "0312", "Beratung")
    assert row.cost_centres == ("100", "")
    assert row.notes == {"Feld 20": 'BEDI "X"', "Feld 114": "1"}
    assert not row.is_general_reversal


def test_a_row_may_end_after_the_last_field_it_uses() -> None:
    line = ";".join(row_line().split(";")[:14])
    row = parse_row(_table_row(line), parse_header(_table_row(header_line(), 1)), TITLES)
    assert row.text == "Beratung"


@pytest.mark.parametrize(
    ("period", "text", "day"),
    [
        (("20260101", "20260131"), "0501", date(2026, 1, 5)),
        (("20260101", "20260131"), "501", date(2026, 1, 5)),
        (("20251101", "20260228"), "3011", date(2025, 11, 30)),
        (("20251101", "20260228"), "2802", date(2026, 2, 28)),
        (("20240201", "20240229"), "2902", date(2024, 2, 29)),
    ],
)
def test_the_year_is_the_one_that_fits_the_period(period: tuple[str, str], text: str, day: date) -> None:
    year = {"20251101": "20250701", "20240201": "20240101"}.get(period[0], "20260101")
    assert _parsed({10: text}, {13: year, 15: period[0], 16: period[1]}).document_date == day


@given(st.dates(date(2025, 7, 1), date(2026, 6, 30)))
def test_every_day_of_a_fiscal_year_is_read_back(day: date) -> None:
    header = {13: "20250701", 15: "20250701", 16: "20260630"}
    assert _parsed({10: f"{day:%d%m}"}, header).document_date == day


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999999.99"), places=2))
def test_every_amount_is_read_back(amount: Decimal) -> None:
    assert _parsed({1: f"{amount:.2f}".replace(".", ",")}).amount == amount


@pytest.mark.parametrize(
    ("changes", "base_amount"),
    [
        ({3: '"EUR"'}, None),
        ({3: '"USD"'}, None),
        ({3: '"USD"', 4: "1,19"}, Decimal("100.00")),
        ({3: '"USD"', 4: "1,19", 5: "100,00", 6: '"EUR"'}, Decimal("100.00")),
        ({3: '"USD"', 5: "99,50", 6: '"EUR"'}, Decimal("99.50")),
        ({3: '"USD"', 4: "0,840336", 5: "100,00", 6: '"EUR"'}, Decimal("100.00")),
    ],
)
def test_a_foreign_amount_keeps_its_base_amount(changes: dict[int, str], base_amount: Decimal | None) -> None:
    assert _parsed(changes).base_amount == base_amount


@pytest.mark.parametrize("text", ["1", "G", "g"])
def test_field_118_marks_a_general_reversal(text: str) -> None:
    assert _parsed({118: f'"{text}"'}).is_general_reversal


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({1: ""}, "field 1 (Umsatz) is empty or zero"),
        ({1: "0,00"}, "field 1 (Umsatz) is empty or zero"),
        ({1: "-119,00"}, "field 1 (Umsatz) is «-119,00»"),
        ({1: "1.190,00"}, "field 1 (Umsatz) is «1.190,00»"),
        ({1: "119.00"}, "field 1 (Umsatz) is «119.00»"),
        ({1: "119,001"}, "field 1 (Umsatz) is «119,001»"),
        ({2: "X"}, "field 2 (Soll/Haben) is «X»"),
        ({3: "EURO"}, "field 3 (WKZ Umsatz) is «EURO»"),
        ({4: "x"}, "field 4 (Kurs) is «x»"),
        ({3: '"USD"', 4: "1,19", 5: "150,00"}, "field 4 (Kurs) 1,19 does not lead from 119,00"),
        ({3: '"USD"', 5: "100,00", 6: '"CHF"'}, "field 6 (WKZ Basis-Umsatz) is «CHF»"),
        ({7: ""}, "field 7 (Konto) is «»"),
        ({7: "100000"}, "field 7 (Konto) is «100000», expected a number of up to 4 digits"),
        ({8: "84A0"}, "field 8 (Gegenkonto) is «84A0»"),
        ({7: "8400"}, "fields 7 and 8 name the same account"),
        ({10: ""}, "field 10 (Belegdatum) is «»"),
        ({10: "3002"}, "field 10 (Belegdatum) is «3002», which is not a day"),
        ({10: "0102"}, "field 10 (Belegdatum) 0102 lies outside the batch's period"),
        ({13: "2.38"}, "field 13 (Skonto) is «2.38», expected a positive number"),
        ({42: '"I"'}, "field 42 is «I»: a deviating kind of taxation"),
        ({45: "1"}, "field 45 is «1»: tax by main function"),
        ({115: "30022026"}, "field 115 (Leistungsdatum) is «30022026»"),
        ({118: "X"}, "field 118 (Generalumkehr) is «X»"),
        ({119: "19 %"}, "field 119 (Steuersatz) is «19 %»"),
    ],
)
def test_refuses_a_bad_field_by_its_number(changes: dict[int, str], message: str) -> None:
    with pytest.raises(BadRow) as refusal:
        _parsed(changes)
    assert message in str(refusal.value)


def test_names_everything_that_is_wrong_with_a_row() -> None:
    with pytest.raises(BadRow) as refusal:
        _parsed({1: "x", 2: "x", 7: "x", 10: "x"})
    assert [f"field {number}" in str(refusal.value) for number in (1, 2, 7, 10)] == [True] * 4


@given(
    st.dictionaries(st.integers(1, 125), st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=8))
)
def test_any_row_is_read_or_refused(changes: dict[int, str]) -> None:
    cells = [changes.get(number, cell) for number, cell in enumerate(_table_row(row_line()).cells, start=1)]
    with suppress(BadRow):
        assert parse_row(TableRow(3, cells), parse_header(_table_row(header_line(), 1)), TITLES).amount > 0


def test_refuses_titles_of_another_table() -> None:
    with pytest.raises(UnrecognisedFile, match="column 1 is «Konto», expected «umsatz…»"):
        check_titles(TableRow(2, ["Konto", "Kontobeschriftung"]))


def test_refuses_a_file_that_ends_after_its_header() -> None:
    with pytest.raises(UnrecognisedFile, match="line 2 must hold"):
        check_titles(None)
