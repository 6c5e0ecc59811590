"""Periods and the requests that lock them."""

from typing import Any

from rest_framework import serializers

from backfill.api.fields import InstantField, OptionalText, StrictBooleanField
from backfill.api.serializers import BookkeepingInput
from ledger.journal.locking import REASON_LENGTH

PERIOD_SCHEMA = {
    "type": "string",
    "pattern": "^[1-9][0-9]{3}-(0[1-9]|1[0-2]|P13|P14)$",
    "description": "YYYY-MM, YYYY-P13 or YYYY-P14.",
    "example": "2026-03",
}


class PeriodAnswer(serializers.Serializer[Any]):
    period = serializers.CharField(source="name")
    period_number = serializers.IntegerField(source="number", help_text="0 for a month, 13 or 14.")
    status = serializers.ChoiceField([("open", "open"), ("soft_locked", "soft_locked"), ("locked", "locked")])


class LockedPeriodAnswer(PeriodAnswer):
    locked_by = serializers.SerializerMethodField()
    locked_at = InstantField(allow_null=True)

    def get_locked_by(self, period: Any) -> str | None:
        return period.locked_by or None


class ListedPeriodAnswer(LockedPeriodAnswer):
    booking_count = serializers.IntegerField()


class LockRequestInput(BookkeepingInput):
    force = StrictBooleanField(
        required=False, default=False, help_text="Do not wait for drafts; needs a reason and a second person."
    )
    reason = OptionalText(max_length=REASON_LENGTH, help_text="Why the lock does not wait, with force.")


class LockRequestAnswer(serializers.Serializer[Any]):
    request_id = serializers.UUIDField()
    period = serializers.CharField()
    status = serializers.CharField()
    created_at = InstantField()
    message = serializers.CharField()
    periods = serializers.ListField(child=serializers.CharField(), help_text="What it locks once approved, in order.")


class ApprovedLockAnswer(LockedPeriodAnswer):
    closing_hash = serializers.CharField()
    request_id = serializers.UUIDField()
    approved_by = serializers.CharField()
    periods = serializers.ListField(child=serializers.CharField(), help_text="What was locked with it, in order.")


class CancelledLockAnswer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    request_id = serializers.UUIDField()
    status = serializers.CharField()


class LockStatusAnswer(serializers.Serializer[Any]):
    has_pending_request = serializers.BooleanField()
    request_id = serializers.UUIDField(allow_null=True)
    requested_by = serializers.CharField(allow_null=True)
    created_at = InstantField(allow_null=True)
