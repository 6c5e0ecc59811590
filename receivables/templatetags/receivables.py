"""The state of documents in templates, as people call it."""

from typing import Any, Final

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backfill.workspace.formats import formats_of
from backfill.workspace.templatetags.workspace import badge
from ledger.documents.models import Document
from receivables.models import DunningProposal, Invoice, MailingStatus, ProposalStatus, RecurringInvoice
from receivables.pages.document_admins import DocumentAdmin

register = template.Library()

_BOOKED: Final = frozenset({"settlement", "entry"})

_RECURRING: Final = {"active": "good", "paused": "warn", "ended": "neutral"}
_MAILED: Final = {
    MailingStatus.SENT: badge("sent", "Sent", "good"),
    MailingStatus.QUEUED: badge("queued", "On its way", "info"),
    MailingStatus.FAILED: badge("failed", "Not sent", "bad"),
}

_TONES: Final = {
    "paid": "good",
    "applied": "good",
    "completed": "good",
    "accepted": "good",
    "invoiced": "good",
    "converted": "good",
    "open": "info",
    "sent": "info",
    "partially_paid": "info",
    "partially_applied": "info",
    "partially_invoiced": "info",
    "declined": "bad",
    "void": "neutral",
}


_DEEDS: Final = {"mail_requested": "Mail asked for", "mail_failed": "Mail not sent", "file_attached": "File kept"}


@register.filter
def deed(verb: str) -> str:
    """Write what was done to a document, from the verb of its trail."""
    return _DEEDS.get(verb, verb.replace("_", " ").capitalize())


@register.simple_tag(takes_context=True)
def state(context: Context, document: Document) -> SafeString:
    """Write where a document stands: overdue before open, and of a draft whether it waits for approval."""
    if isinstance(document, Invoice) and document.is_overdue(context["company"].today()):
        return badge("overdue", "Overdue", "bad")
    is_waiting = document.approval_status in {"pending_approval", "rejected"}
    shown = document.approval_status if is_waiting and not document.is_posted else document.status
    return badge(shown, None, _TONES.get(shown))


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


@register.simple_tag(takes_context=True)
def money(context: Context, value: Any, currency: str) -> SafeString | str:
    """Write an amount, with its currency when that is not the company's own."""
    if value is None:
        return ""
    company = context["company"]
    text = formats_of(company).amount(value, currency)
    tone = "neg" if value < 0 else ""
    if currency == company.base_currency:
        return format_html('<span class="{}">{}</span>', tone, text)
    return format_html('<span class="{}">{}</span> <small>{}</small>', tone, text, currency)


@register.simple_tag
def document_link(kind: str, document_id: Any) -> str:
    """Return the address of a document's page; of what was booked in the journal that of the entry."""
    return reverse(f"admin:{'journal_entry' if kind in _BOOKED else kind}", args=[document_id])


@register.simple_tag
def document_url(kind: DocumentAdmin, document: Any, step: str = "") -> str:
    """Return the address of a document's page, or of one of its steps."""
    return kind.url(document, step)


@register.simple_tag
def related_link(name: str, document: Document, words: str = "") -> SafeString:
    """Write a link to another document, `name` being that of its page."""
    link = reverse(f"admin:{name}", args=[document.pk])
    return format_html('<a href="{}">{} {}</a>', link, words, document)
