"""The final lock: one person asks for it, another approves it, and every month up to the named one is closed for good.

A period is locked once it is over, together with every earlier month that is still open, the earliest first: what is
behind a locked month cannot change any more. An adjustment period closes the months of its fiscal year with it; months
of a later year do not close the adjustment periods of an earlier one. Drafts dated in these periods stand in the way.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.tenancy.selectors import active_member_count
from backfill.words import state_of
from ledger.errors import (
    LockRequestPending,
    PeriodAlreadyLocked,
    PeriodNotLockable,
    ReasonMissing,
    RequestExpired,
    RequestNotFound,
    RequestNotPending,
    SelfApprovalDenied,
)
from ledger.journal.chain import closing_hash
from ledger.journal.lock_blockers import Blocker, lock_blockers
from ledger.models import JournalHead, LockRequest, Period
from ledger.models.head import GENESIS_HASH
from ledger.periods.calendar import (
    PeriodRef,
    ensure_rows,
    period_named,
    period_row,
    periods_to_lock,
    record_period,
    refuse_beyond,
    refuse_unknown,
)

LOCK_REQUEST_LIFETIME = timedelta(hours=48)
REASON_LENGTH = 500
_LISTED = 20


def who_approves(company: Company) -> str:
    """Say who approves a lock that is asked for and not forced."""
    if active_member_count(company) == 1:
        return _("You are the only member of the company, so you approve it yourself.")
    return _("A second user has to approve this request within 48 hours.")


def pending_lock_request(company: Company, name: str) -> LockRequest | None:
    """Return the request that waits for a second person, if one does and has not expired."""
    ref = period_named(company, name)
    return (
        LockRequest.objects.filter(
            company=company, period__name=ref.name, status=LockRequest.Status.PENDING, expires_at__gt=timezone.now()
        )
        .select_related("period")
        .first()
    )


@transaction.atomic
def request_lock(*, company: Company, name: str, actor: Actor) -> LockRequest:
    """Ask for the final lock up to a period; a second person approves within 48 hours (four-eyes principle).

    Raises PeriodAlreadyLocked, LockRequestPending, InvalidPeriod, PeriodNotFound, and PeriodNotLockable when the
    period is not over or drafts are dated in what would be locked.
    """
    ref = _over(company, name)
    _refuse_blockers(company, ref)
    return _ask(company, ref, actor)


@transaction.atomic
def request_forced_lock(*, company: Company, name: str, reason: str, actor: Actor) -> LockRequest:
    """Ask for the final lock although drafts are dated in what would be locked. The request keeps the reason and what
    was in the way; another person must approve it, even where one person may approve everything else alone.

    Raises ReasonMissing, SelfApprovalDenied for a company of one, and what `request_lock` raises; a period that is
    not over is not lockable for any reason.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("say why the lock does not wait for the drafts"), field="reason")
    if active_member_count(company) < 2:
        raise SelfApprovalDenied(
            _(
                "a forced lock needs the approval of a second person, and the company has only one "
                "member; post, reject or delete the drafts instead"
            )
        )
    ref = _over(company, name)
    overridden = [blocker.as_json() for blocker in lock_blockers(company, ref)]
    return _ask(company, ref, actor, reason=reason, overridden=overridden)


@transaction.atomic
def approve_lock(*, company: Company, name: str, request_id: UUID, actor: Actor) -> LockRequest:
    """Lock everything up to the period for good and store the closing hashes. The approver is another person than the
    requester, unless the company has only one user and the lock is not forced.

    The request's `locked_periods` are the names of what was locked, in order. Raises RequestNotFound,
    RequestNotPending, RequestExpired, SelfApprovalDenied, PeriodAlreadyLocked, PeriodNotLockable.
    """
    # Posting takes the head before the period; taking them in the same order here cannot deadlock, and the
    # head keeps two closings from reading the same predecessor.
    JournalHead.objects.select_for_update().get(company=company)
    period = period_row(company, name)
    request = _pending_request(period, request_id)
    is_own = actor.user_id is None or actor.user_id == request.requested_by_id
    if is_own and (request.is_forced or active_member_count(company) > 1):
        raise SelfApprovalDenied(_("a lock is approved by another person than the one who asked for it"))
    if period.status == Period.Status.LOCKED:
        raise PeriodAlreadyLocked(_("period {name} is locked already").format(name=name))
    ref = _over(company, name)
    if not request.is_forced:
        _refuse_blockers(company, ref)
    now = timezone.now()
    locked = _lock_up_to(company, ref, request, actor, now)
    request.period, request.locked_periods = locked[-1], [one.name for one in locked]
    _decide(request, LockRequest.Status.APPROVED, actor, now)
    return request


@transaction.atomic
def cancel_lock_request(*, company: Company, name: str, request_id: UUID, actor: Actor) -> LockRequest:
    """Withdraw a lock request. Raises RequestNotFound, RequestNotPending (also for one that has expired)."""
    period = period_row(company, name)
    request = _request(period, request_id)
    if request.status != LockRequest.Status.PENDING:
        raise RequestNotPending(_("this request is {status}").format(status=state_of(request.status)))
    if request.expires_at <= timezone.now():
        raise RequestNotPending(_("this request has expired, so there is nothing to withdraw"))
    _decide(request, LockRequest.Status.CANCELLED, actor, timezone.now())
    record_period(period, "lock_cancelled", actor, request_id=str(request.id))
    return request


