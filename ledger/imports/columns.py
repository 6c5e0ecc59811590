"""Column titles of a CSV journal, in English and German, and which column holds what."""

import csv
import re
import unicodedata
from dataclasses import dataclass

from ledger.imports.errors import UnrecognisedFile

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
REQUIRED = ("reference", "date", "account", "debit", "credit")

# Where a file has several titles of one field, the earlier name wins and the other column is ignored.
ALIASES: dict[str, tuple[str, ...]] = {
    "reference": (
        *("entry reference", "entry ref", "reference", "ref", "entry number", "entry no", "entry id", "entry"),
        *("journal entry", "journal id", "journal number", "transaction id", "transaction number"),
        *("Buchungsreferenz", "Referenz", "Buchungsnummer", "Buchungsnr", "Buchungs ID", "Buchung", "Journalnummer"),
        *("Journalnr", "Vorgangsnummer", "Vorgang", "Satznummer"),
    ),
    "date": (
        *("date", "entry date", "posting date", "booking date", "transaction date"),
        *("Datum", "Buchungsdatum", "Buchungstag", "Belegdatum"),
    ),
    "description": (
        *("description", "memo", "text", "narration", "details"),
        *("Beschreibung", "Buchungstext", "Verwendungszweck", "Bezeichnung"),
    ),
    "account": (
        *("account code", "account", "account number", "account no", "gl account", "gl code"),
        *("Konto", "Kontonummer", "Konto Nr", "Kontonr", "Sachkonto"),
    ),
    "debit": ("debit", "debit amount", "dr", "Soll", "Sollbetrag", "Betrag Soll", "Soll Betrag"),
    "credit": ("credit", "credit amount", "cr", "Haben", "Habenbetrag", "Betrag Haben", "Haben Betrag"),
    "currency": ("currency", "currency code", "ccy", "Währung", "WKZ", "Währungskennzeichen"),
    "tax_code": (
        *("tax code", "tax", "vat code", "vat", "Steuercode", "Steuerschlüssel", "Steuerkennzeichen"),
        *("USt Schlüssel", "MwSt Code", "MwSt", "USt"),
    ),
    "document_number": (
        *(
            "document number",
            "document no",
            "document",
            "voucher number",
            "voucher",
            "invoice number",
            "receipt number",
        ),
        *("Belegnummer", "Belegnr", "Beleg", "Belegfeld 1", "Rechnungsnummer"),
    ),
}


@dataclass(frozen=True, slots=True)
class JournalColumns:
    """The position of every field in a row; None where the file has no such column."""

    reference: int
    date: int
    account: int
    debit: int
    credit: int
    description: int | None = None
    currency: int | None = None
    tax_code: int | None = None
    document_number: int | None = None
    titles: tuple[str, ...] = ()

    @property
    def ignored_titles(self) -> tuple[str, ...]:
        used = {getattr(self, name) for name in ALIASES}
        return tuple(title for index, title in enumerate(self.titles) if index not in used and title)


def detect_delimiter(header: str) -> str:
    """Return the separator by which most titles of the header line are recognised. Raises `UnrecognisedFile`."""
    recognised = {delimiter: len(_positions(_titles(header, delimiter))) for delimiter in DELIMITERS}
    best = max(recognised, key=recognised.__getitem__)
    if not recognised[best]:
        hint = " This looks like a DATEV file, which import_datev reads." if header.startswith('"EXTF') else ""
        raise UnrecognisedFile(
            "The first line is not a header: it needs the columns "
            f"{', '.join(ALIASES[name][0] for name in REQUIRED)} (German titles are understood too).{hint}"
        )
    return best


def match_columns(titles: list[str]) -> JournalColumns:
    """Return where each field stands. Raises `UnrecognisedFile` naming what is missing or there twice."""
    stripped = tuple(title.strip() for title in titles)
    positions = _positions(titles)
    missing = [ALIASES[name][0] for name in REQUIRED if name not in positions]
    if missing:
        raise UnrecognisedFile(
            f"The header has no column for {', '.join(missing)}. Its columns are: {', '.join(stripped)}."
        )
    for name, index in positions.items():
        if [_normal(title) for title in stripped].count(_normal(stripped[index])) > 1:
            raise UnrecognisedFile(
                f"The header has two columns «{stripped[index]}»; keep the one for {ALIASES[name][0]}."
            )
    return JournalColumns(**positions, titles=stripped)


def _positions(titles: list[str]) -> dict[str, int]:
    normal = [_normal(title) for title in titles]
    found: dict[str, int] = {}
    for name, aliases in ALIASES.items():
        index = next((normal.index(_normal(alias)) for alias in aliases if _normal(alias) in normal), None)
        if index is not None:
            found[name] = index
    return found


def _titles(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []


def _normal(title: str) -> str:
    """Fold case, umlauts and everything that is neither letter nor digit: «Beleg-Nr.» is `belegnr`."""
    folded = unicodedata.normalize("NFC", title).casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]", "", plain)
