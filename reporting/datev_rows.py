"""The rows of a DATEV posting batch: one per ledger event, or several where its amount has more than ten digits."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from backfill.tenancy.models import Company
from ledger.journal.events import Pair, paired
from ledger.models import Account
from reporting.datev_columns import row_line
from reporting.ranges import DateRange, fiscal_year_end

ENCODING = "cp1252"
AUTOMATIC_OFF = "40"
LARGEST_AMOUNT: Final = Decimal("9999999999.99")
_CENT: Final = Decimal("0.01")
_NOT_IN_DOCUMENT_FIELD = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
_NOT_IN_COST_CENTRE = re.compile(r"[^\w$%\-/ ]")
_COST_CENTRES: Final = (("kost1", "cost_center", "cost_centre", "kostenstelle"), ("kost2",))


@dataclass(frozen=True, slots=True)
class Batch:
    """What the rows of one file share. `numbers` are the accounts' numbers of one length; `is_final` is DATEV's
    Festschreibung: every period in it is locked."""

    company: Company
    asked: DateRange
    accounts: Mapping[UUID, Account]
    numbers: Mapping[UUID, str]
    account_length: int
    is_final: bool


class EntryRow(NamedTuple):
    """A posted entry, by the names of its columns: a year of them is read, so they are plain rows."""

    id: UUID
    entry_date: date
    period: str
    first_journal_number: int | None
    total_amount: Decimal
    currency: str
    exchange_rate: Decimal
    fx_annotation: dict[str, Any] | None
    external_reference: str
    document_number: str
    document_id: UUID | None
    memo: str
    service_date: date | None
    dimensions: dict[str, Any]
    reverses_entry_id: UUID | None


class LineRow(NamedTuple):
    """A line of one, likewise."""

    entry_id: UUID
    account_id: UUID
    amount: Decimal
    currency_amount: Decimal
    tax_code: str
    tax_role: str
    personal_account: str
    description: str
    dimensions: dict[str, Any]


def entry_rows(entry: EntryRow, lines: Sequence[LineRow], batch: Batch) -> Iterator[str]:
    """Yield the lines of the file for one entry, whose own `lines` are in order, in journal order."""
    for number, pair in enumerate(paired(lines), start=entry.first_journal_number or 0):
        for amounts in _amounts(entry, lines[pair.debit], lines[pair.credit], pair.amount, batch.company.base_currency):
            yield row_line(_values(entry, lines, pair, number, batch) | amounts)


def _values(entry: EntryRow, lines: Sequence[LineRow], pair: Pair, number: int, batch: Batch) -> dict[str, str]:
    debit, credit = lines[pair.debit], lines[pair.credit]
    debit_account, credit_account = batch.accounts[debit.account_id], batch.accounts[credit.account_id]
    is_automatic = bool(debit_account.automatic_tax_code or credit_account.automatic_tax_code)
    day = fiscal_year_end(batch.company, entry.entry_date) if "-P" in entry.period else entry.entry_date
    reference = entry.external_reference or entry.document_number
    # The detail is the side that the pair uses up: it says what this row is about, the other what it belongs to.
    detail, other = (debit, credit) if abs(debit.amount) <= abs(credit.amount) else (credit, debit)
    first, second = _cost_centres(entry, detail, other)
    return {
        **_texts(detail.description, other.description, entry.memo),
        "Soll/Haben-Kennzeichen": "S",
        "Konto": _number_of(debit, batch),
        "Gegenkonto (ohne BU-Schlüssel)": _number_of(credit, batch),
        "KOST1 - Kostenstelle": first,
        "KOST2 - Kostenstelle": second,
        "Generalumkehr (GU)": "1" if entry.reverses_entry_id else "",
        "BU-Schlüssel": AUTOMATIC_OFF if is_automatic else "",
        "Belegdatum": f"{day:%d%m}",
        "Belegfeld 1": _NOT_IN_DOCUMENT_FIELD.sub("", reference)[:36] or str(number),
        "Beleglink": f'BEDI "{entry.document_id}"' if entry.document_id else "",
        "Festschreibung": str(int(batch.is_final)),
        "Leistungsdatum": _long_date(entry.service_date),
    }


def _number_of(line: LineRow, batch: Batch) -> str:
    """The general-ledger account's number, or the customer's or vendor's, which has a digit more."""
    if line.personal_account:
        return line.personal_account.ljust(batch.account_length + 1, "0")
    return batch.numbers[line.account_id]


