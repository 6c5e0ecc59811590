"""CSV, XLSX and PDF of a table, whatever its texts hold."""

import csv
import io
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
from openpyxl import load_workbook

from backfill.tenancy.models import Company
from reporting.balance_sheet import balance_sheet
from reporting.exports import report_file
from reporting.exports.pdf_file import amount_text
from reporting.report_tables import balance_sheet_table, file_stem, trial_balance_table
from reporting.tables import Column, Table, TableRow
from reporting.trial_balance import trial_balance
from tests.reporting.books import book

HOSTILE = ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", 'Meyer, "Söhne"; & Co', "#eval[]", "\x0bbell")


def table(*names: str, company: Company | None = None) -> Table:
    rows = [TableRow("account", 1, ("1000", name, Decimal("-1234.5"))) for name in names]
    return Table(
        company=company or Company(name="Acme", base_currency="EUR", country="DE", time_zone="UTC"),
        language="de",
        title="Bilanz",
        subtitle="zum 31.12.2026",
        columns=(Column("code", "Konto"), Column("name", "Bezeichnung"), Column("amount", "2026", is_amount=True)),
        rows=tuple(rows),
        file_stem="bilanz",
        fraction_digits=2,
    )


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_writes_csv_with_crlf_and_one_width() -> None:
    content = report_file(table("Bank", "Kasse"), "csv").content.decode("utf-8-sig")
    assert content == "row,level,code,name,amount\r\naccount,1,1000,Bank,-1234.50\r\naccount,1,1000,Kasse,-1234.50\r\n"


def test_keeps_texts_that_look_like_formulas_from_running_in_csv() -> None:
    content = report_file(table(*HOSTILE), "csv").content.decode("utf-8-sig")
    names = [row["name"] for row in csv.DictReader(io.StringIO(content, newline=""))]
    assert names[:5] == [f"'{name}" for name in HOSTILE[:5]]
    assert names[5:] == list(HOSTILE[5:])


@pytest.mark.parametrize("start", ["＝", "＋", "－", "＠", " =", "\u00a0=", "\u200b=", "\n=", "\ufeff@", "﹢", "　＝"])
def test_knows_a_formula_in_every_dress(start: str) -> None:
    content = report_file(table(f"{start}1+1"), "csv").content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert row["name"] == f"'{start}1+1"


def test_keeps_texts_that_look_like_formulas_from_running_in_a_workbook() -> None:
    book_read = load_workbook(io.BytesIO(report_file(table(*HOSTILE), "xlsx").content))
    cells = [row[1] for row in book_read.worksheets[0].iter_rows(min_row=6)]
    assert [cell.data_type for cell in cells] == ["s"] * len(HOSTILE)
    assert [cell.value for cell in cells[:4]] == list(HOSTILE[:4])


def test_writes_numbers_with_a_format_and_keeps_the_header_in_view() -> None:
    page = load_workbook(io.BytesIO(report_file(table("Bank"), "xlsx").content)).worksheets[0]
    cell = page["C6"]
    assert (cell.data_type, cell.value, cell.number_format) == ("n", -1234.5, "#,##0.00;[Red]-#,##0.00")
    assert page.freeze_panes == "A6"
    assert page.column_dimensions["B"].width > 40


def test_prints_texts_as_they_are() -> None:
    text = pdf_text(report_file(table('#eval("1+1") *x* $y$', "Łódź Предприятие"), "pdf").content)
    assert '#eval("1+1") *x* $y$' in text
    assert "Łódź Предприятие" in text


def test_prints_the_letterhead_and_the_numbers_of_pages() -> None:
    company = Company(
        name="Muster",
        legal_name="Muster GmbH & Co. KG",
        base_currency="EUR",
        country="DE",
        time_zone="UTC",
        vat_id="DE136695976",
        address={"street": "Hauptstraße 1", "zip": "10115", "city": "Berlin"},
    )
    text = pdf_text(report_file(table(*["Bank"] * 120, company=company), "pdf").content)
    assert "Muster GmbH & Co. KG" in text
    assert "Hauptstraße 1, 10115 Berlin" in text
    assert "USt-IdNr. DE136695976" in text
    assert "Seite 3 von 3" in text
    assert text.count("Bezeichnung") == 3


def test_prints_an_american_address_with_the_code_last() -> None:
    address = {"line1": "1 Market St", "city": "San Francisco", "state": "CA", "postal_code": "94105"}
    company = Company(name="Acme", base_currency="USD", country="US", time_zone="UTC", address=address)
    assert "1 Market St, San Francisco, CA 94105" in pdf_text(report_file(table("x", company=company), "pdf").content)


@pytest.mark.parametrize(
    ("amount", "language", "digits", "expected"),
    [
        ("1234567.5", "en", 2, "1,234,567.50"),
        ("-1234.5", "en", 2, "(1,234.50)"),
        ("-1234.5", "de", 2, "−1.234,50"),
        ("0", "de", 2, "0,00"),
        ("1200", "en", 0, "1,200"),
        ("-1.234", "en", 3, "(1.234)"),
    ],
)
def test_prints_amounts_as_people_write_them(amount: str, language: str, digits: int, expected: str) -> None:
    assert amount_text(Decimal(amount), language, digits) == expected  # type: ignore[arg-type]


def test_names_files_with_letters_every_system_takes() -> None:
    day = date(2026, 12, 31)
    assert file_stem(Company(name="Müller & Söhne / GmbH"), "balance_sheet", day) == (
        "balance_sheet_muller-sohne-gmbh_2026-12-31"
    )
    assert file_stem(Company(name="株式会社"), "balance_sheet", day) == "balance_sheet_company_2026-12-31"


def test_sums_only_sections_with_more_than_one_line(us: Company) -> None:
    rows = balance_sheet_table(balance_sheet(us, as_of=date(2026, 12, 31))).rows
    names = [row.cells[1] for row in rows if row.kind in {"subtotal", "total"}]
    assert names == [
        "Total Current assets",
        "Total Assets",
        "Total Liabilities",
        "Total Results not yet closed",
        "Total Equity",
        "Total Liabilities and equity",
    ]


def test_leaves_the_other_side_of_a_balance_blank(us: Company) -> None:
    report = trial_balance_table(trial_balance(us, as_of=date(2026, 12, 31)))
    cash = next(row for row in report.rows if row.cells[0] == "1000")
    assert cash.cells[2:] == (11_600, None, None, 600, 11_000, None)


def test_prints_every_statement_of_a_german_company(german: Company) -> None:
    book(german, "2025-05-05", ("6310", "12"), ("1800", "-12"))
    sheet = balance_sheet(german, as_of=date(2026, 12, 31), compare_as_of=date(2025, 12, 31))
    text = pdf_text(report_file(balance_sheet_table(sheet), "pdf").content)
    assert "Bilanz" in text
    assert "Summe Passiva" in text
    assert "Ergebnisvortrag 2025 (noch nicht abgeschlossen)" in text
