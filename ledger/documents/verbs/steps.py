"""The step that the values of a create or an update ask for: `status` posts, `approval_status` submits or approves."""

from typing import Any

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.rows import DocumentT
from ledger.documents.types import DocumentType, Values
from ledger.documents.verbs.approve import approve, submit
from ledger.documents.verbs.confirm import confirm
from ledger.models import ApprovalStatus

NONE, SUBMIT, APPROVE, CONFIRM = "", "submit", "approve", "confirm"
_DRAFTS = frozenset({"", ApprovalStatus.DRAFT.value})
_STEPS = {ApprovalStatus.PENDING_APPROVAL.value: SUBMIT, ApprovalStatus.APPROVED.value: APPROVE}


def step_wanted(doc_type: DocumentType[Any, Any], document: Any, values: Values) -> str:
    """Return the step that the values ask for. Raises ValidationFailed for a state that only actions reach."""
    status, wanted = values.get("status") or "", values.get("approval_status") or ""
    if status not in {"", document.status, doc_type.draft}:
        if status not in doc_type.posting_statuses:
            raise ValidationFailed(
                _("{a_noun} is created as {draft} or {posted}; for «{status}» use its actions").format(
                    a_noun=doc_type.a_noun, draft=doc_type.draft, posted=doc_type.posted, status=status
                ),
                field="status",
            )
        return CONFIRM
    if wanted == document.approval_status or wanted in _DRAFTS:
        return NONE
    if wanted not in _STEPS:
        raise ValidationFailed(
            _("approval_status is draft, pending_approval or approved; for «{wanted}» use the actions").format(
                wanted=wanted
            ),
            field="approval_status",
        )
    return _STEPS[wanted]


def take_step(doc_type: DocumentType[DocumentT, Any], document: DocumentT, step: str, actor: Actor) -> DocumentT:
    """Take the step with a stored document and return it."""
    verb = {SUBMIT: submit, APPROVE: approve, CONFIRM: confirm}.get(step)
    if verb is None:
        return document
    return verb(doc_type, company_id=document.company_id, document_id=document.id, actor=actor)
