"""How documents settle each other: through the open items that they post.

A document's item is named by the document's key. Lock order: the party, the documents, then the items by key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.words import noun_of, state_of
from ledger.currencies.money import quantize
from ledger.documents.models import Document, SettledDocument
from ledger.errors import ReferenceNotFound
from ledger.open_items.differences import Cause
from ledger.open_items.drafts import AllocationRequest, ItemDraft
from ledger.open_items.errors import OverAllocated, SettlementMismatch
from ledger.open_items.models import ENTRY_KIND, Allocation, OpenItem
from ledger.open_items.planning import Settlement, plan_settlement
from ledger.open_items.settling import record_settlement, unapply
from ledger.open_items.standing import Standing

if TYPE_CHECKING:
    from ledger.documents.types import DocumentType

ZERO: Final = Decimal(0)
_FACTS: Final = {"refund_receipt": "refund_id", ENTRY_KIND: "settlement_entry_id"}
"""What the trail calls the key of a document, where that is not its type's name."""
_KEPT: Final = ("settled_amount", "settled_base", "status")
"""What a trigger keeps of a document as its item is settled."""


def item_draft(kind: "DocumentType[Any, Any]", document: SettledDocument) -> ItemDraft | None:
    """Return the item that a document opens as it posts, or nothing."""
    if not kind.opens_item(document):
        return None
    return ItemDraft(
        company_id=document.company_id,
        side=kind.side.control,
        kind=kind.key,
        document_id=document.id,
        number=document.document_number,
        document_date=document.document_date,
        due_on=getattr(document, "due_date", None) or document.document_date,
        currency=document.currency,
        rate=document.exchange_rate,
        amount=kind.item_sign * document.total_amount,
        base=kind.item_sign * document.base_amount,
        base_currency=document.company.base_currency,
        opened_on=document.posting_date,
        party_id=kind.party_id_of(document),
    )


def plan(
    kind: "DocumentType[Any, Any]",
    document: SettledDocument,
    requests: Sequence[AllocationRequest],
    *,
    targets: type[SettledDocument],
    on: date,
    keeps_base: bool = False,
) -> Settlement:
    """Decide what a document that is about to be posted settles of documents of another type, and give it the amount in
    base currency that this leaves it with. `keeps_base`: its own amount is fixed. Raises what `plan_settlement` raises.
    """
    draft = item_draft(kind, document)
    if draft is None:
        raise ValueError("only a document that opens an item settles another")
    draft.keeps_base = keeps_base
    planned = plan_settlement(draft, requests, on=on, explain=_explain(kind, document, targets))
    document.base_amount = abs(draft.base)
    return planned


def apply(
    kind: "DocumentType[Any, Any]",
    document: SettledDocument,
    requests: Sequence[AllocationRequest],
    *,
    targets: type[SettledDocument],
    actor: Actor,
    on: date | None = None,
) -> Settlement:
    """Settle documents by a locked, posted one. Raises ValidationFailed for a day on which it was not there yet, and
    what `plan_settlement` raises."""
    if on is not None and on < document.posting_date:
        raise ValidationFailed(
            _("{document} is of {posting_date}; it is not applied before, on {on}").format(
                document=document, posting_date=document.posting_date, on=on
            ),
            field="applied_on",
        )
    day = on or max(document.posting_date, document.company.today())
    if not document.total_amount:
        raise OverAllocated(
            _("{document} has nothing to allocate").format(document=document), field="allocations", open_amount="0"
        )
    source = _item_of(kind, document)
    planned = plan_settlement(source, requests, on=day, explain=_explain(kind, document, targets))
    record_settlement(planned, actor=actor)
    follow(document, planned.standing)
    return planned


def follow(document: SettledDocument, standing: Standing) -> None:
    """Tell a document in memory what its item has become; its row is kept by a trigger."""
    document.settled_amount = standing.amount - standing.open_amount
    document.settled_base = standing.base - standing.open_base
    document.status = document.settlement_status


def requests_of(allocations: Sequence[Mapping[str, Any]], *, key: str) -> list[AllocationRequest]:
    """Return the allocations that a body states as [{<key>, amount, allocated_at}]."""
    return [
        AllocationRequest(
            document_id=UUID(str(allocation[key])),
            amount=Decimal(str(allocation["amount"])) if allocation.get("amount") is not None else None,
            allocated_at=_instant(allocation.get("allocated_at")),
            path=f"allocations[{index}]",
            key=key,
        )
        for index, allocation in enumerate(allocations)
    ]


def change_due_date(document: Document) -> None:
    """Let the item of a posted document be due when the document is."""
    due_on = getattr(document, "due_date", None) or document.document_date
    items = OpenItem.objects.filter(company_id=document.company_id, document_id=document.id, closed_on=None)
    items.update(due_on=due_on)


# --- Undoing ------------------------------------------------------------------------------------------------------


def active(document: SettledDocument) -> list[Allocation]:
    """Return the allocations of a document that count, newest last, with both items."""
    return [row for row in allocations_of(document) if row.is_active]


def allocations_of(document: SettledDocument) -> list[Allocation]:
    """Return what settles a document or is settled by it, undone ones included, newest last. One statement."""
    rows = Allocation.objects.filter(
        Q(debit_item__document_id=document.id) | Q(credit_item__document_id=document.id),
        company_id=document.company_id,
    )
    return list(rows.select_related("debit_item", "credit_item").order_by("created_at", "id"))


def active_allocations() -> "Prefetch[Any]":
    """Read documents of one type with the allocations that count, as `active_allocations`. One statement for all."""
    return Prefetch("settlements", to_attr="active_allocations")


