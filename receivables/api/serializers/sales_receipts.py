"""Sales receipts: sold and paid in one step."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.fields import OptionalText, StrictDateField
from ledger.api.documents.fields import ReferenceField
from ledger.api.documents.inputs import DocumentLineInput, ItemisedInput
from ledger.api.documents.outputs import ItemisedOutput
from ledger.resolving import MAX_LINES
from receivables.models import SalesReceipt


class SalesReceiptInput(ItemisedInput):
    customer_id = ReferenceField(help_text="Who bought, if known.")
    receipt_date = StrictDateField(required=False, allow_null=True, help_text="The same as document_date.")
    deposit_to_account_id = ReferenceField(help_text="Where the money went; by default undeposited funds.")
    deposit_to_account_code = OptionalText(max_length=20, help_text="Names the account where the id does not.")
    revenue_account_id = ReferenceField(help_text="Revenue account of lines that name none.")
    payment_method = OptionalText(max_length=100, help_text="cash, card, …")
    location_id = OptionalText(max_length=100, help_text="Related location.")
    register_id = OptionalText(max_length=100, help_text="Related cash register.")
    sales_rep_id = OptionalText(max_length=100, help_text="Related sales representative.")
    ship_method = OptionalText(max_length=100, help_text="How it is shipped.")
    lines = DocumentLineInput(many=True, required=False, max_length=MAX_LINES, help_text="Lines")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        stated = attrs.pop("receipt_date", None)
        if stated is not None:
            if attrs.get("document_date") not in (None, stated):
                raise ValidationError(
                    {
                        "receipt_date": [
                            ErrorDetail(f"Differs from document_date {attrs['document_date']}.", "duplicate")
                        ]
                    }
                )
            attrs["document_date"] = stated
        return super().validate(attrs)


class SalesReceiptOutput(ItemisedOutput):
    """A sales receipt. Its status is draft, completed or void."""

    customer_id = serializers.UUIDField(allow_null=True)
    customer_name = serializers.CharField(allow_null=True)
    receipt_date = StrictDateField()
    deposit_to_account_id = serializers.UUIDField(allow_null=True)
    deposit_to_account_code = serializers.CharField(allow_null=True)
    revenue_account_id = serializers.UUIDField(allow_null=True)
    payment_method = serializers.CharField(allow_blank=True)
    location_id = serializers.CharField(allow_blank=True)
    register_id = serializers.CharField(allow_blank=True)
    sales_rep_id = serializers.CharField(allow_blank=True)
    ship_method = serializers.CharField(allow_blank=True)

    def own(self, document: SalesReceipt) -> dict[str, Any]:
        account, customer = document.deposit_to_account, document.customer
        return {
            "customer_id": document.customer_id,
            "customer_name": customer.name if customer else None,
            "receipt_date": document.document_date,
            "deposit_to_account_id": document.deposit_to_account_id,
            "deposit_to_account_code": account.code if account else None,
            "revenue_account_id": document.revenue_account_id,
            "payment_method": document.payment_method,
            "location_id": document.location_id,
            "register_id": document.register_id,
            "sales_rep_id": document.sales_rep_id,
            "ship_method": document.ship_method,
        }
