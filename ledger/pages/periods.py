"""Periods: soft-locking and reopening them, and locking them up to a month for good with a second person."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import NotFound
from backfill.tenancy.selectors import active_member_count
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from ledger.errors import PeriodNotFound
from ledger.journal import locking
from ledger.journal.lock_blockers import lock_blockers
from ledger.models import LockRequest, Period
from ledger.pages.beside import beside_of
from ledger.pages.period_list import period_years
from ledger.pages.subjects import PERIOD
from ledger.periods import calendar as periods

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PeriodsPage(Page):
    title = gettext_lazy("Periods")
    template_name = "ledger/periods.html"
    permission = "periods.view"

    def context(self) -> dict[str, Any]:
        years = period_years(self.company)
        rows = (row for year in years for row in year.rows)
        return {
            "years": years,
            "lockable": [row.ref.name for row in rows if row.is_over and not row.is_locked and not row.request],
            "is_alone": active_member_count(self.company) == 1,
            "hours": int(locking.LOCK_REQUEST_LIFETIME.total_seconds() // 3600),
        }


class PeriodPage(Page):
    """One period: its state, and what happened to it. A month that nobody posted into has nothing to show yet."""

    template_name = "ledger/period.html"
    permission = "periods.view"

    def page_title(self) -> str:
        return _("Period {name}").format(name=self.period.name)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Periods"), reverse("admin:periods"))]

    @cached_property
    def period(self) -> Period:
        found = Period.objects.filter(company=self.company, name=self.kwargs["name"]).first()
        if found is None:
            raise PeriodNotFound(_("Nothing was posted into this period, and nobody has closed it."))
        return found

    def context(self) -> dict[str, Any]:
        return {"period": self.period, **beside_of(self, PERIOD, self.period)}


class PeriodAction(ActionPage):
    """One change of the period that the address names."""

    change: ClassVar[Callable[..., Any]]
    done: ClassVar["StrOrPromise"]

    def back(self) -> str:
        return reverse("admin:periods")

    def act(self) -> str:
        type(self).change(company=self.company, name=self.kwargs["name"], actor=self.actor)
        return self.done.format(period=self.kwargs["name"])


class SoftLock(PeriodAction):
    permission = "periods.soft_lock"
    change = staticmethod(periods.soft_lock)
    done = gettext_lazy("{period} is soft-locked: only an admin can post into it now.")


class Reopen(PeriodAction):
    permission = "periods.reopen"
    change = staticmethod(periods.reopen)
    done = gettext_lazy("{period} is open again.")


class LockForm(WorkspaceForm):
    force = forms.BooleanField(label=gettext_lazy("Lock although these drafts are open"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=locking.REASON_LENGTH,
        help_text=gettext_lazy("Why the lock does not wait for them. A second person always has to approve it."),
    )


class LockUpTo(Page):
    """Which month the final lock goes up to was chosen from the list: on to what it would lock."""

    permission = "periods.request_lock"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = periods.period_named(self.company, request.GET.get("name", "")).name
        return HttpResponseRedirect(reverse("admin:request_lock", args=[name]))


class RequestLock(FormPage):
    """What would be locked, what blocks it, and the request. The only member of a company locks in the same step."""

    form_class = LockForm
    template_name = "ledger/request_lock.html"
    permission = write_permission = "periods.request_lock"
    button = gettext_lazy("Request lock")

    def page_title(self) -> str:
        return _("Lock up to {name}").format(name=self.kwargs["name"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Periods"), reverse("admin:periods"))]

    def context(self) -> dict[str, Any]:
        ref = periods.period_named(self.company, self.kwargs["name"])
        names = [one.name for one in periods.periods_to_lock(self.company, ref)]
        is_over, is_alone = ref.ends_on < self.company.today(), active_member_count(self.company) == 1
        return {
            "names": names,
            "blockers": lock_blockers(self.company, ref) if is_over else [],
            "is_over": is_over,
            "can_ask": is_over and bool(names),
            "is_alone": is_alone,
            "locks_at_once": is_alone and self.workspace.allows("periods.approve_lock"),
            "ends_on": ref.ends_on,
        }

    def submit(self, values: dict[str, Any]) -> str:
        name = self.kwargs["name"]
        if values["force"]:
            locking.request_forced_lock(company=self.company, name=name, reason=values["reason"], actor=self.actor)
        else:
            asked_for = locking.request_lock(company=self.company, name=name, actor=self.actor)
            if self.request.POST.get("action") == "lock":
                return self._locked(asked_for)
        asked = _("The final lock up to {name} is asked for.").format(name=name)
        return f"{asked} {locking.who_approves(self.company)}"

    def _locked(self, asked_for: LockRequest) -> str:
        """Approve it in the same step. The service refuses whoever needs a second person."""
        if not self.workspace.allows("periods.approve_lock"):
            raise PermissionDenied
        name = self.kwargs["name"]
        locking.approve_lock(company=self.company, name=name, request_id=asked_for.pk, actor=self.actor)
        return ApproveLock.done.format(period=name)


class RequestAction(PeriodAction):
    """A decision about the request that the form names."""

    def act(self) -> str:
        name, request_id = self.kwargs["name"], self.request.POST.get("request", "")
        type(self).change(company=self.company, name=name, request_id=_request_id(request_id), actor=self.actor)
        return self.done.format(period=name)


class ApproveLock(RequestAction):
    permission = "periods.approve_lock"
    change = staticmethod(locking.approve_lock)
    done = gettext_lazy("{period} is locked for good, and so is every month before it.")


class CancelLock(RequestAction):
    permission = "periods.request_lock"
    change = staticmethod(locking.cancel_lock_request)
    done = gettext_lazy("The request to lock {period} is withdrawn.")


def _request_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is no such request any more.")) from None
