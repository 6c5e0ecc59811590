"""The list of items, with what is in stock."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import AmountFilter, ListFilters, StateFilter, TextFilter
from backfill.workspace.lists.lists import List, NewLink
from backfill.workspace.lists.page import ListPage
from backfill.workspace.lists.steps import BulkStep
from backfill.workspace.templatetags.workspace import badge
from ledger.inventory.items import update_item
from ledger.inventory.models import Item
from ledger.inventory.pages.items import company_item, is_short, item_label, item_url

_SHORT: Final = Q(track_inventory=True, reorder_point__isnull=False, quantity_on_hand__lte=F("reorder_point"))
_STATES: Final = {
    "stock": (gettext_lazy("In stock"), Q(is_active=True) & ~Q(quantity_on_hand=0)),
    "short": (gettext_lazy("To reorder"), Q(is_active=True) & _SHORT),
    "inactive": (gettext_lazy("Out of use"), Q(is_active=False)),
    "all": (gettext_lazy("All"), Q()),
}


class ItemFilters(ListFilters):
    q = TextFilter(searched=gettext_lazy("Name or number"), method="with_words")
    state = StateFilter(_STATES, usual=(gettext_lazy("In use"), Q(is_active=True)), label=gettext_lazy("Show"))
    amount_from = AmountFilter("unit_price", "gte", label=gettext_lazy("Price from"))
    amount_to = AmountFilter("unit_price", "lte", label=gettext_lazy("Price to"))
    more = ("amount_from", "amount_to")

    def with_words(self, rows: QuerySet[Item], name: str, text: str) -> QuerySet[Item]:
        for word in text.split()[:6]:
            rows = rows.filter(Q(name__icontains=word) | Q(sku__icontains=word))
        return rows


def company_items(company: Company) -> QuerySet[Item]:
    return Item.objects.filter(company=company)


def filtered_items(company: Company, values: Mapping[str, str]) -> QuerySet[Item]:
    """Return the items that match all given values, by name."""
    rows: QuerySet[Item] = ItemFilters(values, company_items(company), company=company).qs
    return rows.order_by("name", "id")


def _used(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    item = update_item(company_item(company, key), {"is_active": True}, actor=actor)
    return _("{item} is in use again.").format(item=item)


def _unused(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    item = update_item(company_item(company, key), {"is_active": False}, actor=actor)
    return _("{item} is out of use; its history stays.").format(item=item)


def _on_hand(item: Item, company: Company) -> str:
    if not item.track_inventory:
        return ""
    short = format_html("{} ", badge("reorder", _("Reorder"), "warn")) if is_short(item) else ""
    count = formats_of(company).plain(item.quantity_on_hand.normalize())
    unit = format_html(" <small>{}</small>", item.unit_label) if item.unit_label else ""
    return format_html("{}{}{}", short, count, unit)


def _name(item: Item, company: Company) -> str:
    kind = format_html(" <small>{}</small>", _("Service")) if item.type == "service" else ""
    return format_html("{}{}", item.name, kind)


ITEMS: Final = List(
    key="items",
    title=gettext_lazy("Items"),
    icon="inventory_2",
    permission="ledger.view",
    rows=company_items,
    filters=ItemFilters,
    order="name",
    nothing_found=gettext_lazy("No item matches."),
    nothing_there=gettext_lazy(
        "There are no items yet. Whatever you sell or buy again and again is quicker to write as an item."
    ),
    new=NewLink("new_item", gettext_lazy("New item"), "ledger.accounts"),
    label=item_label,
    is_faded=lambda item: not item.is_active,
    steps=(
        BulkStep(
            key="deactivate",
            label=gettext_lazy("Take out of use"),
            question=gettext_lazy("To be taken out of use: {count}"),
            permission="ledger.accounts",
            act=_unused,
        ),
        BulkStep(
            key="activate",
            label=gettext_lazy("Use again"),
            question=gettext_lazy("To be used again: {count}"),
            permission="ledger.accounts",
            act=_used,
        ),
    ),
    columns=(
        Column(key="name", label=gettext_lazy("Item"), sort=("name",), link=item_url, shown=_name, is_wide=True),
        Column(key="number", label=gettext_lazy("Number"), value="sku", sort=("sku",)),
        Column(key="tax", label=gettext_lazy("Tax"), value="tax_code", sort=("tax_code",)),
        Column(
            key="price",
            label=gettext_lazy("Price {currency}"),
            kind="price",
            value="unit_price",
            sort=("unit_price",),
        ),
        Column(
            key="on_hand",
            label=gettext_lazy("On hand"),
            kind="number",
            value=lambda item, company: item.quantity_on_hand if item.track_inventory else None,
            shown=_on_hand,
            sort=("quantity_on_hand",),
        ),
        Column(
            key="value",
            label=gettext_lazy("Value {currency}"),
            kind="money",
            value=lambda item, company: item.inventory_value if item.track_inventory else None,
            sort=("inventory_value",),
            summed="inventory_value",
        ),
    ),
)


class ItemsPage(ListPage):
    """The list, and what all stock together is worth."""

    template_name = "ledger/items.html"

    def context(self) -> dict[str, Any]:
        stock = Item.objects.filter(company=self.company).aggregate(value=Sum("inventory_value", default=Decimal(0)))
        return {**super().context(), "stock_value": stock["value"]}
