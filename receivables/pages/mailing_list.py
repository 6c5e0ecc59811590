"""The list of mails to customers: what was sent, what is on its way and what did not get through."""

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.days import beginning_of
from backfill.tenancy.models import Company
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import DayFilter, ListFilters, StateFilter, TextFilter
from backfill.workspace.lists.lists import List
from backfill.workspace.templatetags.workspace import badge
from ledger.documents.pages.party_input import PartyFilter
from receivables.models import Mailing
from receivables.models.mailing import MailingKind, MailingStatus
from receivables.types.side import SELLING

_TONES: Final = {MailingStatus.SENT: "good", MailingStatus.QUEUED: "info", MailingStatus.FAILED: "bad"}
_LINKS: Final = {
    MailingKind.INVOICE: "invoice",
    MailingKind.CREDIT_MEMO: "credit_memo",
    MailingKind.REMINDER: "reminder",
    MailingKind.STATEMENT: "customer",
}
_STATES: Final = {
    "failed": (pgettext_lazy("mail", "Not sent"), Q(status=MailingStatus.FAILED)),
    "queued": (pgettext_lazy("mail", "On its way"), Q(status=MailingStatus.QUEUED)),
    "sent": (gettext_lazy("Sent"), Q(status=MailingStatus.SENT)),
}


class MailingFilters(ListFilters):
    q = TextFilter(searched=gettext_lazy("Subject or address"), method="with_text")
    customer = PartyFilter(side=SELLING, label=gettext_lazy("Customer"))
    start = DayFilter(method="from_day", label=pgettext_lazy("date range", "From"))
    end = DayFilter(method="to_day", label=pgettext_lazy("date range", "To"))
    state = StateFilter(_STATES)

    def with_text(self, rows: QuerySet[Mailing], name: str, text: str) -> QuerySet[Mailing]:
        return rows.filter(Q(subject__icontains=text) | Q(recipients__icontains=text))

    def from_day(self, rows: QuerySet[Mailing], name: str, day: date) -> QuerySet[Mailing]:
        return rows.filter(created_at__gte=beginning_of(day, self.company.time_zone))

    def to_day(self, rows: QuerySet[Mailing], name: str, day: date) -> QuerySet[Mailing]:
        return rows.filter(created_at__lt=beginning_of(day + timedelta(days=1), self.company.time_zone))


def _rows(company: Company) -> QuerySet[Any]:
    return Mailing.objects.filter(company=company).select_related("customer")


def _link(mailing: Any) -> str:
    return reverse(f"admin:{_LINKS[MailingKind(mailing.kind)]}", args=[mailing.subject_id])


def _state(mailing: Any, company: Company) -> str:
    return badge(mailing.status, str(_STATES[mailing.status][0]), _TONES[MailingStatus(mailing.status)])


MAILINGS: Final = List(
    key="mailings",
    title=gettext_lazy("Mails to customers"),
    icon="outgoing_mail",
    permission="receivables.view",
    rows=_rows,
    filters=MailingFilters,
    order="-at",
    nothing_found=gettext_lazy("No mail matches these filters."),
    nothing_there=gettext_lazy("Nothing was mailed yet."),
    label=lambda mailing: str(mailing.subject),
    columns=(
        Column(
            key="at", label=pgettext_lazy("mail", "Asked for"), kind="moment", value="created_at", sort=("created_at",)
        ),
        Column(key="what", label=gettext_lazy("About"), value="subject", sort=("subject",), link=_link, is_wide=True),
        Column(
            key="customer",
            label=gettext_lazy("Customer"),
            value="customer.name",
            sort=("customer__name",),
            link=lambda mailing: reverse("admin:customer", args=[mailing.customer_id]),
        ),
        Column(
            key="to",
            label=pgettext_lazy("mail", "To"),
            value=lambda mailing, company: ", ".join(mailing.recipients),
        ),
        Column(
            key="state",
            label=gettext_lazy("State"),
            kind="state",
            value=lambda mailing, company: str(_STATES[mailing.status][0]),
            shown=_state,
            sort=("status",),
        ),
        Column(key="sent_at", label=gettext_lazy("Sent"), kind="moment", sort=("sent_at",)),
        Column(key="error", label=gettext_lazy("Problem"), is_minor=True),
    ),
)
