"""Payments, and what applies a credit to invoices or takes it off again."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from backfill.api.fields import (
    CurrencyField,
    InstantField,
    JSONObjectField,
    MoneyField,
    OptionalText,
    StrictDateField,
    StrictUUIDField,
    plain_decimal,
)
from backfill.api.fields.optional import ZERO, ObjectField, OptionalAmount, ReferenceField
from backfill.api.serializers import InputSerializer
from ledger.documents.api.inputs import AllocationInput, DocumentInput
from ledger.documents.api.outputs import DocumentOutput
from receivables.models import Payment

MAX_ALLOCATIONS = 5_000


class PaymentInput(DocumentInput):
    """Without allocations the money is the customer's credit; `invoice_id` alone pays as much of it as there is."""

    total_amount = None
    issued_at = None
    currency = CurrencyField(required=False, help_text="ISO 4217; the company's own by default.")
    amount = OptionalAmount(minimum=ZERO, help_text="What the customer paid; by default what is allocated.")
    fees = OptionalAmount(minimum=ZERO, help_text="What the payment provider kept of it.")
    net_amount = OptionalAmount(minimum=ZERO, help_text="amount − fees; compared.")
    customer_id = ReferenceField(help_text="Who paid; by default the customer of the first invoice.")
    invoice_id = ReferenceField(help_text="The invoice that is paid, where there are no allocations.")
    allocations = AllocationInput(
        many=True, required=False, allow_null=True, max_length=MAX_ALLOCATIONS, help_text="What it pays."
    )
    occurred_at = InstantField(required=False, allow_null=True, help_text="When it was paid.")
    settled_at = InstantField(required=False, allow_null=True, help_text="When the provider paid it out.")
    deposit_to_account_id = ReferenceField(help_text="Where the money went; by default undeposited funds.")
    deposit_to_account_code = OptionalText(max_length=20, help_text="Names the account where the id does not.")
    payment_method = OptionalText(max_length=100, help_text="cash, card, bank transfer, …")
    payment_method_type = OptionalText(max_length=50, help_text="Kind of the method.")
    payment_method_details = ObjectField(help_text="Details of the method.")
    reference_number = OptionalText(max_length=200, help_text="Check number, reference of the transfer, …")
    tax_code = OptionalText(
        max_length=20,
        help_text="The code by which an advance payment is taxed, where it is not the customer's usual one.",
    )


class ApplyInput(InputSerializer):
    allocations = AllocationInput(many=True, allow_empty=False, max_length=MAX_ALLOCATIONS, help_text="What is paid.")
    applied_on = StrictDateField(required=False, help_text="Date of the application; today by default.")


class UnapplyInput(InputSerializer):
    invoice_ids = serializers.ListField(
        child=StrictUUIDField(), required=False, max_length=MAX_ALLOCATIONS, help_text="Only these; all by default."
    )
    on = StrictDateField(required=False, help_text="Date of it; today by default.")


class AllocationOutput(serializers.Serializer[Any]):
    invoice_id = serializers.UUIDField()
    amount = MoneyField(allow_null=True, help_text="Null on a draft: as much as there is.")
    allocated_at = InstantField(allow_null=True)


class PaymentOutput(DocumentOutput):
    """A payment. Its status is draft, completed or void."""

    amount = MoneyField()
    fees = MoneyField()
    net_amount = MoneyField()
    unapplied_amount = MoneyField(help_text="What of it is the customer's credit.")
    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField()
    invoice_id = serializers.UUIDField(allow_null=True, help_text="The invoice it pays, where it is one.")
    allocations = AllocationOutput(many=True)
    occurred_at = InstantField()
    settled_at = InstantField(allow_null=True)
    deposit_to_account_id = serializers.UUIDField(allow_null=True)
    deposit_to_account_code = serializers.CharField(allow_null=True)
    payment_method = serializers.CharField(allow_blank=True)
    payment_method_type = serializers.CharField(allow_blank=True)
    payment_method_details = JSONObjectField()
    reference_number = serializers.CharField(allow_blank=True)
    tax_code = serializers.CharField(
        allow_blank=True, required=False, help_text="The stated code for advance payments; mostly none."
    )

    def own(self, document: Payment) -> dict[str, Any]:
        allocations = _planned(document) if document.posted_at is None else applied(document)
        account = document.deposit_to_account
        invoices = {row["invoice_id"] for row in allocations}
        return {
            "amount": plain_decimal(document.total_amount),
            "fees": plain_decimal(document.fees),
            "net_amount": plain_decimal(document.net_amount),
            "unapplied_amount": plain_decimal(document.unapplied_amount),
            "customer_id": document.customer_id,
            "customer_name": document.customer.name,
            "invoice_id": next(iter(invoices)) if len(invoices) == 1 else None,
            "allocations": allocations,
            "occurred_at": document.issued_at or self.beginning(document.document_date),
            "settled_at": document.settled_at,
            "deposit_to_account_id": document.deposit_to_account_id,
            "deposit_to_account_code": account.code if account else None,
            "payment_method": document.payment_method,
            "payment_method_type": document.payment_method_type,
            "payment_method_details": document.payment_method_details,
            "reference_number": document.reference_number,
            "tax_code": document.tax_code,
        }


def applied(credit: Any) -> list[dict[str, Any]]:
    """Return what a posted payment or credit memo pays now."""
    return [
        {
            "invoice_id": row.debit_item.document_id,
            "amount": plain_decimal(row.amount),
            "allocated_at": row.allocated_at or row.created_at,
        }
        for row in credit.active_allocations
        if row.debit_item.kind == "invoice"
    ]


def _planned(payment: Payment) -> list[dict[str, Any]]:
    return [
        {
            "invoice_id": row["invoice_id"],
            "amount": None if row["amount"] is None else plain_decimal(row["amount"]),
            "allocated_at": datetime.fromisoformat(row["allocated_at"]) if row["allocated_at"] else None,
        }
        for row in payment.requested_allocations
    ]
