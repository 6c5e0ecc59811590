"""The life of a document: draft → pending approval → approved or rejected → posted → void.

Every step takes the row's lock, checks where the document stands, and says why it refuses. Steps that were taken
already are answered with the document as it is, so that a double click or a retry changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.activities import actor_facts
from ledger.documents.drafting import Drafts
from ledger.documents.models import Document, SettledDocument
from ledger.documents.type import DocumentT, LineT, Posting
from ledger.drafts import EntryDraft, LineDraft
from ledger.errors import ApprovalRequired, SelfApprovalDenied
from ledger.inventory import corrections, undo_moves
from ledger.models import ApprovalStatus, JournalEntry, StockMovement
from ledger.money import exchange_rate, quantize
from ledger.periods import open_day_from
from ledger.posting import post, reverse
from ledger.tax_codes import rules

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


class Documents(Drafts[DocumentT, LineT]):
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
            return self._posted(document, actor) if self.posts_on_approval else document

    def reject(self, *, company_id: UUID, document_id: UUID, actor: Actor, reason: str = "") -> DocumentT:
        """Send a submitted document back: pending_approval → rejected. It can be edited and submitted again."""
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if document.approval_status == ApprovalStatus.REJECTED:
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
            if document.is_void or document.approval_status == ApprovalStatus.REJECTED:
                raise self.refusal(document, "confirmed")
            if document.is_posted:
                return document
            if document.approval_status != ApprovalStatus.APPROVED:
                if document.company.requires_approval and self.needs_approval:
                    raise ApprovalRequired(
                        f"this company approves documents before they post; submit {self.noun} {document} "
                        "and have it approved"
                    )
                document.approval_status = ApprovalStatus.APPROVED
            return self._posted(document, actor)

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
                return Voided(document, document.voided_on, "already void", None, {})
            if document.approval_status == ApprovalStatus.REJECTED:
                raise self.refusal(document, "voided")
            if not document.is_posted:
                self._mark_void(document, None)
                self.record(document, "voided", actor, reason=reason)
                return Voided(document, None, "nothing was posted", None, {})
            self.check_void(document)
            day, policy = void_date(document.company, document.posting_date, on)
            undone = self.before_void(document, day, actor)
            reversal = self._reversed(document, day, reason, actor)
            facts = {"reason": reason, "on": day.isoformat(), "date_policy": policy, **undone}
            self.record(document, "voided", actor, reversal_id=str(reversal.id) if reversal else None, **facts)
            return Voided(document, day, policy, reversal, undone)

    def moved_on(self, document: DocumentT, values: Mapping[str, Any], actor: Actor) -> DocumentT:
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
            return self.confirm(company_id=company_id, document_id=document_id, actor=actor)
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

    def mark_reversed(self, document: DocumentT, reversal: JournalEntry, actor: Actor) -> None:
        """The document's entry was reversed in the journal: the document follows and becomes void."""
        undone = self.before_void(document, reversal.entry_date, actor)
        self._undo_stock(document, reversal.entry_date, actor)
        self._mark_void(document, reversal.entry_date)
        facts = {"reason": reversal.reversal_reason, "on": reversal.entry_date.isoformat(), **undone}
        self.record(document, "voided", actor, reversal_id=str(reversal.id), date_policy="journal reversal", **facts)

    # --- Posting ------------------------------------------------------------------------------------------

    def _posted(self, document: DocumentT, actor: Actor) -> DocumentT:
        """Number, price and post a locked document. The number of statements does not depend on its lines."""
        lines = self.lines_of(document)
        posting = Posting(lines=lines, rules=rules(document.company_id, {line.tax_code for line in lines}))
        _fix_rate(document)
        if not document.document_number:
            document.document_number = self.next_number(document)
        self.before_posting(document, posting, actor)
        draft = self.entry(document, posting)
        if draft is not None and draft.lines:
            document.entry = post(draft, actor=actor)
            if posting.stock:
                moved = StockMovement.objects.filter(company_id=document.company_id, subject_id=document.id)
                moved.update(entry=document.entry)
        document.status = self.posted_status
        if isinstance(document, SettledDocument):
            document.status = document.settlement_status
        document.posted_at = timezone.now()
        document.save()
        self.after_posting(document, posting, actor)
        entry_number = document.entry.entry_number if document.entry else None
        self.record(document, "confirmed", actor, number=document.document_number, entry_number=entry_number)
        return document

    # --- Voiding ------------------------------------------------------------------------------------------

    def _reversed(self, document: DocumentT, day: date, reason: str, actor: Actor) -> JournalEntry | None:
        self._mark_void(document, day)
        self._undo_stock(document, day, actor)
        if document.entry is None:
            return None
        return reverse(document.entry, on=day, reason=reason or f"{self.noun} {document} voided", actor=actor)

    def _undo_stock(self, document: DocumentT, day: date, actor: Actor) -> None:
        if not self.moves_stock:
            return
        costs = undo_moves(company=document.company, subject_id=document.id, moved_on=day)
        if lines := corrections(costs):
            post(
                EntryDraft(
                    company_id=document.company_id,
                    entry_date=day,
                    lines=lines,
                    kind="inventory_adjustment",
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

    def _with_approval(
        self, document: DocumentT, status: ApprovalStatus, verb: str, actor: Actor, **detail: Any
    ) -> DocumentT:
        document.approval_status = status
        document.save(update_fields=["approval_status", "submitted_by", "updated_at"])
        self.record(document, verb, actor, **detail)
        return document


def void_date(company: Company, posted_on: date, on: date | None) -> tuple[date, str]:
    """Return the date a reversal takes and the policy that chose it."""
    if on is not None:
        return on, "as asked"
    day = open_day_from(company, posted_on)
    return day, "original date" if day == posted_on else "first open day after the original date"


def entry_of(
    document: Document, lines: tuple[LineDraft, ...], *, kind: str, party: object = None, reference: str = ""
) -> EntryDraft:
    """Return the entry of a document with the given lines: its dates, number, currency and rate. Pure.

    `party` is named in the entry's memo unless the document has one of its own.
    """
    words = kind.replace("_", " ").capitalize()
    return EntryDraft(
        company_id=document.company_id,
        entry_date=document.posting_date,
        lines=lines,
        currency=document.currency,
        exchange_rate=document.exchange_rate,
        memo=(document.memo or f"{words} {document}" + (f", {party}" if party else ""))[:500],
        external_reference=reference or None,
        kind=kind,
        document_date=document.document_date,
        effective_date=document.effective_date,
        document_number=document.document_number,
        document_id=document.file_id,
        dimensions=document.dimensions,
    )


def _fix_rate(document: Any) -> None:
    """Fix the rate of the posting date where none was stated, and the total in base currency with it."""
    company = document.company
    if document.currency == company.base_currency:
        document.exchange_rate, document.base_amount = Decimal(1), document.total_amount
        return
    if document.exchange_rate is None:
        found = exchange_rate(company=company, currency=document.currency, on=document.posting_date)
        document.exchange_rate = found.rate
    document.base_amount = quantize(document.total_amount * document.exchange_rate, company.base_currency)
