"""Where a document stands, as people call it: overdue before open, and of a draft whether it waits for approval."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.workspace.code_words import words_of
from ledger.documents.models import Document

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


@dataclass(frozen=True, slots=True)
class ShownState:
    """A state with its words; without a tone, the code has a usual one."""

    code: str
    words: str
    tone: str | None


def shown_state(document: Document, today: date) -> ShownState:
    if is_overdue(document, today):
        return ShownState("overdue", _("Overdue"), "bad")
    is_waiting = document.approval_status in {"pending_approval", "rejected"}
    code = document.approval_status if is_waiting and not document.is_posted else document.status
    return ShownState(code, words_of(code), _TONES.get(code))


def is_overdue(document: Any, today: date) -> bool:
    """Whether the document should be settled by now, where its type knows a day for that."""
    return hasattr(document, "is_overdue") and bool(document.is_overdue(today))
