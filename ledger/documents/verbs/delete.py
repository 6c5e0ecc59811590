"""Delete a draft for good."""

from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.tenancy.actors import Actor
from ledger.documents.rows import rows_of
from ledger.documents.store.documents import lock, posted_refusal, record, rows
from ledger.documents.types import DocumentType


def delete(doc_type: DocumentType[Any, Any], *, company_id: UUID, document_id: UUID, actor: Actor) -> None:
    """Delete a draft. Raises DocumentPosted for anything posted, naming the way out."""
    with transaction.atomic():
        document = lock(doc_type, company_id, document_id)
        if document.is_posted or document.is_void:
            raise posted_refusal(doc_type, document, "deleted")
        record(doc_type, [(document, "deleted", {"document_number": document.document_number})], actor)
        if doc_type.line_model is not None:
            rows_of(doc_type.line_model).filter(document_id=document.id).delete()
        rows(doc_type).filter(id=document.id).delete()
        if doc_type.policy.after_change:
            doc_type.policy.after_change(document)
