"""Amounts, dates and states in templates. What depends on the company takes it from the page's context."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from backfill.words import in_sentence
from backfill.workspace.code_words import deed_of, source_of, surface_of, words_of
from backfill.workspace.context import Workspace
from backfill.workspace.days import day_text
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.shortcuts import Shortcut, shortcuts_for
from backfill.workspace.submissions import REQUEST_ID
from backfill.workspace.wording import worded

register = template.Library()

_TONES: Final = {
    "draft": "neutral",
    "posted": "good",
    "open": "good",
    "active": "good",
    "pending_approval": "warn",
    "pending_reversal": "warn",
    "soft_locked": "warn",
    "pending": "warn",
    "expired": "neutral",
    "stopped": "bad",
    "rejected": "bad",
    "revoked": "bad",
    "reversed": "info",
    "locked": "info",
}


@register.simple_tag(takes_context=True)
def amount(context: Context, value: Decimal | None, currency: str | None = None) -> str:
    """Write an amount, a negative one so that it is seen; nothing for None."""
    if value is None:
        return ""
    text = _formats(context).amount(value, currency)
    return mark_safe(f'<span class="neg">{text}</span>') if value < 0 else text  # noqa: S308 - digits and marks


@register.simple_tag(takes_context=True)
def side(context: Context, value: Decimal, which: str, currency: str | None = None) -> str:
    """Write the amount of a signed value in its own column, `debit` or `credit`; the other one stays empty."""
    if (value > 0) != (which == "debit") or not value:
        return ""
    return _formats(context).amount(abs(value), currency)


@register.simple_tag(takes_context=True)
def number(context: Context, value: Decimal | None) -> str:
    """Write a number, such as a rate, with the decimals it has; nothing for None."""
    return "" if value is None else _formats(context).plain(value.normalize())


@register.simple_tag(takes_context=True)
def unit_price(context: Context, value: Decimal | None, currency: str | None = None) -> str:
    """Write the price of one piece with the currency's decimals, and with more where it has more."""
    return "" if value is None else _formats(context).price(value, currency)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> str:
    return "" if value is None else _formats(context).day(value)


@register.simple_tag(takes_context=True)
def last_day(context: Context, end: datetime | None) -> str:
    """Write the last day of what ends at an instant: of one that ends at midnight, the day before."""
    return "" if end is None else _formats(context).day(end - timedelta(seconds=1))


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None) -> str:
    return "" if value is None else _formats(context).moment(value)


@register.filter
def as_typed(text: str) -> str:
    """Write a stored day, `2026-11-29`, as it is typed in the company's country; anything else as it is."""
    return day_text(str(text))


@register.simple_tag(takes_context=True)
def shortcuts(context: Context) -> list[Shortcut]:
    """Return where `g` and a letter lead to, for the person at work."""
    workspace: Workspace | None = context.get("workspace")
    return shortcuts_for(workspace) if workspace else []


@register.simple_tag(takes_context=True)
def number_example(context: Context) -> str:
    """Write a sum as it is typed: `12,50+3`."""
    return f"{_formats(context).plain(Decimal('12.50'))}+3"


@register.filter
def in_words(text: str) -> str:
    """Write what the books say in words, with amounts and dates as the company's country has them."""
    return worded(text)


@register.filter
def plain_words(code: str) -> str:
    """Write the code of a kind, a step or a reason as words: `refund_receipt` is «Refund receipt»."""
    return words_of(str(code))


@register.filter
def labelled(codes: Iterable[str], labels: Mapping[str, Any]) -> str:
    """Write several codes by their labels, with semicolons between them."""
    return "; ".join(str(labels.get(code, code)) for code in codes)


@register.filter
def deed(verb: str) -> str:
    """Write what was done to something, from the verb of its trail."""
    return deed_of(str(verb))


@register.filter
def surface(code: str) -> str:
    """Write where a change came in: `task` is «Background task»."""
    return surface_of(str(code))


@register.filter
def rate_source(code: str) -> str:
    """Write where an exchange rate comes from: `ECB` is «EZB» in German."""
    return source_of(str(code))


@register.filter(name="in_sentence")
def title_in_sentence(title: str) -> str:
    """Write a title within a sentence."""
    return in_sentence(title)


@register.simple_tag
def badge(state: str, label: str | None = None, tone: str | None = None) -> SafeString:
    """Write a state as a coloured label."""
    words = label or words_of(state)
    return format_html('<span class="bf-badge bf-badge-{}">{}</span>', tone or _TONES.get(state, "neutral"), words)


@register.simple_tag(takes_context=True)
def form_keys(context: Context, request_id: str = "") -> SafeString:
    """Write the hidden fields of a form that changes something: proof that the page is ours, the company it is about,
    and an id that makes submitting it twice one effect (`backfill.workspace.submissions`): a new one, unless the form
    goes on with one that had no effect yet."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="page_company" value="{}"><input type="hidden" name="{}" value="{}">',
        context["csrf_token"],
        context["company"].pk,
        REQUEST_ID,
        request_id or uuid4(),
    )


@register.simple_tag(takes_context=True)
def day_notation(context: Context) -> SafeString:
    """Write how the company writes days, and where a typed one is read, as attributes for scripts."""
    formats = _formats(context)
    return format_html(
        'data-day-order="{}" data-day-mark="{}" data-day-url="{}"',
        formats.day_order,
        formats.day_mark,
        reverse("admin:day_lookup"),
    )


@register.simple_tag(takes_context=True)
def allows(context: Context, permission: str) -> bool:
    """Return whether the person's role includes the permission: `{% allows "ledger.post" as may_post %}`."""
    workspace: Workspace | None = context.get("workspace")
    return workspace is not None and workspace.allows(permission)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return the page's own query string with some parameters changed; None or an empty value removes one."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value in {None, ""}:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def query_with(context: Context, changes: dict[str, str]) -> str:
    """Return the page's own query string with the given parameters put in."""
    return query(context, **changes)


def _formats(context: Context) -> Formats:
    return formats_of(context["company"])
