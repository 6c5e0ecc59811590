"""The life of a document: draft → pending approval → approved or rejected → posted → void.

Every step takes the row's lock, checks where the document stands, and says why it refuses. Steps that were taken
already are answered with the document as it is, so that a double click or a retry changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic
from uuid import UUID

from django.db import transaction

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.activities import actor_facts
from ledger.documents.confirming import Confirming
from ledger.documents.errors import DocumentNotFound
from ledger.documents.models import Document
from ledger.documents.reckoning import Drafted
from ledger.documents.repeating import reason_given, refuse_other_facts
from ledger.documents.type import DocumentT, LineT, Posting
from ledger.drafts import EntryDraft
from ledger.errors import ApprovalRequired, SelfApprovalDenied
from ledger.inventory import ADJUSTMENT_KIND, corrections, undo_moves
from ledger.models import ApprovalStatus, JournalEntry
from ledger.periods import open_day_from
from ledger.posting import post, reverse

_DRAFT_APPROVALS = frozenset({"", ApprovalStatus.DRAFT.value})


@dataclass(frozen=True, slots=True)
class Voided(Generic[DocumentT]):
    """What voiding did: the document, the date of the reversal and why that date, the reversing entry if anything
    was posted, and what was undone with it."""

    document: DocumentT
    on: date | None
    date_policy: str
    reversal: JournalEntry | None
    undone: dict[str, Any]


class Documents(Confirming[DocumentT, LineT]):
    """The verbs of a document's life."""

    def submit(self, *, company_id: UUID, document_id: UUID, actor: Actor) -> DocumentT:
        """Ask for approval: draft or rejected → pending_approval."""
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if document.approval_status == ApprovalStatus.PENDING_APPROVAL:
                return document
            if document.is_posted or document.approval_status not in (ApprovalStatus.DRAFT, ApprovalStatus.REJECTED):
                raise self.refusal(document, "submitted")
            document.submitted_by = actor_facts(actor)
            return self._with_approval(document, ApprovalStatus.PENDING_APPROVAL, "submitted", actor)

    def approve(self, *, company_id: UUID, document_id: UUID, actor: Actor) -> DocumentT:
        """Approve; a type that posts on approval posts. Where the company asks for approval, the approver is another
        person than the one who submitted it. Raises SelfApprovalDenied."""
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if document.approval_status == ApprovalStatus.APPROVED:
                return document
            if document.approval_status in (ApprovalStatus.VOID, ApprovalStatus.REJECTED):
                raise self.refusal(document, "approved")
            self._check_approver(document, actor)
            self._with_approval(document, ApprovalStatus.APPROVED, "approved", actor)
            return self.posted([document], actor)[0] if self.posts_on_approval else document

    def reject(self, *, company_id: UUID, document_id: UUID, actor: Actor, reason: str = "") -> DocumentT:
        """Send a submitted document back: pending_approval → rejected. It can be edited and submitted again."""
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if document.approval_status == ApprovalStatus.REJECTED:
                self._refuse_other_reason(document, "rejected", reason)
                return document
            if document.is_posted or document.approval_status != ApprovalStatus.PENDING_APPROVAL:
                raise self.refusal(document, "rejected")
            return self._with_approval(document, ApprovalStatus.REJECTED, "rejected", actor, reason=reason)

    def confirm(self, *, company_id: UUID, document_id: UUID, actor: Actor) -> DocumentT:
        """Post the document, once. Approves it in the same step where the company asks for no approval.

        Raises InvalidStateTransition, ApprovalRequired, and what `ledger.posting.post` raises.
        """
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            return self.posted([document], actor)[0] if self._may_confirm(document) else document

    def confirm_many(self, *, company_id: UUID, document_ids: Sequence[UUID], actor: Actor) -> list[DocumentT]:
        """Post many documents, all or none, in a number of statements that does not grow with them.

        Those that are posted already are returned as they are. Raises what `confirm` raises, and DocumentNotFound.
        """
        with transaction.atomic():
            documents = self.locked_all(company_id, document_ids)
            if missing := set(document_ids) - {document.id for document in documents}:
                raise DocumentNotFound(f"{self.noun} {min(missing)} does not exist")
            waiting = [document for document in documents if self._may_confirm(document)]
            self.posted(waiting, actor)
            return documents

    def _may_confirm(self, document: DocumentT) -> bool:
        """Whether the document is still to be posted. Raises what keeps it from being."""
        if document.is_void or document.approval_status == ApprovalStatus.REJECTED:
            raise self.refusal(document, "confirmed")
        if document.is_posted:
            return False
        if document.approval_status != ApprovalStatus.APPROVED:
            if document.company.requires_approval and self.needs_approval:
                raise ApprovalRequired(
                    f"this company approves documents before they post; submit {self.noun} {document} "
                    "and have it approved"
                )
            document.approval_status = ApprovalStatus.APPROVED
        return True

    def void(
        self, *, company_id: UUID, document_id: UUID, actor: Actor, on: date | None = None, reason: str = ""
    ) -> DocumentT:
        """Void the document and return it; `void_report` says what was done."""
        return self.void_report(
            company_id=company_id, document_id=document_id, actor=actor, on=on, reason=reason
        ).document

    def void_report(
        self, *, company_id: UUID, document_id: UUID, actor: Actor, on: date | None = None, reason: str = ""
    ) -> Voided[DocumentT]:
        """Void the document: reverse what it posted and undo what hangs on it.

        The reversal is dated `on`; else the document's own posting date where that period is open, else the first
        day of the next open one. A draft is kept as void. Raises PeriodLocked when `on` lies in a closed period.
        """
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if document.is_void:
                if document.voided_on is not None:
                    way_out = f"it stands as void on {document.voided_on}"
                    done = f"{self.noun} {document} was voided"
                    refuse_other_facts(done, {"on": (on, document.voided_on)}, way_out=way_out)
                self._refuse_other_reason(document, "voided", reason)
                return Voided(document, document.voided_on, "already void", None, {})
            if document.approval_status == ApprovalStatus.REJECTED:
                raise self.refusal(document, "voided")
            if not document.is_posted:
                self._mark_void(document, None)
                self.record(document, "voided", actor, reason=reason)
                return Voided(document, None, "nothing was posted", None, {})
            self.check_void(document)
            day, policy = void_date(document, on)
            undone = self.before_void(document, day, actor)
            reversal = self._reversed(document, day, reason, actor)
            facts = {"reason": reason, "on": day.isoformat(), "date_policy": policy, **undone}
            self.record(document, "voided", actor, reversal_id=str(reversal.id) if reversal else None, **facts)
            return Voided(document, day, policy, reversal, undone)

    def moved_on(
        self, document: DocumentT, values: Mapping[str, Any], actor: Actor, *, drafted: Drafted[LineT] | None = None
    ) -> DocumentT:
        """Bring a draft to the state its values ask for: `status` to post it, `approval_status` to submit it."""
        status, approval = values.get("status") or "", values.get("approval_status") or ""
        company_id, document_id = document.company_id, document.id
        if status not in {"", document.status, self.draft_status}:
            if status not in self.confirming_statuses | {self.posted_status}:
                raise ValidationFailed(
                    f"a {self.noun} is created as {self.draft_status} or {self.posted_status}; "
                    f"for «{status}» use its actions",
                    field="status",
                )
            if drafted is None:
                return self.confirm(company_id=company_id, document_id=document_id, actor=actor)
            self.lock_parties([document])
            self._may_confirm(document)
            posting = Posting(lines=drafted.lines, rules=drafted.rules)
            return self.posted_as([document], {document.id: posting}, actor)[0]
        if approval == document.approval_status or approval in _DRAFT_APPROVALS:
            return document
        if approval == ApprovalStatus.PENDING_APPROVAL:
            return self.submit(company_id=company_id, document_id=document_id, actor=actor)
        if approval == ApprovalStatus.APPROVED:
            return self.approve(company_id=company_id, document_id=document_id, actor=actor)
        raise ValidationFailed(
            f"approval_status is draft, pending_approval or approved; for «{approval}» use the actions",
            field="approval_status",
        )

    def mark_reversed(self, document: DocumentT, reversal: JournalEntry, actor: Actor) -> dict[str, Any]:
        """The document's entry was reversed in the journal: the document follows and becomes void. Returns what was
        undone with it."""
        void_date(document, reversal.entry_date)
        undone = self.before_void(document, reversal.entry_date, actor)
        self._undo_stock(document, reversal.entry_date, actor)
        self._mark_void(document, reversal.entry_date)
        facts = {"reason": reversal.reversal_reason, "on": reversal.entry_date.isoformat(), **undone}
        self.record(document, "voided", actor, reversal_id=str(reversal.id), date_policy="journal reversal", **facts)
        return undone

    # --- Voiding ------------------------------------------------------------------------------------------

    def _reversed(self, document: DocumentT, day: date, reason: str, actor: Actor) -> JournalEntry | None:
        self._mark_void(document, day)
        self._undo_stock(document, day, actor)
        if document.entry is None:
            return None
        return reverse(document.entry, on=day, reason=reason or f"{self.noun} {document} voided", actor=actor)

    def _undo_stock(self, document: DocumentT, day: date, actor: Actor) -> None:
        if not self.stock_reason:
            return
        costs = undo_moves(company=document.company, subject_id=document.id, moved_on=day)
        if lines := corrections(costs):
            post(
                EntryDraft(
                    company_id=document.company_id,
                    entry_date=day,
                    lines=lines,
                    kind=ADJUSTMENT_KIND,
                    memo=f"Stock value after voiding {self.noun} {document}",
                ),
                actor=actor,
            )

    def _mark_void(self, document: DocumentT, day: date | None) -> None:
        document.status, document.approval_status, document.voided_on = "void", ApprovalStatus.VOID, day
        document.save(update_fields=["status", "approval_status", "voided_on", "updated_at"])
        self.after_change(document)

    # --- Approval -----------------------------------------------------------------------------------------

    def _check_approver(self, document: DocumentT, actor: Actor) -> None:
        if not (document.company.requires_approval and self.needs_approval):
            return
        if document.approval_status != ApprovalStatus.PENDING_APPROVAL:
            raise ApprovalRequired(f"{self.noun} {document} has not been submitted; submit it first")
        submitter = (document.submitted_by or {}).get("user_id")
        if submitter == (str(actor.user_id) if actor.user_id else None):
            raise SelfApprovalDenied(f"a {self.noun} is approved by another person than the one who submitted it")

    def _refuse_other_reason(self, document: DocumentT, verb: str, reason: str) -> None:
        if reason:
            before = reason_given(document.company_id, document.id, verb)
            refuse_other_facts(f"{self.noun} {document} was {verb}", {"reason": (reason, before)})

    def _with_approval(
        self, document: DocumentT, status: ApprovalStatus, verb: str, actor: Actor, **detail: Any
    ) -> DocumentT:
        document.approval_status = status
        document.save(update_fields=["approval_status", "submitted_by", "updated_at"])
        self.record(document, verb, actor, **detail)
        return document


def void_date(document: Document, on: date | None) -> tuple[date, str]:
    """Return the date a reversal takes and the policy that chose it. Raises ValidationFailed for one before the
    document: nothing is taken back before it was there."""
    posted_on = document.posting_date
    if on is not None and on < posted_on:
        raise ValidationFailed(f"{document} was posted on {posted_on}; it cannot be voided before, on {on}", field="on")
    if on is not None:
        return on, "as asked"
    day = open_day_from(document.company, posted_on)
    return day, "original date" if day == posted_on else "first open day after the original date"
