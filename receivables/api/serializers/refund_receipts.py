"""Refund receipts."""

from typing import Any, ClassVar

from rest_framework import serializers

from backfill.api.fields import InstantField, MoneyField, OptionalText, plain_decimal
from backfill.api.fields.optional import ZERO, OptionalAmount, ReferenceField
from ledger.documents.api.inputs import DocumentLineInput, ItemisedInput
from ledger.documents.api.outputs import DocumentLineOutput, ItemisedOutput
from ledger.journal.resolving import MAX_LINES
from receivables.models import RefundReceipt


class RefundLineInput(DocumentLineInput):
    charge_line_ref = OptionalText(max_length=100, help_text="Related line of the charge.")
    payment_line_ref = OptionalText(max_length=100, help_text="Related line of the payment.")


class RefundReceiptInput(ItemisedInput):
    """Gives back a payment, or what is left of a credit memo; without either it takes back a sale."""

    total_amount = MoneyField(minimum=ZERO, help_text="What goes back to the customer.")
    net_amount = OptionalAmount(minimum=ZERO, help_text="Without tax; by default all of it.")
    customer_id = ReferenceField(help_text="By default the customer of what is refunded.")
    payment_id = ReferenceField(help_text="The payment that is given back.")
    credit_memo_id = ReferenceField(help_text="The credit memo that is paid out.")
    paid_from_account_id = ReferenceField(
        help_text="Where the money came from; by default where the payment went, else cash."
    )
    charge_id = OptionalText(max_length=200, help_text="The charge at the payment provider.")
    reason = OptionalText(max_length=500, help_text="Why.")
    refund_date = InstantField(required=False, allow_null=True, help_text="When it was refunded.")
    lines = RefundLineInput(many=True, required=False, max_length=MAX_LINES, help_text="Lines")


class RefundLineOutput(DocumentLineOutput):
    charge_line_ref = serializers.CharField(allow_blank=True)
    payment_line_ref = serializers.CharField(allow_blank=True)


class RefundReceiptOutput(ItemisedOutput):
    """A refund receipt. Its status is pending, completed or void."""

    refund_id = serializers.CharField(help_text="The record's id in the system it came from, else its own id.")
    customer_id = serializers.UUIDField(allow_null=True)
    customer_name = serializers.CharField(allow_null=True)
    payment_id = serializers.UUIDField(allow_null=True)
    credit_memo_id = serializers.UUIDField(allow_null=True)
    paid_from_account_id = serializers.UUIDField(allow_null=True)
    charge_id = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    net_amount = MoneyField()
    refund_date = InstantField()
    lines = RefundLineOutput(many=True)

    line_columns: ClassVar[tuple[str, ...]] = ("charge_line_ref", "payment_line_ref")

    def own(self, document: RefundReceipt) -> dict[str, Any]:
        customer = document.customer
        return {
            "refund_id": document.source_id or document.pk,
            "customer_id": document.customer_id,
            "customer_name": customer.name if customer else None,
            "payment_id": document.payment_id,
            "credit_memo_id": document.credit_memo_id,
            "paid_from_account_id": document.paid_from_account_id,
            "charge_id": document.charge_id,
            "reason": document.reason,
            "net_amount": plain_decimal(document.net_amount),
            "refund_date": document.refunded_at or self.beginning(document.document_date),
        }
