"""Submit, approve, reject: the rules are those of `ledger.entries.approval`; here they meet documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from ledger.documents.rows import DocumentT
from ledger.documents.store.documents import lock, named, record, refusal
from ledger.documents.store.repeating import refuse_other_reason
from ledger.documents.types import Approval, DocumentType
from ledger.documents.verbs.confirm import post_stored
from ledger.entries import approval
from ledger.models import ApprovalStatus
from ledger.models.activity import actor_facts


def submit(doc_type: DocumentType[DocumentT, Any], *, company_id: UUID, document_id: UUID, actor: Actor) -> DocumentT:
    """Ask for approval: draft or rejected → pending_approval."""
    with transaction.atomic():
        document = lock(doc_type, company_id, document_id)
        if document.is_posted and document.approval_status != ApprovalStatus.PENDING_APPROVAL:
            raise refusal(doc_type, document, "submitted")
        with _worded(doc_type, document):
            is_changed = approval.submit(document)
        if is_changed:
            document.submitted_by = actor_facts(actor)
            _write(doc_type, document, "submitted", actor)
        return document


def approve(doc_type: DocumentType[DocumentT, Any], *, company_id: UUID, document_id: UUID, actor: Actor) -> DocumentT:
    """Approve; a type whose approval posts is posted. Where the company asks for approval, the approver is another
    person than the one who submitted it. Raises ApprovalRequired, SelfApprovalDenied."""
    with transaction.atomic():
        document = lock(doc_type, company_id, document_id)
        with _worded(doc_type, document):
            is_changed = approval.approve(
                document,
                actor,
                document.submitted_by,
                is_asked=doc_type.is_asked,
                words=named(doc_type, document),
                noun=doc_type.a_noun,
            )
        if is_changed:
            _write(doc_type, document, "approved", actor)
            if doc_type.approval is Approval.POSTS:
                post_stored(doc_type, [document], actor)
        return document


def reject(
    doc_type: DocumentType[DocumentT, Any], *, company_id: UUID, document_id: UUID, actor: Actor, reason: str = ""
) -> DocumentT:
    """Send a submitted document back: pending_approval → rejected. It can be edited and submitted again."""
    with transaction.atomic():
        document = lock(doc_type, company_id, document_id)
        if document.is_posted:
            raise refusal(doc_type, document, "rejected")
        with _worded(doc_type, document):
            is_changed = approval.reject(document)
        if is_changed:
            _write(doc_type, document, "rejected", actor, reason=reason)
        else:
            refuse_other_reason(
                document,
                "rejected",
                reason,
                done=_("{document} was rejected").format(document=named(doc_type, document)),
            )
        return document


@contextmanager
def _worded(doc_type: DocumentType[Any, Any], document: Any) -> Iterator[None]:
    """Word a step that does not fit as every refusal of a document's step."""
    try:
        yield
    except approval.NotApprovable as error:
        raise refusal(doc_type, document, error.message) from error


def _write(doc_type: DocumentType[Any, Any], document: Any, verb: str, actor: Actor, **detail: Any) -> None:
    document.save(update_fields=["approval_status", "submitted_by", "updated_at"])
    record(doc_type, [(document, verb, detail)], actor)
