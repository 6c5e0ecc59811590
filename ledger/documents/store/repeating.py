"""A step that was taken already: asked for again with the same facts it changes nothing, with others it is refused.

To answer it as done would look as if what was stated now counted.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ledger.documents.models import Document
from ledger.errors import InvalidStateTransition
from ledger.models import Activity


def refuse_other_facts(done: str, facts: dict[str, tuple[Any, Any]], *, way_out: str = "", **details: Any) -> None:
    """Compare what is stated now with what was done, by field: (stated, done). Nothing stated is the same.

    `done` says it: `invoice INV-1 was voided`. Raises InvalidStateTransition naming the first field that differs.
    """
    for field, (stated, before) in facts.items():
        if stated not in (None, "") and stated != before:
            if isinstance(before, str | date) and before != "":
                message = _("{done} already, with {field} {before}; nothing was changed")
            else:
                message = _("{done} already, with another {field}; nothing was changed")
            words = message.format(done=done, field=field, before=before)
            raise InvalidStateTransition(
                f"{words}; {way_out}" if way_out else words,
                field=field,
                **details,
            )


def reason_given(company_id: UUID, subject_id: UUID, verb: str) -> str:
    """Return the reason that the trail keeps of the last step of this name."""
    trail = Activity.objects.filter(company_id=company_id, subject_id=subject_id, verb=verb).order_by("-at", "-id")
    last = trail.first()
    return str(last.detail.get("reason") or "") if last else ""


def refuse_other_reason(subject: Document, verb: str, reason: str, *, done: str) -> None:
    """Refuse another reason than that of the last step of this name."""
    if reason:
        before = reason_given(subject.company_id, subject.id, verb)
        refuse_other_facts(done, {"reason": (reason, before)})
