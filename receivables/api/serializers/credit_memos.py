"""Credit memos."""

from typing import Any, ClassVar

from rest_framework import serializers

from backfill.api.fields import InstantField, MoneyField, OptionalText, plain_decimal
from backfill.api.fields.optional import ZERO, QuantityField, ReferenceField
from ledger.documents.api.inputs import DocumentLineInput, ItemisedInput
from ledger.documents.api.outputs import DocumentLineOutput, ItemisedOutput
from ledger.journal.resolving import MAX_LINES
from receivables.api.serializers.payments import AllocationOutput, applied
from receivables.models import CreditMemo


class CreditMemoLineInput(DocumentLineInput):
    invoice_line_ref = OptionalText(
        max_length=100, help_text="Line of the invoice that is credited: its id, key, reference or number."
    )
    reason_code = OptionalText(max_length=100, help_text="Why.")
    return_quantity = QuantityField(minimum=ZERO, help_text="Pieces that came back into stock.")


class CreditMemoInput(ItemisedInput):
    customer_id = ReferenceField(help_text="Whom it is for; by default the invoice's customer.")
    invoice_id = ReferenceField(help_text="The invoice that it corrects and is applied to.")
    reason_code = OptionalText(max_length=100, help_text="Why.")
    notes = OptionalText(max_length=2_000, help_text="Printed on the credit memo.")
    lines = CreditMemoLineInput(many=True, required=False, max_length=MAX_LINES, help_text="Lines")


class CreditMemoLineOutput(DocumentLineOutput):
    invoice_line_ref = serializers.CharField(allow_blank=True)
    reason_code = serializers.CharField(allow_blank=True)
    return_quantity = QuantityField(allow_null=True)


class CreditMemoOutput(ItemisedOutput):
    """A credit memo. Its status is draft, open, partially_applied, applied or void."""

    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField()
    invoice_id = serializers.UUIDField(allow_null=True)
    reason_code = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    remaining_credit = MoneyField(help_text="What of it is neither applied nor refunded.")
    allocations = AllocationOutput(many=True)
    applied_at = InstantField(allow_null=True)
    refunded_at = InstantField(allow_null=True)
    lines = CreditMemoLineOutput(many=True)

    line_columns: ClassVar[tuple[str, ...]] = ("invoice_line_ref", "reason_code")
    line_quantities: ClassVar[tuple[str, ...]] = ("return_quantity",)

    def own(self, document: CreditMemo) -> dict[str, Any]:
        return {
            "customer_id": document.customer_id,
            "customer_name": document.customer.name,
            "invoice_id": document.invoice_id,
            "reason_code": document.reason_code,
            "notes": document.notes,
            "remaining_credit": plain_decimal(document.remaining_credit),
            "allocations": applied(document),
            "applied_at": document.applied_at,
            "refunded_at": document.refunded_at,
        }
