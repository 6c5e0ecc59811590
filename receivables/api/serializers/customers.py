"""Customers."""

from typing import Any, ClassVar

from rest_framework import serializers

from backfill.api.fields import (
    CurrencyField,
    InstantField,
    JSONObjectField,
    MoneyField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    TextField,
    plain_decimal,
)
from backfill.api.fields.optional import ZERO, ObjectField, OptionalAmount, ReferenceField
from backfill.api.serializers import SourcedInput
from ledger.documents.api.fields import AddressField
from ledger.documents.api.inputs import StoredAsGiven
from receivables.models import Customer


class DirectDebitInput(StoredAsGiven):
    mandate_reference = OptionalText(max_length=35, help_text="Reference of the mandate (BT-89).")
    iban = OptionalText(max_length=42, help_text="The account that is debited (BT-91).")
    signed_on = StrictDateField(required=False, allow_null=True, help_text="Day of the signature.")


class CustomerInput(SourcedInput):
    name = TextField(max_length=255, help_text="Name")
    company_name = OptionalText(max_length=255, help_text="Company")
    email = OptionalText(max_length=254, help_text="Where invoices are sent.")
    phone = OptionalText(max_length=50, help_text="Phone")
    description = OptionalText(max_length=2_000, help_text="Description")
    notes = OptionalText(max_length=2_000, help_text="Notes for your own people.")
    currency = CurrencyField(required=False, help_text="What its documents start with.")
    language = serializers.ChoiceField(
        [("en", "English"), ("de", "German")], required=False, help_text="Language of what is sent."
    )
    credit_limit = OptionalAmount(minimum=ZERO, help_text="In base currency.")
    payment_terms_days = StrictIntegerField(
        required=False, allow_null=True, min_value=0, max_value=3_650, help_text="Days until an invoice is due."
    )
    address = AddressField(help_text="Address")
    billing_address = AddressField(help_text="Where invoices go.")
    shipping_address = AddressField(help_text="Where goods go.")
    tax_ids = serializers.ListField(
        child=JSONObjectField(max_keys=20, max_depth=2),
        required=False,
        max_length=20,
        help_text="Government-issued tax identifiers: EIN, VAT, GST, ABN registrations. VAT ids are checked.",
    )
    tax_id = OptionalText(max_length=20, help_text="National tax number.")
    vat_id = OptionalText(max_length=20, help_text="VAT identification number.")
    tax_exempt = StrictBooleanField(required=False, help_text="Whether it is charged no tax.")
    tax_exempt_reason = OptionalText(max_length=500, help_text="Why it is charged no tax.")
    buyer_reference = OptionalText(max_length=100, help_text="Leitweg-ID or the like, for e-invoices.")
    direct_debit = DirectDebitInput(required=False, help_text="A mandate to debit its account.")
    default_account_id = ReferenceField(help_text="Revenue account of its sales.")
    tax_code = OptionalText(
        max_length=20, help_text="Tax code of its lines: before their items' where it charges nothing, else behind."
    )
    category_ids = serializers.ListField(
        child=TextField(max_length=100), required=False, max_length=100, help_text="Related categories."
    )
    price_level_id = OptionalText(max_length=100, help_text="Related price level.")
    sales_rep_id = OptionalText(max_length=100, help_text="Related sales representative.")
    active = StrictBooleanField(required=False, help_text="Whether new documents may name it.")
    metadata = ObjectField(help_text="Metadata")


class CustomerOutput(serializers.Serializer[Customer]):
    customer_id = serializers.CharField(help_text="The record's id in the system it came from, else its own id.")
    name = serializers.CharField()
    company_name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    currency = serializers.CharField(help_text="What its documents start with.")
    language = serializers.CharField(allow_blank=True)
    balance = MoneyField(help_text="Open invoices less what it has to its credit, in base currency.")
    credit_limit = MoneyField(allow_null=True)
    payment_terms_days = serializers.IntegerField(allow_null=True)
    address = JSONObjectField()
    billing_address = JSONObjectField()
    shipping_address = JSONObjectField()
    tax_ids = serializers.ListField(child=JSONObjectField())
    tax_id = serializers.CharField(allow_blank=True)
    vat_id = serializers.CharField(allow_blank=True)
    tax_exempt = serializers.BooleanField()
    tax_exempt_reason = serializers.CharField(allow_blank=True)
    buyer_reference = serializers.CharField(allow_blank=True)
    direct_debit = JSONObjectField(help_text="A mandate to debit its account.")
    default_account_id = serializers.UUIDField(allow_null=True)
    tax_code = serializers.CharField(allow_blank=True)
    category_ids = serializers.ListField(child=serializers.CharField())
    price_level_id = serializers.CharField(allow_blank=True)
    sales_rep_id = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField()
    metadata = JSONObjectField()
    source_system = serializers.CharField(allow_blank=True)
    source_id = serializers.CharField(allow_blank=True)
    connection_id = serializers.CharField(allow_blank=True)
    created_at = InstantField()
    updated_at = InstantField()

    SAME: ClassVar[tuple[str, ...]] = (
        *("name", "company_name", "email", "phone", "description", "notes", "language", "payment_terms_days"),
        *("address", "billing_address", "shipping_address", "tax_ids", "tax_id", "vat_id", "tax_exempt"),
        *("tax_exempt_reason", "buyer_reference", "direct_debit", "default_account_id", "tax_code", "category_ids"),
        *("price_level_id", "sales_rep_id", "metadata", "source_system", "source_id", "connection_id"),
        *("created_at", "updated_at"),
    )

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        limit = instance.credit_limit
        return {
            "customer_id": instance.source_id or instance.pk,
            **{name: getattr(instance, name) for name in self.SAME},
            "currency": instance.currency or self.context["company"].base_currency,
            "balance": plain_decimal(instance.balance),  # type: ignore[attr-defined]  # annotated by the selector
            "credit_limit": None if limit is None else plain_decimal(limit),
            "active": instance.is_active,
        }
