"""Where a recurring invoice stands, as people call it."""

from typing import Final

from django.utils.translation import gettext as _

from backfill.workspace.code_words import words_of
from ledger.documents.pages.states import ShownState
from receivables.models import RecurringInvoice

_TONES: Final = {"active": "good", "paused": "warn", "ended": "neutral"}


def recurring_state(recurring: RecurringInvoice) -> ShownState:
    """Return whether invoices come of it, and whether something holds them up."""
    if recurring.last_error and recurring.status == "active":
        return ShownState("failed", _("Problem"), "bad")
    return ShownState(recurring.status, words_of(recurring.status), _TONES[recurring.status])
