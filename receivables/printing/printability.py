"""Whether a document can be printed, asked before it is posted: afterwards its texts cannot be changed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from backfill.fonts import refuse_unprintable, unprintable_characters
from ledger.documents.models import DocumentLine
from receivables.models import CreditMemo, Invoice

_TEXTS: Final = {
    "document_number": _("the document number of {document}"),
    "memo": _("the memo of {document}"),
    "notes": _("the notes of {document}"),
    "terms": _("the terms of {document}"),
    "ship_method": _("the ship method of {document}"),
}
_LINE_TEXTS: Final = {
    "description": _("the description of line {line}"),
    "note": _("the note of line {line}"),
    "buyer_item_number": _("the buyer item number of line {line}"),
    "unit": _("the unit of line {line}"),
}
_ADDRESSES: Final = {
    "billing_address": _("the billing address"),
    "shipping_address": _("the shipping address"),
}
_NAME: Final = _("the name of {customer}")
_PARTY_TEXTS: Final = ("name", "company_name")
_Text = tuple[str, Callable[[], str], str]
"""A field, a function of what it is called, so that words are looked up for a refusal alone, and its text."""


def refuse_what_cannot_be_printed(document: Invoice | CreditMemo, lines: Sequence[DocumentLine]) -> None:
    """Raise TextNotPrintable naming the field, the characters and the text they stand in."""
    for field, what, text in _texts(document, lines):
        if text and unprintable_characters(text):
            refuse_unprintable(text, field=field, what=what())


def _texts(document: Invoice | CreditMemo, lines: Sequence[DocumentLine]) -> Iterator[_Text]:
    for name, of_document in _TEXTS.items():
        named = partial(of_document.format, document=document)
        yield name, named, str(getattr(document, name, "") or "")
    for line in lines:
        for name, of_line in _LINE_TEXTS.items():
            named = partial(of_line.format, line=line.line_number)
            yield f"lines[{line.line_number - 1}].{name}", named, str(getattr(line, name, "") or "")
    customer = document.customer
    for name in _PARTY_TEXTS:
        yield "customer_id", partial(_NAME.format, customer=customer.name), str(getattr(customer, name, "") or "")
    for name, address in _ADDRESSES.items():
        own, theirs = getattr(document, name, None), getattr(customer, name, None)
        for part in (own or theirs or {}).values():
            yield (name if own else "customer_id"), address.format, str(part or "")
