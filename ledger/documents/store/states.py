"""States as words of a sentence: «invoice INV-1001 is partially paid»."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_WORDS: Final[Mapping[str, str | Promise]] = {
    "draft": pgettext_lazy("state in a sentence", "draft"),
    "pending_approval": pgettext_lazy("state in a sentence", "pending approval"),
    "submitted": pgettext_lazy("state in a sentence", "submitted"),
    "approved": pgettext_lazy("state in a sentence", "approved"),
    "rejected": pgettext_lazy("state in a sentence", "rejected"),
    "open": pgettext_lazy("state in a sentence", "open"),
    "pending": pgettext_lazy("state in a sentence", "pending"),
    "completed": pgettext_lazy("state in a sentence", "completed"),
    "paid": pgettext_lazy("state in a sentence", "paid"),
    "partially_paid": pgettext_lazy("state in a sentence", "partially paid"),
    "applied": pgettext_lazy("state in a sentence", "applied"),
    "partially_applied": pgettext_lazy("state in a sentence", "partially applied"),
    "sent": pgettext_lazy("state in a sentence", "sent"),
    "accepted": pgettext_lazy("state in a sentence", "accepted"),
    "declined": pgettext_lazy("state in a sentence", "declined"),
    "converted": pgettext_lazy("state in a sentence", "converted"),
    "partially_invoiced": pgettext_lazy("state in a sentence", "partially invoiced"),
    "invoiced": pgettext_lazy("state in a sentence", "invoiced"),
    "proposed": pgettext_lazy("state in a sentence", "proposed"),
    "queued": pgettext_lazy("state in a sentence", "queued"),
    "dismissed": pgettext_lazy("state in a sentence", "dismissed"),
    "posted": pgettext_lazy("state in a sentence", "posted"),
    "void": pgettext_lazy("state in a sentence", "void"),
}


def state_words(state: str) -> str:
    """Return a state as it stands in a sentence, in the language of whoever reads it."""
    return str(_WORDS.get(state) or state.replace("_", " "))
