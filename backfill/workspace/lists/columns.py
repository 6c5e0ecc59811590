"""A column of a list is described once; the page, the files and the sums are made from the description."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Expression, F
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = Literal["text", "day", "moment", "money", "price", "number", "state"]
Value = str | int | Decimal | date | datetime | None
NUMERIC = frozenset({"money", "price", "number"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    key: its name in addresses and settings; it does not change. label: its heading; `{currency}` stands for the
    company's own currency.
    value: what a file says of a row, with its real type: an attribute by its dotted name (by default `key`), or a
    function of row and company. kind: how that is written.
    sort: what the rows are ordered by, as names of fields or expressions; without, the column does not sort.
    currency: of a row, for money that is not in the company's own currency.
    summed: the field, annotation or expression that the database adds up for a selection.
    link: where the value leads. shown: the cell as HTML, where it is more than the value.
    is_wide: takes the room that is left, on two lines at most. is_minor: left out of the card on a phone.
    is_empty_latest: what says nothing counts as the latest, as indexes have it, and not as the last either way.
    is_record: leads to the record, where that is not the first column.
    """

    key: str
    label: "StrOrPromise"
    value: str | Callable[[Any, Company], Any] = ""
    kind: Kind = "text"
    sort: tuple[str | Expression | F, ...] = ()
    currency: Callable[[Any], str] | None = None
    summed: str | Expression | None = None
    link: Callable[[Any], str] | None = None
    shown: Callable[[Any, Company], str] | None = None
    is_wide: bool = False
    is_minor: bool = False
    is_record: bool = False
    is_empty_latest: bool = False

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def classes(self) -> str:
        names = {
            "num": self.is_numeric,
            "bf-wide": self.is_wide,
            "bf-minor": self.is_minor,
            "bf-leads": self.is_record,
        }
        return " ".join(name for name, applies in names.items() if applies)

    def heading(self, company: Company) -> str:
        return str(self.label).replace("{currency}", company.base_currency)

    @property
    def name(self) -> str:
        """The heading without a currency, for where that stands beside the amount."""
        return str(self.label).replace("{currency}", "").strip()

    def value_of(self, row: Any, company: Company) -> Value:
        """Return what a file says of the row."""
        if callable(self.value):
            found: Value = self.value(row, company)
            return found
        for name in (self.value or self.key).split("."):
            row = getattr(row, name, None)
        result: Value = row
        return result

    def currency_of(self, row: Any, company: Company) -> str:
        return self.currency(row) if self.currency else company.base_currency

    def cell(self, row: Any, company: Company) -> str:
        """Return the cell of the page, as HTML."""
        html = self.shown(row, company) if self.shown else self._written(row, company)
        if self.link and html and (address := self.link(row)):
            return format_html('<a href="{}">{}</a>', address, html)
        return html

    def _written(self, row: Any, company: Company) -> str:
        value = self.value_of(row, company)
        if value is None or value == "":
            return ""
        formats = formats_of(company)
        if isinstance(value, datetime):
            return formats.moment(value)
        if isinstance(value, date):
            return formats.day(value)
        if isinstance(value, Decimal):
            return self._number(value, row, company)
        text = str(value)
        return format_html('<span class="bf-clip" title="{}">{}</span>', text, text) if len(text) > 24 else text

    def _number(self, value: Decimal, row: Any, company: Company) -> str:
        formats = formats_of(company)
        if self.kind == "money":
            return money(value, self.currency_of(row, company), company)
        return formats.price(value) if self.kind == "price" else formats.plain(value.normalize())


def money(value: Decimal, currency: str, company: Company) -> SafeString | str:
    """Write an amount, a negative one so that it is seen, with its currency where that is not the company's own."""
    text: SafeString | str = formats_of(company).amount(value, currency)
    text = format_html('<span class="neg">{}</span>', text) if value < 0 else text
    return text if currency == company.base_currency else format_html("{} <small>{}</small>", text, currency)
