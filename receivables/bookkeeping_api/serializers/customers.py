"""Customers."""

from typing import Any

from rest_framework import serializers

from backfill.api.fields import BookkeepingAmountField, InstantField, JSONObjectField, OptionalText, TextField
from backfill.api.serializers import BookkeepingInput, LimitField, OffsetField, QuerySerializer
from ledger.bookkeeping_api.serializers.parties import BicField, IbanField, PartyAddressInput


class CustomerListQuery(QuerySerializer):
    search = serializers.CharField(
        default="", allow_blank=True, max_length=255, help_text="Part of name or VAT id, case-insensitive."
    )
    is_active = serializers.ChoiceField(
        [("true", "true"), ("false", "false")], required=False, help_text="Only active or inactive ones."
    )
    limit = LimitField(default=50, max_value=500)
    offset = OffsetField()


class CustomerInput(BookkeepingInput):
    name = TextField(max_length=255)
    tax_id = OptionalText(max_length=20, help_text="National tax number.")
    vat_id = OptionalText(max_length=20, help_text="VAT identification number.")
    iban = IbanField(help_text="Checked, modulo 97.")
    bic = BicField(help_text="BIC")
    address = PartyAddressInput(required=False, allow_null=True)
    default_account = OptionalText(max_length=20, help_text="Default revenue account; must exist.")
    notes = OptionalText(max_length=2_000)


class CustomerAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    tax_id = serializers.CharField(allow_null=True)
    vat_id = serializers.CharField(allow_null=True)
    iban = serializers.CharField(allow_null=True)
    bic = serializers.CharField(allow_null=True)
    address = JSONObjectField(allow_null=True)
    default_account = serializers.CharField(allow_null=True)
    notes = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField()
    open_amount = BookkeepingAmountField(help_text="Posted invoices less what settled them, net of credit notes.")
    created_at = InstantField()
    updated_at = InstantField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        account = instance.default_account
        return {
            "id": instance.id,
            "name": instance.name,
            "tax_id": instance.tax_id or None,
            "vat_id": instance.vat_id or None,
            "iban": instance.iban or None,
            "bic": instance.bic or None,
            "address": instance.address or None,
            "default_account": account.code if account else None,
            "notes": instance.notes or None,
            "is_active": instance.is_active,
            "open_amount": BookkeepingAmountField().to_representation(instance.open_amount),
            "created_at": instance.created_at,
            "updated_at": instance.updated_at,
        }
