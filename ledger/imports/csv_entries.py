"""From the rows of a CSV journal to entries: rows under one reference are gathered, their cells read, tax split off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from ledger.currencies.money import exchange_rate
from ledger.errors import LedgerInputError
from ledger.imports.chart import CompanyChart
from ledger.imports.csv_rows import JournalLayout, JournalRow, RowReader, filled_down
from ledger.imports.inspection import problem_of
from ledger.imports.results import Booking, LineProblem, LineRemark, digest
from ledger.imports.table import TableRow
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.resolving import MAX_LINES
from ledger.tax.calculation import expand_gross

SYSTEM = "csv_journal"
_FAR, _NEAR = Decimal("0.05"), Decimal("0.03")

Item = Booking | LineProblem | LineRemark


@dataclass(slots=True)
class EntryReader:
    """Turns rows into bookings. Only the references seen are kept, to find one that returns after others."""

    layout: JournalLayout
    chart: CompanyChart
    seen: set[str] = field(default_factory=set)
    known_rates: dict[tuple[str, date], Decimal | None] = field(default_factory=dict)

    def read(self, rows: Iterable[TableRow]) -> Iterator[Item]:
        """Yield every entry of `rows`, or what is wrong with its lines. `rows` come without the header."""
        columns = self.layout.columns
        for reference, group in groupby(filled_down(rows, columns), key=lambda row: row.cell(columns.reference)):
            if reference and reference not in self.seen:
                self.seen.add(reference)
                yield from self._entry(reference, group)
            else:
                reason = (
                    _(
                        "entry reference «{reference}» appeared before; put all rows of an entry one after the other"
                    ).format(reference=reference)
                    if reference
                    else _("the entry reference ({title}) is empty").format(title=columns.titles[columns.reference])
                )
                yield from (LineProblem(row.line, reason) for row in group)

    def _entry(self, reference: str, rows: Iterable[TableRow]) -> Iterator[Item]:
        lines: list[JournalRow] = []
        problems: list[LineProblem] = []
        reader = RowReader(self.layout, self.chart)
        first = count = 0
        for row in rows:
            first, count = first or row.line, count + 1
            if count > MAX_LINES:
                continue
            line, reasons = reader.read(row)
            problems += [LineProblem(row.line, reason) for reason in reasons]
            if line is None:
                continue
            if line.amount:
                lines.append(line)
            else:
                yield LineRemark(
                    row.line,
                    _("entry {reference}: account {account} has 0; the row is left out").format(
                        reference=reference, account=line.account
                    ),
                )
        if count > MAX_LINES:
            message = _("entry {reference} has {count:,} rows; at most {most:,} make an entry")
            problems = [LineProblem(first, message.format(reference=reference, count=count, most=MAX_LINES))]
        problems = problems or list(_differences(reference, lines))
        if problems or not lines:
            yield from problems
            return
        yield from self._doubts(lines[0], _rate(lines))
        try:
            yield self._booking(reference, lines)
        except DomainError as error:
            yield problem_of(error, line=first)

    def _doubts(self, line: JournalRow, rate: Decimal | None) -> Iterator[LineRemark]:
        """Tell of a stated rate that fits the other way round: many banks quote the currency for one of base."""
        base = self.chart.company.base_currency
        if rate is None or line.currency == base:
            return
        key = (line.currency, line.day)
        if key not in self.known_rates:
            self.known_rates[key] = _known_rate(self.chart.company, *key)
        known = self.known_rates[key]
        if known and abs(rate / known - 1) > _FAR and abs(rate * known - 1) < _NEAR:
            yield LineRemark(
                line.number,
                _(
                    "the exchange rate {rate} is read as {base} for one {currency}, but looks like {currency} "
                    "for one {base}: the known rate of {day} is {known:f}"
                ).format(rate=rate, base=base, currency=line.currency, day=line.day, known=known.normalize()),
            )

    def _booking(self, reference: str, lines: list[JournalRow]) -> Booking:
        first = lines[0]
        memo = next((line.description for line in lines if line.description), "")
        content = digest(reference, *(part for line in lines for part in _content(line)))
        for line in lines:
            if line.tax_code:
                self.chart.taxes.check(line.tax_code, [line.day], field=f"line {line.number}.tax_code")
        drafts = expand_gross([self._draft(line, memo) for line in lines], self.chart.taxes.rules, first.currency)
        draft = EntryDraft(
            company_id=self.chart.company.id,
            entry_date=first.day,
            lines=drafts,
            currency=first.currency,
            exchange_rate=_rate(lines),
            memo=memo,
            kind="import",
            document_date=first.day,
            document_number=next((line.document_number for line in lines if line.document_number), ""),
            source_system=SYSTEM,
            connection_id=self.layout.batch,
            source_id=reference,
            metadata={"import": {"digest": content, "line": first.number}},
        )
        return Booking(line=first.number, draft=draft, digest=content)

    def _draft(self, line: JournalRow, memo: str) -> LineDraft:
        account = self.chart.accounts[line.account]
        return LineDraft(
            account=account.id,
            amount=line.amount,
            description=line.description if line.description != memo else "",
            tax_code=line.tax_code,
            class_id=line.class_id,
            location_id=line.location_id,
            dimensions=line.dimensions,
            metadata={"import": line.notes} if line.notes else {},
            input_path=f"line {line.number}",
        )


def _known_rate(company: Company, currency: str, day: date) -> Decimal | None:
    try:
        return exchange_rate(company=company, currency=currency, on=day).rate
    except LedgerInputError:
        return None  # an unknown currency is refused later, with the entry


def _rate(lines: list[JournalRow]) -> Decimal | None:
    return next((line.rate for line in lines if line.rate is not None), None)


def _differences(reference: str, lines: list[JournalRow]) -> Iterator[LineProblem]:
    """An entry has one date, one currency and at most one exchange rate and document number."""
    if not lines:
        return
    first, rate = lines[0], _rate(lines)
    document_number = next((line.document_number for line in lines if line.document_number), "")
    for line in lines:
        if line.day != first.day:
            message = _("entry {reference} has the dates {first} and {other}; it can have one")
            yield LineProblem(line.number, message.format(reference=reference, first=first.day, other=line.day))
        if line.currency != first.currency:
            message = _("entry {reference} has the currencies {first} and {other}; it can have one")
            yield LineProblem(
                line.number, message.format(reference=reference, first=first.currency, other=line.currency)
            )
        if line.rate not in {None, rate}:
            message = _("entry {reference} has the exchange rates {first} and {other}; it can have one")
            yield LineProblem(line.number, message.format(reference=reference, first=rate, other=line.rate))
        if line.document_number not in {"", document_number}:
            message = _("entry {reference} has the document numbers {first} and {other}; it can have one")
            yield LineProblem(
                line.number, message.format(reference=reference, first=document_number, other=line.document_number)
            )


def _content(line: JournalRow) -> tuple[str, ...]:
    """What a row says, however it is written: the same figures in another number format are the same content."""
    amount = f"{line.amount.normalize():f}"
    day = line.day.isoformat()
    parts = (day, line.account, amount, line.currency, line.tax_code, line.description, line.document_number)
    rate = "" if line.rate is None else f"rate {line.rate.normalize():f}"
    named = {"class": line.class_id, "location": line.location_id, **line.dimensions}
    # Only what is stated, so that files of old, which knew none of these columns, are recognised.
    return (*parts, *filter(None, (rate, *(f"{name} {text}" for name, text in named.items() if text))))
