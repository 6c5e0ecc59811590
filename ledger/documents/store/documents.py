"""The rows of documents: found, locked, read with their lines; the trail; the words of a refusal."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from backfill.tenancy.actors import Actor
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
        raise DocumentNotFound(f"{doc_type.noun} {document_id} does not exist")
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
    article = "an" if state[0] in "aeiou" else "a"
    return InvalidStateTransition(
        f"{named(doc_type, document)} is {state}; {article} {state} {doc_type.noun} cannot be {done}",
        status=document.status,
        approval_status=document.approval_status,
    )


def posted_refusal(
    doc_type: DocumentType[Any, Any], document: Document, done: str, field: str | None = None
) -> DocumentPosted:
    what, state = f"its {field}" if field else "it", "void" if document.is_void else "posted"
    return DocumentPosted(
        f"{named(doc_type, document)} is {state}; {what} cannot be {done}: {doc_type.way_out}", field=field
    )


def refuse_externally_posted(doc_type: DocumentType[Any, Any], document: Any) -> None:
    """A recorded document's entry is posted and reversed elsewhere. Raises InvalidStateTransition."""
    if doc_type.may_be_externally_posted and document.is_externally_posted:
        raise InvalidStateTransition(
            f"{named(doc_type, document)} was recorded as posted elsewhere and is not edited, confirmed or voided "
            "here; reverse the entry that it is linked to"
        )


@cache
def table_of(doc_type: DocumentType[Any, Any]) -> str:
    return str(doc_type.model._meta.db_table)  # noqa: SLF001 - Django documents `_meta` as public