def _texts(detail: str, other: str, memo: str) -> dict[str, str]:
    """The line's own text, else the entry's; what else is said, or does not fit, goes into the additional fields."""
    text = detail or memo or other
    line = datev_text(text, 61)
    values = {"Buchungstext": line[:60]}
    further = [("Buchungstext", text)] if len(line) > 60 else []
    further += [("Beleg", memo)] if memo and memo != text else []
    further += [("Gegenzeile", other)] if other and other not in {text, memo} else []
    for number, (kind, content) in enumerate(further, start=1):
        values[f"Zusatzinformation - Art {number}"] = kind
        values[f"Zusatzinformation - Inhalt {number}"] = datev_text(content, 210)
    return values


def _cost_centres(entry: EntryRow, detail: LineRow, other: LineRow) -> tuple[str, str]:
    if not (entry.dimensions or detail.dimensions or other.dimensions):
        return "", ""
    found: dict[str, str] = {}
    for dimensions in (entry.dimensions, other.dimensions, detail.dimensions):
        found |= {
            name.lower(): str(value) for name, value in dimensions.items() if value and isinstance(value, str | int)
        }
    centres = [next((found[name] for name in names if name in found), "") for names in _COST_CENTRES]
    first, second = (_NOT_IN_COST_CENTRE.sub("", datev_text(centre, 36)) for centre in centres)
    return first, second


def _amounts(
    entry: EntryRow, debit: LineRow, credit: LineRow, amount: Decimal, base_currency: str
) -> Iterator[dict[str, str]]:
    """Columns 1 and 3 to 6: in base currency, or in the document's with the rate and the base amount beside it. An
    amount of more than ten digits is written in as many rows as it takes."""
    foreign = _foreign_amount(entry, debit, credit, amount, base_currency)
    if foreign is None:
        for part in _parts(amount, _rows_needed(amount)):
            yield {"Umsatz (ohne Soll/Haben-Kz)": _number(part), "WKZ Umsatz": base_currency}
        return
    count = max(_rows_needed(amount), _rows_needed(foreign.amount))
    for part, base in zip(_parts(foreign.amount, count), _parts(amount, count), strict=True):
        yield {
            "Umsatz (ohne Soll/Haben-Kz)": _number(part),
            "WKZ Umsatz": foreign.currency,
            "Kurs": _rate(foreign.rate),
            "Basis-Umsatz": _number(base),
            "WKZ Basis-Umsatz": base_currency,
        }


def _rows_needed(amount: Decimal) -> int:
    if amount <= LARGEST_AMOUNT:
        return 1
    return int((amount / LARGEST_AMOUNT).to_integral_value(rounding=ROUND_CEILING))


def _parts(amount: Decimal, count: int) -> Iterator[Decimal]:
    """Equal parts to the cent, which add up to the amount."""
    given = Decimal(0)
    for number in range(1, count + 1):
        upto = amount if number == count else (amount * number / count).quantize(_CENT)
        yield upto - given
        given = upto


@dataclass(frozen=True, slots=True)
class _Foreign:
    """`rate` is units of the currency per unit of base currency, as the ECB and DATEV quote it."""

    currency: str
    amount: Decimal
    rate: Decimal


def _foreign_amount(
    entry: EntryRow, debit: LineRow, credit: LineRow, amount: Decimal, base_currency: str
) -> _Foreign | None:
    """The event's share of what its document states in another currency; None where that is nothing."""
    if entry.fx_annotation:
        currency, stated = str(entry.fx_annotation["currency"]), Decimal(str(entry.fx_annotation["amount"]))
        share, rate = stated * amount / entry.total_amount, stated / entry.total_amount
    elif entry.currency != base_currency and debit.currency_amount and credit.currency_amount:
        currency, rate = entry.currency, 1 / entry.exchange_rate
        line = debit if debit.amount == amount else credit
        share = abs(line.currency_amount) * amount / abs(line.amount) if line.amount else abs(line.currency_amount)
    else:
        return None
    rounded = share.quantize(Decimal("0.01"))
    return _Foreign(currency, rounded, rate) if rounded else None


def _number(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _rate(rate: Decimal) -> str:
    """Four digits and six decimals, from 1 up; what does not fit is left to the base amount."""
    rounded = rate.quantize(Decimal("0.000001"))
    return f"{rounded}".replace(".", ",") if 1 <= rounded < 10_000 else ""


def _long_date(day: date | None) -> str:
    return f"{day:%d%m%Y}" if day is not None and 2000 <= day.year < 2100 else ""


def datev_text(text: str, length: int) -> str:
    """One line of characters that Windows-1252 has."""
    if text.isascii() and text.isprintable():  # as most texts are, which saves looking at each sign
        return " ".join(text.split())[:length]
    line = " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())
    return "".join(_writable(sign) for sign in unicodedata.normalize("NFC", line))[:length]


def _writable(sign: str) -> str:
    for candidate in (sign, unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()):
        if candidate and candidate.encode(ENCODING, "ignore"):
            return candidate
    return "?"
