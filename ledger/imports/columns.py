"""Column titles of a CSV journal, in English and German, and which column holds what."""

import csv
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ledger.imports.errors import UnrecognisedFile

DELIMITERS = {",": gettext_noop("comma"), ";": gettext_noop("semicolon"), "\t": gettext_noop("tab")}
REQUIRED = ("reference", "date", "account")
_EXAMPLE = ("entry reference", "date", "account code", "debit", "credit")

# Where a file has several titles of one field, the earlier name wins; the other column is kept as a note.
ALIASES: dict[str, tuple[str, ...]] = {
    "reference": (
        *("entry reference", "entry ref", "reference", "ref", "entry number", "entry no", "entry id", "entry"),
        *("journal entry", "journal id", "journal number", "transaction id", "transaction number", "num"),
        *("Buchungsreferenz", "Referenz", "Buchungsnummer", "Buchungsnr", "Buchungs ID", "Buchung", "Journalnummer"),
        *("Journalnr", "Vorgangsnummer", "Vorgang", "Satznummer"),
    ),
    "date": (
        *("date", "entry date", "posting date", "booking date", "transaction date"),
        *("Datum", "Buchungsdatum", "Buchungstag", "Belegdatum"),
    ),
    "description": (
        *("description", "memo", "text", "narration", "details", "memo description"),
        *("Beschreibung", "Buchungstext", "Verwendungszweck", "Bezeichnung"),
    ),
    "account": (
        *("account code", "account", "account number", "account no", "gl account", "gl code"),
        *("Konto", "Kontonummer", "Konto Nr", "Kontonr", "Sachkonto"),
    ),
    "debit": ("debit", "debit amount", "dr", "Soll", "Sollbetrag", "Betrag Soll", "Soll Betrag"),
    "credit": ("credit", "credit amount", "cr", "Haben", "Habenbetrag", "Betrag Haben", "Haben Betrag"),
    "amount": ("amount", "signed amount", "transaction amount", "value", "Betrag", "Umsatz", "Buchungsbetrag"),
    "side": (
        *("dc", "drcr", "debit credit", "side", "direction"),
        *("Soll Haben", "SH", "Soll Haben Kennzeichen", "Soll Haben Kz", "SH Kennzeichen", "SH Kz"),
    ),
    "exchange_rate": (
        *("exchange rate", "fx rate", "currency rate", "conversion rate", "exchangerate", "rate of exchange"),
        *("Wechselkurs", "Kurs", "Umrechnungskurs", "Währungskurs", "Devisenkurs"),
    ),
    "class_id": ("class", "class id", "class name", "Klasse"),
    "location_id": ("location", "location id", "location name", "Standort"),
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

# Columns that say what a line is about. They become its dimensions, under these names.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "cost_center": ("cost center", "cost centre", "cost center code", "cost centre code"),
    "kost1": ("kost1", "kost 1", "kost1 Kostenstelle", "Kostenstelle", "Kostenstelle 1", "KoSt"),
    "kost2": ("kost2", "kost 2", "kost2 Kostenstelle", "Kostenstelle 2", "Kostenträger"),
    "department": ("department", "Abteilung"),
    "project": ("project", "project code", "project name", "job", "Projekt"),
    "customer": ("customer", "customer name", "Kunde"),
    "vendor": ("vendor", "vendor name", "supplier", "supplier name", "Lieferant"),
    "employee": ("employee", "employee name", "Mitarbeiter"),
}

# Columns that would change what is posted in ways that the import does not follow. Filled, they are refused by name.
_SEPARATE_TAX = gettext_noop("tax is split off by a tax code, or stands in a row of its own")
_BASE = gettext_noop("state the amount in its currency with an exchange rate")
_CONTRA = gettext_noop("every row names one account; write the other side as a row of its own under the same reference")
REFUSED: dict[str, tuple[str, ...]] = {
    _SEPARATE_TAX: (
        *("tax amount", "vat amount", "tax rate", "vat rate", "net amount", "gross amount", "net", "gross"),
        *("Steuerbetrag", "Steuersatz", "USt Betrag", "USt Satz", "MwSt Betrag", "MwSt Satz", "Nettobetrag"),
        *("Bruttobetrag", "Netto", "Brutto"),
    ),
    _BASE: (
        *("base amount", "base debit", "base credit", "local amount", "home amount", "amount in base currency"),
        *("amount in local currency", "foreign amount", "foreign currency amount", "Betrag in Hauswährung"),
        *("Basis Umsatz", "Basisbetrag", "Fremdwährungsbetrag", "Betrag Fremdwährung", "Betrag Hauswährung"),
    ),
    _CONTRA: (
        *("contra account", "offset account", "balancing account", "counter account", "debit account"),
        *("credit account", "Gegenkonto", "Sollkonto", "Habenkonto", "Konto Soll", "Konto Haben"),
    ),
    gettext_noop("say «exchange rate» or «tax rate»"): ("rate", "Satz"),
    gettext_noop("a discount is a row of its own"): ("discount", "discount amount", "Skonto", "Rabatt"),
}


