"""What templates write of comments and of what an edit changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backfill.workspace.formats import formats_of
from ledger.beside.mentions import parts_of
from ledger.models import Comment

register = template.Library()


@register.simple_tag
def said(comment: Comment) -> SafeString:
    """Write a comment as it was typed, with the members that it names set off."""
    parts = parts_of(comment.text, [mention.name for mention in comment.mentions.all()])
    return format_html_join("", "{}", ((_part(text, is_name=is_name),) for text, is_name in parts))


@register.simple_tag(takes_context=True)
def told(context: Context, value: Any) -> str:
    """Write a value that the trail keeps as people in the company's country write it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    formats = formats_of(context["company"])
    if not isinstance(value, dict):
        return str(value)
    if "number" in value:
        return formats.plain(Decimal(value["number"]))
    if "day" in value:
        return formats.day(date.fromisoformat(value["day"]))
    return formats.moment(datetime.fromisoformat(value["moment"])) if "moment" in value else ""


def _part(text: str, *, is_name: bool) -> SafeString:
    return format_html('<span class="bf-named">{}</span>' if is_name else "{}", text)
