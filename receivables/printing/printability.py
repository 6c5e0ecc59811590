"""Whether a document can be printed, asked before it is posted: afterwards its texts cannot be changed."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.fonts import refuse_unprintable
from ledger.documents.models import DocumentLine
from receivables.models import CreditMemo, Invoice

_TEXTS: Final = {
    "document_number": gettext_lazy("the document number of {document}"),
    "memo": gettext_lazy("the memo of {document}"),
    "notes": gettext_lazy("the notes of {document}"),
    "terms": gettext_lazy("the terms of {document}"),
    "ship_method": gettext_lazy("the ship method of {document}"),
}
_LINE_TEXTS: Final = {
    "description": gettext_lazy("the description of line {line}"),
    "note": gettext_lazy("the note of line {line}"),
    "buyer_item_number": gettext_lazy("the buyer item number of line {line}"),
    "unit": gettext_lazy("the unit of line {line}"),
}
_ADDRESSES: Final = {
    "billing_address": gettext_lazy("the billing address"),
    "shipping_address": gettext_lazy("the shipping address"),
}
_PARTY_TEXTS: Final = ("name", "company_name")


def refuse_what_cannot_be_printed(document: Invoice | CreditMemo, lines: Sequence[DocumentLine]) -> None:
    """Raise TextNotPrintable naming the field, the characters and the text they stand in."""
    for field, what, text in _texts(document, lines):
        refuse_unprintable(text, field=field, what=what)


def _texts(document: Invoice | CreditMemo, lines: Sequence[DocumentLine]) -> Iterator[tuple[str, str, str]]:
    """Yield field, what it is called, and its text. The words are made only for a text that is there."""
    for name, of_document in _TEXTS.items():
        if text := str(getattr(document, name, "") or ""):
            yield name, of_document.format(document=document), text
    for line in lines:
        for name, of_line in _LINE_TEXTS.items():
            if text := str(getattr(line, name, "") or ""):
                yield f"lines[{line.line_number - 1}].{name}", of_line.format(line=line.line_number), text
    yield from _texts_about_customer(document)


def _texts_about_customer(document: Invoice | CreditMemo) -> Iterator[tuple[str, str, str]]:
    customer = document.customer
    for name in _PARTY_TEXTS:
        what = _("the name of {customer}").format(customer=customer.name)
        yield "customer_id", what, str(getattr(customer, name, "") or "")
    for name, address in _ADDRESSES.items():
        own, theirs = getattr(document, name, None), getattr(customer, name, None)
        for part in (own or theirs or {}).values():
            yield (name if own else "customer_id"), str(address), str(part or "")
