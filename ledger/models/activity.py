"""The activity trail: who did what to which record, when. Append-only, with one writer."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company


class Activity(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=40, help_text="journal_entry, period, invoice, …")
    subject_id = models.UUIDField()
    verb = models.CharField(max_length=40, help_text="posted, reversed, reopened, voided, …")
    detail = models.JSONField(default=dict, blank=True)
    actor = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "activities"
        indexes = (
            models.Index(fields=["company", "subject_type", "subject_id", "-at"], name="activity_by_subject"),
            models.Index(fields=["company", "-at", "-id"], name="activity_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type}"


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
    """Return what else changed when an entry was reversed, as `ledger.journal.registry.Consequence.facts` tells it."""
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
