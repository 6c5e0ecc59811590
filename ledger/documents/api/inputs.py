"""What comes in: a document's header, its lines with their detail and tax per jurisdiction, and the steps of its life.

Services calculate and check the figures; here only the shape is checked. Values keep the names of the contract.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers

from backfill.api.fields import (
    CurrencyField,
    InstantField,
    MoneyField,
    OptionalText,
    RateField,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    TextField,
)
from backfill.api.fields.optional import (
    ZERO,
    ObjectField,
    OptionalAmount,
    PercentField,
    QuantityField,
    ReferenceField,
    UnitAmountField,
)
from backfill.api.serializers import InputSerializer, SourcedInput
from ledger.documents.api.fields import DiscountsField, ProductField
from ledger.documents.models import TaxBehavior, TaxStatus
from ledger.journal.resolving import MAX_LINES
from ledger.models import ApprovalStatus

MAX_TAX_DETAILS = 50


class Listed(InputSerializer):
    """Something in a list that may be null as a whole; DRF would then take null for each of its members too."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None:
            self.fail("null")
        return super().validate_empty_values(data)


class StoredAsGiven(InputSerializer):
    """An object that is checked and kept as JSON: decimals, dates and ids become the strings they came as."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return {name: _plain(value) for name, value in super().to_internal_value(data).items()}


class LineDetailInput(StoredAsGiven):
    """What a line is about: an item or an account. Figures given here count where the line itself gives none."""

    type = TextField(max_length=30, help_text="item, account or the sender's own word.")
    account_id = ReferenceField(help_text="Account posted to.")
    item_id = ReferenceField(help_text="Item sold or bought; the line's product_id.")
    basis_amount = OptionalAmount(help_text="What discounts are taken from.")
    subtotal_amount = OptionalAmount(help_text="The line's amount.")
    unit_amount = UnitAmountField(help_text="Price of one.")
    quantity = QuantityField(help_text="Quantity")
    discount_amount = OptionalAmount(help_text="Discount on the line.")
    discount_percent = PercentField(help_text="Discount on the line in percent.")
    sku = OptionalText(max_length=100, help_text="SKU")
    product = ObjectField(help_text="The product in the sender's words.")
    class_id = OptionalText(max_length=100, help_text="Related class.")
    location_id = OptionalText(max_length=100, help_text="Related location.")
    metadata = ObjectField(help_text="Metadata")

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, None) if data is None else super().validate_empty_values(data)


class TaxDetailInput(StoredAsGiven, Listed):
    """The tax of one jurisdiction on a line, kept as given. All of a line's details add up to its tax."""

    tax_detail_ref = TextField(max_length=100, help_text="Name of this detail, unique on the line.")
    amount_includes_tax = StrictBooleanField(help_text="Whether the line's amount includes this tax.")
    tax_amount = MoneyField(help_text="Tax of this jurisdiction.")
    taxable_amount = OptionalAmount(help_text="What this tax is calculated on.")
    rate = RateField(required=False, allow_null=True, minimum=ZERO, help_text="As the sender writes it.")
    tax_code = OptionalText(max_length=100, help_text="The sender's code.")
    tax_name = OptionalText(max_length=200, help_text="Name of the tax.")
    tax_type = OptionalText(max_length=50, help_text="Kind of tax.")
    taxability_reason = OptionalText(max_length=200, help_text="Why it is or is not taxed.")
    jurisdiction_code = OptionalText(max_length=50, help_text="Code of the jurisdiction.")
    jurisdiction_level = OptionalText(max_length=50, help_text="country, state, county, city, …")
    jurisdiction_name = OptionalText(max_length=200, help_text="Name of the jurisdiction.")
    allocation_ref = OptionalText(max_length=100, help_text="Sender's allocation.")
    fulfillment_ref = OptionalText(max_length=100, help_text="Sender's fulfilment.")
    provider_detail_ref = OptionalText(max_length=100, help_text="Tax provider's name for this detail.")
    provider_key = OptionalText(max_length=100, help_text="Tax provider.")
    provider_tax_rate_ref = OptionalText(max_length=100, help_text="Tax provider's name for the rate.")
    ship_from_ref = OptionalText(max_length=100, help_text="Where it is sent from.")
    ship_to_ref = OptionalText(max_length=100, help_text="Where it is sent to.")
    metadata = ObjectField(help_text="Metadata")


