"""The list of recurring invoices: what comes when, and what came last."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import DayFilter, ListFilters, StateFilter, TextFilter
from backfill.workspace.lists.lists import List, NewLink
from backfill.workspace.lists.steps import BulkStep
from backfill.workspace.templatetags.workspace import badge
from ledger.documents.pages.party_input import PartyFilter
from receivables.models import RecurringInvoice, RecurringRun
from receivables.pages.states import recurring_state
from receivables.recurring.invoices import end_recurring_invoice, pause_recurring_invoice, resume_recurring_invoice
from receivables.recurring.schedules import schedule_of
from receivables.types.side import SELLING

_STATES: Final = {
    "active": (gettext_lazy("Active"), Q(next_on__isnull=False, paused_at=None)),
    "paused": (gettext_lazy("Paused"), Q(next_on__isnull=False, paused_at__isnull=False)),
    "ended": (gettext_lazy("Ended"), Q(next_on=None)),
    "failed": (gettext_lazy("With a problem"), Q(failed_at__isnull=False)),
}
_WORDS: Final = {
    pause_recurring_invoice: gettext_lazy("Paused: no invoice is drafted until it is resumed."),
    resume_recurring_invoice: gettext_lazy("Resumed with the first date from today on."),
    end_recurring_invoice: gettext_lazy("Ended. The invoices it made stay."),
}


class RecurringFilters(ListFilters):
    q = TextFilter(searched=gettext_lazy("Name or customer"), method="with_text")
    customer = PartyFilter(side=SELLING, label=gettext_lazy("Customer"))
    state = StateFilter(_STATES, label=gettext_lazy("Show"))
    start = DayFilter("next_on", "gte", label=gettext_lazy("Next from"))
    end = DayFilter("next_on", "lte", label=gettext_lazy("Next to"))
    more = ("start", "end")

    def with_text(self, rows: QuerySet[RecurringInvoice], name: str, text: str) -> QuerySet[RecurringInvoice]:
        return rows.filter(Q(name__icontains=text) | Q(customer__name__icontains=text))


def recurring_invoices(company: Company) -> QuerySet[Any]:
    """Return the company's recurring invoices, each with its last run. Two statements."""
    last = RecurringRun.objects.order_by("-occurs_on").select_related("invoice")[:1]
    rows: QuerySet[Any] = RecurringInvoice.objects.filter(company=company).select_related("customer")
    return rows.order_by("next_on", "name", "id").prefetch_related(Prefetch("runs", last, to_attr="last_runs"))


def _schedule(one: RecurringInvoice, company: Company) -> str:
    words = schedule_of(one).in_words()
    if one.ends_on is None:
        return words
    return _("{schedule}, until {day}").format(schedule=words, day=formats_of(company).day(one.ends_on))


def _next(one: RecurringInvoice, company: Company) -> date | None:
    return one.next_on if one.status == "active" else None


def _last(one: Any, company: Company) -> str:
    run = next(iter(one.last_runs), None)
    if run is None:
        return ""
    return f"{capfirst(str(run.invoice)) if run.invoice else _('deleted')} {formats_of(company).day(run.occurs_on)}"


def _last_link(one: Any) -> str:
    run = next(iter(one.last_runs), None)
    return reverse("admin:invoice", args=[run.invoice_id]) if run and run.invoice_id else ""


def _state(one: RecurringInvoice, company: Company) -> str:
    shown = recurring_state(one)
    return badge(shown.code, shown.words, shown.tone)


def _step(service: Callable[..., Any], key: str, label: Any, question: Any) -> BulkStep:
    def act(company: Company, subject: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
        service(company_id=company.pk, document_id=subject, actor=actor)
        return str(_WORDS[service])

    return BulkStep(key=key, label=label, question=question, permission="receivables.edit", act=act)


RECURRING_INVOICES: Final = List(
    key="recurring_invoices",
    title=gettext_lazy("Recurring invoices"),
    icon="event_repeat",
    permission="receivables.view",
    rows=recurring_invoices,
    filters=RecurringFilters,
    order="next",
    nothing_found=gettext_lazy("No recurring invoice matches."),
    nothing_there=gettext_lazy(
        "Rent, maintenance, subscriptions: write such an invoice once, say how often it comes, and it is drafted on "
        "its days."
    ),
    new=NewLink("new_recurring_invoice", gettext_lazy("New recurring invoice"), "receivables.edit"),
    is_faded=lambda one: bool(one.status == "ended"),
    steps=(
        _step(pause_recurring_invoice, "pause", gettext_lazy("Pause"), gettext_lazy("To be paused: {count}")),
        _step(resume_recurring_invoice, "resume", gettext_lazy("Resume"), gettext_lazy("To be resumed: {count}")),
        _step(end_recurring_invoice, "end", gettext_lazy("End"), gettext_lazy("To be ended: {count}")),
    ),
    columns=(
        Column(
            key="name",
            label=gettext_lazy("Name"),
            sort=("name",),
            link=lambda one: reverse("admin:recurring_invoice", args=[one.pk]),
            is_wide=True,
        ),
        Column(
            key="customer",
            label=gettext_lazy("Customer"),
            value="customer.name",
            sort=("customer__name",),
            link=lambda one: reverse("admin:customer", args=[one.customer_id]),
        ),
        Column(key="schedule", label=gettext_lazy("Schedule"), value=_schedule),
        Column(key="next", label=gettext_lazy("Next"), kind="day", value=_next, sort=("next_on", "name")),
        Column(key="last", label=gettext_lazy("Last invoice"), value=_last, link=_last_link),
        Column(
            key="state",
            label=gettext_lazy("State"),
            kind="state",
            value=lambda one, company: recurring_state(one).words,
            shown=_state,
        ),
    ),
)
