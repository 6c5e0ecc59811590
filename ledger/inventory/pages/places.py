"""The places of items in sidebar and search."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backfill.workspace.context import Workspace
from backfill.workspace.lists.lists import register_lists
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.search import SearchResult, add_finder
from ledger.beside.subjects import register_kinds
from ledger.inventory.models import Item as StockItem
from ledger.inventory.pages.item_list import ITEMS, filtered_items
from ledger.inventory.pages.items import ITEM, item_label, item_url
from ledger.models import JournalEntry
from ledger.pages.links import Link, add_links


def add_places() -> None:
    """Add them; called once, when the app is ready."""
    register_lists(ITEMS)
    register_kinds(ITEM)
    add_item(Item("sales", 90, _("Items"), "inventory_2", "items", "ledger.view"))
    add_finder(find_items, 40)
    add_links(of_entry=item_links)


def find_items(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("ledger.view"):
        return
    for item in filtered_items(workspace.company, {"q": term})[:6]:
        yield SearchResult(item_label(item), gettext("Item"), item_url(item), "inventory_2")


def item_links(entry: JournalEntry) -> Iterator[Link]:
    """Yield the items whose stock an entry moved."""
    if entry.is_draft or entry.kind in {"manual", "booking"}:
        return
    for item in StockItem.objects.filter(company=entry.company_id, movements__entry=entry).distinct()[:20]:
        yield Link(gettext("Stock of"), item_label(item), item_url(item))
