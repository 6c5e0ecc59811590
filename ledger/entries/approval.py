"""Approval by a second person: of entries, of documents, of whatever pays out. One place for who may and when.

A subject is a locked row with `company` and `approval_status`. The functions decide and set the row in memory; the
caller writes it and appends to the trail. This module knows neither documents nor entries.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.errors import ApprovalRequired, SelfApprovalDenied
from ledger.models import ApprovalStatus


class Subject(Protocol):
    """What can be approved."""

    company: Any
    approval_status: Any


class NotApprovable(DomainError):
    """The step does not fit where the subject stands; the caller words it with the subject's own noun."""

    code = "INVALID_STATE_TRANSITION"


def is_needed(company: Company, *, is_asked: bool = True) -> bool:
    """Whether a second person must approve. `is_asked`: whether this sort of thing is subject to approval at all."""
    return is_asked and company.requires_approval


def submit(subject: Subject) -> bool:
    """draft or rejected → pending_approval. Returns whether anything changed. Raises NotApprovable."""
    if subject.approval_status == ApprovalStatus.PENDING_APPROVAL:
        return False
    if subject.approval_status not in {ApprovalStatus.DRAFT, ApprovalStatus.REJECTED}:
        raise NotApprovable("submitted")
    subject.approval_status = ApprovalStatus.PENDING_APPROVAL
    return True


def approve(
    subject: Subject, actor: Actor, submitted_by: Mapping[str, Any] | None, *, is_asked: bool, words: str, noun: str
) -> bool:
    """pending_approval → approved; from draft too where nobody needs to be asked. Returns whether anything changed.

    `submitted_by` are the facts of the actor who submitted it; `words` name the subject: «invoice INV-1001», `noun` its
    sort. Raises NotApprovable, ApprovalRequired for what was not submitted, SelfApprovalDenied.
    """
    if subject.approval_status == ApprovalStatus.APPROVED:
        return False
    if subject.approval_status in {ApprovalStatus.VOID, ApprovalStatus.REJECTED}:
        raise NotApprovable("approved")
    if is_needed(subject.company, is_asked=is_asked):
        if subject.approval_status != ApprovalStatus.PENDING_APPROVAL:
            raise ApprovalRequired(_("{words} has not been submitted; submit it first").format(words=words))
        refuse_own(actor, submitted_by, noun=noun)
    subject.approval_status = ApprovalStatus.APPROVED
    return True


def reject(subject: Subject) -> bool:
    """pending_approval → rejected: it can be edited and submitted again. Returns whether anything changed."""
    if subject.approval_status == ApprovalStatus.REJECTED:
        return False
    if subject.approval_status != ApprovalStatus.PENDING_APPROVAL:
        raise NotApprovable("rejected")
    subject.approval_status = ApprovalStatus.REJECTED
    return True


def withdraw(subject: Subject) -> None:
    """What was submitted or approved is not what the subject says now."""
    subject.approval_status = ApprovalStatus.DRAFT


def check_before_posting(subject: Subject, *, is_asked: bool, words: str) -> None:
    """Approve in the same step where nobody needs to be asked. Raises ApprovalRequired where somebody does."""
    if subject.approval_status == ApprovalStatus.APPROVED:
        return
    if is_needed(subject.company, is_asked=is_asked):
        raise ApprovalRequired(
            _("this company approves documents before they post; submit {words} and have it approved").format(
                words=words
            )
        )
    subject.approval_status = ApprovalStatus.APPROVED


def refuse_own(actor: Actor, submitted_by: Mapping[str, Any] | None, *, noun: str) -> None:
    """Nobody approves what he submitted himself. Two actors without a user count as the same one: neither can be told
    from the other. Raises SelfApprovalDenied."""
    if is_own(actor, submitted_by):
        raise SelfApprovalDenied(
            _("{noun} is approved by another person than the one who submitted it").format(noun=noun)
        )


def is_own(actor: Actor, submitted_by: Mapping[str, Any] | None) -> bool:
    """Whether the actor is the one who submitted it."""
    submitter = (submitted_by or {}).get("user_id")
    return bool(submitter == (str(actor.user_id) if actor.user_id else None))
