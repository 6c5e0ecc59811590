"""From the rows of a CSV journal to entries: rows under one reference are gathered, their cells read, tax split off."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from backfill.errors import DomainError
from ledger.drafts import EntryDraft, LineDraft
from ledger.imports.amounts import DecimalMark, NotAnAmount, parse_amount
from ledger.imports.chart import CompanyChart
from ledger.imports.columns import JournalColumns
from ledger.imports.dates import DateFormat, NotADate, parse_date
from ledger.imports.inspection import problem_of
from ledger.imports.results import Booking, LineProblem, digest
from ledger.imports.table import TableRow
from ledger.resolving import MAX_LINES
from ledger.tax import expand_gross

SYSTEM = "csv_journal"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class JournalLayout:
    """What every row of one file is read by."""

    columns: JournalColumns
    decimal_mark: DecimalMark
    date_format: DateFormat
    batch: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One row, read. `amount` is positive for a debit."""

    number: int
    day: date
    description: str
    account: str
    amount: Decimal
    currency: str
    tax_code: str
    document_number: str


class _BadCell(ValueError):
    """One cell of a row is not what its column holds."""


@dataclass(slots=True)
class EntryReader:
    """Turns rows into bookings. Only the references seen are kept, to find one that returns after others."""

    layout: JournalLayout
    chart: CompanyChart
    seen: set[str] = field(default_factory=set)

    def read(self, rows: Iterable[TableRow]) -> Iterator[Booking | LineProblem]:
        """Yield every entry of `rows`, or what is wrong with its lines. `rows` come without the header."""
        columns = self.layout.columns
        for reference, group in groupby(rows, key=lambda row: row.cell(columns.reference)):
            if reference and reference not in self.seen:
                self.seen.add(reference)
                yield from self._entry(reference, group)
            else:
                reason = (
                    f"entry reference «{reference}» appeared before; put all rows of an entry one after the other"
                    if reference
                    else f"the entry reference ({columns.titles[columns.reference]}) is empty"
                )
                yield from (LineProblem(row.line, reason) for row in group)

    def _entry(self, reference: str, rows: Iterable[TableRow]) -> Iterator[Booking | LineProblem]:
        lines: list[_Line] = []
        problems: list[LineProblem] = []
        first = count = 0
        for row in rows:
            first, count = first or row.line, count + 1
            if count > MAX_LINES:
                continue
            line, reasons = self._line(row)
            problems += [LineProblem(row.line, reason) for reason in reasons]
            if line is not None:
                lines.append(line)
        if count > MAX_LINES:
            problems = [
                LineProblem(first, f"entry {reference} has {count:,} rows; at most {MAX_LINES:,} make an entry")
            ]
        problems = problems or list(_differences(reference, lines))
        if problems:
            yield from problems
            return
        try:
            yield self._booking(reference, lines)
        except DomainError as error:
            yield problem_of(error, line=first)

    def _line(self, row: TableRow) -> tuple[_Line | None, list[str]]:
        columns, reasons = self.layout.columns, list[str]()

        def attempt(read: Callable[[TableRow], Value], otherwise: Value) -> Value:
            try:
                return read(row)
            except _BadCell as bad:
                reasons.append(str(bad))
                return otherwise

        line = _Line(
            number=row.line,
            day=attempt(self._day, date.min),
            description=row.cell(columns.description),
            account=attempt(self._account, ""),
            amount=attempt(self._amount, Decimal(0)),
            currency=row.cell(columns.currency).upper() or self.chart.company.base_currency,
            tax_code=row.cell(columns.tax_code).upper(),
            document_number=row.cell(columns.document_number),
        )
        return (None if reasons else line), reasons

    def _day(self, row: TableRow) -> date:
        try:
            return parse_date(row.cell(self.layout.columns.date), self.layout.date_format)
        except NotADate as error:
            raise _BadCell(str(error)) from None

    def _account(self, row: TableRow) -> str:
        code = row.cell(self.layout.columns.account)
        if self.chart.account_named(code) is None:
            padded = next((known for known in (code.zfill(4), code.zfill(5)) if self.chart.account_named(known)), "")
            hint = f"; did a program drop the zero of {padded}?" if code and padded else ""
            raise _BadCell(f"account «{code}» does not exist in {self.chart.company.name}{hint}")
        return code

    def _amount(self, row: TableRow) -> Decimal:
        columns = self.layout.columns
        debit, credit = self._side(row, columns.debit), self._side(row, columns.credit)
        if debit and credit:
            raise _BadCell("the row has a debit and a credit; split it into two rows")
        if not debit and not credit:
            raise _BadCell("the row has neither a debit nor a credit")
        return debit or -credit

    def _side(self, row: TableRow, column: int) -> Decimal:
        text = row.cell(column)
        try:
            amount = parse_amount(text, self.layout.decimal_mark) if text else Decimal(0)
        except NotAnAmount as error:
            raise _BadCell(str(error)) from None
        if amount < 0:
            raise _BadCell(f"«{text}» is negative; write it without a sign on the other side")
        return amount

    def _booking(self, reference: str, lines: list[_Line]) -> Booking:
        first = lines[0]
        memo = next((line.description for line in lines if line.description), "")
        content = digest(reference, *(part for line in lines for part in _content(line)))
        drafts = expand_gross([self._draft(line, memo) for line in lines], self.chart.tax_rules, first.currency)
        draft = EntryDraft(
            company_id=self.chart.company.id,
            entry_date=first.day,
            lines=drafts,
            currency=first.currency,
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

    def _draft(self, line: _Line, memo: str) -> LineDraft:
        account = self.chart.accounts[line.account]
        return LineDraft(
            account=account.id,
            amount=line.amount,
            description=line.description if line.description != memo else "",
            tax_code=line.tax_code,
            input_path=f"line {line.number}",
        )


def _differences(reference: str, lines: list[_Line]) -> Iterator[LineProblem]:
    """An entry has one date, one currency and at most one document number."""
    first = lines[0]
    document_number = next((line.document_number for line in lines if line.document_number), "")
    for line in lines:
        if line.day != first.day:
            yield LineProblem(
                line.number, f"entry {reference} has the dates {first.day} and {line.day}; it can have one"
            )
        if line.currency != first.currency:
            yield LineProblem(
                line.number,
                f"entry {reference} has the currencies {first.currency} and {line.currency}; it can have one",
            )
        if line.document_number not in {"", document_number}:
            yield LineProblem(
                line.number,
                f"entry {reference} has the document numbers {document_number} and {line.document_number}; "
                "it can have one",
            )


def _content(line: _Line) -> tuple[str, ...]:
    """What a row says, however it is written: the same figures in another number format are the same content."""
    amount = f"{line.amount.normalize():f}"
    day = line.day.isoformat()
    return day, line.account, amount, line.currency, line.tax_code, line.description, line.document_number
