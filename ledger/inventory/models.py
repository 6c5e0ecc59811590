"""What a company buys and sells: services, goods, and goods whose stock is counted.

An item's stock is valued at moving average cost over all locations: `inventory_value` is the base-currency value of
`quantity_on_hand`, and the two only change together with a stock movement.
"""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models.account import Account
from ledger.models.entry import JournalEntry


class ItemType(models.TextChoices):
    GOOD = "good", _("Good")
    SERVICE = "service", _("Service")


class Item(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="items", db_index=False)
    type = models.CharField(max_length=10, choices=ItemType.choices, default=ItemType.GOOD)
    name = models.CharField(max_length=255)
    sku = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    unit_label = models.CharField(max_length=50, blank=True)
    unit_price = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    purchase_cost = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, blank=True, help_text="What one costs to buy, in base currency."
    )
    is_sold = models.BooleanField(default=True)
    is_purchased = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    revenue_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expense_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cogs_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asset_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tax_code = models.CharField(max_length=20, blank=True, help_text="The tax code its lines start with.")

    track_inventory = models.BooleanField(default=False, help_text="Its stock is counted and valued.")
    quantity_on_hand = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    inventory_value = models.DecimalField(
        max_digits=20, decimal_places=4, default=0, help_text="Of the quantity on hand, in base currency."
    )
    last_cost = models.DecimalField(
        max_digits=20, decimal_places=6, default=0, help_text="Cost of one at the last movement, in base currency."
    )
    reorder_point = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)

    class_id = models.CharField(max_length=100, blank=True)
    preferred_vendor_id = models.CharField(max_length=100, blank=True)
    subsidiary_id = models.CharField(max_length=100, blank=True)
    source_system = models.CharField(max_length=50, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    connection_id = models.CharField(max_length=100, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="item_company_id"),
            models.UniqueConstraint(fields=["company", "sku"], condition=~Q(sku=""), name="item_sku_unique"),
            models.UniqueConstraint(
                fields=["company", "source_system", "connection_id", "source_id"],
                condition=~Q(source_id=""),
                name="item_source_identity",
            ),
            models.CheckConstraint(condition=Q(type__in=ItemType.values), name="item_type_known"),
            models.CheckConstraint(
                condition=Q(track_inventory=False) | Q(type=ItemType.GOOD), name="item_only_goods_have_stock"
            ),
            models.CheckConstraint(
                condition=Q(track_inventory=True) | Q(quantity_on_hand=0, inventory_value=0),
                name="item_stock_is_tracked",
            ),
        )
        indexes = (models.Index(fields=["company", "name"], name="item_by_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def average_cost(self) -> Decimal:
        """What one piece of the stock cost on average, in base currency; without stock, what the last one cost."""
        if self.quantity_on_hand > 0:
            return self.inventory_value / self.quantity_on_hand
        return self.last_cost or self.purchase_cost or Decimal(0)


class ItemLocation(models.Model):
    """How much of an item lies where. The places add up to the item's quantity on hand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="locations", db_index=False)
    location_id = models.CharField(max_length=100, blank=True)
    quantity_on_hand = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    reorder_point = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)

    class Meta:
        ordering = ("location_id",)
        constraints = (models.UniqueConstraint(fields=["item", "location_id"], name="item_location_once"),)

    def __str__(self) -> str:
        return f"{self.location_id}: {self.quantity_on_hand}"


class StockMovement(models.Model):
    """Pieces that came (positive) or went (negative) and their value, of the same sign, in base currency."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="movements", db_index=False)
    location_id = models.CharField(max_length=100, blank=True)
    moved_on = models.DateField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    correction = models.DecimalField(
        max_digits=20, decimal_places=4, default=0, help_text="Charged to the cost of sales beside it."
    )
    reason = models.CharField(max_length=30, help_text="sale, return, purchase, opening, adjustment, void")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    line_id = models.UUIDField(null=True, blank=True)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=["company", "item", "-created_at"], name="stock_movement_by_item"),
            models.Index(fields=["company", "item", "-moved_on"], name="stock_movement_by_day"),
            models.Index(fields=["company", "subject_id"], name="stock_movement_by_subject"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.reason}"