def _over(company: Company, name: str) -> PeriodRef:
    ref = period_named(company, name)
    refuse_unknown(company, ref)
    if ref.ends_on >= company.today():
        raise PeriodNotLockable(
            _("period {period} ends on {ends_on}; it can be locked for good once it is over").format(
                period=ref.name, ends_on=ref.ends_on
            ),
            field="period",
            ends_on=ref.ends_on.isoformat(),
            blockers=[],
        )
    refuse_beyond(company, ref)
    return ref


def _refuse_blockers(company: Company, ref: PeriodRef) -> None:
    blockers = lock_blockers(company, ref)
    if blockers:
        raise PeriodNotLockable(
            _blocked_by(blockers, ref),
            blockers=[blocker.as_json() for blocker in blockers[:_LISTED]],
            blocker_count=len(blockers),
        )


def _blocked_by(blockers: list[Blocker], ref: PeriodRef) -> str:
    dated = (_("{blocker} of {day}").format(blocker=blocker, day=blocker.on) for blocker in blockers[:5])
    facts = {"blockers": ", ".join(dated), "ends_on": ref.ends_on, "period": ref.name, "more": len(blockers) - 5}
    if len(blockers) > 5:
        message = _(
            "{blockers} and {more} more are dated up to {ends_on} still to be posted, rejected or deleted before "
            "{period} is locked for good"
        )
    elif len(blockers) > 1:
        message = _(
            "{blockers} are dated up to {ends_on} still to be posted, rejected or deleted before {period} is locked "
            "for good"
        )
    else:
        message = _(
            "{blockers} is dated up to {ends_on} still to be posted, rejected or deleted before {period} is locked "
            "for good"
        )
    return message.format(**facts)


def _ask(
    company: Company, ref: PeriodRef, actor: Actor, *, reason: str = "", overridden: Iterable[dict[str, str]] = ()
) -> LockRequest:
    period = period_row(company, ref.name)
    if period.status == Period.Status.LOCKED:
        raise PeriodAlreadyLocked(_("period {period} is locked already").format(period=ref.name))
    now = timezone.now()
    pending = period.lock_requests.filter(status=LockRequest.Status.PENDING)
    pending.filter(expires_at__lte=now).update(status=LockRequest.Status.EXPIRED, decided_at=now)
    waiting = pending.first()
    if waiting:
        raise LockRequestPending(
            _("{person} has asked for this lock already; approve or cancel that request").format(
                person=waiting.requested_by_label
            ),
            request_id=str(waiting.id),
        )
    request = LockRequest.objects.create(
        company=company,
        period=period,
        requested_by_id=actor.user_id,
        requested_by_label=actor.label,
        created_at=now,
        expires_at=now + LOCK_REQUEST_LIFETIME,
        reason=reason,
        overridden=list(overridden),
        locked_periods=[one.name for one in periods_to_lock(company, ref)],
    )
    detail = {"reason": reason} if reason else {}
    record_period(period, "lock_requested", actor, request_id=str(request.id), **detail)
    return request


def _lock_up_to(company: Company, ref: PeriodRef, request: LockRequest, actor: Actor, now: datetime) -> list[Period]:
    """Lock the rows, the earliest first, each chained to the one before."""
    periods = ensure_rows(company, periods_to_lock(company, ref))
    previous = _previous_closing_hash(company)
    detail = {"reason": request.reason} if request.is_forced else {}
    for period in periods:
        period.status, period.locked_by, period.locked_at = Period.Status.LOCKED, request.requested_by_label, now
        period.approved_by = actor.label
        period.closing_hash = previous = closing_hash(period, previous=previous)
        period.save(update_fields=["status", "locked_by", "locked_at", "approved_by", "closing_hash"])
        record_period(period, "locked", actor, closing_hash=period.closing_hash, **detail)
    LockRequest.objects.filter(period__in=periods, status=LockRequest.Status.PENDING).exclude(id=request.id).update(
        status=LockRequest.Status.CANCELLED, decided_by_label=actor.label, decided_at=now
    )
    return periods


def _request(period: Period, request_id: UUID) -> LockRequest:
    request = period.lock_requests.select_for_update().filter(id=request_id).first()
    if request is None:
        raise RequestNotFound(
            _("period {period} has no lock request {request_id}").format(period=period.name, request_id=request_id)
        )
    return request


def _pending_request(period: Period, request_id: UUID) -> LockRequest:
    request = _request(period, request_id)
    if request.status != LockRequest.Status.PENDING:
        raise RequestNotPending(_("this request is {status}").format(status=state_of(request.status)))
    if request.expires_at <= timezone.now():
        raise RequestExpired(_("this request is older than 48 hours; ask for the lock again"))
    return request


def _decide(request: LockRequest, status: LockRequest.Status, actor: Actor, at: datetime) -> None:
    request.status, request.decided_by_label, request.decided_at = status, actor.label, at
    request.save(update_fields=["status", "decided_by_label", "decided_at", "locked_periods"])


def _previous_closing_hash(company: Company) -> str:
    last = Period.objects.filter(company=company, status=Period.Status.LOCKED).order_by(*_LATEST_LOCKED_FIRST).first()
    return last.closing_hash if last else GENESIS_HASH


_LATEST_LOCKED_FIRST = ("-locked_at", "-ends_on", "-number")
