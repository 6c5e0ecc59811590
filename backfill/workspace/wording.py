"""From the words of the books to those of a page.

Refusals name fields as programs know them and write figures as PostgreSQL does. A page says the same in plain words,
with amounts and dates as the company's country writes them; what stands in «quotes» is what somebody typed, and stays.
"""

import re
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from re import Match
from typing import Final

from django.utils.translation import pgettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats

_formats: ContextVar[Formats | None] = ContextVar("formats of the company that the page is about", default=None)
_company: ContextVar[Company | None] = ContextVar("company that the page is about", default=None)

_QUOTED: Final = re.compile(r"(«[^»]*»|„[^“]*“)")
_PLACE: Final = re.compile(r"\b([a-z_]+)\[(\d+)\]((?:\.[a-z_]+\b(?!\[))*)(\.?(?=[a-z_]+\[))?")
_NAME: Final = re.compile(r"(?<![\w@./-])[a-z]+(?:_[a-z]+)+(?![\w@/-]|\.\w)")
_DAY: Final = re.compile(r"(?<![\w/.-])(\d{4}-\d{2}-\d{2})(?![\w/-]|\.\d)")
_NUMBER: Final = re.compile(r"(?<![\w.,/:-])-?\d+\.\d+(?![\w/:-]|[.,]\d)")
_PLACES: Final = {
    "lines": pgettext_lazy("field in a sentence", "line"),
    "line_items": pgettext_lazy("field in a sentence", "line"),
    "allocations": pgettext_lazy("field in a sentence", "allocation"),
    "quantities": pgettext_lazy("field in a sentence", "quantity"),
    "tax_details": pgettext_lazy("field in a sentence", "tax detail"),
    "discount_details": pgettext_lazy("field in a sentence", "discount"),
    "recipients": pgettext_lazy("field in a sentence", "recipient"),
}
_NAMES: Final = {
    "account_id": pgettext_lazy("field in a sentence", "account"),
    "customer_id": pgettext_lazy("field in a sentence", "customer"),
    "invoice_id": pgettext_lazy("field in a sentence", "invoice"),
    "item_id": pgettext_lazy("field in a sentence", "item"),
    "product_id": pgettext_lazy("field in a sentence", "item"),
    "payment_id": pgettext_lazy("field in a sentence", "payment"),
    "document_id": pgettext_lazy("field in a sentence", "file"),
    "entry_date": pgettext_lazy("field in a sentence", "the date"),
    "document_date": pgettext_lazy("field in a sentence", "the date"),
    "issued_at": pgettext_lazy("field in a sentence", "the date"),
    "occurred_at": pgettext_lazy("field in a sentence", "the date"),
    "due_at": pgettext_lazy("field in a sentence", "the due date"),
    "unit_amount": pgettext_lazy("field in a sentence", "price"),
    "is_active": pgettext_lazy("field in a sentence", "in use"),
    "discount_details": pgettext_lazy("field in a sentence", "the discount"),
    "tax_behavior": pgettext_lazy("field in a sentence", "whether amounts include tax"),
    "track_inventory": pgettext_lazy("field in a sentence", "«count the stock»"),
    "exchange_rate": pgettext_lazy("field in a sentence", "exchange rate"),
    "tax_amount": pgettext_lazy("field in a sentence", "tax amount"),
    "tax_rate": pgettext_lazy("field in a sentence", "tax rate"),
    "tax_status": pgettext_lazy("field in a sentence", "tax status"),
    "tax_code": pgettext_lazy("field in a sentence", "tax code"),
    "service_date": pgettext_lazy("field in a sentence", "service date"),
    "invoice_date": pgettext_lazy("field in a sentence", "invoice date"),
    "due_date": pgettext_lazy("field in a sentence", "due date"),
    "total_gross": pgettext_lazy("field in a sentence", "total gross"),
    "total_amount": pgettext_lazy("field in a sentence", "total amount"),
    "document_number": pgettext_lazy("field in a sentence", "document number"),
    "account_code": pgettext_lazy("field in a sentence", "account code"),
    "discount_amount": pgettext_lazy("field in a sentence", "discount amount"),
    "discount_percent": pgettext_lazy("field in a sentence", "discount percent"),
    "base_amount": pgettext_lazy("field in a sentence", "base amount"),
    "net_amount": pgettext_lazy("field in a sentence", "net amount"),
    "start_date": pgettext_lazy("field in a sentence", "start date"),
    "end_date": pgettext_lazy("field in a sentence", "end date"),
    "vat_account": pgettext_lazy("field in a sentence", "vat account"),
    "adjustment_period": pgettext_lazy("field in a sentence", "adjustment period"),
    "opening_stock_date": pgettext_lazy("field in a sentence", "opening stock date"),
    "personal_account": pgettext_lazy("field in a sentence", "personal account"),
    "approval_status": pgettext_lazy("field in a sentence", "approval status"),
    "applied_on": pgettext_lazy("field in a sentence", "applied on"),
    "datev_key": pgettext_lazy("field in a sentence", "datev key"),
    "quantity_on_hand": pgettext_lazy("field in a sentence", "the quantity on hand"),
}


def write_as(formats: Formats, company: Company | None = None) -> None:
    """Have refusals written, and days read, as a company writes, for the rest of the request."""
    _formats.set(formats)
    _company.set(company)


def company_at_work() -> Company | None:
    """Return the company that the page is about; None outside of pages."""
    return _company.get()


def sentence(message: str) -> str:
    """Return a refusal as a sentence; those of the books begin small, because programs read them behind a code."""
    message = worded(message)
    message = message[:1].upper() + message[1:]
    return message if message.endswith((".", "!", "?", ")")) else f"{message}."


def worded(text: str) -> str:
    """Return a part of a sentence, such as what is undone with a document, as a page says it."""
    return "".join(part if part.startswith(("«", "„")) else _plain(part) for part in _QUOTED.split(text))


def _plain(text: str) -> str:
    text = _NAME.sub(_name, _PLACE.sub(_place, text))
    formats = _formats.get()
    if formats is None:
        return text
    return _NUMBER.sub(lambda found: _number(found, formats), _DAY.sub(lambda found: _day(found, formats), text))


def _place(found: Match[str]) -> str:
    """`lines[2].unit_amount` → `line 3, price`; positions count from 0 in programs and from 1 on pages."""
    noun, index, rest, more = found.groups()
    names = [_worded(name) for name in rest.split(".") if name]
    place = ", ".join([f"{_PLACES.get(noun) or _worded(noun)} {int(index) + 1}", *names])
    return f"{place}, " if more else place


def _name(found: Match[str]) -> str:
    return _worded(found[0])


def _worded(name: str) -> str:
    return str(_NAMES.get(name) or name.removesuffix("_id").replace("_", " "))


def _day(found: Match[str], formats: Formats) -> str:
    try:
        return formats.day(date.fromisoformat(found[1]))
    except ValueError:
        return found[0]


def _number(found: Match[str], formats: Formats) -> str:
    return formats.number(Decimal(found[0]), len(found[0].partition(".")[2]))
