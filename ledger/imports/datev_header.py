"""Line 1 of a DATEV file: whose bookings these are, of which year and period, in which layout.

Source: DATEV-Format «Header» and «Buchungsstapel», version 700, format versions 9 to 13 (developer.datev.de).
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ledger.imports.errors import UnrecognisedFile
from ledger.imports.table import TableRow

BATCH_CATEGORY = "21"
FORMAT_VERSIONS = range(9, 14)

# The 31 fields in order: DATEV's name of each, and what may stand in it.
_DATE = r"[0-9]{8}"
_FIELDS: tuple[tuple[str, str], ...] = (
    ("Kennzeichen", r"EXTF|DTVF"),
    ("Versionsnummer", r"700"),
    ("Formatkategorie", r"[0-9]{1,2}"),
    ("Formatname", r".*"),
    ("Formatversion", r"[0-9]{1,3}"),
    ("Erzeugt am", r"([0-9]{17})?"),
    ("Importiert", r".*"),
    ("Herkunft", r".{0,2}"),
    ("Exportiert von", r".{0,25}"),
    ("Importiert von", r".{0,25}"),
    ("Beraternummer", r"[0-9]{0,7}"),
    ("Mandantennummer", r"[0-9]{0,5}"),
    ("WJ-Beginn", _DATE),
    ("Sachkontenlänge", r"[4-8]"),
    ("Datum von", _DATE),
    ("Datum bis", _DATE),
    ("Bezeichnung", r".{0,30}"),
    ("Diktatkürzel", r".{0,2}"),
    ("Buchungstyp", r"[12]?"),
    ("Rechnungslegungszweck", r"[0-9]{0,2}"),
    ("Festschreibung", r"[01]?"),
    ("WKZ", r"([A-Z]{3})?"),
    ("reserviert", r".*"),
    ("Derivatskennzeichen", r".*"),
    ("reserviert", r".*"),
    ("reserviert", r".*"),
    ("Sachkontenrahmen", r"([0-9]{2,4})?"),
    ("ID der Branchenlösung", r"[0-9]{0,4}"),
    ("reserviert", r".*"),
    ("reserviert", r".*"),
    ("Anwendungsinformation", r".{0,16}"),
)
# «unabhängig» and «Handelsrecht». A batch for tax law (30), costing (40) or IFRS (64) alone does not belong here.
_PURPOSES = {"", "0", "00", "50"}


@dataclass(frozen=True, slots=True)
class DatevHeader:
    """`first_day` and `last_day` are inclusive; `is_final` is DATEV's Festschreibung, None where not stated."""

    version: int
    created: str
    consultant_number: int | None
    client_number: int | None
    fiscal_year_start: date
    account_length: int
    first_day: date
    last_day: date
    label: str
    is_final: bool | None
    currency: str
    chart_number: str

    @property
    def batch_identity(self) -> str:
        """What tells this batch from every other one of the company; the same file always has the same."""
        numbers = f"{self.consultant_number or ''}-{self.client_number or ''}"
        return f"{numbers}-{self.created or self.label}-{self.first_day:%Y%m%d}-{self.last_day:%Y%m%d}"


def parse_header(row: TableRow) -> DatevHeader:
    """Read line 1 of a posting batch. Raises `UnrecognisedFile` with everything that is wrong with it."""
    cells = list(row.cells)
    while len(cells) > len(_FIELDS) and not cells[-1]:
        cells.pop()
    _refuse_other_files(cells)
    wrong = [
        _("field {number} ({name}) is «{cell}»").format(number=number, name=name, cell=cell)
        for number, ((name, pattern), cell) in enumerate(zip(_FIELDS, cells, strict=True), start=1)
        if re.fullmatch(pattern, cell) is None
    ]
    if cells[19] not in _PURPOSES:
        wrong.append(
            _("field 20 (Rechnungslegungszweck) is «{cell}», a batch that is not for the commercial books").format(
                cell=cells[19]
            )
        )
    if wrong:
        raise UnrecognisedFile(_("The DATEV header (line 1) is not valid: {wrong}.").format(wrong="; ".join(wrong)))
    return _checked(_header(cells))


def _refuse_other_files(cells: list[str]) -> None:
    if cells[0] not in {"EXTF", "DTVF"}:
        raise UnrecognisedFile(
            _(
                'This is no DATEV file: line 1 must begin with "EXTF" (or "DTVF"). Other tables go '
                "through import_journal."
            )
        )
    if len(cells) < 5 or cells[1] != "700":
        version = cells[1] if len(cells) > 1 else ""
        raise UnrecognisedFile(
            _("The file has the DATEV interface version «{version}»; export it anew with version 700.").format(
                version=version
            )
        )
    if cells[2] != BATCH_CATEGORY:
        raise UnrecognisedFile(
            _(
                "The file is of DATEV category {category} «{name}»; only category 21 «Buchungsstapel» holds bookings."
            ).format(category=cells[2], name=cells[3])
        )
    if not cells[4].isdecimal() or int(cells[4]) not in FORMAT_VERSIONS:
        raise UnrecognisedFile(
            _("The batch has format version «{version}»; versions {first} to {last} are understood.").format(
                version=cells[4], first=FORMAT_VERSIONS[0], last=FORMAT_VERSIONS[-1]
            )
        )
    if len(cells) != len(_FIELDS):
        raise UnrecognisedFile(
            _("The DATEV header (line 1) has {count} fields instead of {expected}.").format(
                count=len(cells), expected=len(_FIELDS)
            )
        )


def _header(cells: list[str]) -> DatevHeader:
    return DatevHeader(
        version=int(cells[4]),
        created=cells[5],
        consultant_number=int(cells[10]) if cells[10] else None,
        client_number=int(cells[11]) if cells[11] else None,
        fiscal_year_start=_day(12, cells),
        account_length=int(cells[13]),
        first_day=_day(14, cells),
        last_day=_day(15, cells),
        label=cells[16],
        is_final=cells[20] == "1" if cells[20] else None,
        currency=cells[21] or "EUR",
        chart_number=cells[26],
    )


def _day(index: int, cells: list[str]) -> date:
    text = cells[index]
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise UnrecognisedFile(
            _(
                "The DATEV header (line 1) is not valid: field {number} ({name}) is «{text}», "
                "expected a day as YYYYMMDD."
            ).format(number=index + 1, name=_FIELDS[index][0], text=text)
        ) from None


def _checked(header: DatevHeader) -> DatevHeader:
    """A batch lies within one fiscal year, which lasts at most twelve months (§ 240 Abs. 2 HGB)."""
    start = header.fiscal_year_start
    next_start = date(start.year + 1, start.month, 1)
    if not start <= header.first_day <= header.last_day < next_start:
        raise UnrecognisedFile(
            _(
                "The DATEV header (line 1) is not valid: the period {first_day} to {last_day} does "
                "not lie within the fiscal year that starts on {start}."
            ).format(first_day=header.first_day, last_day=header.last_day, start=start)
        )
    return header
