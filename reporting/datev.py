"""The DATEV export: a posting batch (EXTF Buchungsstapel, interface 700, format version 13) for the tax adviser.

One row per ledger event in journal order; tax stands in rows of its own, so automatic accounts carry BU key 40, which
switches their automatic tax off. Windows-1252, semicolons, CRLF. Source: DATEV format description «Buchungsstapel».
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from backfill.tenancy.models import Company
from ledger.events import Pair, paired
from ledger.models import Account, EntryStatus, JournalEntry, JournalLine, Period
from reporting.datev_columns import TITLES, quoted, row_line
from reporting.errors import DatevNumbersMissing, FiscalYearSpan, InvalidRange, NotExportableToDatev
from reporting.exports import ReportFile
from reporting.ranges import DateRange, fiscal_year, fiscal_year_end, fiscal_year_start, month_later
from reporting.snapshot import one_moment

CONTENT_TYPE = "text/csv; charset=windows-1252"
ENCODING = "cp1252"
ACCOUNT_LENGTH = 4
LARGEST_AMOUNT = Decimal(10) ** 10
AUTOMATIC_OFF = "40"
_CHARTS = {Company.Chart.SKR03.value: "03", Company.Chart.SKR04.value: "04"}
_NOT_IN_DOCUMENT_FIELD = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
_BATCH = 2_000
_ENTRY_FIELDS = (
    *("entry_date", "period", "sequence", "first_journal_number", "total_amount", "currency", "exchange_rate"),
    *("fx_annotation", "external_reference", "document_number", "document", "memo", "service_date"),
)
_LINE_FIELDS = (
    *("entry", "account", "amount", "currency_amount", "tax_code", "tax_role", "personal_account", "description"),
)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the rows of one file share. `is_final` is DATEV's Festschreibung: every period in it is locked."""

    company: Company
    asked: DateRange
    accounts: Mapping[UUID, Account]
    account_length: int
    is_final: bool


def datev_export(company: Company, *, asked: DateRange, created_at: datetime) -> ReportFile:
    """The batch of everything posted from `asked.start` to `asked.end`, both included, in one fiscal year.

    What was posted into adjustment periods 13 and 14 is dated on the last day of the fiscal year and exported with
    it. A character that Windows-1252 lacks is written as its nearest letter, else as a question mark: the text of a
    posted entry cannot be changed any more, so refusing it would end the export for good.

    Raises InvalidRange, FiscalYearSpan, DatevNumbersMissing, and NotExportableToDatev for accounts and amounts that
    DATEV has no place for.
    """
    _check(company, asked)
    with one_moment():
        entries = list(_entries(company, asked).iterator(chunk_size=_BATCH))
        accounts = Account.objects.filter(company_id=company.pk).in_bulk()
        is_final = _is_locked(company, asked)
    batch = _Batch(company, asked, accounts, _account_length(entries, accounts), is_final)
    lines = [_header(batch, created_at), ";".join(TITLES), *_rows(entries, batch)]
    content = "".join(f"{line}\r\n" for line in lines).encode(ENCODING)
    return ReportFile(content, CONTENT_TYPE, f"EXTF_Buchungsstapel_{asked.start:%Y%m%d}_{asked.end:%Y%m%d}.csv")


def _check(company: Company, asked: DateRange) -> None:
    if asked.start > asked.end:
        raise InvalidRange("The range ends before it starts; swap the dates.", field="startDate")
    if fiscal_year(company, asked.start) != fiscal_year(company, asked.end):
        message = (
            f"A DATEV batch lies within one fiscal year; the one of {asked.start} ends on "
            f"{fiscal_year_end(company, asked.start)}. Export each year by itself."
        )
        raise FiscalYearSpan(message, field="endDate")
    if not company.datev_consultant_number or not company.datev_client_number:
        raise DatevNumbersMissing(
            f"Set the DATEV consultant number and client number of {company.name} first, in the admin under Companies; "
            "the tax adviser knows both."
        )


