"""What goes out: the header of a document and its lines. Written out by hand, because lists of documents are hot paths.

The declared fields are the published shape; `to_representation` fills it.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, ClassVar, Final
from uuid import UUID

from rest_framework import serializers

from backfill.api.fields import InstantField, JSONObjectField, MoneyField, RateField, StrictDateField, plain_decimal
from backfill.api.fields.optional import PercentField, QuantityField, UnitAmountField
from backfill.api.stored_json import stored_json
from backfill.api.warnings import WarningOutput
from backfill.database.fixed_query import FixedQuery
from backfill.tenancy.models import Company
from ledger.documents.models import Document, TaxBehavior, TaxStatus
from ledger.models import ApprovalStatus


class LineDetailOutput(serializers.Serializer[Any]):
    """As it was given."""

    type = serializers.CharField()
    account_id = serializers.CharField(allow_null=True, required=False)
    item_id = serializers.CharField(allow_null=True, required=False)
    basis_amount = serializers.CharField(allow_null=True, required=False)
    subtotal_amount = serializers.CharField(allow_null=True, required=False)
    unit_amount = serializers.CharField(allow_null=True, required=False)
    quantity = serializers.CharField(allow_null=True, required=False)
    discount_amount = serializers.CharField(allow_null=True, required=False)
    discount_percent = serializers.CharField(allow_null=True, required=False)
    sku = serializers.CharField(required=False, allow_blank=True)
    product = JSONObjectField(required=False)
    class_id = serializers.CharField(required=False, allow_blank=True)
    location_id = serializers.CharField(required=False, allow_blank=True)
    metadata = JSONObjectField(required=False)


class TaxDetailOutput(serializers.Serializer[Any]):
    """As it was given."""

    tax_detail_ref = serializers.CharField(required=False)
    amount_includes_tax = serializers.BooleanField(required=False)
    tax_amount = serializers.CharField(required=False)
    taxable_amount = serializers.CharField(allow_null=True, required=False)
    rate = serializers.CharField(allow_null=True, required=False)
    tax_code = serializers.CharField(required=False, allow_blank=True)
    tax_name = serializers.CharField(required=False, allow_blank=True)
    tax_type = serializers.CharField(required=False, allow_blank=True)
    taxability_reason = serializers.CharField(required=False, allow_blank=True)
    jurisdiction_code = serializers.CharField(required=False, allow_blank=True)
    jurisdiction_level = serializers.CharField(required=False, allow_blank=True)
    jurisdiction_name = serializers.CharField(required=False, allow_blank=True)
    allocation_ref = serializers.CharField(required=False, allow_blank=True)
    fulfillment_ref = serializers.CharField(required=False, allow_blank=True)
    provider_detail_ref = serializers.CharField(required=False, allow_blank=True)
    provider_key = serializers.CharField(required=False, allow_blank=True)
    provider_tax_rate_ref = serializers.CharField(required=False, allow_blank=True)
    ship_from_ref = serializers.CharField(required=False, allow_blank=True)
    ship_to_ref = serializers.CharField(required=False, allow_blank=True)
    metadata = JSONObjectField(required=False)


class DocumentLineOutput(serializers.Serializer[Any]):
    """A line as stated and as charged: net_amount + tax_amount = gross_amount, after all discounts."""

    id = serializers.UUIDField(help_text="Names the line where a part of it is invoiced or credited.")
    line_number = serializers.IntegerField()
    line_key = serializers.CharField(allow_blank=True)
    line_ref = serializers.CharField(allow_blank=True)
    line_type = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    quantity = QuantityField()
    unit_amount = UnitAmountField()
    discount_amount = MoneyField()
    discount_percent = PercentField(allow_null=True)
    amount = MoneyField()
    amount_includes_tax = serializers.BooleanField()
    currency = serializers.CharField()
    net_amount = MoneyField()
    gross_amount = MoneyField()
    account_id = serializers.UUIDField(allow_null=True)
    account_code = serializers.CharField(allow_null=True)
    product_id = serializers.UUIDField(allow_null=True)
    product = JSONObjectField()
    sku = serializers.CharField(allow_blank=True)
    detail = LineDetailOutput(allow_null=True)
    tax_status = serializers.ChoiceField(TaxStatus.choices)
    tax_exempt_reason = serializers.CharField(allow_blank=True)
    tax_code = serializers.CharField(allow_blank=True)
    tax_rate = PercentField(allow_null=True)
    taxable_amount = MoneyField()
    tax_amount = MoneyField()
    tax_details = TaxDetailOutput(many=True)
    class_id = serializers.CharField(allow_blank=True)
    location_id = serializers.CharField(allow_blank=True)
    dimensions = JSONObjectField()
    metadata = JSONObjectField()


class DocumentOutput(serializers.Serializer[Any]):
    """What every document shows about itself. Subclasses add `own(document)` and the fields for it."""

    id = serializers.UUIDField()
    document_number = serializers.CharField(allow_blank=True, help_text="Empty until it has one.")
    status = serializers.CharField()
    approval_status = serializers.ChoiceField(ApprovalStatus.choices)
    issued_at = InstantField(help_text="As stated, else the beginning of document_date where the company is.")
    document_date = StrictDateField()
    effective_date = StrictDateField(help_text="Where it posts.")
    currency = serializers.CharField()
    exchange_rate = RateField(allow_null=True, help_text="Base currency units per unit; fixed when it posts.")
    total_amount = MoneyField()
    memo = serializers.CharField(allow_blank=True)
    dimensions = JSONObjectField()
    metadata = JSONObjectField()
    subsidiary_id = serializers.CharField(allow_blank=True)
    source_system = serializers.CharField(allow_blank=True)
    source_id = serializers.CharField(allow_blank=True)
    connection_id = serializers.CharField(allow_blank=True)
    document_id = serializers.UUIDField(allow_null=True, help_text="The uploaded file that belongs to it.")
    entry_id = serializers.UUIDField(allow_null=True, help_text="The journal entry that it posted.")
    posted_at = InstantField(allow_null=True)
    voided_on = StrictDateField(allow_null=True)
    created_at = InstantField()
    updated_at = InstantField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {**self.header(instance), **self.own(instance)}

    def header(self, document: Document) -> dict[str, Any]:
        rate = document.exchange_rate
        return {
            "id": document.pk,
            "document_number": document.document_number,
            "status": document.status,
            "approval_status": document.approval_status,
            "issued_at": document.issued_at or self.beginning(document.document_date),
            "document_date": document.document_date,
            "effective_date": document.posting_date,
            "currency": document.currency,
            "exchange_rate": None if rate is None else plain_decimal(rate),
            "total_amount": plain_decimal(document.total_amount),
            "memo": document.memo,
            "dimensions": document.dimensions,
            "metadata": document.metadata,
            "subsidiary_id": document.subsidiary_id,
            "source_system": document.source_system,
            "source_id": document.source_id,
            "connection_id": document.connection_id,
            "document_id": document.file_id,
            "entry_id": document.entry_id,
            "posted_at": document.posted_at,
            "voided_on": document.voided_on,
            "created_at": document.created_at,
            "updated_at": document.updated_at,
        }

    def own(self, document: Any) -> dict[str, Any]:
        """Return what this type shows beside the header."""
        return {}

    @cached_property
    def today(self) -> date:
        company: Company = self.context["company"]
        return company.today()

    def beginning(self, day: date | None) -> datetime | None:
        company: Company = self.context["company"]
        return None if day is None else company.beginning_of(day)


class ItemisedOutput(DocumentOutput):
    """A document with priced lines: subtotal − discount_amount + tax_amount = total_amount.

    Its lines are looked up for all documents together: give its resource `context=…Output.lines_of(Model)`.
    """

    line_columns: ClassVar[tuple[str, ...]] = ()
    """Columns of the line that this type adds to the shared ones, shown as they are."""

    line_quantities: ClassVar[tuple[str, ...]] = ()
    """Columns that it adds and that are numbers of pieces."""

    service_date = StrictDateField(allow_null=True, help_text="As stated; chooses the rates of tax.")
    tax_behavior = serializers.ChoiceField(TaxBehavior.choices)
    discount_details = serializers.ListField(child=JSONObjectField())
    subtotal = MoneyField()
    discount_amount = MoneyField()
    tax_amount = MoneyField()
    lines = DocumentLineOutput(many=True)
    warnings = WarningOutput(many=True, help_text="What somebody should look at, such as a line without tax.")

    @classmethod
    def lines_of(cls, model: type[Document]) -> Callable[[list[Any]], dict[str, Any]]:
        """Return the look-up of the lines of given documents, ready to be shown: one statement."""
        documents: Any = model
        line_model = documents.lines.rel.related_model
        quantities = ("quantity", *cls.line_quantities)
        plain = (*_AS_THEY_ARE, *_AMOUNTS, *_RATES, *quantities, *cls.line_columns)
        named = dict(zip(plain, plain, strict=True)) | _JOINED | {name: stored_json(name) for name in _FREE}
        published: Any = cls().fields["lines"]
        shown = {name: named[name] for name in published.child.fields}
        every = cache(lambda: line_model.objects.order_by("line_number").values_list("document_id", *shown.values()))
        of_one = FixedQuery(lambda key: every().filter(document_id=key), 1)

        def look_up(rows: list[Any]) -> dict[str, Any]:
            lines: dict[UUID, list[dict[str, Any]]] = {row.pk: [] for row in rows}
            found = of_one.rows(rows[0].pk) if len(rows) == 1 else every().filter(document__in=list(lines))
            for document_id, *values in found:
                lines[document_id].append(shown_line(dict(zip(shown, values, strict=True)), quantities))
            return {"lines": lines}

        return look_up

    def header(self, document: Any) -> dict[str, Any]:
        return {
            **super().header(document),
            "service_date": document.service_date,
            "tax_behavior": document.tax_behavior,
            "discount_details": document.discount_details,
            "subtotal": plain_decimal(document.subtotal),
            "discount_amount": plain_decimal(document.discount_amount),
            "tax_amount": plain_decimal(document.tax_amount),
            "lines": self.context["lines"][document.pk],
            "warnings": document.warnings,
        }


_AS_THEY_ARE: Final = (
    *("id", "line_number", "line_key", "line_ref", "line_type", "description", "amount_includes_tax", "account_id"),
    *("sku", "tax_status", "tax_exempt_reason", "tax_code", "class_id", "location_id"),
)
_FREE: Final = ("product", "detail", "tax_details", "dimensions", "metadata")
_JOINED: Final = {"product_id": "item_id", "account_code": "account__code", "currency": "document__currency"}
_AMOUNTS: Final = (
    *("unit_amount", "discount_amount", "amount", "net_amount", "gross_amount", "taxable_amount", "tax_amount"),
)
_RATES: Final = ("discount_percent", "tax_rate")


def shown_line(line: dict[str, Any], quantities: tuple[str, ...]) -> dict[str, Any]:
    """Turn a row of `lines_of` into the shape of DocumentLineOutput, in place: there are many of them."""
    for name in _AMOUNTS:
        line[name] = plain_decimal(line[name])
    for name in _RATES:
        if line[name] is not None:
            line[name] = plain_decimal(line[name])
    for name in quantities:
        if line[name] is not None:
            line[name] = plain_decimal(line[name], 0)
    return line


class VoidReportOutput(serializers.Serializer[Any]):
    """What voiding did."""

    on = StrictDateField(allow_null=True, help_text="Date of the reversal; null where nothing was posted.")
    date_policy = serializers.CharField(help_text="Why that date.")
    reversal_entry_id = serializers.UUIDField(allow_null=True)
    undone = JSONObjectField(help_text="What was undone with it, such as allocations.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "on": instance.on,
            "date_policy": instance.date_policy,
            "reversal_entry_id": instance.reversal.pk if instance.reversal else None,
            "undone": {name: _facts(value) for name, value in instance.undone.items()},
        }


def _facts(value: Any) -> Any:
    """Return what was undone with its amounts as every answer shows them."""
    if isinstance(value, list):
        return [_facts(one) for one in value]
    if isinstance(value, dict):
        return {name: plain_decimal(one) if name == "amount" else one for name, one in value.items()}
    return value
