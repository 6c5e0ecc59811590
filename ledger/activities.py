"""The activity trail's one writer."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from backfill.tenancy.actors import Actor
from ledger.models import Activity


def record_activity(
    *, company_id: UUID, subject_type: str, subject_id: UUID, verb: str, actor: Actor, **detail: Any
) -> Activity:
    """Append one line to the trail, in the caller's transaction. `detail` must be JSON-serialisable."""
    return Activity.objects.create(
        company_id=company_id,
        subject_type=subject_type,
        subject_id=subject_id,
        verb=verb,
        detail=detail,
        actor=actor_facts(actor),
    )


def changed_by_reversal(company_id: UUID, entry_id: UUID) -> list[dict[str, Any]]:
    """Return what else changed when an entry was reversed, as `ledger.registry.Consequence.facts` tells it."""
    trail = Activity.objects.filter(
        company_id=company_id, subject_type="journal_entry", subject_id=entry_id, verb="reversed"
    )
    reversed_ = trail.order_by("-at").first()
    return reversed_.detail.get("also_changed", []) if reversed_ else []


def actor_facts(actor: Actor) -> dict[str, Any]:
    """Return the actor as the JSON that entries and activities keep."""
    facts = {key: value for key, value in asdict(actor).items() if value is not None}
    facts.pop("may_post_into_soft_lock", None)
    return {key: str(value) for key, value in facts.items()}