def _entries(company: Company, asked: DateRange) -> QuerySet[JournalEntry]:
    lines = JournalLine.objects.only(*_LINE_FIELDS).order_by("line_number")
    in_range = Q(entry_date__range=(asked.start, asked.end)) & ~Q(period__contains="-P")
    if fiscal_year_end(company, asked.end) == asked.end:
        in_range |= Q(fiscal_year=fiscal_year(company, asked.end), period__contains="-P")
    return (
        JournalEntry.objects.filter(in_range, company_id=company.pk)
        .only(*_ENTRY_FIELDS)
        .exclude(status=EntryStatus.DRAFT)
        .order_by("first_journal_number")
        .prefetch_related(Prefetch("lines", lines))
    )


def _is_locked(company: Company, asked: DateRange) -> bool:
    """Whether every period in the range is locked; of the adjustment periods, those that were posted into."""
    found = Period.objects.filter(company_id=company.pk, ends_on__gte=asked.start, starts_on__lte=asked.end)
    if fiscal_year_end(company, asked.end) != asked.end:
        found = found.filter(number=0)
    statuses = dict(found.values_list("name", "status"))
    month = asked.start.replace(day=1)
    while month <= asked.end:
        statuses.setdefault(f"{month:%Y-%m}", Period.Status.OPEN.value)
        month = month_later(month, 1)
    return all(status == Period.Status.LOCKED for status in statuses.values())


def _account_length(entries: Iterable[JournalEntry], accounts: Mapping[UUID, Account]) -> int:
    """The number of digits of general-ledger accounts, 4 to 8. Raises NotExportableToDatev where it is not one: a
    number with a digit more is a customer or vendor to DATEV."""
    used = [accounts[account_id] for account_id in {line.account_id for entry in entries for line in entry.lines.all()}]
    codes = {account.code or account.name for account in used}
    length = max([ACCOUNT_LENGTH, *(len(code) for code in codes)])
    fitting = {code for code in codes if code.isascii() and code.isdigit() and len(code) == length <= 8 and int(code)}
    if length == ACCOUNT_LENGTH:
        fitting = {code for code in codes if code.isascii() and code.isdigit() and int(code)}
    if codes != fitting:
        wrong = sorted(codes - fitting)
        message = f"DATEV takes account numbers of {ACCOUNT_LENGTH} to 8 digits, all of one length. Not these: "
        raise NotExportableToDatev(message + ", ".join(wrong[:20]), accounts=wrong[:20])
    return length


def _header(batch: _Batch, created_at: datetime) -> str:
    """Line 1, its 31 fields as the format numbers them."""
    company, asked = batch.company, batch.asked
    created = created_at.astimezone(ZoneInfo(company.time_zone))
    fields = (
        *(quoted("EXTF"), "700", "21", quoted("Buchungsstapel"), "13"),
        *(f"{created:%Y%m%d%H%M%S}{created.microsecond // 1000:03d}", "", quoted("RE"), quoted(""), quoted("")),
        *(str(company.datev_consultant_number), str(company.datev_client_number)),
        f"{fiscal_year_start(company, asked.start):%Y%m%d}",
        str(batch.account_length),
        *(f"{asked.start:%Y%m%d}", f"{asked.end:%Y%m%d}"),
        quoted(f"Buchungen {asked.start:%d.%m.}-{asked.end:%d.%m.%Y}"),
        *(quoted(""), "1", "0", str(int(batch.is_final)), quoted(company.base_currency)),
        *("", quoted(""), "", "", quoted(_CHARTS.get(company.chart, "")), "", "", quoted(""), quoted("")),
    )
    return ";".join(fields)


def _rows(entries: Iterable[JournalEntry], batch: _Batch) -> Iterator[str]:
    for entry in entries:
        lines = list(entry.lines.all())
        for number, pair in enumerate(paired(lines), start=entry.first_journal_number or 0):
            yield row_line(_values(entry, lines, pair, number, batch))


