"""What posting a document does to the stock."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from ledger.documents.allocating import in_words
from ledger.documents.models import Document, DocumentLine
from ledger.documents.types import DocumentType, StockEffect
from ledger.inventory.models import StockMovement
from ledger.inventory.stock import StockMove


def moves_of(document: Document, lines: Sequence[DocumentLine], *, sign: int) -> list[StockMove]:
    """Return the moves of lines whose items are counted; `sign` −1 takes goods out of the stock."""
    return [
        StockMove(
            item_id=line.item.id,
            quantity=sign * line.quantity,
            moved_on=document.posting_date,
            location_id=line.location_id,
            subject_id=document.id,
            line_id=line.id,
            path=f"lines[{line.line_number - 1}]",
        )
        for line in lines
        if line.item is not None and line.item.track_inventory
    ]


def goods_out(document: Any, lines: Sequence[Any]) -> list[StockMove]:
    return moves_of(document, lines, sign=-1)


GOODS_SOLD: Final = StockEffect(reason="sale", moves=goods_out)


def undone_by_void(doc_type: DocumentType[Any, Any], document: Any) -> tuple[str, ...]:
    """Return in words what comes undone with the document: `119.00 EUR of payment PAY-1001`."""
    is_applied = doc_type.is_settled and document.is_posted and not document.is_void
    words = in_words(document) if is_applied else ()
    moved = StockMovement.objects.filter(company_id=document.company_id, subject_id=document.id)
    has_moved = doc_type.stock is not None and moved.exists()
    return (*words, *((_("the goods that it moved"),) if has_moved else ()))
