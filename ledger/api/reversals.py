"""Undoing an entry over HTTP: the answer tells what else changed with it."""

from datetime import date
from typing import Any
from uuid import UUID

from rest_framework import serializers

from backfill.api.fields import JSONObjectField, plain_decimal
from backfill.tenancy.actors import Actor
from ledger.entries import entries
from ledger.models.activity import changed_by_reversal


class ConsequenceOutput(serializers.Serializer[Any]):
    """A record that changed with an entry."""

    object = serializers.CharField(help_text="What it is: invoice, payment, …, journal_entry.")
    id = serializers.UUIDField()
    number = serializers.CharField(help_text="Its number.")
    change = serializers.CharField(
        help_text="voided: it is void now; unlinked: it waits for another entry; unsettled: it is open again."
    )
    undone_allocations = serializers.ListField(
        child=JSONObjectField(), help_text="What was applied to it, or it to others, and is not any more."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        undone = [{**one, "amount": plain_decimal(one["amount"])} for one in instance["undone_allocations"]]
        return {**super().to_representation({**instance, "undone_allocations": []}), "undone_allocations": undone}


class ReversalReport(serializers.Serializer[Any]):
    also_changed = ConsequenceOutput(many=True, source="*", help_text="What else changed, documents first of all.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"also_changed": ConsequenceOutput(instance, many=True).data}


def reverse_entry(
    *, company_id: UUID, entry_id: UUID, actor: Actor, on: date | None = None, reason: str = ""
) -> list[dict[str, Any]]:
    """Reverse an entry and return what else changed."""
    entries.reverse_entry(company_id=company_id, entry_id=entry_id, on=on, reason=reason, actor=actor)
    return changed_by_reversal(company_id, entry_id)


def void_entry(
    *, company_id: UUID, entry_id: UUID, actor: Actor, on: date | None = None, reason: str = ""
) -> list[dict[str, Any]]:
    """Void an entry or a draft and return what else changed."""
    entries.void_entry(company_id=company_id, entry_id=entry_id, on=on, reason=reason, actor=actor)
    return changed_by_reversal(company_id, entry_id)
