"""Recurring invoices."""

from typing import Any

from rest_framework import serializers

from backfill.api.fields import (
    CurrencyField,
    InstantField,
    JSONObjectField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    TextField,
)
from backfill.api.fields.optional import ObjectField, ReferenceField
from backfill.api.serializers import InputSerializer
from ledger.documents.api.fields import AddressField, DiscountsField
from ledger.documents.models import TaxBehavior
from ledger.journal.resolving import MAX_LINES
from receivables.api.serializers.invoices import InvoiceLineInput
from receivables.api.serializers.shipping import ShippingDetailsField
from receivables.models import DayRule, IntervalUnit


class TemplateLineInput(InvoiceLineInput):
    """A line as on an invoice, without the period billed for: every invoice has its own."""

    billing_period_start = None  # type: ignore[assignment]  # how a serializer drops an inherited field
    billing_period_end = None  # type: ignore[assignment]
    order_line_ref = None  # type: ignore[assignment]


class InvoiceTemplateInput(InputSerializer):
    """What every one of the invoices says, as in the body of an invoice."""

    currency = CurrencyField(required=False, help_text="By default the customer's, else the company's.")
    tax_behavior = serializers.ChoiceField(
        TaxBehavior.choices, required=False, help_text="Whether the lines' amounts include tax; exclusive by default."
    )
    discount_details = DiscountsField()
    memo = OptionalText(max_length=2_000, help_text="Memo")
    notes = OptionalText(max_length=2_000, help_text="Printed on the invoice.")
    terms = OptionalText(max_length=200, help_text="Terms of payment in words.")
    billing_address = AddressField(help_text="Billing address")
    shipping_address = AddressField(help_text="Shipping address")
    shipping_details = ShippingDetailsField(help_text="Shipping details")
    ship_method = OptionalText(max_length=100, help_text="How it is shipped.")
    dimensions = ObjectField(help_text="Dimensions")
    metadata = ObjectField(help_text="Metadata")
    subsidiary_id = OptionalText(max_length=100, help_text="Business entity, where a company has several.")
    lines = TemplateLineInput(many=True, allow_empty=False, max_length=MAX_LINES, help_text="Lines")


class RecurringInvoiceInput(InputSerializer):
    name = TextField(max_length=200, help_text="What you call it.")
    customer_id = ReferenceField(required=True, allow_null=False, help_text="Whom the invoices are for.")
    interval_unit = serializers.ChoiceField(
        IntervalUnit.choices, required=False, help_text="month unless stated otherwise."
    )
    interval_count = StrictIntegerField(
        required=False, min_value=1, max_value=366, help_text="Every so many units; 1 unless stated otherwise."
    )
    day_rule = serializers.ChoiceField(
        DayRule.choices,
        required=False,
        help_text="same_day: as in starts_on, or the month's last where there is none. month_end: always the last.",
    )
    starts_on = StrictDateField(help_text="Date of the first invoice.")
    ends_on = StrictDateField(required=False, allow_null=True, help_text="No invoice after this day.")
    due_days = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=3_650,
        help_text="Days until an invoice is due; by default the customer's terms.",
    )
    confirms_invoices = StrictBooleanField(
        required=False, help_text="Whether the invoices are confirmed at once; else they wait as drafts."
    )
    invoice = InvoiceTemplateInput(help_text="What the invoices say.")


class RecurringRunOutput(serializers.Serializer[Any]):
    occurs_on = StrictDateField()
    invoice_id = serializers.UUIDField(allow_null=True, help_text="Null when its draft was deleted.")
    error = serializers.CharField(allow_blank=True, help_text="Why the draft was not confirmed.")


class RecurringInvoiceOutput(serializers.Serializer[Any]):
    """A template and when it comes next. Its status is active, paused or ended."""

    name = serializers.CharField()
    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField(source="customer.name")
    status = serializers.CharField()
    interval_unit = serializers.CharField()
    interval_count = serializers.IntegerField()
    day_rule = serializers.CharField()
    starts_on = StrictDateField()
    ends_on = StrictDateField(allow_null=True)
    next_on = StrictDateField(allow_null=True, help_text="Date of the next invoice.")
    due_days = serializers.IntegerField(allow_null=True)
    confirms_invoices = serializers.SerializerMethodField()
    invoice = JSONObjectField(source="values", help_text="What the invoices say.")
    last_error = serializers.CharField(allow_blank=True, help_text="What held the last date up.")
    failed_at = InstantField(allow_null=True)
    recent_runs = RecurringRunOutput(many=True, help_text="The latest dates, newest first.")
    created_at = InstantField()
    updated_at = InstantField()

    def get_confirms_invoices(self, recurring: Any) -> bool:
        return recurring.confirms_since is not None