class DocumentLineInput(InputSerializer):
    """A line as stated. amount = quantity × unit_amount − discount_amount; what is missing is calculated."""

    aliases: ClassVar[Mapping[str, str]] = {"item_id": "product_id"}

    # What a type may state otherwise is typed Any.
    description: Any = OptionalText(max_length=2_000, help_text="Description")
    quantity = QuantityField(help_text="1 by default.")
    unit_amount = UnitAmountField(help_text="Price of one before the discount.")
    discount_amount = OptionalAmount(help_text="The line's own discount.")
    discount_percent = PercentField(help_text="The line's own discount in percent.")
    amount: Any = OptionalAmount(help_text="After the line's discount, with tax if amount_includes_tax.")
    amount_includes_tax = StrictBooleanField(
        required=False, allow_null=True, help_text="By default as the document's tax_behavior says."
    )
    currency = CurrencyField(required=False, allow_null=True, help_text="The same as the document's.")
    account_id = ReferenceField(help_text="Account posted to; by default the item's, then the usual one.")
    product_id = ReferenceField(help_text="Item sold or bought, by its id.")
    product = ProductField(help_text="The product in the sender's words.")
    sku = OptionalText(max_length=100, help_text="SKU")
    detail = LineDetailInput(required=False, help_text="What the line is about.")
    tax_status = serializers.ChoiceField(
        TaxStatus.choices, required=False, allow_null=True, help_text="taxable unless stated otherwise."
    )
    tax_exempt_reason = OptionalText(max_length=500, help_text="Why it is not taxed.")
    tax_code = OptionalText(max_length=100, help_text="A tax code of the company; the sender's beside stated tax.")
    tax_rate = PercentField(help_text="Percent; finds the tax code of the chart where none is given.")
    taxable_amount = OptionalAmount(help_text="What tax is calculated on; by default the amount.")
    tax_amount = OptionalAmount(help_text="Tax as calculated elsewhere; kept and checked.")
    tax_details = TaxDetailInput(
        many=True, required=False, allow_null=True, max_length=MAX_TAX_DETAILS, help_text="Tax per jurisdiction."
    )
    line_number = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_LINES,
        help_text="Display only: lines keep their order.",
    )
    line_key = OptionalText(max_length=100, help_text="Name of the line that stays when the document is edited.")
    line_ref = OptionalText(max_length=100, help_text="The source's name for the line.")
    line_type = OptionalText(max_length=30, help_text="product, shipping, fee, … in the sender's words.")
    class_id = OptionalText(max_length=100, help_text="Related class.")
    location_id = OptionalText(max_length=100, help_text="Related location; goods leave from there.")
    dimensions = ObjectField(help_text="Dimensions")
    metadata = ObjectField(help_text="Metadata")


class DocumentInput(SourcedInput):
    """The header that every document has."""

    status = OptionalText(max_length=20, help_text="draft (the default) keeps it editable; see the resource's states.")
    approval_status = serializers.ChoiceField(
        ApprovalStatus.choices,
        required=False,
        allow_null=True,
        help_text="pending_approval submits the draft, approved approves it; other states are reached by actions.",
    )
    document_number = OptionalText(max_length=100, help_text="Your own number; by default the next of the series.")
    issued_at: Any = InstantField(required=False, allow_null=True, help_text="When it was issued.")
    document_date = StrictDateField(
        required=False,
        allow_null=True,
        help_text="By default the day of issued_at in the company's time zone, or today.",
    )
    effective_date = StrictDateField(
        required=False, allow_null=True, help_text="Where it posts; document_date by default."
    )
    currency: Any = CurrencyField(help_text="ISO 4217")
    exchange_rate = RateField(
        required=False, allow_null=True, minimum=ZERO, help_text="Base currency units per unit of `currency`."
    )
    total_amount: Any = OptionalAmount(minimum=ZERO, help_text="Compared with what the lines add up to.")
    memo = OptionalText(max_length=2_000, help_text="Memo")
    dimensions = ObjectField(help_text="Dimensions")
    metadata = ObjectField(help_text="Metadata")
    subsidiary_id = OptionalText(max_length=100, help_text="Business entity, where a company has several.")
    document_id = ReferenceField(help_text="An uploaded file that belongs to it.")


class ItemisedInput(DocumentInput):
    """The header of a document with priced lines."""

    aliases: ClassVar[Mapping[str, str]] = {"line_items": "lines"}

    tax_behavior = serializers.ChoiceField(
        TaxBehavior.choices, required=False, help_text="Whether the lines' amounts include tax; exclusive by default."
    )
    service_date = StrictDateField(
        required=False,
        allow_null=True,
        help_text="When it was supplied, where not on its own date; chooses the rates of tax.",
    )
    tax_amount = OptionalAmount(minimum=ZERO, help_text="Compared with what the lines add up to.")
    discount_details = DiscountsField()


class ReasonInput(InputSerializer):
    reason = OptionalText(max_length=500, help_text="Kept in the trail.")


class VoidInput(ReasonInput):
    on = StrictDateField(
        required=False,
        help_text="Date of the reversal; the document's own while its period is open, else the next open day.",
    )


class AllocationInput(Listed):
    invoice_id = ReferenceField(required=True, allow_null=False, help_text="The invoice that is paid.")
    amount = MoneyField(minimum=ZERO, help_text="In the invoice's currency.")
    allocated_at = InstantField(required=False, allow_null=True, help_text="When it was allocated.")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
