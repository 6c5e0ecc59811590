"""What settled a document, as lines of its timeline, and the records that belong to it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import pgettext, pgettext_lazy

from backfill.workspace.code_words import deed_of
from backfill.workspace.pages import Page
from ledger.beside.subjects import Record, kind_named, record_of
from ledger.beside.timeline import Happening
from ledger.open_items.models import ENTRY_KIND
from ledger.pages.beside import beside_of
from ledger.pages.subjects import ENTRY

if TYPE_CHECKING:
    from ledger.documents.pages.documents import Settlement

_SETTLED: Final = {
    "payment": pgettext_lazy("trail", "Paid"),
    "vendor_payment": pgettext_lazy("trail", "Paid"),
    "credit_memo": pgettext_lazy("trail", "Credited"),
    "vendor_credit": pgettext_lazy("trail", "Credited"),
    "refund_receipt": pgettext_lazy("trail", "Refunded"),
}
"""What is said of a document that something of this kind was applied to."""


def document_beside(page: Page, document: Any, settlements: Iterable["Settlement"], name: str) -> dict[str, Any]:
    """Return files, comments and timeline of a document, with the files of its entry."""
    kind = kind_named(name)
    if kind is None:
        return {}
    settlements = list(settlements)
    related = [record_of(ENTRY, document.entry)] if document.entry else []
    others = [line for one in settlements for line in _lines_of(one)]
    made = frozenset({"created", "drafted", "recorded"})
    others.append(Happening(at=document.created_at, what=deed_of("created"), by=document.created_by, unless=made))
    return beside_of(page, kind, document, others=others, related=related)


def _lines_of(settlement: "Settlement") -> Iterator[Happening]:
    row, other = settlement.row, _other_record(settlement)
    is_source = settlement.applied is not None and settlement.applied[1].pk == settlement.other.pk
    words = pgettext("trail", "Applied") if is_source else str(_SETTLED.get(settlement.other.kind, _of_any()))
    facts: dict[str, Any] = {
        "amount": row.amount,
        "currency": settlement.other.currency,
        "records": [other] if other else [],
    }
    yield Happening(at=row.created_at, what=words, verb="settled", by=row.allocated_by, **facts)
    if row.undone_at is not None:
        taken = pgettext("trail", "Taken back")
        yield Happening(at=row.undone_at, what=taken, verb="unsettled", by=row.undone_by, **facts)


def _of_any() -> str:
    return pgettext("trail", "Settled")


def _other_record(settlement: "Settlement") -> Record | None:
    item = settlement.other
    name, key = (ENTRY.name, item.entry_id) if item.kind == ENTRY_KIND else (item.kind, item.document_id)
    kind = kind_named(name)
    return Record(kind, key, item.number, settlement.url) if kind and key else None
