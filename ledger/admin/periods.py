"""Periods: soft-locking and reopening them, and locking them for good with a second person."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse

from backfill.errors import NotFound
from backfill.tenancy.selectors import active_member_count
from backfill.workspace.pages import ActionPage, Page
from ledger import periods
from ledger.admin.period_list import period_years


class PeriodsPage(Page):
    title = "Periods"
    template_name = "ledger/periods.html"
    permission = "periods.view"

    def context(self) -> dict[str, Any]:
        return {
            "years": period_years(self.company),
            "is_alone": active_member_count(self.company) == 1,
            "hours": int(periods.LOCK_REQUEST_LIFETIME.total_seconds() // 3600),
        }


class PeriodAction(ActionPage):
    """One change of the period that the address names."""

    change: ClassVar[Callable[..., Any]]
    done: ClassVar[str]

    def back(self) -> str:
        return reverse("admin:periods")

    def act(self) -> str:
        type(self).change(company=self.company, name=self.kwargs["name"], actor=self.actor)
        return self.done.format(period=self.kwargs["name"])


class SoftLock(PeriodAction):
    permission = "periods.soft_lock"
    change = staticmethod(periods.soft_lock)
    done = "{period} is soft-locked: only an admin can post into it now."


class Reopen(PeriodAction):
    permission = "periods.reopen"
    change = staticmethod(periods.reopen)
    done = "{period} is open again."


class RequestLock(PeriodAction):
    permission = "periods.request_lock"
    change = staticmethod(periods.request_lock)
    done = "The final lock of {period} is asked for. Somebody else has to approve it."


class RequestAction(PeriodAction):
    """A decision about the request that the form names."""

    def act(self) -> str:
        name, request_id = self.kwargs["name"], self.request.POST.get("request", "")
        type(self).change(company=self.company, name=name, request_id=_request_id(request_id), actor=self.actor)
        return self.done.format(period=name)


class ApproveLock(RequestAction):
    permission = "periods.approve_lock"
    change = staticmethod(periods.approve_lock)
    done = "{period} is locked for good."


class CancelLock(RequestAction):
    permission = "periods.request_lock"
    change = staticmethod(periods.cancel_lock_request)
    done = "The request to lock {period} is withdrawn."


def _request_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such request any more.") from None