@dataclass(frozen=True, slots=True)
class JournalColumns:
    """The position of every field in a row; None where the file has no such column."""

    reference: int
    date: int
    account: int
    debit: int | None = None
    credit: int | None = None
    amount: int | None = None
    side: int | None = None
    exchange_rate: int | None = None
    class_id: int | None = None
    location_id: int | None = None
    description: int | None = None
    currency: int | None = None
    tax_code: int | None = None
    document_number: int | None = None
    titles: tuple[str, ...] = ()

    dimensions: tuple[tuple[str, int], ...] = ()
    refused: tuple[tuple[int, str], ...] = ()

    @property
    def amount_columns(self) -> tuple[int, ...]:
        """Return the columns whose numbers show how the file writes numbers."""
        columns = (self.debit, self.credit, self.amount, self.exchange_rate)
        return tuple(index for index in columns if index is not None)

    @property
    def others(self) -> tuple[tuple[int, str], ...]:
        """Return the columns that no rule reads, with their titles. What they hold is kept with the lines."""
        used = {getattr(self, name) for name in ALIASES} | {index for _, index in self.dimensions}
        refused = {index for index, _ in self.refused}
        return tuple((index, title) for index, title in enumerate(self.titles) if title and index not in used | refused)

    @property
    def ignored_titles(self) -> tuple[str, ...]:
        """Return the titles of columns that post nothing."""
        return tuple(title for _, title in self.others)


def detect_delimiter(header: str) -> str:
    """Return the separator by which most titles of the header line are recognised. Raises `UnrecognisedFile`."""
    recognised = {delimiter: len(_positions(header_cells(header, delimiter))) for delimiter in DELIMITERS}
    best = max(recognised, key=recognised.__getitem__)
    if not recognised[best]:
        if header.startswith('"EXTF'):
            message = _(
                "The first line is not a header: it needs the columns {example} (German titles are understood too). "
                "This looks like a DATEV file, which import_datev reads."
            )
        else:
            message = _(
                "The first line is not a header: it needs the columns {example} (German titles are understood too)."
            )
        raise UnrecognisedFile(message.format(example=", ".join(_EXAMPLE)))
    return best


def match_columns(titles: list[str]) -> JournalColumns:
    """Return where each field stands. Raises `UnrecognisedFile` naming what is missing or there twice."""
    stripped = tuple(title.strip() for title in titles)
    positions = _positions(titles)
    missing = _missing(positions)
    if missing:
        raise UnrecognisedFile(
            _("The header has no column for {missing}. Its columns are: {titles}.").format(
                missing=", ".join(missing), titles=", ".join(stripped)
            )
        )
    normal = [_normal(title) for title in stripped]
    for name, index in positions.items():
        if normal.count(normal[index]) > 1:
            raise UnrecognisedFile(
                _("The header has two columns «{title}»; keep the one for {name}.").format(
                    title=stripped[index], name=ALIASES[name][0]
                )
            )
    return JournalColumns(
        **positions,
        titles=stripped,
        dimensions=tuple((name, index) for index, name in _named(normal, DIMENSIONS)),
        refused=(*_named(normal, REFUSED), *_rivals(normal, positions)),
    )


def is_header(titles: list[str]) -> bool:
    """Return whether a row holds titles of all columns that a journal needs."""
    return not _missing(_positions(titles))


def _missing(positions: dict[str, int]) -> list[str]:
    missing = [ALIASES[name][0] for name in REQUIRED if name not in positions]
    if "amount" not in positions:
        missing += [name for name in ("debit", "credit") if name not in positions]
    return missing


def _named(normal: list[str], names: dict[str, tuple[str, ...]]) -> list[tuple[int, str]]:
    known = {_normal(alias): name for name, aliases in names.items() for alias in aliases}
    return [(index, known[title]) for index, title in enumerate(normal) if title in known]


def _rivals(normal: list[str], positions: dict[str, int]) -> list[tuple[int, str]]:
    """Return second columns of a field that decides what is posted, each with the reason to refuse it."""
    rivals = []
    for name in ("account", "debit", "credit", "amount", "side", "currency", "exchange_rate", "tax_code"):
        aliases = {_normal(alias) for alias in ALIASES[name]}
        rivals += [
            (index, _("the file has another column for the {name}; keep one of them").format(name=ALIASES[name][0]))
            for index, title in enumerate(normal)
            if title in aliases and index != positions.get(name)
        ]
    return rivals


def _positions(titles: list[str]) -> dict[str, int]:
    normal = [_normal(title) for title in titles]
    found: dict[str, int] = {}
    for name, aliases in ALIASES.items():
        index = next((normal.index(_normal(alias)) for alias in aliases if _normal(alias) in normal), None)
        if index is not None:
            found[name] = index
    return found


def header_cells(header: str, delimiter: str) -> list[str]:
    """Return the cells of one line, none of a line that cannot be divided."""
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []


def _normal(title: str) -> str:
    """Fold case, umlauts and everything that is neither letter nor digit: «Beleg-Nr.» is `belegnr`."""
    folded = unicodedata.normalize("NFC", title).casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]", "", plain)
