"""The booking rows of a DATEV posting batch, field by field, with nothing looked up in the books yet.

Source: DATEV-Format «Buchungsstapel», format versions 9 to 13; fields are counted from 1 as DATEV does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ledger.currencies.money import quantize
from ledger.imports.datev_header import DatevHeader
from ledger.imports.errors import UnrecognisedFile
from ledger.imports.table import TableRow

Value = TypeVar("Value")

# How the title of a column may begin, in lower case. Payroll programs leave out the titles of what they leave empty.
_TITLES = {
    1: ("umsatz",),
    2: ("soll/haben", "s/h"),
    7: ("konto",),
    8: ("gegenkonto",),
    9: ("bu-schl", ""),
    10: ("belegdatum",),
    14: ("buchungstext", ""),
}
_AMOUNT = re.compile(r"[0-9]{1,10}(,[0-9]{1,2})?")
_RATE = re.compile(r"[0-9]{1,6}(,[0-9]{1,6})?")
_ACCOUNT = re.compile(r"[0-9]{1,9}")
_READ_FIELDS = frozenset({*range(1, 15), 37, 38, 115, 118})
# Fields that change what a row posts in ways the ledger does not follow; to drop one silently would post wrong books.
_REFUSED_FIELDS = {
    42: gettext_noop(
        "a deviating kind of taxation is not supported; use BU key 40 and state the tax in a row of its own"
    ),
    45: gettext_noop(
        "tax by main function (BU 49) is not supported; use a BU key that a tax code of the company carries"
    ),
    46: gettext_noop(
        "tax by main function (BU 49) is not supported; use a BU key that a tax code of the company carries"
    ),
}


class BadRow(ValueError):
    """A row that cannot be posted, with every reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))


@dataclass(frozen=True, slots=True)
class DatevRow:
    """One booking. `amount` is positive, in `currency`, tax included; it is a debit of `account` if `is_debit`.

    `base_amount` is the same in the header's currency, None where it must be converted at the ledger's own rate; `rate`
    is units of the row's currency for one unit of base currency, where stated. `discount` is what a payment was short
    of (Skonto), tax included, on top of `amount`.
    `tax_rates` are the percentages the row itself states. `notes` keeps every other filled field by its title.
    `digest_text` is the row as it stands, to tell whether a later file says the same.
    """

    line: int
    amount: Decimal
    is_debit: bool
    currency: str
    base_amount: Decimal | None
    rate: Decimal | None
    discount: Decimal
    account: str
    contra_account: str
    key: str
    document_date: date
    document_number: str
    second_number: str
    text: str
    cost_centres: tuple[str, str]
    service_date: date | None
    is_general_reversal: bool
    tax_rates: tuple[Decimal, ...]
    notes: dict[str, str]
    digest_text: str


def check_titles(row: TableRow | None) -> list[str]:
    """Return the column titles of line 2. Raises `UnrecognisedFile` where they are not those of a posting batch."""
    if row is None:
        raise UnrecognisedFile(_("The DATEV file ends after its header; line 2 must hold the column titles."))
    for number, beginnings in _TITLES.items():
        title = row.cell(number - 1).casefold()
        if not any(title.startswith(beginning) if beginning else not title for beginning in beginnings):
            raise UnrecognisedFile(
                _(
                    "Line 2 does not hold the column titles of a posting batch: column {number} is "
                    "«{text}», expected «{beginnings}…»."
                ).format(number=number, text=row.cell(number - 1), beginnings=beginnings[0])
            )
    return row.cells


