"""The state of documents in templates, as people call it."""

from typing import Any, Final

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backfill.workspace.lists.columns import money as written_money
from backfill.workspace.templatetags.workspace import badge
from ledger.documents.models import Document
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.states import shown_state

register = template.Library()

_BOOKED: Final = frozenset({"settlement", "entry"})


@register.simple_tag(takes_context=True)
def state(context: Context, document: Document) -> SafeString:
    """Write where a document stands: overdue before open, and of a draft whether it waits for approval."""
    shown = shown_state(document, context["company"].today())
    return badge(shown.code, shown.words, shown.tone)


@register.simple_tag(takes_context=True)
def money(context: Context, value: Any, currency: str) -> SafeString | str:
    """Write an amount, with its currency when that is not the company's own."""
    if value is None:
        return ""
    return written_money(value, currency, context["company"])


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


@register.simple_tag
def party_link(kind: DocumentAdmin, document: Any, nobody: str = "") -> SafeString | str:
    """Write whose document it is, as a link; else the name it was made out to, else `nobody`."""
    party, side = kind.doc_type.party_of(document), kind.side
    if party is None:
        return getattr(document, f"{side.party}_name", "") or nobody
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{side.party}", args=[party.pk]), party.name)


@register.simple_tag
def party_url(kind: DocumentAdmin, step: str = "search") -> str:
    """Return the address of the search for parties of a side, or of a new one."""
    party = kind.side.party
    return reverse(f"admin:{step}_{party}" if step == "new" else f"admin:{party}_{step}")
