"""A line of the editor: as typed, as it is written from a stored one, and the values it describes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.workspace.formats import Formats, decimals_of
from backfill.workspace.line_forms import TypedRow, number_from
from ledger.documents.copying import copied_line
from ledger.documents.lines.line_input import STATED_SOURCES
from ledger.documents.models import DocumentLine, TaxStatus
from ledger.documents.pages.item_input import price_of
from ledger.documents.types import Side
from ledger.inventory.models import Item
from ledger.inventory.pages.items import item_label
from ledger.models import Account, TaxCode
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import rule_of

CELLS: Final = {
    "product_id": "item",
    "account_id": "account",
    "account_code": "account",
    "description": "description",
    "quantity": "quantity",
    "discount_amount": "discount",
    "discount_percent": "discount",
    "tax_code": "tax_code",
    "tax_rate": "tax_code",
    "tax_amount": "tax_code",
}
_RECKONED: Final = ("amount", "discount_amount", "tax_amount", "tax_rate", "tax_details", "is_copied")
NO_TAX: Final = "_none"
"""What the editor sends for a line that is not taxed; nothing for one whose tax code is derived."""
_MONEY: Final = ("unit_amount", "discount", "tax_code")


@dataclass(slots=True, kw_only=True)
class TypedLine(TypedRow):
    """One line. `origin` is the id of the stored one that it came from, `credits` that of the line it takes back.

    `kept_tax` is tax that came with the line and is taken over while its money is untouched. `derived` is the tax code
    that it gets when none is chosen, as far as that is known before it is saved; `item_tax` is the code of its item.
    """

    item: str = ""
    description: str = ""
    account: str = ""
    quantity: str = ""
    unit_amount: str = ""
    discount: str = ""
    credits: str = ""
    derived: TaxRule | None = None
    kept_tax: str = ""
    item_tax: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    shown_facts: list[dict[str, Any]] = field(default_factory=list)

    inputs = (
        *("item", "description", "account", "quantity", "unit_amount", "discount", "tax_code", "origin", "credits"),
    )
    content = ("item", "description", "account", "unit_amount", "discount", "has_facts")

    @property
    def has_facts(self) -> bool:
        return any(self.facts.values())


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads typed lines. `stored` are the lines of the draft, or of the document that is taken back, by their ids.
    `facts` are the columns that the editor does not show and a stored line keeps, `credited` is what the service calls
    the line that one takes back."""

    formats: Formats
    stored: Mapping[str, DocumentLine]
    currency: str
    is_inclusive: bool
    returns_goods: bool
    side: Side
    facts: Sequence[str] = ()
    credited: str = ""

    def values(self, line: TypedLine, accounts: Mapping[str, Account], items: Mapping[str, Item]) -> dict[str, Any]:
        """Return what a line says as the service takes it, after noting every error at its cell."""
        account, item = accounts.get(line.account), items.get(line.item)
        if line.account and account is None:
            line.errors["account"] = _("There is no account «{account}».").format(account=line.account)
        if line.item and item is None:
            line.errors["item"] = _("No item, or more than one, is «{item}».").format(item=line.item)
        if "\0" in line.description + line.tax_code:
            line.errors["description"] = _("This cannot be stored.")
        values = self._stored_values(line) or self._credited_values(line)
        if not values.keys() & {"unit_amount", "amount"}:
            values |= {
                "quantity": self._quantity(line),
                "unit_amount": self._price(line, item),
                **self._discount(line),
                **_taxed(line),
            }
        values |= {
            "description": line.description or (item.description or item.name if item else ""),
            "account_id": account.pk if account else None,
            "product_id": item.pk if item else None,
        }
        if line.credits and self.credited:
            values[self.credited] = line.credits
            is_back = item is not None and item.track_inventory and self.returns_goods
            values["return_quantity"] = values["quantity"] if is_back else None
        return values

    def kept_tax(self, line: TypedLine) -> str:
        """Return the tax that the line brings along instead of having it calculated by its code; "" for none."""
        stored = self.stored.get(line.origin or line.credits)
        names = _MONEY if line.credits else ("quantity", *_MONEY)
        if stored is None or (stored.tax_code and stored.stated_tax is None) or not self._is_untouched(line, names):
            return ""
        quantity = number_from(line.quantity, self.formats, {}, "quantity") or Decimal(1)
        part = copied_line(stored, quantity=quantity) if line.credits else {}
        tax = part.get("tax_amount", stored.tax_amount)
        return self.formats.amount(tax, self.currency) if tax else ""

    def item_tax(self, line: TypedLine) -> str:
        """Return the tax code of the item of the stored line that this one came from; "" for none."""
        stored = self.stored.get(line.origin)
        return stored.item.tax_code if stored is not None and stored.item is not None else ""

    def derived(self, line: TypedLine, codes: Iterable[TaxCode]) -> TaxRule | None:
        """Return the code that was derived for the stored line that this one came from."""
        stored = self.stored.get(line.origin)
        if stored is None or stored.tax_source in STATED_SOURCES:
            return None
        return next((rule_of(code) for code in codes if code.code == stored.tax_code), None)

    def _is_untouched(self, line: TypedLine, names: Sequence[str]) -> bool:
        stored = self.stored[line.origin or line.credits]
        before = typed_line(stored, self.formats, self.currency)
        is_alike = self.is_inclusive == stored.amount_includes_tax
        return is_alike and all(getattr(line, name) == getattr(before, name) for name in names)

    def _stored_values(self, line: TypedLine) -> dict[str, Any]:
        """Keep what the editor does not show of a line that came over the API; money only while it is untouched."""
        stored = self.stored.get(line.origin)
        if stored is None:
            return {}
        values: dict[str, Any] = dict(copied_line(stored))
        values |= {name: getattr(stored, name) for name in self.facts if getattr(stored, name, None) not in (None, "")}
        for name in ("discount_percent", "tax_details"):
            if getattr(stored, name):
                values[name] = getattr(stored, name)
        if not self._is_untouched(line, ("quantity", *_MONEY)):
            kept = {*values} - {*_RECKONED, "unit_amount", "quantity", "tax_code", "discount_percent"}
            values = {name: values[name] for name in kept - {"amount_includes_tax", "return_quantity"}}
        return values

    def _credited_values(self, line: TypedLine) -> dict[str, Any]:
        """Take tax back as it was stated, in proportion to the pieces, while prices are untouched."""
        sold = self.stored.get(line.credits)
        if sold is None or (sold.tax_code and sold.stated_tax is None) or not self._is_untouched(line, _MONEY):
            return {}
        values: dict[str, Any] = dict(copied_line(sold, quantity=self._quantity(line)))
        for name in ("line_key", "line_ref"):
            del values[name]
        return values

    def _quantity(self, line: TypedLine) -> Decimal:
        quantity = number_from(line.quantity, self.formats, line.errors, "quantity")
        return Decimal(1) if quantity is None else quantity

    def _price(self, line: TypedLine, item: Item | None) -> Decimal | None:
        price = number_from(line.unit_amount, self.formats, line.errors, "unit_amount")
        if price is None and not line.unit_amount.strip():
            price = price_of(item, self.side) if item else None
            if price is None:
                line.errors["unit_amount"] = _("Write a price.")
        return price

    def _discount(self, line: TypedLine) -> dict[str, Decimal | None]:
        text = line.discount.strip()
        number = number_from(text.removesuffix("%"), self.formats, line.errors, "discount")
        return {"discount_percent": number} if text.endswith("%") else {"discount_amount": number}


