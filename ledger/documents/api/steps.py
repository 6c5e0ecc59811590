"""What every resource of documents has: the steps of its life, its refusals, what it can be sorted by."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from rest_framework import serializers

from backfill.api.resources import Action
from ledger.documents import verbs
from ledger.documents.api.inputs import ReasonInput, VoidInput
from ledger.documents.api.outputs import VoidReportOutput
from ledger.documents.types import Approval, DocumentType

_CONFLICTS: Final = (
    *("DOCUMENT_POSTED", "DUPLICATE_DOCUMENT_NUMBER", "INVALID_STATE_TRANSITION", "PERIOD_LOCKED", "APPROVAL_REQUIRED"),
)
_INPUT: Final = (
    *("REFERENCE_NOT_FOUND", "TOTALS_MISMATCH", "INVALID_TAX_CODE", "INVALID_CURRENCY", "EXCHANGE_RATE_MISSING"),
    *("ACCOUNT_INACTIVE", "SLOT_UNASSIGNED", "INVALID_LINE"),
)
SORTABLE: Final = {
    name: name
    for name in ("document_date", "document_number", "issued_at", "total_amount", "status", "created_at", "updated_at")
}
_VOID_REPORT: Final = {
    "on": "2026-05-05",
    "date_policy": "original date",
    "reversal_entry_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c19",
    "undone": {},
}


class VoidFacts(serializers.Serializer[Any]):
    void_report = VoidReportOutput(source="*")


def document_steps(doc_type: DocumentType[Any, Any]) -> dict[str, Action]:
    """Return the steps that every document has. A step is a verb, bound to the type."""
    noun, a_draft = doc_type.noun, f"a draft {doc_type.noun}"
    draft = {"status": doc_type.draft, "entry_id": None, "posted_at": None}
    posts = doc_type.approval is Approval.POSTS
    return {
        "submit": Action(
            service=partial(verbs.submit, doc_type),
            summary=f"Submit {a_draft} for approval",
            shows={**draft, "approval_status": "pending_approval"},
        ),
        "approve": Action(
            service=partial(verbs.approve, doc_type),
            summary=f"Approve a {noun}",
            approves=True,
            errors={403: ("SELF_APPROVAL_DENIED",)},
            shows={**({} if posts else draft), "approval_status": "approved"},
        ),
        "reject": Action(
            service=partial(verbs.reject, doc_type),
            summary=f"Reject a submitted {noun}",
            approves=True,
            body=ReasonInput,
            body_example={"reason": "Ask for three offers first"},
            shows={**draft, "approval_status": "rejected"},
        ),
        "confirm": Action(service=partial(verbs.confirm, doc_type), summary=f"Confirm {a_draft}"),
        "void": Action(
            service=partial(verbs.void, doc_type),
            summary=f"Void a {noun}",
            body=VoidInput,
            body_example={"reason": "Entered twice"},
            report=VoidFacts,
            report_example={"void_report": _VOID_REPORT},
            shows={"status": "void", "approval_status": "void", "voided_on": "2026-05-05"},
        ),
    }


def refusals(*input_codes: str, conflicts: tuple[str, ...] = ()) -> Mapping[int, tuple[str, ...]]:
    """Return what a document's operations may refuse, by status, with the codes of its own."""
    return {409: (*_CONFLICTS, *conflicts), 422: (*_INPUT, *input_codes)}
