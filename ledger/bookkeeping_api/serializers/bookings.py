"""Bookings and opening balances."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from backfill.api.fields import (
    BookkeepingAmountField,
    JSONObjectField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    StrictUUIDField,
    TextField,
)
from backfill.api.serializers import BookkeepingInput
from backfill.api.warnings import WarningOutput
from ledger.bookkeeping_api.serializers.numbers import NumberField
from ledger.entries.warnings import entry_warnings
from ledger.journal.resolving import MAX_LINES
from ledger.models import JournalEntry

ZERO = Decimal(0)


class BookingLineInput(BookkeepingInput):
    account_number = TextField(max_length=20)
    account_name = OptionalText(max_length=255, help_text="Informational; the stored name wins.")
    debit = BookkeepingAmountField(minimum=ZERO)
    credit = BookkeepingAmountField(minimum=ZERO)
    tax_code = OptionalText(max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs["debit"]) == bool(attrs["credit"]):
            raise serializers.ValidationError({"debit": "Exactly one of debit and credit is above zero."})
        return attrs


class FxInput(BookkeepingInput):
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="Document currency.")
    amount = BookkeepingAmountField(currency_at=("fx", "currency"), help_text="Amount in that currency.")
    rate = NumberField(places=9, help_text="Units of document currency per unit of base currency.")
    rate_date = StrictDateField()
    rate_source = serializers.ChoiceField([("ECB", "ECB"), ("manual", "manual"), ("bank", "bank")])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("amount", "rate"):
            if attrs[name] <= 0:
                raise serializers.ValidationError({name: "Must be above zero."})
        return attrs


class BookingInput(BookkeepingInput):
    booking_date = StrictDateField()
    description = TextField(max_length=500)
    service_date = StrictDateField(
        required=False, allow_null=True, help_text="When it was supplied; tax codes are for dates of supply."
    )
    lines = BookingLineInput(many=True, min_length=1, max_length=MAX_LINES)
    skip_duplicate_check = StrictBooleanField(default=False)
    adjustment_period = StrictIntegerField(required=False, allow_null=True, help_text="13 or 14.")
    fx = FxInput(required=False, allow_null=True)
    external_reference = OptionalText(max_length=500)
    custom_metadata = JSONObjectField(
        required=False,
        allow_null=True,
        max_keys=20,
        max_key_length=64,
        max_text_length=256,
        max_depth=1,
        max_bytes=4096,
    )
    document_id = StrictUUIDField(required=False, allow_null=True)


class BookingAnswer(serializers.Serializer[JournalEntry]):
    intent_id = serializers.UUIDField(source="id")
    event_count = serializers.IntegerField()
    warnings = WarningOutput(many=True, help_text="What somebody should look at, such as a line without tax.")

    def to_representation(self, instance: JournalEntry) -> dict[str, Any]:
        return {
            "intent_id": str(instance.pk),
            "event_count": instance.event_count,
            "warnings": entry_warnings(instance),
        }


class BalanceInput(BookkeepingInput):
    account_number = TextField(max_length=20)
    account_name = TextField(max_length=255, allow_blank=True)
    debit = BookkeepingAmountField(help_text=">= 0")
    credit = BookkeepingAmountField(help_text=">= 0")


class OpeningBalancesInput(BookkeepingInput):
    booking_date = StrictDateField()
    balances = BalanceInput(many=True, min_length=1, max_length=MAX_LINES // 2)


class OpeningBalancesAnswer(serializers.Serializer[Any]):
    intent_id = serializers.UUIDField(source="entry.id")
    event_count = serializers.IntegerField(source="entry.event_count")
    total_debit = BookkeepingAmountField()
    total_credit = BookkeepingAmountField()
