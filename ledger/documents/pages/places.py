"""The place of the pages that all documents share."""

from django.utils.translation import gettext_lazy as _

from backfill.workspace.navigation import Item, add_item
from ledger.documents.pages.links import of_entry, of_file
from ledger.pages.links import add_links


def add_places() -> None:
    """Add it; called once, when the app is ready."""
    add_item(Item("settings", 42, _("Numbers of documents"), "tag", "numbering", "settings.view"))
    add_links(of_entry=of_entry, of_file=of_file)
