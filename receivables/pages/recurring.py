"""Recurring invoices: the page of one with what it made, and its buttons."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.pages import ActionPage, Crumb, Page
from backfill.workspace.wording import sentence
from ledger.documents.errors import DocumentNotFound
from ledger.documents.verbs import Preview
from ledger.pages.beside import beside_of
from receivables.models import Invoice, InvoiceLine, RecurringInvoice
from receivables.pages.subjects import RECURRING
from receivables.recurring.invoices import (
    delete_recurring_invoice,
    draft_due_invoices,
    end_recurring_invoice,
    pause_recurring_invoice,
    resume_recurring_invoice,
)
from receivables.recurring.schedules import schedule_of
from receivables.recurring.templates import previewed_invoice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_SHOWN_DATES: Final = 4
_SHOWN_RUNS: Final = 60


class OneRecurring(Page):
    """What pages about one recurring invoice share."""

    permission = "receivables.view"

    @cached_property
    def recurring(self) -> RecurringInvoice:
        return company_recurring(self.company, self.kwargs["recurring_id"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Recurring invoices"), reverse("admin:recurring_invoices"))]


class RecurringPage(OneRecurring):
    template_name = "receivables/recurring_invoice.html"

    def page_title(self) -> str:
        return str(self.recurring)

    def context(self) -> dict[str, Any]:
        recurring = self.recurring
        schedule, today = schedule_of(recurring), self.company.today()
        runs = list(recurring.runs.select_related("invoice__company")[:_SHOWN_RUNS])
        coming = schedule.upcoming(recurring.occurrence, _SHOWN_DATES) if recurring.next_on else []
        return {
            "recurring": recurring,
            "words": schedule.in_words(),
            "coming": coming,
            "is_due": recurring.status == "active" and recurring.next_on is not None and recurring.next_on <= today,
            "runs": runs,
            **beside_of(self, RECURRING, recurring),
            **self._preview(),
        }

    def _preview(self) -> dict[str, Any]:
        """The next invoice as it would be drafted, or why it cannot be."""
        try:
            made: Preview[Invoice, InvoiceLine] = previewed_invoice(
                self.recurring, self.recurring.next_on or self.company.today()
            )
        except DomainError as error:
            return {"problem": sentence(error.message)}
        return {"document": made.document, "lines": made.lines}


class RecurringStep(ActionPage):
    """A button of a recurring invoice: one service, and back to its page."""

    permission = "receivables.edit"
    service: ClassVar[Callable[..., Any]]
    words: ClassVar["StrOrPromise"] = ""

    def back(self) -> str:
        return reverse("admin:recurring_invoice", args=[self.kwargs["recurring_id"]])

    def by(self) -> dict[str, Any]:
        key: UUID = self.kwargs["recurring_id"]
        return {"company_id": self.company.pk, "document_id": key, "actor": self.actor}

    def act(self) -> HttpResponseBase | str:
        type(self).service(**self.by())
        return str(self.words)


class PauseRecurring(RecurringStep):
    service = staticmethod(pause_recurring_invoice)
    words = gettext_lazy("Paused: no invoice is drafted until it is resumed.")


class ResumeRecurring(RecurringStep):
    service = staticmethod(resume_recurring_invoice)
    words = gettext_lazy("Resumed with the first date from today on.")


class EndRecurring(RecurringStep):
    service = staticmethod(end_recurring_invoice)
    words = gettext_lazy("Ended. The invoices it made stay.")


class DeleteRecurring(RecurringStep):
    def act(self) -> HttpResponseBase:
        delete_recurring_invoice(**self.by())
        messages.success(self.request, _("Deleted. The invoices it made stay."))
        return HttpResponseRedirect(reverse("admin:recurring_invoices"))


class DraftRecurring(RecurringStep):
    """Draft what has come due now, without waiting for the task of the hour."""

    def needed(self, method: str) -> str:
        return "receivables.post"  # its invoices may be confirmed at once

    def act(self) -> str:
        recurring = company_recurring(self.company, self.kwargs["recurring_id"])
        drafted = draft_due_invoices(recurring_id=recurring.pk, actor=self.actor)
        if drafted.error:
            messages.error(self.request, sentence(drafted.error))
        return ngettext("{count} invoice drafted.", "{count} invoices drafted.", drafted.count).format(
            count=drafted.count
        )


def company_recurring(company: Company, recurring_id: UUID) -> RecurringInvoice:
    """Return the company's recurring invoice; raises DocumentNotFound for another company's as for none."""
    rows = RecurringInvoice.objects.select_related("company", "customer")
    found = rows.filter(company=company, pk=recurring_id).first()
    if found is None:
        raise DocumentNotFound(_("There is no such recurring invoice in this company."))
    return found
