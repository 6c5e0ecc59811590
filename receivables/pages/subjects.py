"""The kinds of records of sales that are no documents, for the trail, comments and files."""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.beside.subjects import SubjectKind, register_kinds
from receivables.models import Customer, DunningPolicy, DunningProposal, ProposalStatus, RecurringInvoice


def _reminder_words(reminder: Any) -> str:
    return _("{level} of invoice {invoice}").format(level=reminder.level_number, invoice=reminder.invoice)


def _is_out(reminder: Any) -> bool:
    return bool(reminder.status == ProposalStatus.SENT)


def _nothing(policy: Any) -> str:
    return ""


CUSTOMER: Final = SubjectKind(
    name="customer",
    title=gettext_lazy("Customer"),
    permission="receivables.view",
    rows=lambda company_id: Customer.objects.filter(company_id=company_id),
    link=lambda row: reverse("admin:customer", args=[row.pk]),
)
RECURRING: Final = SubjectKind(
    name="recurring_invoice",
    title=gettext_lazy("Recurring invoice"),
    permission="receivables.view",
    rows=lambda company_id: RecurringInvoice.objects.filter(company_id=company_id),
    link=lambda row: reverse("admin:recurring_invoice", args=[row.pk]),
)
REMINDER: Final = SubjectKind(
    name="dunning_proposal",
    title=gettext_lazy("Reminder"),
    permission="receivables.view",
    rows=lambda company_id: DunningProposal.objects.filter(company_id=company_id).select_related("invoice"),
    link=lambda row: reverse("admin:reminder", args=[row.pk]),
    words=_reminder_words,
    keeps=_is_out,
)
POLICY: Final = SubjectKind(
    name="dunning_policy",
    title=gettext_lazy("Reminder levels"),
    permission="receivables.view",
    rows=lambda company_id: DunningPolicy.objects.filter(company_id=company_id),
    link=lambda row: reverse("admin:dunning_policy"),
    words=_nothing,
    is_open=False,
)


def register_subjects() -> None:
    """Make them known; called once, when the app is ready."""
    register_kinds(CUSTOMER, RECURRING, REMINDER, POLICY)
