"""The workspace's own places in the sidebar."""

from django.utils.translation import gettext_lazy as _

from backfill.workspace.navigation import Item, add_item


def add_places() -> None:
    """Add them; called once, when the app is ready."""
    add_item(Item("settings", 10, _("Company"), "apartment", "company", "settings.view"))
    add_item(Item("settings", 20, _("Members"), "group", "members", "settings.view"))
    add_item(Item("settings", 30, _("API keys"), "key", "api_keys", "api_keys.manage"))
