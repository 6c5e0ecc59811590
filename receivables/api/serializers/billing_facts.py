"""What invoices carry for their buyers' programs: all of it optional, and only what is named here."""

from typing import Any, Final

from rest_framework import serializers

from backfill.api.fields import (
    JSONObjectField,
    MoneyField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    TextField,
    plain_decimal,
)
from backfill.api.fields.optional import ZERO, OptionalAmount, PercentField, ReferenceField, UnitAmountField
from ledger.documents.api.inputs import Listed, StoredAsGiven
from receivables.models import Invoice, InvoiceType

_REFERENCE: Final[dict[str, Any]] = {"max_length": 100}


class ReferencesInput(StoredAsGiven):
    order = OptionalText(**_REFERENCE, help_text="The buyer's purchase order (BT-13).")
    contract = OptionalText(**_REFERENCE, help_text="The contract (BT-12).")
    project = OptionalText(**_REFERENCE, help_text="The project (BT-11).")
    receiving_advice = OptionalText(**_REFERENCE, help_text="The buyer's receipt of the goods (BT-15).")
    despatch_advice = OptionalText(**_REFERENCE, help_text="The delivery note (BT-16).")
    tender = OptionalText(**_REFERENCE, help_text="The tender or lot (BT-17).")
    object = OptionalText(**_REFERENCE, help_text="What is invoiced, such as a meter's number (BT-18).")
    accounting = OptionalText(**_REFERENCE, help_text="Where the buyer books it (BT-19).")


class PrecedingInvoiceInput(StoredAsGiven, Listed):
    number = TextField(max_length=100, help_text="Number of the earlier invoice (BT-25).")
    date = StrictDateField(required=False, allow_null=True, help_text="Its date (BT-26).")


class CashDiscountInput(StoredAsGiven, Listed):
    """A discount for early payment, written as #SKONTO#TAGE=…#PROZENT=…# into the terms (BT-20)."""

    days = StrictIntegerField(min_value=0, max_value=3_650, help_text="Days from the date of the invoice.")
    percent: Any = PercentField(required=True, allow_null=False, help_text="Of the total.")
    base_amount = OptionalAmount(minimum=ZERO, help_text="What it is taken from, if not the total.")


class PayeeInput(StoredAsGiven):
    """Who is paid instead of the seller (BG-10)."""

    name = OptionalText(max_length=255, help_text="Name (BT-59)")
    identifier = OptionalText(max_length=100, help_text="The payee's number with the buyer (BT-60).")
    legal_identifier = OptionalText(max_length=100, help_text="The payee's number in its register (BT-61).")


class PrepaymentInput(StoredAsGiven, Listed):
    invoice_id = ReferenceField(required=True, allow_null=False, help_text="The advance invoice.")


LINE_COLUMNS: Final = (
    *("is_charge", "note", "buyer_sku", "gtin", "buyer_order_line", "accounting_reference", "delivered_on"),
)
"""Columns of a line that are shown as they are."""


class BillingFactsInput(serializers.Serializer[Any]):
    """Fields of an invoice's header."""

    invoice_type = serializers.ChoiceField(
        InvoiceType.choices,
        required=False,
        help_text="Code of UNTDID 1001: 380 (the default), 326, 384, 386, 875 to 877.",
    )
    references = ReferencesInput(required=False, help_text="What the buyer wants named.")
    preceding_invoices = PrecedingInvoiceInput(
        many=True, required=False, max_length=50, help_text="Earlier invoices that this one is about (BG-3)."
    )
    cash_discounts = CashDiscountInput(
        many=True, required=False, max_length=10, help_text="Discounts for early payment."
    )
    prepayments = PrepaymentInput(
        many=True, required=False, max_length=50, help_text="Advance invoices that this final invoice takes off."
    )
    payee = PayeeInput(required=False, help_text="Who is paid instead of the seller.")
    is_direct_debit = StrictBooleanField(
        required=False, help_text="The customer's account is debited by its mandate (BG-19)."
    )
    attachment_ids = serializers.ListField(
        child=ReferenceField(required=True, allow_null=False),
        required=False,
        max_length=20,
        help_text="Uploaded files that the e-invoice carries (BG-24).",
    )


class LineBillingFactsInput(serializers.Serializer[Any]):
    """Fields of an invoice's line."""

    is_charge = StrictBooleanField(required=False, help_text="A charge on the whole document, such as freight (BG-21).")
    list_price = UnitAmountField(help_text="Price of one before the discount on it (BT-148).")
    note = OptionalText(max_length=1_000, help_text="Note on the line (BT-127).")
    buyer_sku = OptionalText(max_length=100, help_text="The buyer's number of the item (BT-156).")
    gtin = OptionalText(max_length=14, help_text="Global Trade Item Number (BT-157).")
    buyer_order_line = OptionalText(max_length=100, help_text="Line of the buyer's order (BT-132).")
    accounting_reference = OptionalText(max_length=100, help_text="Where the buyer books the line (BT-133).")
    delivered_on = StrictDateField(required=False, allow_null=True, help_text="Day of delivery of this line.")


class BillingFactsOutput(serializers.Serializer[Any]):
    invoice_type = serializers.ChoiceField(InvoiceType.choices)
    references = JSONObjectField()
    preceding_invoices = serializers.ListField(child=JSONObjectField())
    cash_discounts = serializers.ListField(child=JSONObjectField())
    payee = JSONObjectField()
    is_direct_debit = serializers.BooleanField()
    attachment_ids = serializers.ListField(child=serializers.CharField())
    prepayments = serializers.ListField(child=JSONObjectField(), help_text="Advance invoices that are taken off.")
    prepaid_amount = MoneyField(help_text="What of the total was paid on advance invoices.")


class LineBillingFactsOutput(serializers.Serializer[Any]):
    is_charge = serializers.BooleanField()
    list_price = UnitAmountField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    buyer_sku = serializers.CharField(allow_blank=True)
    gtin = serializers.CharField(allow_blank=True)
    buyer_order_line = serializers.CharField(allow_blank=True)
    accounting_reference = serializers.CharField(allow_blank=True)
    delivered_on = StrictDateField(allow_null=True)


def billing_facts(invoice: Invoice) -> dict[str, Any]:
    """Return what an invoice answers of these fields."""
    as_stored = (
        *("invoice_type", "references", "preceding_invoices", "cash_discounts", "payee", "is_direct_debit"),
        *("attachment_ids", "prepayments"),
    )
    return {
        **{name: getattr(invoice, name) for name in as_stored},
        "prepaid_amount": plain_decimal(invoice.prepaid_amount),
    }
