"""The places of items in sidebar and search."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backfill.workspace.context import Workspace
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.search import SearchResult, add_finder
from ledger.inventory.pages.items import filtered_items, item_label, item_url


def add_places() -> None:
    """Add them; called once, when the app is ready."""
    add_item(Item("sales", 90, _("Items"), "inventory_2", "items", "ledger.view"))
    add_finder(find_items)


def find_items(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("ledger.view"):
        return
    for item in filtered_items(workspace.company, {"q": term})[:6]:
        yield SearchResult(item_label(item), gettext("Item"), item_url(item), "inventory_2")