def _values(
    entry: JournalEntry, lines: Sequence[JournalLine], pair: Pair, number: int, batch: _Batch
) -> dict[str, str]:
    debit, credit = lines[pair.debit], lines[pair.credit]
    debit_account, credit_account = batch.accounts[debit.account_id], batch.accounts[credit.account_id]
    is_automatic = bool(debit_account.automatic_tax_code or credit_account.automatic_tax_code)
    day = fiscal_year_end(batch.company, entry.entry_date) if "-P" in entry.period else entry.entry_date
    reference = entry.external_reference or entry.document_number
    return {
        **_amounts(entry, debit, credit, pair.amount, batch.company.base_currency),
        "Soll/Haben-Kennzeichen": "S",
        "Konto": debit.personal_account or debit_account.code or "",
        "Gegenkonto (ohne BU-Schlüssel)": credit.personal_account or credit_account.code or "",
        "BU-Schlüssel": AUTOMATIC_OFF if is_automatic else "",
        "Belegdatum": f"{day:%d%m}",
        "Belegfeld 1": _NOT_IN_DOCUMENT_FIELD.sub("", reference)[:36] or str(number),
        "Buchungstext": _text(entry.memo or debit.description or credit.description, 60),
        "Beleglink": f'BEDI "{entry.document_id}"' if entry.document_id else "",
        "Festschreibung": str(int(batch.is_final)),
        "Leistungsdatum": _long_date(entry.service_date),
    }


def _amounts(
    entry: JournalEntry, debit: JournalLine, credit: JournalLine, amount: Decimal, base_currency: str
) -> dict[str, str]:
    """Columns 1 and 3 to 6: in base currency, or in the document's with the rate and the base amount beside it."""
    foreign = _foreign_amount(entry, debit, credit, amount, base_currency)
    if foreign is None:
        return {"Umsatz (ohne Soll/Haben-Kz)": _number(amount, entry), "WKZ Umsatz": base_currency}
    return {
        "Umsatz (ohne Soll/Haben-Kz)": _number(foreign.amount, entry),
        "WKZ Umsatz": foreign.currency,
        "Kurs": _rate(foreign.rate),
        "Basis-Umsatz": _number(amount, entry),
        "WKZ Basis-Umsatz": base_currency,
    }


@dataclass(frozen=True, slots=True)
class _Foreign:
    """`rate` is units of the currency per unit of base currency, as the ECB and DATEV quote it."""

    currency: str
    amount: Decimal
    rate: Decimal


def _foreign_amount(
    entry: JournalEntry, debit: JournalLine, credit: JournalLine, amount: Decimal, base_currency: str
) -> _Foreign | None:
    """The event's share of what its document states in another currency; None where that is nothing."""
    if entry.fx_annotation:
        currency, stated = str(entry.fx_annotation["currency"]), Decimal(str(entry.fx_annotation["amount"]))
        share, rate = stated * amount / entry.total_amount, stated / entry.total_amount
    elif entry.currency != base_currency and debit.currency_amount and credit.currency_amount:
        currency, rate = entry.currency, 1 / entry.exchange_rate
        line = debit if debit.amount == amount else credit
        share = abs(line.currency_amount) * amount / abs(line.amount)
    else:
        return None
    rounded = share.quantize(Decimal("0.01"))
    return _Foreign(currency, rounded, rate) if rounded else None


def _number(amount: Decimal, entry: JournalEntry) -> str:
    if amount >= LARGEST_AMOUNT:
        message = f"DATEV takes amounts of up to ten digits; entry {entry.sequence} of {entry.entry_date} has {amount}."
        raise NotExportableToDatev(message, journal_number=entry.first_journal_number)
    return f"{amount:.2f}".replace(".", ",")


def _rate(rate: Decimal) -> str:
    """Four digits and six decimals, from 1 up; what does not fit is left to the base amount."""
    rounded = rate.quantize(Decimal("0.000001"))
    return f"{rounded}".replace(".", ",") if 1 <= rounded < 10_000 else ""


def _long_date(day: date | None) -> str:
    return f"{day:%d%m%Y}" if day is not None and 2000 <= day.year < 2100 else ""


def _text(text: str, length: int) -> str:
    """One line of characters that Windows-1252 has."""
    line = " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())
    return "".join(_writable(sign) for sign in unicodedata.normalize("NFC", line))[:length]


def _writable(sign: str) -> str:
    for candidate in (sign, unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()):
        if candidate and candidate.encode(ENCODING, "ignore"):
            return candidate
    return "?"
