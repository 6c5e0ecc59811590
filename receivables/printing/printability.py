"""Whether a document can be printed, asked before it is posted: afterwards its texts cannot be changed."""

from collections.abc import Iterator, Sequence
from typing import Final

from backfill.fonts import refuse_unprintable
from ledger.documents.models import DocumentLine
from receivables.models import CreditMemo, Invoice

_TEXTS: Final = ("document_number", "memo", "notes", "terms", "ship_method")
_LINE_TEXTS: Final = ("description", "note", "buyer_item_number", "unit")
_ADDRESSES: Final = ("billing_address", "shipping_address")
_PARTY_TEXTS: Final = ("name", "company_name")


def refuse_what_cannot_be_printed(document: Invoice | CreditMemo, lines: Sequence[DocumentLine]) -> None:
    """Raise TextNotPrintable naming the field, the characters and the text they stand in."""
    for field, what, text in _texts(document, lines):
        refuse_unprintable(text, field=field, what=what)


def _texts(document: Invoice | CreditMemo, lines: Sequence[DocumentLine]) -> Iterator[tuple[str, str, str]]:
    """Yield field, what it is called, and its text."""
    for name in _TEXTS:
        yield name, f"the {name.replace('_', ' ')} of {document}", str(getattr(document, name, "") or "")
    for line in lines:
        for name in _LINE_TEXTS:
            text = str(getattr(line, name, "") or "")
            yield (
                f"lines[{line.line_number - 1}].{name}",
                f"the {name.replace('_', ' ')} of line {line.line_number}",
                text,
            )
    customer = document.customer
    for name in _PARTY_TEXTS:
        yield "customer_id", f"the name of {customer.name}", str(getattr(customer, name, "") or "")
    for name in _ADDRESSES:
        own, theirs = getattr(document, name, None), getattr(customer, name, None)
        for part in (own or theirs or {}).values():
            yield (name if own else "customer_id"), f"the {name.replace('_', ' ')}", str(part or "")
