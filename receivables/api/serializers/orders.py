"""Quotes and sales orders, and turning one into the next."""

from typing import Any, ClassVar

from rest_framework import serializers

from backfill.api.fields import InstantField, MoneyField, OptionalText, StrictUUIDField
from backfill.api.fields.optional import ZERO, QuantityField, ReferenceField
from backfill.api.serializers import InputSerializer
from ledger.documents.api.inputs import DocumentLineInput, ItemisedInput
from ledger.documents.api.outputs import DocumentLineOutput, ItemisedOutput
from ledger.journal.resolving import MAX_LINES
from receivables.models import Quote, SalesOrder


class OrderInput(ItemisedInput):
    """Without lines, the total is its one line."""

    total_amount = MoneyField(minimum=ZERO, help_text="Compared with what the lines add up to.")
    customer_id = ReferenceField(help_text="Whom it is for.")
    lines = DocumentLineInput(many=True, required=False, max_length=MAX_LINES, help_text="Lines")


class QuoteInput(OrderInput):
    customer_name = OptionalText(max_length=255, help_text="Whom it is for, also without a record of ours.")
    description = OptionalText(max_length=2_000, help_text="Description")
    expires_at = InstantField(required=False, allow_null=True, help_text="Until when it holds; its day counts.")


class SalesOrderInput(OrderInput):
    pass


class LineQuantityInput(InputSerializer):
    line_id = StrictUUIDField(help_text="Line of the order.")
    quantity = QuantityField(required=True, allow_null=False, minimum=ZERO, help_text="Pieces of it.")


class QuantitiesInput(InputSerializer):
    quantities = LineQuantityInput(
        many=True, required=False, allow_empty=False, max_length=MAX_LINES, help_text="By default all that is left."
    )


class QuoteOutput(ItemisedOutput):
    """A quote. Its status is draft, sent, accepted, declined, converted or void."""

    quote_id = serializers.CharField(help_text="The record's id in the system it came from, else its own id.")
    customer_id = serializers.UUIDField(allow_null=True)
    customer_name = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    expires_at = InstantField(allow_null=True)

    def own(self, document: Quote) -> dict[str, Any]:
        return {
            "quote_id": document.source_id or document.pk,
            "customer_id": document.customer_id,
            "customer_name": document.customer_name,
            "description": document.description,
            "expires_at": document.expires_at,
        }


class SalesOrderLineOutput(DocumentLineOutput):
    fulfilled_quantity = QuantityField()
    invoiced_quantity = QuantityField()


class SalesOrderOutput(ItemisedOutput):
    """A sales order. Its status is draft, open, partially_invoiced, invoiced or void."""

    sales_order_id = serializers.CharField(help_text="The record's id in the system it came from, else its own id.")
    customer_id = serializers.UUIDField(allow_null=True)
    customer_name = serializers.CharField(allow_null=True)
    quote_id = serializers.UUIDField(allow_null=True, help_text="The quote that it was made of.")
    lines = SalesOrderLineOutput(many=True)

    line_quantities: ClassVar[tuple[str, ...]] = ("fulfilled_quantity", "invoiced_quantity")

    def own(self, document: SalesOrder) -> dict[str, Any]:
        return {
            "sales_order_id": document.source_id or document.pk,
            "customer_id": document.customer_id,
            "customer_name": document.customer.name if document.customer else None,
            "quote_id": document.quote_id,
        }
