"""What reports are called in the language of whoever reads the page."""

from django import template
from django.template import Context

from reporting.labels import title

register = template.Library()


@register.simple_tag(takes_context=True)
def label(context: Context, key: str) -> str:
    """Return the name of a section or column: `{% label "liabilities_and_equity" %}`."""
    return title(key, context["report_language"])


@register.simple_tag(takes_context=True)
def total_of(context: Context, section: str) -> str:
    """Return the name of a section's sum."""
    return title("total_of", context["report_language"]).format(section=section)
