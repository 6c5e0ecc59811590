"""The 125 columns of a DATEV posting batch, format version 13, in order: title, and whether it holds text.

Source: DATEV-Format «Buchungsstapel». Text is quoted even when empty; numbers and dates never are.
"""

from collections.abc import Iterator, Mapping
from typing import Final


def _columns() -> Iterator[tuple[str, bool]]:
    yield from _AMOUNT_AND_ACCOUNTS
    for number in range(1, 9):
        yield f"Beleginfo - Art {number}", True
        yield f"Beleginfo - Inhalt {number}", True
    yield from _COST_AND_TAX
    for number in range(1, 21):
        yield f"Zusatzinformation - Art {number}", True
        yield f"Zusatzinformation - Inhalt {number}", True
    yield from _REST


_AMOUNT_AND_ACCOUNTS: Final = (
    ("Umsatz (ohne Soll/Haben-Kz)", False),
    ("Soll/Haben-Kennzeichen", True),
    ("WKZ Umsatz", True),
    ("Kurs", False),
    ("Basis-Umsatz", False),
    ("WKZ Basis-Umsatz", True),
    ("Konto", False),
    ("Gegenkonto (ohne BU-Schlüssel)", False),
    ("BU-Schlüssel", True),
    ("Belegdatum", False),
    ("Belegfeld 1", True),
    ("Belegfeld 2", True),
    ("Skonto", False),
    ("Buchungstext", True),
    ("Postensperre", False),
    ("Diverse Adressnummer", True),
    ("Geschäftspartnerbank", False),
    ("Sachverhalt", False),
    ("Zinssperre", False),
    ("Beleglink", True),
)
_COST_AND_TAX: Final = (
    ("KOST1 - Kostenstelle", True),
    ("KOST2 - Kostenstelle", True),
    ("Kost-Menge", False),
    ("EU-Land u. UStID (Bestimmung)", True),
    ("EU-Steuersatz (Bestimmung)", False),
    ("Abw. Versteuerungsart", True),
    ("Sachverhalt L+L", False),
    ("Funktionsergänzung L+L", False),
    ("BU 49 Hauptfunktionstyp", False),
    ("BU 49 Hauptfunktionsnummer", False),
    ("BU 49 Funktionsergänzung", False),
)
_REST: Final = (
    ("Stück", False),
    ("Gewicht", False),
    ("Zahlweise", False),
    ("Forderungsart", True),
    ("Veranlagungsjahr", False),
    ("Zugeordnete Fälligkeit", False),
    ("Skontotyp", False),
    ("Auftragsnummer", True),
    ("Buchungstyp", True),
    ("USt-Schlüssel (Anzahlungen)", False),
    ("EU-Land (Anzahlungen)", True),
    ("Sachverhalt L+L (Anzahlungen)", False),
    ("EU-Steuersatz (Anzahlungen)", False),
    ("Erlöskonto (Anzahlungen)", False),
    ("Herkunft-Kz", True),
    ("Buchungs GUID", True),
    ("KOST-Datum", False),
    ("SEPA-Mandatsreferenz", True),
    ("Skontosperre", False),
    ("Gesellschaftername", True),
    ("Beteiligtennummer", False),
    ("Identifikationsnummer", True),
    ("Zeichnernummer", True),
    ("Postensperre bis", False),
    ("Bezeichnung SoBil-Sachverhalt", True),
    ("Kennzeichen SoBil-Buchung", False),
    ("Festschreibung", False),
    ("Leistungsdatum", False),
    ("Datum Zuord. Steuerperiode", False),
    ("Fälligkeit", False),
    ("Generalumkehr (GU)", True),
    ("Steuersatz", False),
    ("Land", True),
    ("Abrechnungsreferenz", True),
    ("BVV-Position", False),
    ("EU-Land u. UStID (Ursprung)", True),
    ("EU-Steuersatz (Ursprung)", False),
    ("Abw. Skontokonto", False),
)

COLUMNS: Final = tuple(_columns())
TITLES: Final = tuple(title for title, _ in COLUMNS)
_EMPTY_ROW: Final = tuple('""' if is_text else "" for _, is_text in COLUMNS)
_PLACES: Final = {title: (place, is_text) for place, (title, is_text) in enumerate(COLUMNS)}


def row_line(values: Mapping[str, str]) -> str:
    """A booking row: the given columns by title, the others empty. Raises KeyError for a title there is none of."""
    cells = list(_EMPTY_ROW)
    for title, value in values.items():
        place, is_text = _PLACES[title]
        cells[place] = quoted(value) if is_text else value
    return ";".join(cells)


def quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
