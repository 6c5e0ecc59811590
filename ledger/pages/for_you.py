"""The panel «For you»: comments that name the person."""

from typing import Any, Final

from backfill.workspace.context import Workspace
from ledger.beside.comments import mentions_of
from ledger.beside.subjects import records_named

_SHOWN: Final = 6


def for_you(workspace: Workspace) -> dict[str, Any] | None:
    """Return the latest comments that name the person, or nothing where there are none. One statement, and one for
    each kind of record among them."""
    mentions = mentions_of(company=workspace.company, user=workspace.user, limit=_SHOWN)
    comments = [one.comment for one in mentions]
    subjects = {(one.subject_type, one.subject_id) for one in comments}
    records = records_named(workspace.company.pk, subjects) if subjects else {}
    shown = [
        (one, record)
        for one in mentions
        if (record := records.get((one.comment.subject_type, one.comment.subject_id))) is not None
    ]
    if not shown:
        return None
    return {"mentions": shown, "unread": sum(one.read_at is None for one, _ in shown)}
