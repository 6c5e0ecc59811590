"""The state of recurring invoices and reminders in templates, as people call it."""

from typing import Final

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.workspace.templatetags.workspace import badge
from receivables.models import DunningProposal, MailingStatus, ProposalStatus, RecurringInvoice

register = template.Library()

_RECURRING: Final = {"active": "good", "paused": "warn", "ended": "neutral"}
_MAILED: Final = {
    MailingStatus.SENT: ("sent", gettext_lazy("Sent"), "good"),
    MailingStatus.QUEUED: ("queued", pgettext_lazy("mail", "On its way"), "info"),
    MailingStatus.FAILED: ("failed", pgettext_lazy("mail", "Not sent"), "bad"),
}


@register.simple_tag
def recurring_state(recurring: RecurringInvoice) -> SafeString:
    """Write whether invoices come of it, and whether something holds them up."""
    if recurring.last_error and recurring.status == "active":
        return badge("failed", _("Problem"), "bad")
    return badge(recurring.status, None, _RECURRING[recurring.status])


@register.simple_tag
def reminder_state(reminder: DunningProposal) -> SafeString:
    """Write where a reminder stands; of one that was mailed also whether the mail server took it."""
    if reminder.status == ProposalStatus.PROPOSED and reminder.mailing is None:
        return badge("proposed", _("Proposed"), "warn")
    if reminder.status == ProposalStatus.DISMISSED:
        return badge("dismissed", _("Dismissed"), "neutral")
    if reminder.mailing is None:
        return badge("sent", _("Sent on paper"), "good")
    state, label, tone = _MAILED[MailingStatus(reminder.mailing.status)]
    return badge(state, str(label), tone)
