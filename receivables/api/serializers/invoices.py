"""Invoices."""

from typing import Any, ClassVar

from rest_framework import serializers

from backfill.api.fields import (
    InstantField,
    JSONObjectField,
    MoneyField,
    OptionalText,
    RateField,
    StrictDateField,
    TextField,
    plain_decimal,
)
from backfill.api.fields.optional import ZERO, OptionalAmount, PercentField, ReferenceField
from backfill.api.serializers import InputSerializer
from ledger.documents.api.fields import AddressField
from ledger.documents.api.inputs import DocumentLineInput, ItemisedInput
from ledger.documents.api.outputs import DocumentLineOutput, ItemisedOutput
from ledger.journal.resolving import MAX_LINES
from receivables.api.serializers.billing_facts import (
    LINE_COLUMNS,
    BillingFactsInput,
    BillingFactsOutput,
    LineBillingFactsInput,
    LineBillingFactsOutput,
    billing_facts,
)
from receivables.api.serializers.shipping import ShippingDetailsField
from receivables.models import Invoice


class InvoiceLineInput(LineBillingFactsInput, DocumentLineInput):
    description = TextField(max_length=2_000, help_text="Description")
    amount = MoneyField(help_text="After the line's discount, with tax if amount_includes_tax.")
    billing_period_start = InstantField(required=False, allow_null=True, help_text="Start of the period billed for.")
    billing_period_end = InstantField(required=False, allow_null=True, help_text="End of the period billed for.")
    fulfillment_line_ref = OptionalText(max_length=100, help_text="Related fulfilment line.")
    order_line_ref = OptionalText(max_length=100, help_text="Line of the sales order: its id, key or reference.")
    subscription_item_id = OptionalText(max_length=100, help_text="Related subscription item.")


class InvoiceInput(BillingFactsInput, ItemisedInput):
    customer_id = ReferenceField(help_text="Whom it is for, by id.")
    customer_name = OptionalText(max_length=255, help_text="Names the customer where customer_id does not.")
    due_at = InstantField(required=False, allow_null=True, help_text="When it is due; its day counts.")
    due_date = StrictDateField(
        required=False, allow_null=True, help_text="By default the customer's terms after the document date."
    )
    terms = OptionalText(max_length=200, help_text="Terms of payment in words.")
    notes = OptionalText(max_length=2_000, help_text="Printed on the invoice.")
    billing_address = AddressField(help_text="Billing address")
    shipping_address = AddressField(help_text="Shipping address")
    shipping_details = ShippingDetailsField(help_text="Shipping details")
    ship_method = OptionalText(max_length=100, help_text="How it is shipped.")
    sales_order_id = ReferenceField(help_text="The order that it invoices.")
    lines = InvoiceLineInput(many=True, allow_empty=False, max_length=MAX_LINES, help_text="Lines")


class MarkPaidInput(InputSerializer):
    paid_on = StrictDateField(required=False, help_text="Date of the payment; today by default.")
    deposit_to_account_id = ReferenceField(help_text="Where the money went; by default undeposited funds.")
    payment_method = OptionalText(max_length=100, help_text="cash, card, bank transfer, …")
    reference_number = OptionalText(max_length=200, help_text="Reference of the payment.")
    exchange_rate = RateField(
        required=False, allow_null=True, minimum=ZERO, help_text="Base currency units per unit on that day."
    )


class DiscountInput(InputSerializer):
    """Without amount and percent: all that is left to pay."""

    amount = OptionalAmount(minimum=ZERO, help_text="Of the discount, with tax.")
    percent = PercentField(help_text="Of the invoice's total, where no amount is given.")
    on = StrictDateField(required=False, help_text="Date of the credit memo; today by default.")
    account_id = ReferenceField(help_text="Where it posts; by default to sales discounts.")


class WriteOffInput(InputSerializer):
    account_id = ReferenceField(required=True, allow_null=False, help_text="The account of bad debts.")
    amount = OptionalAmount(minimum=ZERO, help_text="With tax; by default all that is left to pay.")
    on = StrictDateField(required=False, help_text="Date of the credit memo; today by default.")
    reason = OptionalText(max_length=200, help_text="Why.")


class InvoiceCustomer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    metadata = JSONObjectField()


class InvoiceLineOutput(LineBillingFactsOutput, DocumentLineOutput):
    billing_period_start = InstantField(allow_null=True)
    billing_period_end = InstantField(allow_null=True)
    fulfillment_line_ref = serializers.CharField(allow_blank=True)
    order_line_ref = serializers.CharField(allow_blank=True)
    subscription_item_id = serializers.CharField(allow_blank=True)


class InvoiceOutput(BillingFactsOutput, ItemisedOutput):
    """An invoice. Its status is draft, open, partially_paid, paid or void."""

    customer = InvoiceCustomer()
    customer_id = serializers.UUIDField()
    due_at = InstantField(allow_null=True, help_text="As stated, else the beginning of due_date where the company is.")
    due_date = StrictDateField(allow_null=True)
    is_overdue = serializers.BooleanField(
        help_text="Whether due_date, else the date of the invoice, is past and something is left to pay."
    )
    amount_paid = MoneyField(help_text="Paid, credited or settled otherwise.")
    balance_due = MoneyField(help_text="Left to pay.")
    terms = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    billing_address = JSONObjectField()
    shipping_address = JSONObjectField()
    shipping_details = JSONObjectField()
    ship_method = serializers.CharField(allow_blank=True)
    sales_order_id = serializers.UUIDField(allow_null=True)
    lines = InvoiceLineOutput(many=True)

    line_columns: ClassVar[tuple[str, ...]] = (
        *("billing_period_start", "billing_period_end", "fulfillment_line_ref", "order_line_ref"),
        *("subscription_item_id", *LINE_COLUMNS),
    )

    line_quantities: ClassVar[tuple[str, ...]] = ("list_price",)

    def own(self, document: Invoice) -> dict[str, Any]:
        customer = document.customer
        return {
            "customer": {
                "id": customer.pk,
                "name": customer.name,
                "email": customer.email,
                "metadata": customer.metadata,
            },
            "customer_id": document.customer_id,
            "due_at": document.due_at or self.beginning(document.due_date),
            "due_date": document.due_date,
            "is_overdue": document.is_overdue(self.today),
            "amount_paid": plain_decimal(document.amount_paid),
            "balance_due": plain_decimal(document.balance_due),
            "terms": document.terms,
            "notes": document.notes,
            "billing_address": document.billing_address,
            "shipping_address": document.shipping_address,
            "shipping_details": document.shipping_details,
            "ship_method": document.ship_method,
            "sales_order_id": document.sales_order_id,
            **billing_facts(document),
        }