def other_of(document: SettledDocument, row: Allocation) -> OpenItem:
    """Return the item on the other side of an allocation."""
    item: OpenItem = row.credit_item if row.debit_item.document_id == document.id else row.debit_item
    return item


def undo(
    kind: "DocumentType[Any, Any]", document: SettledDocument, rows: Sequence[Allocation], *, actor: Actor, on: date
) -> None:
    """Undo allocations of a locked document, and take back their exchange differences."""
    unapply(rows, on=on, actor=actor, cause=_cause(kind, document))
    document.refresh_from_db(fields=_KEPT)


def take_off(
    kind: "DocumentType[Any, Any]",
    document: SettledDocument,
    rows: Sequence[Allocation],
    *,
    actor: Actor,
    on: date | None,
) -> None:
    """Undo allocations of a locked document, on `on` or today. Raises ValidationFailed for a day on which they did not
    count yet."""
    for row in rows:
        _refuse_undone_before(document, row, on)
    undo(kind, document, rows, actor=actor, on=on or max(document.posting_date, document.company.today()))


def undone_facts(document: SettledDocument) -> dict[str, Any]:
    """Return what comes undone with a document that is about to be void, as its trail and its answer tell it."""
    rows = active(document)
    return {"undone_allocations": facts(rows)} if rows else {}


def in_words(document: SettledDocument) -> tuple[str, ...]:
    """Return the active allocations of a document in words: `119.00 EUR of payment PAY-1001`. One statement."""
    words = []
    for row in active(document):
        other = other_of(document, row)
        amount = f"{quantize(row.amount, document.currency)} {document.currency}"
        of_it = row.debit_item.document_id == document.id
        message = _("{amount} of {noun} {number}") if of_it else _("{amount} to {noun} {number}")
        words.append(message.format(amount=amount, noun=other.noun, number=other.number))
    return tuple(words)


def facts(rows: Iterable[Allocation]) -> list[dict[str, str]]:
    """Return allocations, read with their items, as the activity trail keeps them."""
    return [_facts(row.credit_item, row.debit_item, row.amount) for row in rows]


def planned_facts(planned: Settlement) -> list[dict[str, str]]:
    """Return what was settled as the activity trail keeps it."""
    return [_facts(row.credit, row.debit, row.amount) for row in planned.planned]


def _facts(credit: OpenItem | Standing, debit: OpenItem | Standing, amount: Decimal) -> dict[str, str]:
    keys = {}
    for side in (credit, debit):
        name = _FACTS.get(side.kind, f"{side.kind}_id")
        key = side.document_id or (side.entry_id if isinstance(side, OpenItem) else None)
        keys[name] = str(key)
    return {**keys, "amount": str(amount)}


def _refuse_undone_before(document: SettledDocument, row: Allocation, on: date | None) -> None:
    """What was applied to a document that was still to come counts from that one's day, and may be taken off until
    then: it never counted."""
    waited = document.posting_date < row.applied_on == max(row.debit_item.opened_on, row.credit_item.opened_on)
    first = document.posting_date if waited else row.applied_on
    if on is not None and on < first:
        amount = f"{row.amount.normalize():f}"
        raise ValidationFailed(
            _("{amount} of {document} were applied on {first}; they are not taken off before, on {on}").format(
                amount=amount, document=document, first=first, on=on
            ),
            field="on",
        )


# --- Items --------------------------------------------------------------------------------------------------------


def _item_of(kind: "DocumentType[Any, Any]", document: SettledDocument) -> OpenItem:
    """Return a document's item as planning names it; planning reads and locks it."""
    return OpenItem(
        company_id=document.company_id,
        document_id=document.id,
        side=str(kind.side.control),
        kind=kind.key,
        number=str(document),
        party_id=kind.party_id_of(document),
    )


def _cause(kind: "DocumentType[Any, Any]", document: SettledDocument) -> Cause:
    return Cause(
        company_id=document.company_id,
        side=str(kind.side.control),
        number=str(document),
        party_id=kind.party_id_of(document),
    )


def _explain(
    kind: "DocumentType[Any, Any]", document: SettledDocument, targets: type[SettledDocument]
) -> Callable[[AllocationRequest], None]:
    """Return what says why a document has no open item: it does not exist, is another party's, a draft, or void. One
    of nothing is left out, unless some of it is to be settled."""
    party = kind.side.party

    def explain(request: AllocationRequest) -> None:
        noun = noun_of(str(targets._meta.verbose_name))  # noqa: SLF001 - Django documents `_meta` as public
        party_noun = noun_of(party)
        rows = targets._default_manager.filter(company_id=document.company_id)  # noqa: SLF001 - Django's generic access
        found = rows.filter(id__in=[request.document_id]).first()
        if found is None:
            raise ReferenceNotFound(
                _("{noun} {id} does not exist in this company").format(noun=noun, id=request.document_id),
                field=request.field,
            )
        if getattr(found, f"{party}_id") != getattr(document, f"{party}_id"):
            raise SettlementMismatch(
                _("{noun} {found} is another {party}'s; it is settled by its own {party}'s documents").format(
                    noun=noun, found=found, party=party_noun
                ),
                field=request.field,
            )
        if not found.is_posted or found.is_void:
            raise SettlementMismatch(
                _("{noun} {found} is {status}; only a confirmed {noun} can be paid").format(
                    noun=noun, found=found, status=state_of(found.status)
                ),
                field=request.field,
            )
        if request.amount is not None:
            left = quantize(ZERO, found.currency)
            raise OverAllocated(
                _("{noun} {found} has {left} left to settle, less than the {amount} allocated to it").format(
                    noun=noun, found=found, left=left, amount=request.amount
                ),
                field=request.named_amount,
                open_amount=str(left),
            )

    return explain


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