def typed_line(row: DocumentLine, formats: Formats, currency: str) -> TypedLine:
    """Return a stored line as somebody would have typed it."""
    return TypedLine(
        item=item_label(row.item) if row.item else "",
        description=row.description,
        account=str(row.account) if row.account else "",
        quantity=formats.plain(row.quantity.normalize()),
        unit_amount=formats.plain(_price_of(row, currency)),
        discount=_discount_of(row, formats),
        tax_code=shown_tax_code(row),
        origin=str(row.pk),
    )


def shown_tax_code(row: DocumentLine) -> str:
    """Return what the editor shows as a line's tax code: nothing where it was derived or its tax stated."""
    if row.tax_source not in STATED_SOURCES:
        return ""
    is_untaxed = row.tax_rate is not None and not row.tax_rate and row.tax_status == TaxStatus.TAXABLE
    return row.tax_code or (NO_TAX if is_untaxed and not row.stated_tax else "")


def _taxed(line: TypedLine) -> dict[str, Any]:
    if line.tax_code == NO_TAX:
        return {"tax_code": "", "tax_rate": Decimal(0)}
    return {"tax_code": line.tax_code}


def _price_of(row: DocumentLine, currency: str) -> Decimal:
    """Return the price with the currency's decimals, and with more where it has more."""
    cents = row.unit_amount.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    return cents if cents == row.unit_amount else row.unit_amount.normalize()


def _discount_of(row: DocumentLine, formats: Formats) -> str:
    if row.discount_percent is not None:
        return f"{formats.plain(row.discount_percent.normalize())} %"
    return formats.plain(row.discount_amount.normalize()) if row.discount_amount else ""
