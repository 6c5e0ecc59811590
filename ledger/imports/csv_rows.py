"""The rows of a CSV journal, cell by cell: dates, accounts, amounts in one column or two, rates, dimensions."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from ledger.imports.amounts import DecimalMark, NotAnAmount, bare_amount, parse_amount
from ledger.imports.chart import CompanyChart, NoSuchAccount
from ledger.imports.columns import JournalColumns
from ledger.imports.dates import DateFormat, NotADate, parse_date
from ledger.imports.table import TableRow

Value = TypeVar("Value")
ZERO = Decimal(0)
_SIDES = {
    **dict.fromkeys(("s", "d", "dr", "debit", "soll", "+", "db"), 1),
    **dict.fromkeys(("h", "c", "cr", "credit", "haben", "-"), -1),
}


@dataclass(frozen=True, slots=True)
class JournalLayout:
    """What every row of one file is read by."""

    columns: JournalColumns
    decimal_mark: DecimalMark
    date_format: DateFormat
    batch: str


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row, read. `amount` is positive for a debit; zero only where the row says so. `rate` is base currency for one
    unit of `currency`. `notes` keeps what other columns hold, by their titles."""

    number: int
    day: date
    description: str
    account: str
    amount: Decimal
    currency: str
    rate: Decimal | None
    tax_code: str
    document_number: str
    class_id: str
    location_id: str
    dimensions: dict[str, str]
    notes: dict[str, str]


class BadCell(ValueError):
    """One cell of a row is not what its column holds."""


@dataclass(frozen=True, slots=True)
class RowReader:
    layout: JournalLayout
    chart: CompanyChart

    def read(self, row: TableRow) -> tuple[JournalRow | None, list[str]]:
        """Return the row as it is read, or why it cannot be."""
        columns, reasons = self.layout.columns, list[str]()

        def attempt(read: Callable[[TableRow], Value], otherwise: Value) -> Value:
            try:
                return read(row)
            except BadCell as bad:
                reasons.append(str(bad))
                return otherwise

        line = JournalRow(
            number=row.line,
            day=attempt(self._day, date.min),
            description=row.cell(columns.description),
            account=attempt(self._account, ""),
            amount=attempt(self._amount, ZERO),
            currency=self._currency(row),
            rate=attempt(self._rate, None),
            tax_code=row.cell(columns.tax_code).upper(),
            document_number=row.cell(columns.document_number),
            class_id=row.cell(columns.class_id),
            location_id=row.cell(columns.location_id),
            dimensions={name: text for name, index in columns.dimensions if (text := row.cell(index))},
            notes={title: text for index, title in columns.others if (text := row.cell(index))},
        )
        return (None if reasons else line), reasons

    def _currency(self, row: TableRow) -> str:
        return row.cell(self.layout.columns.currency).upper() or self.chart.company.base_currency

    def _day(self, row: TableRow) -> date:
        try:
            return parse_date(row.cell(self.layout.columns.date), self.layout.date_format)
        except NotADate as error:
            raise BadCell(str(error)) from None

    def _account(self, row: TableRow) -> str:
        text = row.cell(self.layout.columns.account)
        try:
            return self.chart.account_called(text).code
        except NoSuchAccount as error:
            raise BadCell(str(error)) from None

    def _rate(self, row: TableRow) -> Decimal | None:
        text = row.cell(self.layout.columns.exchange_rate)
        if not text:
            return None
        rate = self._number(text)
        if rate <= 0:
            raise BadCell(_("the exchange rate «{text}» is not above zero").format(text=text))
        return rate

    def _amount(self, row: TableRow) -> Decimal:
        columns = self.layout.columns
        if columns.debit is None or columns.credit is None:
            return self._single(row)
        debit, credit = self._side(row, columns.debit, 1), self._side(row, columns.credit, -1)
        if debit is None and credit is None:
            raise BadCell(_("the row has neither a debit nor a credit"))
        if debit and credit:
            raise BadCell(_("the row has a debit and a credit; split it into two rows"))
        amount = debit or credit or ZERO
        self._check_single(row, amount)
        return amount

    def _side(self, row: TableRow, column: int, sign: int) -> Decimal | None:
        """Return a debit positive and a credit negative. A negative amount stands on the other side."""
        text = row.cell(column)
        if not text:
            return None
        bare = bare_amount(text)
        if bare.side not in {None, sign}:
            raise BadCell(_("«{text}» names the other side than its column").format(text=text))
        return sign * self._parsed(row, text)

    def _single(self, row: TableRow) -> Decimal:
        """Return the one amount of a row: on the side it names, or by its sign, a debit being positive."""
        columns = self.layout.columns
        text, named = row.cell(columns.amount), row.cell(columns.side)
        if not text:
            raise BadCell(_("the row has no amount"))
        amount, bare = self._parsed(row, text), bare_amount(text)
        if columns.side is None:
            return amount * (bare.side or 1)
        side = _SIDES.get(named.casefold().rstrip("."))
        if side is None:
            if not amount:
                return amount
            raise BadCell(_("«{named}» names no side; write D or C, DR or CR, S or H").format(named=named))
        if bare.side not in {None, side}:
            raise BadCell(_("«{text}» and «{named}» name different sides").format(text=text, named=named))
        return side * amount

    def _check_single(self, row: TableRow, amount: Decimal) -> None:
        """Refuse what a column for the amount or its side says beside debit and credit, unless it says the same."""
        columns = self.layout.columns
        text, named = row.cell(columns.amount), row.cell(columns.side)
        if text and abs(self._parsed(row, text)) != abs(amount):
            raise BadCell(
                _("«{text}» in {titles} is another amount than the row's").format(
                    text=text, titles=columns.titles[columns.amount or 0]
                )
            )
        if named and amount and _SIDES.get(named.casefold().rstrip(".")) != (1 if amount > 0 else -1):
            raise BadCell(
                _("«{named}» in {titles} is another side than the row's").format(
                    named=named, titles=columns.titles[columns.side or 0]
                )
            )

    def _parsed(self, row: TableRow, text: str) -> Decimal:
        bare, currency = bare_amount(text), self._currency(row)
        if bare.currencies is not None and currency not in bare.currencies:
            raise BadCell(
                _("«{text}» is not in {currency}; state its currency in a column of its own").format(
                    text=text, currency=currency
                )
            )
        return bare.sign * self._number(bare.number)

    def _number(self, text: str) -> Decimal:
        try:
            return parse_amount(text, self.layout.decimal_mark)
        except NotAnAmount as error:
            raise BadCell(str(error)) from None


def filled_down(rows: Iterable[TableRow], columns: JournalColumns) -> Iterator[TableRow]:
    """Let a row without reference and date belong to the row above, and one without date have its entry's.

    Such a row has the currency, exchange rate and document number of the one above where it states none.
    """
    above: TableRow | None = None
    for row in rows:
        filled = row if above is None else _continued(row, above, columns)
        above = filled
        yield filled


def _continued(row: TableRow, above: TableRow, columns: JournalColumns) -> TableRow:
    reference, day = row.cell(columns.reference), row.cell(columns.date)
    if day or (reference and reference != above.cell(columns.reference)):
        return row
    inherited = [columns.reference, columns.date]
    if not reference:
        inherited += [
            index for index in (columns.currency, columns.exchange_rate, columns.document_number) if index is not None
        ]
    width = max(len(row.cells), *(index + 1 for index in inherited))
    cells = [*row.cells, *[""] * (width - len(row.cells))]
    for index in inherited:
        cells[index] = cells[index] or above.cell(index)
    return replace(row, cells=cells)
