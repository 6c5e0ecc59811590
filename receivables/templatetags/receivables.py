"""The state of recurring invoices and reminders in templates, as people call it."""

from typing import Final

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.workspace.templatetags.workspace import badge
from receivables.models import DunningProposal, MailingStatus, ProposalStatus, RecurringInvoice
from receivables.pages.states import recurring_state

register = template.Library()

_MAILED: Final = {
    MailingStatus.SENT: ("sent", gettext_lazy("Sent"), "good"),
    MailingStatus.QUEUED: ("queued", pgettext_lazy("mail", "On its way"), "info"),
    MailingStatus.FAILED: ("failed", pgettext_lazy("mail", "Not sent"), "bad"),
}


@register.simple_tag(name="recurring_state")
def write_recurring_state(recurring: RecurringInvoice) -> SafeString:
    """Write whether invoices come of it, and whether something holds them up."""
    shown = recurring_state(recurring)
    return badge(shown.code, shown.words, shown.tone)


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
