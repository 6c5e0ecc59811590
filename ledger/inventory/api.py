"""Items in the Backfill contract: both sides, sales and purchases, use them."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.examples import kept_answers
from backfill.api.fields import (
    InstantField,
    JSONObjectField,
    MoneyField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    plain_decimal,
)
from backfill.api.fields.optional import ZERO, ObjectField, QuantityField, ReferenceField, UnitAmountField
from backfill.api.filters import BooleanFilter, ChoiceFilter, TextFilter
from backfill.api.resources import Resource, ResourceListView, ResourceRecordView, ResourceView
from backfill.api.scopes import Scope
from backfill.api.serializers import InputSerializer, SourcedInput
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.inventory.items import create_item, delete_item, update_item
from ledger.inventory.models import Item, ItemType

MAX_LOCATIONS = 1_000


class ItemLocationInput(InputSerializer):
    location_id = OptionalText(max_length=100, help_text="Name of the place.")
    quantity_on_hand = QuantityField(help_text="Pieces there; a difference to the books is a stock count.")
    reorder_point = QuantityField(minimum=ZERO, help_text="Order more when less than this is there.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if all(value in (None, "") for value in attrs.values()):
            raise ValidationError(
                {"location_id": [ErrorDetail("Name the place, or say what is there.", code="required")]}
            )
        validated: dict[str, Any] = super().validate(attrs)
        return validated


class ItemInput(SourcedInput):
    name = OptionalText(max_length=255, help_text="By default the SKU.")
    type = serializers.ChoiceField(ItemType.choices, required=False, help_text="good (the default) or service.")
    sku = OptionalText(max_length=100, help_text="Unique in the company.")
    description = OptionalText(max_length=2_000, help_text="Description")
    unit_label = OptionalText(max_length=50, help_text="What is counted: hour, box, kg.")
    unit_price = UnitAmountField(minimum=ZERO, help_text="What one is sold for.")
    purchase_cost = UnitAmountField(minimum=ZERO, help_text="What one costs to buy, in base currency.")
    is_sold = StrictBooleanField(required=False, help_text="Whether it is sold.")
    is_purchased = StrictBooleanField(required=False, help_text="Whether it is bought.")
    active = StrictBooleanField(required=False, help_text="Whether it is in use.")
    track_inventory = StrictBooleanField(required=False, help_text="Whether its stock is counted and valued.")
    quantity_on_hand = QuantityField(help_text="Stock; the opening stock on creation, a stock count afterwards.")
    opening_stock_date = StrictDateField(
        required=False, help_text="Day on which the opening stock was there, by default today. Sales come after it."
    )
    reorder_point = QuantityField(minimum=ZERO, help_text="Order more when less than this is there.")
    locations = ItemLocationInput(
        many=True, required=False, max_length=MAX_LOCATIONS, help_text="Stock per place; they add up to the whole."
    )
    revenue_account_id = ReferenceField(help_text="Where sales are posted.")
    expense_account_id = ReferenceField(help_text="Where purchases are posted.")
    cogs_account_id = ReferenceField(help_text="Cost of sales.")
    asset_account_id = ReferenceField(help_text="Value of the stock.")
    tax_code = OptionalText(max_length=20, help_text="The tax code its lines start with.")
    class_id = OptionalText(max_length=100, help_text="Related class.")
    preferred_vendor_id = OptionalText(max_length=100, help_text="Whom it is usually bought from.")
    subsidiary_id = OptionalText(max_length=100, help_text="Business entity, where a company has several.")
    metadata = ObjectField(help_text="Metadata")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        places = [place.get("location_id", "") for place in attrs.get("locations", ())]
        if len(set(places)) < len(places):
            raise ValidationError({"locations": [ErrorDetail("Name each location once.", code="duplicate")]})
        return super().validate(attrs)


class ItemLocationOutput(serializers.Serializer[Any]):
    location_id = serializers.CharField(allow_blank=True)
    quantity_on_hand = QuantityField()
    reorder_point = QuantityField(allow_null=True)


class ItemOutput(serializers.Serializer[Item]):
    product_id = serializers.CharField(help_text="The record's id in the system it came from, else its own id.")
    name = serializers.CharField()
    type = serializers.ChoiceField(ItemType.choices)
    sku = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    unit_label = serializers.CharField(allow_blank=True)
    unit_price = UnitAmountField(allow_null=True)
    purchase_cost = UnitAmountField(allow_null=True)
    is_sold = serializers.BooleanField()
    is_purchased = serializers.BooleanField()
    active = serializers.BooleanField()
    track_inventory = serializers.BooleanField()
    quantity_on_hand = QuantityField()
    average_cost = UnitAmountField(help_text="What one piece of the stock cost on average, in base currency.")
    inventory_value = MoneyField(help_text="What the stock cost, in base currency.")
    reorder_point = QuantityField(allow_null=True)
    locations = ItemLocationOutput(many=True)
    revenue_account_id = serializers.UUIDField(allow_null=True)
    expense_account_id = serializers.UUIDField(allow_null=True)
    cogs_account_id = serializers.UUIDField(allow_null=True)
    asset_account_id = serializers.UUIDField(allow_null=True)
    tax_code = serializers.CharField(allow_blank=True)
    class_id = serializers.CharField(allow_blank=True)
    preferred_vendor_id = serializers.CharField(allow_blank=True)
    subsidiary_id = serializers.CharField(allow_blank=True)
    metadata = JSONObjectField()
    source_system = serializers.CharField(allow_blank=True)
    source_id = serializers.CharField(allow_blank=True)
    connection_id = serializers.CharField(allow_blank=True)
    created_at = InstantField()
    updated_at = InstantField()

    SAME: ClassVar[tuple[str, ...]] = (
        *("name", "type", "sku", "description", "unit_label", "is_sold", "is_purchased", "track_inventory"),
        *("revenue_account_id", "expense_account_id", "cogs_account_id", "asset_account_id", "tax_code", "class_id"),
        *("preferred_vendor_id", "subsidiary_id", "metadata", "source_system", "source_id", "connection_id"),
        *("created_at", "updated_at"),
    )

    def to_representation(self, instance: Item) -> dict[str, Any]:
        return {
            "product_id": instance.source_id or instance.pk,
            **{name: getattr(instance, name) for name in self.SAME},
            "active": instance.is_active,
            "unit_price": _shown(instance.unit_price, 2),
            "purchase_cost": _shown(instance.purchase_cost, 2),
            "quantity_on_hand": plain_decimal(instance.quantity_on_hand, 0),
            "average_cost": plain_decimal(round(instance.average_cost, 6)),
            "inventory_value": plain_decimal(instance.inventory_value),
            "reorder_point": _shown(instance.reorder_point, 0),
            "locations": [
                {
                    "location_id": place.location_id,
                    "quantity_on_hand": plain_decimal(place.quantity_on_hand, 0),
                    "reorder_point": _shown(place.reorder_point, 0),
                }
                for place in instance.locations.all()
            ],
        }


class ItemFilters(django_filters.FilterSet):
    name = TextFilter(lookup_expr="icontains", help_text="Part of the name.")
    type = ChoiceFilter(choices=ItemType.choices, help_text="Only goods or only services.")
    sku = TextFilter(help_text="The item with this SKU.")
    active = BooleanFilter(field_name="is_active", help_text="Only active or only inactive items.")

    class Meta:
        model = Item
        fields = ()


def items(company_id: UUID) -> QuerySet[Item]:
    return Item.objects.filter(company_id=company_id).prefetch_related("locations")


def create_item_from(values: dict[str, Any], *, company: Company, actor: Actor) -> Item:
    return create_item(_named(values), company=company, actor=actor)


def update_item_from(item: Item, values: dict[str, Any], *, actor: Actor) -> Item:
    return update_item(item, _named(values), actor=actor)


class ForBothSides(ResourceView):
    """Whoever may sell or buy may read and keep the items."""

    @property
    def scopes(self) -> Mapping[str, Scope]:  # type: ignore[override]
        return {
            method: tuple(f"{side}:{str(scope).partition(':')[2]}" for side in ("receivables", "payables"))
            for method, scope in super().scopes.items()
        }


class ItemListView(ForBothSides, ResourceListView):
    pass


class ItemView(ForBothSides, ResourceRecordView):
    pass


ITEMS = Resource(
    object_name="item",
    plural="items",
    module="receivables",
    tag="Items",
    records=items,
    output=ItemOutput,
    id_keyword="document_id",
    create=create_item_from,
    create_input=ItemInput,
    update=update_item_from,
    delete=delete_item,
    filterset=ItemFilters,
    body_example={"name": "Chair", "sku": "CH-1", "type": "good", "unit_price": "100.00"},
    answer_example=kept_answers("ledger.api").get("item"),
    sortable={"name": "name", "sku": "sku", "created_at": "created_at", "updated_at": "updated_at"},
    errors={409: ("DUPLICATE_SKU", "RECORD_IN_USE", "INSUFFICIENT_INVENTORY"), 422: ("REFERENCE_NOT_FOUND",)},
)

urlpatterns = ITEMS.urls(list_view=ItemListView, record_view=ItemView)


def _named(values: dict[str, Any]) -> dict[str, Any]:
    return {"is_active" if name == "active" else name: value for name, value in values.items()}


def _shown(value: Any, places: int) -> str | None:
    return None if value is None else plain_decimal(value, places)
