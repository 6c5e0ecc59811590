"""English and German column titles."""

import pytest

from ledger.imports.columns import ALIASES, detect_delimiter, match_columns
from ledger.imports.errors import UnrecognisedFile

ENGLISH = [
    "Entry reference",
    "Date",
    "Description",
    "Account code",
    "Debit",
    "Credit",
    "Currency",
    "Tax code",
    "Document number",
]
GERMAN = ["Buchungsnr.", "Datum", "Buchungstext", "Konto", "Soll", "Haben", "Währung", "Steuerschlüssel", "Belegnummer"]


@pytest.mark.parametrize("titles", [ENGLISH, GERMAN, [title.upper() for title in ENGLISH], [f" {t} " for t in GERMAN]])
def test_recognises_titles_in_any_case(titles: list[str]) -> None:
    columns = match_columns(titles)
    found = [columns.reference, columns.date, columns.description, columns.account, columns.debit, columns.credit]
    assert found == [0, 1, 2, 3, 4, 5]
    assert (columns.currency, columns.tax_code, columns.document_number) == (6, 7, 8)
    assert columns.ignored_titles == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("titles", [ENGLISH, GERMAN])
def test_finds_the_delimiter(titles: list[str], delimiter: str) -> None:
    assert detect_delimiter(delimiter.join(titles)) == delimiter
    assert detect_delimiter(delimiter.join(f'"{title}"' for title in titles)) == delimiter


def test_no_alias_belongs_to_two_fields() -> None:
    every = [alias.casefold() for aliases in ALIASES.values() for alias in aliases]
    assert len(every) == len(set(every))


def test_names_the_columns_it_ignores() -> None:
    columns = match_columns(["ref", "date", "account", "debit", "credit", "Account name", "Belegdatum"])
    assert columns.ignored_titles == ("Account name", "Belegdatum")
    assert columns.description is None


def test_names_missing_columns() -> None:
    with pytest.raises(UnrecognisedFile, match="no column for account code, credit"):
        match_columns(["ref", "date", "debit"])


def test_refuses_a_column_that_is_there_twice() -> None:
    with pytest.raises(UnrecognisedFile, match="two columns «Debit»"):
        match_columns(["ref", "date", "account", "Debit", "debit", "credit"])


def test_refuses_a_first_line_that_is_no_header() -> None:
    with pytest.raises(UnrecognisedFile, match="not a header"):
        detect_delimiter("1,2026-01-05,1000,5.00,")


def test_tells_a_datev_file() -> None:
    with pytest.raises(UnrecognisedFile, match="which import_datev reads"):
        detect_delimiter('"EXTF";700;21;"Buchungsstapel"')
