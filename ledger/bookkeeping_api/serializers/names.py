"""What this contract calls an account, and its ranges of dates."""

from typing import Any

from rest_framework import serializers

from ledger.models import Account


def account_number(account: Account) -> str:
    """Return what this contract calls an account by; one without a code is known by its id."""
    return account.code or str(account.pk)


def ordered_dates(attrs: dict[str, Any]) -> dict[str, Any]:
    start, end = attrs.get("startDate"), attrs.get("endDate")
    if start and end and start > end:
        raise serializers.ValidationError({"startDate": "Must not be after endDate."})
    return attrs
