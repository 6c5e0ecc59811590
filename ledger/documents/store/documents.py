"""The rows of documents: found, locked, read with their lines; the trail; the words of a refusal."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.actors import Actor
from backfill.words import state_of as state_word
from backfill.words import such_a
from ledger.documents.errors import DocumentNotFound
from ledger.documents.models import Document
from ledger.documents.rows import DocumentT, LineT, rows_of
from ledger.documents.store.writing import insert_rows
from ledger.documents.types import DocumentType
from ledger.errors import DocumentPosted, InvalidStateTransition
from ledger.models import Activity, ApprovalStatus
from ledger.models.activity import actor_facts


def is_new(document: Document) -> bool:
    """Whether the document is not stored yet."""
    return document._state.adding  # noqa: SLF001 - Django's documented flag


def rows(doc_type: DocumentType[DocumentT, Any]) -> "QuerySet[DocumentT]":
    return rows_of(doc_type.model)


def lock(doc_type: DocumentType[DocumentT, Any], company_id: UUID, document_id: UUID) -> DocumentT:
    """Return the document locked for update, its customer or vendor locked before it. Raises DocumentNotFound."""
    found = lock_all(doc_type, company_id, [document_id])
    if not found:
        raise DocumentNotFound(_("{noun} {id} does not exist").format(noun=doc_type.noun, id=document_id))
    return found[0]


def lock_all(doc_type: DocumentType[DocumentT, Any], company_id: UUID, document_ids: Sequence[UUID]) -> list[DocumentT]:
    """Return documents locked in the order of their keys, their customers or vendors before them."""
    wanted = rows(doc_type).filter(company_id=company_id, id__in=document_ids)
    doc_type.side.parties.lock_of(list(wanted))
    return list(wanted.all().select_for_update(of=("self",)).select_related(*doc_type.joined).order_by("id"))


def lines_of(doc_type: DocumentType[Any, LineT], document: Document) -> list[LineT]:
    """Return the document's lines in order, with their items and accounts. One statement."""
    return lines_of_all(doc_type, [document]).get(document.id, [])


def lines_of_all(doc_type: DocumentType[Any, LineT], documents: Sequence[Document]) -> dict[UUID, list[LineT]]:
    """Return the lines of documents by the document's key, each in order. One statement."""
    if doc_type.line_model is None:
        return {}
    found: dict[UUID, list[LineT]] = {}
    lines = rows_of(doc_type.line_model).filter(document__in=[document.id for document in documents])
    joined = ("item__revenue_account", "item__expense_account", "account")
    for line in lines.select_related(*joined).order_by("document_id", "line_number"):
        found.setdefault(line.document_id, []).append(line)  # type: ignore[attr-defined]  # every line has one
    return found


def record(
    doc_type: DocumentType[Any, Any], events: Iterable[tuple[Document, str, dict[str, Any]]], actor: Actor
) -> None:
    """Append (document, verb, facts) to the trail. One statement."""
    facts = actor_facts(actor)
    insert_rows(
        [
            Activity(
                company_id=document.company_id,
                subject_type=doc_type.key,
                subject_id=document.id,
                verb=verb,
                actor=facts,
                detail=detail,
            )
            for document, verb, detail in events
        ]
    )


_CANNOT: Final = {
    "accepted": gettext_lazy("{document} is {state}; {such} cannot be accepted"),
    "applied": gettext_lazy("{document} is {state}; {such} cannot be applied"),
    "approved": gettext_lazy("{document} is {state}; {such} cannot be approved"),
    "confirmed": gettext_lazy("{document} is {state}; {such} cannot be confirmed"),
    "converted": gettext_lazy("{document} is {state}; {such} cannot be converted"),
    "credited": gettext_lazy("{document} is {state}; {such} cannot be credited"),
    "declined": gettext_lazy("{document} is {state}; {such} cannot be declined"),
    "given another status": gettext_lazy(
        "{document} is {state}; {such} cannot be given another status by hand; use the actions"
    ),
    "fulfilled": gettext_lazy("{document} is {state}; {such} cannot be fulfilled"),
    "invoiced": gettext_lazy("{document} is {state}; {such} cannot be invoiced"),
    "marked as paid": gettext_lazy("{document} is {state}; {such} cannot be marked as paid"),
    "paid": gettext_lazy("{document} is {state}; {such} cannot be paid"),
    "reduced": gettext_lazy("{document} is {state}; {such} cannot be reduced"),
    "refunded": gettext_lazy("{document} is {state}; {such} cannot be refunded"),
    "rejected": gettext_lazy("{document} is {state}; {such} cannot be rejected"),
    "sent": gettext_lazy("{document} is {state}; {such} cannot be sent"),
    "submitted": gettext_lazy("{document} is {state}; {such} cannot be submitted"),
    "voided": gettext_lazy("{document} is {state}; {such} cannot be voided"),
}

_CANNOT_BE_CONFIRMED: Final = pgettext_lazy("order", "{document} is {state}; {such} cannot be confirmed")

# --- Words ----------------------------------------------------------------------------------------------------


def named(doc_type: DocumentType[Any, Any], document: Document) -> str:
    """Return the document in a sentence: «sales receipt SR-1001»."""
    return f"{doc_type.noun} {document}"


def state_of(document: Document) -> str:
    """Return the one word that matters most about where the document is in its life."""
    if document.approval_status in {ApprovalStatus.VOID, ApprovalStatus.REJECTED}:
        return str(document.approval_status)
    if not document.is_posted and document.approval_status == ApprovalStatus.PENDING_APPROVAL:
        return "submitted"
    return document.status.replace("_", " ")


def refusal(doc_type: DocumentType[Any, Any], document: Document, done: str) -> InvalidStateTransition:
    """Return the refusal of a step: «invoice INV-1001 is void; a void invoice cannot be confirmed»."""
    state = state_of(document)
    known = _CANNOT_BE_CONFIRMED if done == "confirmed" and doc_type.entry is None else _CANNOT.get(done)
    message = str(known) if known else _("{document} is {state}; {such} cannot be {done}")
    such = such_a(str(doc_type.model._meta.verbose_name), state)  # noqa: SLF001 - Django documents `_meta` as public
    return InvalidStateTransition(
        message.format(document=named(doc_type, document), state=state_word(state), such=such, done=done),
        status=document.status,
        approval_status=document.approval_status,
    )


def posted_refusal(
    doc_type: DocumentType[Any, Any], document: Document, done: str, field: str | None = None
) -> DocumentPosted:
    if done == "deleted":
        message = _("{document} is {state}; it cannot be deleted: {way_out}")
    elif field:
        message = _("{document} is {state}; its {field} cannot be changed: {way_out}")
    else:
        message = _("{document} is {state}; it cannot be changed: {way_out}")
    state = state_word("void" if document.is_void else "posted")
    return DocumentPosted(
        message.format(document=named(doc_type, document), state=state, field=field, way_out=doc_type.way_out),
        field=field,
    )


def refuse_externally_posted(doc_type: DocumentType[Any, Any], document: Any) -> None:
    """A recorded document's entry is posted and reversed elsewhere. Raises InvalidStateTransition."""
    if doc_type.may_be_externally_posted and document.is_externally_posted:
        raise InvalidStateTransition(
            _(
                "{document} was recorded as posted elsewhere and is not edited, confirmed or voided "
                "here; reverse the entry that it is linked to"
            ).format(document=named(doc_type, document))
        )


@cache
def table_of(doc_type: DocumentType[Any, Any]) -> str:
    return str(doc_type.model._meta.db_table)  # noqa: SLF001 - Django documents `_meta` as public
