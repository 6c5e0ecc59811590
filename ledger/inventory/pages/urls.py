"""The pages of items."""

from backfill.workspace.pages import page
from ledger.inventory.pages.item_list import ITEMS, ItemsPage
from ledger.inventory.pages.items import ChangeItemPage, DeleteItem, ItemPage, ItemUse, NewItemPage
from ledger.inventory.pages.stock_count import CountPage

urlpatterns = [
    page("items/", ItemsPage, "items", listing=ITEMS),
    page("items/new/", NewItemPage, "new_item"),
    page("items/<uuid:item_id>/", ItemPage, "item"),
    page("items/<uuid:item_id>/change/", ChangeItemPage, "change_item"),
    page("items/<uuid:item_id>/count/", CountPage, "count_item"),
    page("items/<uuid:item_id>/deactivate/", ItemUse, "deactivate_item"),
    page("items/<uuid:item_id>/activate/", ItemUse, "activate_item", activates=True),
    page("items/<uuid:item_id>/delete/", DeleteItem, "delete_item"),
]
