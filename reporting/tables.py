"""A report as a table: what CSV, XLSX and PDF are written from, so that the three show the same rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from backfill.tenancy.models import Company
from reporting.labels import Language

Cell = str | Decimal | date | None
RowKind = Literal["section", "group", "account", "subtotal", "result", "total"]


@dataclass(frozen=True, slots=True)
class Column:
    """`key` heads the column in CSV and never changes with the language; `title` heads it for people."""

    key: str
    title: str
    is_amount: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line. `level` is its depth, from 0; `cells` has one value per column, amounts in the table's currency."""

    kind: RowKind
    level: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`file_stem` names the file without its ending; `fraction_digits` are those of `currency`.

    `other_currency` is set where the amounts are not in the company's base currency.
    """

    company: Company
    language: Language
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    file_stem: str
    fraction_digits: int
    other_currency: str = ""

    @property
    def currency(self) -> str:
        return self.other_currency or self.company.base_currency
