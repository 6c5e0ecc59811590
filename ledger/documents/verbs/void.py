"""Void: reverse what a document posted and undo what hangs on it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.models import Document
from ledger.documents.rows import DocumentT
from ledger.documents.store.documents import lock, named, record, refusal, refuse_externally_posted
from ledger.documents.store.repeating import refuse_other_facts, refuse_other_reason
from ledger.documents.types import DocumentType
from ledger.inventory.stock import ADJUSTMENT_KIND, corrections, undo_moves
from ledger.journal.drafts import EntryDraft
from ledger.journal.posting import post, reverse
from ledger.models import ApprovalStatus, JournalEntry
from ledger.periods.calendar import open_day_from


@dataclass(frozen=True, slots=True)
class Voided(Generic[DocumentT]):
    """What voiding did: the document, the date of the reversal and why that date, the reversing entry if anything
    was posted, and what was undone with it."""

    document: DocumentT
    on: date | None
    date_policy: str
    reversal: JournalEntry | None
    undone: dict[str, Any]


def void(
    doc_type: DocumentType[DocumentT, Any],
    *,
    company_id: UUID,
    document_id: UUID,
    actor: Actor,
    on: date | None = None,
    reason: str = "",
) -> Voided[DocumentT]:
    """Void the document. Safe to repeat.

    The reversal is dated `on`; else the document's own posting date where that period is open, else the first day of
    the next open one. A draft is kept as void. Raises PeriodLocked when `on` lies in a closed period.
    """
    with transaction.atomic():
        document = lock(doc_type, company_id, document_id)
        if document.is_void:
            _refuse_voided_otherwise(doc_type, document, on, reason)
            return Voided(document, document.voided_on, "already void", None, {})
        if document.approval_status == ApprovalStatus.REJECTED:
            raise refusal(doc_type, document, "voided")
        if not document.is_posted:
            _mark_void(doc_type, document, None)
            record(doc_type, [(document, "voided", {"reason": reason})], actor)
            return Voided(document, None, "nothing was posted", None, {})
        return _void_posted(doc_type, document, on, reason, actor)


def follow_reversal(
    doc_type: DocumentType[DocumentT, Any], document: DocumentT, reversal: JournalEntry, actor: Actor
) -> dict[str, Any]:
    """The document's entry was reversed in the journal: the locked document follows and becomes void. Returns what was
    undone with it."""
    day = reversal.entry_date
    void_date(document, day)
    undone = undo(doc_type, document, day, actor)
    _undo_stock(doc_type, document, day, actor)
    _mark_void(doc_type, document, day)
    facts = {"reason": reversal.reversal_reason, "on": day.isoformat(), **undone}
    facts |= {"reversal_id": str(reversal.id), "date_policy": "journal reversal"}
    record(doc_type, [(document, "voided", facts)], actor)
    _after_void(doc_type, document, day, actor)
    return undone


def check_voidable(doc_type: DocumentType[DocumentT, Any], document: DocumentT) -> None:
    """Refuse to void what was posted elsewhere, or what something else stands on. Raises InvalidStateTransition."""
    refuse_externally_posted(doc_type, document)
    if doc_type.policy.check_undoing:
        doc_type.policy.check_undoing(document)


def undo(doc_type: DocumentType[DocumentT, Any], document: DocumentT, on: date, actor: Actor) -> dict[str, Any]:
    """Undo what hangs on a posted document: the part of voiding that unlinking a recorded one has, too. Raises what
    `check_undoing` of its policy raises."""
    policy = doc_type.policy
    if policy.check_undoing:
        policy.check_undoing(document)
    return policy.before_void(document, on, actor) if policy.before_void else {}


def void_date(document: Document, on: date | None) -> tuple[date, str]:
    """Return the date a reversal takes and the policy that chose it. Raises ValidationFailed for one before the
    document: nothing is taken back before it was there."""
    posted_on = document.posting_date
    if on is not None and on < posted_on:
        raise ValidationFailed(
            _("{document} was posted on {posted_on}; it cannot be voided before, on {on}").format(
                document=document, posted_on=posted_on, on=on
            ),
            field="on",
        )
    if on is not None:
        return on, "as asked"
    day = open_day_from(document.company, posted_on)
    return day, "original date" if day == posted_on else "first open day after the original date"


def _void_posted(
    doc_type: DocumentType[DocumentT, Any], document: DocumentT, on: date | None, reason: str, actor: Actor
) -> Voided[DocumentT]:
    refuse_externally_posted(doc_type, document)
    day, policy = void_date(document, on)
    undone = undo(doc_type, document, day, actor)
    _mark_void(doc_type, document, day)
    _undo_stock(doc_type, document, day, actor)
    reversal = None
    if document.entry is not None:
        words = reason or f"{_in_books(doc_type, document)} voided"
        reversal = reverse(document.entry, on=day, reason=words, actor=actor)
    facts = {"reason": reason, "on": day.isoformat(), "date_policy": policy, **undone}
    facts["reversal_id"] = str(reversal.id) if reversal else None
    record(doc_type, [(document, "voided", facts)], actor)
    _after_void(doc_type, document, day, actor)
    return Voided(document, day, policy, reversal, undone)


def _refuse_voided_otherwise(doc_type: DocumentType[Any, Any], document: Any, on: date | None, reason: str) -> None:
    done = _("{document} was voided").format(document=named(doc_type, document))
    if document.voided_on is not None:
        way_out = _("it stands as void on {day}").format(day=document.voided_on)
        refuse_other_facts(done, {"on": (on, document.voided_on)}, way_out=way_out)
    refuse_other_reason(document, "voided", reason, done=done)


def _in_books(doc_type: DocumentType[Any, Any], document: Any) -> str:
    """Return the document as the texts of entries name it, which are English whoever voids it."""
    return f"{doc_type.key.replace('_', ' ')} {document}"


def _undo_stock(doc_type: DocumentType[Any, Any], document: Any, day: date, actor: Actor) -> None:
    if doc_type.stock is None:
        return
    costs = undo_moves(company=document.company, subject_id=document.id, moved_on=day)
    if lines := corrections(costs):
        memo = f"Stock value after voiding {_in_books(doc_type, document)}"
        draft = EntryDraft(company_id=document.company_id, entry_date=day, lines=lines, kind=ADJUSTMENT_KIND, memo=memo)
        post(draft, actor=actor)


def _mark_void(doc_type: DocumentType[Any, Any], document: Any, day: date | None) -> None:
    document.status, document.approval_status, document.voided_on = "void", ApprovalStatus.VOID, day
    document.save(update_fields=["status", "approval_status", "voided_on", "updated_at"])
    if doc_type.policy.after_change:
        doc_type.policy.after_change(document)


def _after_void(doc_type: DocumentType[Any, Any], document: Any, day: date, actor: Actor) -> None:
    if doc_type.policy.after_void:
        doc_type.policy.after_void(document, day, actor)