def parse_row(row: TableRow, header: DatevHeader, titles: list[str]) -> DatevRow:
    """Read one booking row. Raises `BadRow` with every reason why it cannot be posted."""
    reasons = _refused_fields(row)

    def attempt(read: Callable[[TableRow, DatevHeader], Value], otherwise: Value) -> Value:
        try:
            return read(row, header)
        except BadRow as bad:
            reasons.append(str(bad))
            return otherwise

    account, contra_account = attempt(_accounts, ("", ""))
    parsed = DatevRow(
        line=row.line,
        amount=attempt(_amount, Decimal(0)),
        is_debit=attempt(_is_debit, False),
        currency=attempt(_currency, ""),
        base_amount=attempt(_base_amount, None),
        rate=attempt(_rate, None),
        discount=attempt(_discount, Decimal(0)),
        account=account,
        contra_account=contra_account,
        key=row.cell(8),
        document_date=attempt(_document_date, header.first_day),
        document_number=row.cell(10),
        second_number=row.cell(11),
        text=row.cell(13),
        cost_centres=(row.cell(36), row.cell(37)),
        service_date=attempt(_service_date, None),
        is_general_reversal=attempt(_is_general_reversal, False),
        tax_rates=attempt(_tax_rates, ()),
        notes=_notes(row, titles),
        digest_text="\x1f".join(row.cells).rstrip("\x1f"),
    )
    if reasons:
        raise BadRow(*reasons)
    return parsed


def _refused_fields(row: TableRow) -> list[str]:
    filled = {number: row.cell(number - 1) for number in _REFUSED_FIELDS}
    return [
        _("field {number} is «{text}»: {reason}").format(number=number, text=text, reason=_(_REFUSED_FIELDS[number]))
        for number, text in filled.items()
        # «S» is the ordinary kind of taxation; programs also fill unused numbers with zeros.
        if text.strip("0,") and (number, text) != (42, "S")
    ]


def _amount(row: TableRow, header: DatevHeader) -> Decimal:
    amount = _decimal(row, 1, "Umsatz", _AMOUNT)
    if not amount:
        raise BadRow(_("field 1 (Umsatz) is empty or zero; a booking needs an amount above zero"))
    return amount


def _is_debit(row: TableRow, header: DatevHeader) -> bool:
    side = row.cell(1).upper()
    if side not in {"S", "H"}:
        raise BadRow(_("field 2 (Soll/Haben) is «{text}», expected S or H").format(text=row.cell(1)))
    return side == "S"


def _currency(row: TableRow, header: DatevHeader) -> str:
    currency = row.cell(2).upper() or header.currency
    if re.fullmatch(r"[A-Z]{3}", currency) is None:
        raise BadRow(
            _("field 3 (WKZ Umsatz) is «{text}», expected a currency code such as EUR").format(text=row.cell(2))
        )
    return currency


def _rate(row: TableRow, header: DatevHeader) -> Decimal | None:
    return _decimal(row, 4, "Kurs", _RATE) or None


def _discount(row: TableRow, header: DatevHeader) -> Decimal:
    return _decimal(row, 13, "Skonto", _AMOUNT) or Decimal(0)


def _base_amount(row: TableRow, header: DatevHeader) -> Decimal | None:
    """Fields 4 to 6: the rate (units of the row's currency per unit of base currency) and the base amount itself."""
    rate = _decimal(row, 4, "Kurs", _RATE)
    stated = _decimal(row, 5, "Basis-Umsatz", _AMOUNT)
    if stated is not None and row.cell(5).upper() not in {"", header.currency}:
        raise BadRow(
            _("field 6 (WKZ Basis-Umsatz) is «{text}», but the batch is kept in {currency}").format(
                text=row.cell(5), currency=header.currency
            )
        )
    if (row.cell(2).upper() or header.currency) == header.currency or _AMOUNT.fullmatch(row.cell(0)) is None:
        return None
    amount = Decimal(row.cell(0).replace(",", "."))
    if not stated:
        return quantize(amount / rate, header.currency) if rate else None
    if rate and not _is_near(amount / rate, stated) and not _is_near(amount * rate, stated):
        raise BadRow(
            _("field 4 (Kurs) {rate} does not lead from {amount} to the base amount {base}").format(
                rate=row.cell(3), amount=row.cell(0), base=row.cell(4)
            )
        )
    return stated


