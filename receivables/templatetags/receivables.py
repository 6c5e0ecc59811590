"""The state of recurring invoices and reminders in templates, as people call it."""

from typing import Final

from django import template
from django.utils.safestring import SafeString

from backfill.workspace.templatetags.workspace import badge
from receivables.models import DunningProposal, MailingStatus, ProposalStatus, RecurringInvoice

register = template.Library()

_RECURRING: Final = {"active": "good", "paused": "warn", "ended": "neutral"}
_MAILED: Final = {
    MailingStatus.SENT: badge("sent", "Sent", "good"),
    MailingStatus.QUEUED: badge("queued", "On its way", "info"),
    MailingStatus.FAILED: badge("failed", "Not sent", "bad"),
}


@register.simple_tag
def recurring_state(recurring: RecurringInvoice) -> SafeString:
    """Write whether invoices come of it, and whether something holds them up."""
    if recurring.last_error and recurring.status == "active":
        return badge("failed", "Problem", "bad")
    return badge(recurring.status, None, _RECURRING[recurring.status])


@register.simple_tag
def reminder_state(reminder: DunningProposal) -> SafeString:
    """Write where a reminder stands; of one that was mailed also whether the mail server took it."""
    if reminder.status == ProposalStatus.PROPOSED and reminder.mailing is None:
        return badge("proposed", "Proposed", "warn")
    if reminder.status == ProposalStatus.DISMISSED:
        return badge("dismissed", "Dismissed", "neutral")
    if reminder.mailing is None:
        return badge("sent", "Sent on paper", "good")
    return _MAILED[MailingStatus(reminder.mailing.status)]
