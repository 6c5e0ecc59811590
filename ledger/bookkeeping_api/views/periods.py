"""Periods: list, soft-lock, reopen, and the final lock with four eyes."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from ledger.bookkeeping_api.serializers.periods import (
    PERIOD_SCHEMA,
    ApprovedLockAnswer,
    CancelledLockAnswer,
    ListedPeriodAnswer,
    LockedPeriodAnswer,
    LockRequestAnswer,
    LockRequestInput,
    LockStatusAnswer,
    PeriodAnswer,
)
from ledger.journal import locking
from ledger.periods import calendar as periods

_READ: dict[str, Any] = {"GET": "periods:read"}
_WRITE: dict[str, Any] = {"POST": "periods:write"}


class PeriodsView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = _READ

    @operation(summary="List posting periods", tag="Periods", answer=ListedPeriodAnswer, many=True)
    def get(self, request: Request) -> Response:
        return Response(ListedPeriodAnswer(periods.listed_periods(self.company), many=True).data)


class PeriodView(BookkeepingView):
    """What the views of one period share."""

    scopes: ClassVar[dict[str, Any]] = _WRITE
    path_schemas: ClassVar[dict[str, Any]] = {"period": PERIOD_SCHEMA}


class SoftLockView(PeriodView):
    @operation(
        summary="Soft-lock a period",
        tag="Periods",
        answer=LockedPeriodAnswer,
        errors={404: ("NOT_FOUND",), 409: ("PERIOD_ALREADY_SOFT_LOCKED", "PERIOD_ALREADY_LOCKED")},
    )
    def post(self, request: Request, period: str) -> Response:
        changed = periods.soft_lock(company=self.company, name=period, actor=self.actor)
        return Response(LockedPeriodAnswer(changed).data)


class ReopenView(PeriodView):
    @operation(
        summary="Reopen a soft-locked period",
        tag="Periods",
        answer=PeriodAnswer,
        errors={404: ("NOT_FOUND",), 409: ("PERIOD_IRREVERSIBLE",)},
    )
    def post(self, request: Request, period: str) -> Response:
        return Response(PeriodAnswer(periods.reopen(company=self.company, name=period, actor=self.actor)).data)


class LockView(PeriodView):
    @operation(
        summary="Request the final lock",
        description=(
            "Four eyes, step 1. The period itself does not change yet. Approved, the request locks every month up to "
            "the period that is not locked yet. The period must be over, and no draft may be dated in what is locked; "
            "`details.blockers` lists what is in the way. `force` with a `reason` does not wait for drafts; such a "
            "lock is always approved by a second person."
        ),
        tag="Periods",
        body=LockRequestInput,
        answer=LockRequestAnswer,
        status=201,
        errors={
            403: ("SELF_APPROVAL_DENIED",),
            404: ("NOT_FOUND",),
            409: ("PERIOD_ALREADY_LOCKED", "PERIOD_NOT_LOCKABLE", "LOCK_REQUEST_PENDING"),
        },
    )
    def post(self, request: Request, period: str) -> Response:
        values = self.body()
        asked: dict[str, Any] = {"company": self.company, "name": period, "actor": self.actor}
        if values["force"]:
            lock_request = locking.request_forced_lock(**asked, reason=values.get("reason", ""))
        else:
            lock_request = locking.request_lock(**asked)
        answer = {
            "request_id": lock_request.pk,
            "period": period,
            "status": lock_request.status,
            "created_at": lock_request.created_at,
            "message": locking.who_approves(self.company),
            "periods": lock_request.locked_periods,
        }
        return Response(LockRequestAnswer(answer).data, status=201)


class ApproveLockView(PeriodView):
    scopes: ClassVar[dict[str, Any]] = {"POST": ("periods:write", "periods:approve")}

    @operation(
        summary="Approve the final lock",
        description="Four eyes, step 2. The period and every month before it are locked for good.",
        tag="Periods",
        answer=ApprovedLockAnswer,
        errors={
            403: ("SELF_APPROVAL_DENIED",),
            404: ("NOT_FOUND",),
            409: ("REQUEST_NOT_PENDING", "REQUEST_EXPIRED", "PERIOD_ALREADY_LOCKED", "PERIOD_NOT_LOCKABLE"),
        },
    )
    def post(self, request: Request, period: str, request_id: str) -> Response:
        approved = locking.approve_lock(
            company=self.company, name=period, request_id=self.path_uuid("request_id"), actor=self.actor
        )
        locked = approved.period
        answer = LockedPeriodAnswer(locked).data | {
            "closing_hash": locked.closing_hash,
            "request_id": approved.pk,
            "approved_by": locked.approved_by,
            "periods": approved.locked_periods,
        }
        return Response(answer)


class CancelLockView(PeriodView):
    @operation(
        summary="Withdraw a lock request",
        tag="Periods",
        answer=CancelledLockAnswer,
        errors={404: ("NOT_FOUND",), 409: ("REQUEST_NOT_PENDING",)},
    )
    def post(self, request: Request, period: str, request_id: str) -> Response:
        cancelled = locking.cancel_lock_request(
            company=self.company, name=period, request_id=self.path_uuid("request_id"), actor=self.actor
        )
        return Response({"ok": True, "request_id": cancelled.pk, "status": cancelled.status})


class LockStatusView(PeriodView):
    scopes: ClassVar[dict[str, Any]] = _READ

    @operation(summary="Is a lock request pending?", tag="Periods", answer=LockStatusAnswer)
    def get(self, request: Request, period: str) -> Response:
        pending = locking.pending_lock_request(self.company, period)
        return Response(
            {
                "has_pending_request": pending is not None,
                "request_id": pending.pk if pending else None,
                "requested_by": pending.requested_by_label if pending else None,
                "created_at": pending.created_at if pending else None,
            }
        )