def _is_near(converted: Decimal, stated: Decimal) -> bool:
    """Rates are rounded to six digits and some programs state them the other way round: one percent tells errors."""
    return abs(converted - stated) <= max(Decimal("0.02"), stated / 100)


def _accounts(row: TableRow, header: DatevHeader) -> tuple[str, str]:
    reasons = []
    for number, name in ((7, "Konto"), (8, "Gegenkonto")):
        text = row.cell(number - 1)
        if _ACCOUNT.fullmatch(text) is None or len(text) > header.account_length + 1:
            reasons.append(
                _(
                    "field {number} ({name}) is «{text}», expected a number of up to {length} "
                    "digits, or {longer} for a customer or vendor"
                ).format(
                    number=number,
                    name=name,
                    text=text,
                    length=header.account_length,
                    longer=header.account_length + 1,
                )
            )
    if reasons:
        raise BadRow(*reasons)
    if int(row.cell(6)) == int(row.cell(7)):
        raise BadRow(_("fields 7 and 8 name the same account {text}").format(text=row.cell(6)))
    return row.cell(6), row.cell(7)


def _document_date(row: TableRow, header: DatevHeader) -> date:
    """Field 10 is day and month; the year is the one that puts it into the batch's period."""
    text = row.cell(9)
    if re.fullmatch(r"[0-9]{3,4}", text) is None:
        raise BadRow(_("field 10 (Belegdatum) is «{text}», expected day and month as DDMM").format(text=text))
    day, month = int(text[:-2]), int(text[-2:])
    possible = [_day_or_none(year, month, day) for year in {header.first_day.year, header.last_day.year}]
    known = [candidate for candidate in possible if candidate is not None]
    if not known:
        raise BadRow(_("field 10 (Belegdatum) is «{text}», which is not a day of the calendar").format(text=text))
    within = [candidate for candidate in known if header.first_day <= candidate <= header.last_day]
    if not within:
        raise BadRow(
            _("field 10 (Belegdatum) {text} lies outside the batch's period, {first_day} to {last_day}").format(
                text=text, first_day=header.first_day, last_day=header.last_day
            )
        )
    return within[0]


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _service_date(row: TableRow, header: DatevHeader) -> date | None:
    text = row.cell(114)
    if not text or not text.strip("0"):
        return None
    day = _day_or_none(int(text[4:]), int(text[2:4]), int(text[:2])) if re.fullmatch(r"[0-9]{8}", text) else None
    if day is None:
        raise BadRow(_("field 115 (Leistungsdatum) is «{text}», expected a day as DDMMYYYY").format(text=text))
    return day


def _is_general_reversal(row: TableRow, header: DatevHeader) -> bool:
    text = row.cell(117).upper()
    if text not in {"", "0", "1", "G"}:
        raise BadRow(_("field 118 (Generalumkehr) is «{text}», expected 0, 1 or G").format(text=row.cell(117)))
    return text in {"1", "G"}


def _tax_rates(row: TableRow, header: DatevHeader) -> tuple[Decimal, ...]:
    rates = (_decimal(row, 41, "EU-Steuersatz", _RATE), _decimal(row, 119, "Steuersatz", _RATE))
    return tuple(rate for rate in rates if rate)


def _decimal(row: TableRow, number: int, name: str, pattern: re.Pattern[str]) -> Decimal | None:
    text = row.cell(number - 1)
    if not text:
        return None
    if pattern.fullmatch(text) is None:
        raise BadRow(
            _(
                "field {number} ({name}) is «{text}», expected a positive number with decimal comma, no thousands mark"
            ).format(number=number, name=name, text=text)
        )
    return Decimal(text.replace(",", "."))


def _notes(row: TableRow, titles: list[str]) -> dict[str, str]:
    return {
        titles[index] if index < len(titles) else f"field {index + 1}": text
        for index, text in enumerate(row.cells)
        if text and text != "0" and index + 1 not in _READ_FIELDS
    }
