"""Outgoing invoices and credit notes."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.fields import (
    BookkeepingAmountField,
    CurrencyField,
    InstantField,
    OptionalText,
    StrictDateField,
    StrictIntegerField,
    StrictUUIDField,
    TextField,
)
from backfill.api.serializers import BookkeepingInput, LimitField, OffsetField, QuerySerializer
from ledger.bookkeeping_api.serializers.numbers import NumberField, plain_number
from ledger.journal.resolving import MAX_LINES
from receivables.bookkeeping_api.selectors import CREDIT_NOTE, INVOICE, STATUSES
from receivables.models import Invoice

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_CURRENCY = ("currency",)
_TYPES = [(INVOICE, "Invoice"), (CREDIT_NOTE, "Credit note")]
_STATUSES = [(status, status) for status in STATUSES]


class OutgoingInvoiceQuery(QuerySerializer):
    customer_id = StrictUUIDField(required=False, help_text="Only this customer.")
    status = serializers.ChoiceField(_STATUSES, required=False, help_text="The status as computed.")
    type = serializers.ChoiceField(_TYPES, required=False, help_text="Only invoices or only credit notes.")
    start_date = StrictDateField(required=False, help_text="From this invoice date, inclusive.")
    end_date = StrictDateField(required=False, help_text="To this invoice date, inclusive.")
    limit = LimitField(default=100, max_value=500)
    offset = OffsetField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs.get("start_date"), attrs.get("end_date")
        if start and end and start > end:
            raise ValidationError({"start_date": [ErrorDetail("Must not be after end_date.", code="invalid")]})
        return attrs


class OutgoingLineInput(BookkeepingInput):
    position = StrictIntegerField(min_value=1, max_value=MAX_LINES, help_text="From 1, unique in the document.")
    description = TextField(max_length=500)
    quantity = NumberField(whole_digits=12, places=6, help_text="Above zero.")
    unit_price = BookkeepingAmountField(currency_at=_CURRENCY, help_text="Net price per unit.")
    tax_rate = NumberField(places=6, minimum=ZERO, help_text="A fraction: 0.19, not 19.")
    tax_amount = BookkeepingAmountField(currency_at=_CURRENCY, help_text="Tax of the line.")
    line_total = BookkeepingAmountField(currency_at=_CURRENCY, help_text="Gross amount of the line.")
    account_number = OptionalText(max_length=20, help_text="Revenue account.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["quantity"] <= 0:
            raise ValidationError({"quantity": [ErrorDetail("Must be above zero.", code="min_value")]})
        if attrs["tax_rate"] > 1:
            message = "Is a fraction between 0 and 1: 19 % is 0.19."
            raise ValidationError({"tax_rate": [ErrorDetail(message, code="max_value")]})
        return attrs


class OutgoingInvoiceInput(BookkeepingInput):
    customer_id = StrictUUIDField(help_text="An active customer.")
    document_id = StrictUUIDField(required=False, allow_null=True, help_text="The uploaded file.")
    invoice_number = TextField(max_length=100, help_text="Unique per customer.")
    invoice_date = StrictDateField()
    due_date = StrictDateField(required=False, allow_null=True, help_text="Not before invoice_date.")
    total_net = BookkeepingAmountField(currency_at=_CURRENCY, minimum=ZERO)
    total_tax = BookkeepingAmountField(currency_at=_CURRENCY, minimum=ZERO)
    total_gross = BookkeepingAmountField(currency_at=_CURRENCY, minimum=ZERO, help_text="Net and tax.")
    currency = CurrencyField(default="EUR", help_text="EUR by default.")
    type = serializers.ChoiceField(_TYPES, help_text="Amounts are positive in both.")
    intent_id = StrictUUIDField(required=False, allow_null=True, help_text="The intent that posted it already.")
    notes = OptionalText(max_length=2_000)
    lines = OutgoingLineInput(many=True, min_length=1, max_length=MAX_LINES)


class DifferenceWarning(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField()


class CreatedAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    warnings = DifferenceWarning(
        many=True, required=False, help_text="Only where the intent posted another amount: INTENT_AMOUNT_DIFFERS."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = {"id": str(instance.id)}
        return {**shown, "warnings": instance.warnings} if instance.warnings else shown


class OutgoingInvoiceChanges(BookkeepingInput):
    intent_id = StrictUUIDField(required=False, help_text="Can be set once.")
    notes = OptionalText(max_length=2_000)
    due_date = StrictDateField(required=False, allow_null=True)


class OutgoingInvoiceSummary(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField()
    document_id = serializers.UUIDField(allow_null=True)
    invoice_number = serializers.CharField(allow_blank=True)
    invoice_date = StrictDateField()
    due_date = StrictDateField(allow_null=True)
    total_net = BookkeepingAmountField()
    total_tax = BookkeepingAmountField()
    total_gross = BookkeepingAmountField()
    currency = serializers.CharField()
    intent_id = serializers.UUIDField(allow_null=True)
    notes = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(_STATUSES)
    remaining_amount = BookkeepingAmountField(help_text="Not settled yet; of a posted credit note 0.")
    created_at = InstantField()
    type = serializers.ChoiceField(_TYPES)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = instance if isinstance(instance, dict) else vars(instance)
        return {
            "id": row["id"],
            "customer_id": row["customer_id"],
            "customer_name": row["customer_name"],
            "document_id": row["file_id"],
            "invoice_number": row["document_number"],
            "invoice_date": row["document_date"],
            "due_date": row["due_date"],
            "total_net": _amount(row["net"]),
            "total_tax": _amount(row["tax_amount"]),
            "total_gross": _amount(row["total_amount"]),
            "currency": row["currency"],
            "intent_id": row["entry_id"],
            "notes": row["notes"] or None,
            "status": row["computed_status"],
            "remaining_amount": _amount(row["remaining"]),
            "created_at": row["created_at"],
            "type": row["type"],
        }


class OutgoingLineAnswer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    description = serializers.CharField(allow_blank=True)
    quantity = NumberField()
    unit_price = NumberField()
    tax_rate = NumberField(help_text="A fraction.")
    tax_amount = BookkeepingAmountField()
    line_total = BookkeepingAmountField()
    account_number = serializers.CharField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "position": instance.line_number,
            "description": instance.description,
            "quantity": plain_number(instance.quantity),
            "unit_price": plain_number(instance.unit_amount),
            "tax_rate": plain_number((instance.tax_rate or ZERO) / _HUNDRED),
            "tax_amount": _amount(instance.tax_amount),
            "line_total": _amount(instance.gross_amount),
            "account_number": instance.account_code,
        }


class OutgoingInvoiceAnswer(OutgoingInvoiceSummary):
    lines = OutgoingLineAnswer(many=True)
    warnings = DifferenceWarning(
        many=True, required=False, help_text="Only where the intent posted another amount: INTENT_AMOUNT_DIFFERS."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        lines = OutgoingLineAnswer(instance.lines.all(), many=True).data
        shown = {**super().to_representation(instance), "lines": lines}
        return {**shown, "warnings": instance.warnings} if instance.warnings else shown


class OpenInvoiceAnswer(serializers.Serializer[Invoice]):
    id = serializers.UUIDField()
    invoice_number = serializers.CharField(source="document_number")
    invoice_date = StrictDateField(source="document_date")
    due_date = StrictDateField(allow_null=True)
    total_gross = BookkeepingAmountField(source="total_amount")
    currency = serializers.CharField()
    status = serializers.ChoiceField(_STATUSES, source="computed_status")
    remaining_amount = BookkeepingAmountField(source="balance")


class OpenItemsAnswer(serializers.Serializer[Any]):
    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField()
    total_open = BookkeepingAmountField()
    credit_note_total = BookkeepingAmountField()
    net_open = BookkeepingAmountField(help_text="total_open less credit_note_total.")
    invoices = OpenInvoiceAnswer(many=True)


def _amount(value: Decimal) -> Any:
    return BookkeepingAmountField().to_representation(value)
