"""What a confirmed document says of seller, buyer and goods. It is kept with the document: records change, paper and
e-invoices that went out do not.

Figures and texts of the document itself are its own columns. What a document of before says of these is what the
records say today.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Final, TypeVar

from django.db.models import Model

from receivables.customers.buyer_details import Printable, PrintableLine

_COMPANY: Final = (
    *("name", "legal_name", "country", "address", "vat_id", "tax_number", "iban", "bic", "creditor_id", "email"),
    *("further_accounts", "legal_form", "registered_office", "register_court", "register_number", "directors"),
    *("tax_representative", "phone", "time_zone"),
)
_CUSTOMER: Final = (
    *("name", "company_name", "email", "phone", "language", "vat_id", "buyer_reference", "personal_account"),
    *("address", "billing_address", "direct_debit"),
)
_ITEM: Final = ("name", "sku", "unit_label")
_NOTHING: Final[tuple[Any, ...]] = ("", None, [], {})
RecordT = TypeVar("RecordT", bound=Model)


def facts_to_keep(document: Printable, lines: Sequence[PrintableLine]) -> dict[str, Any]:
    """Return the facts of a document that is about to be confirmed, `lines` with their items; empty ones are left
    out."""
    items = {str(line.item.pk): _facts(line.item, _ITEM) for line in lines if line.item is not None}
    kept = {"company": _facts(document.company, _COMPANY), "customer": _facts(document.customer, _CUSTOMER)}
    return {**kept, **({"items": items} if items else {})}


def as_confirmed(document: Printable) -> Printable:
    """Return a copy of the document whose company and customer are as they were when it was confirmed."""
    return _shown(document, completes=False)


def completed(document: Printable) -> Printable:
    """Return a copy whose company and customer are as when it was confirmed, with what they lacked then as it is now:
    an e-invoice that lacked something may get it later, and changes nothing that was said."""
    return _shown(document, completes=True)


def items_as_confirmed(document: Printable, lines: Sequence[PrintableLine]) -> None:
    """Let lines that were just read show their items as they were when the document was confirmed."""
    kept = document.confirmed_facts.get("items", {})
    for line in lines:
        if line.item is not None and str(line.item.pk) in kept:
            line.item = _with(line.item, _ITEM, kept[str(line.item.pk)], completes=False)


def _shown(document: Printable, *, completes: bool) -> Printable:
    kept = document.confirmed_facts
    if not kept:
        return document
    shown = copy(document)
    shown.company = _with(document.company, _COMPANY, kept["company"], completes=completes)
    shown.customer = _with(document.customer, _CUSTOMER, kept["customer"], completes=completes)
    shown.customer.company = shown.company
    return shown


def _facts(record: Model, names: Sequence[str]) -> dict[str, Any]:
    facts = {name: getattr(record, name) for name in names}
    return {name: value for name, value in facts.items() if value not in _NOTHING}


def _with(record: RecordT, names: Sequence[str], kept: Mapping[str, Any], *, completes: bool) -> RecordT:
    """Return a copy of a record with these facts; what is not among them is empty, or as it is now."""
    shown = copy(record)
    for name in names:
        value, now = kept.get(name), getattr(record, name)
        if value is None:
            value = now if completes else type(now)() if now is not None else None
        elif completes and isinstance(value, dict) and isinstance(now, dict):
            value = {**now, **{key: part for key, part in value.items() if part not in _NOTHING}}
        setattr(shown, name, value)
    return shown
