"""The place of the pages that all documents share."""

from django.utils.translation import gettext_lazy as _

from backfill.workspace.navigation import Item, add_item


def add_places() -> None:
    """Add it; called once, when the app is ready."""
    add_item(Item("settings", 42, _("Numbers of documents"), "tag", "numbering", "settings.view"))
