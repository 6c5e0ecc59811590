"""How the admin looks: django-unfold's settings. Plain data, for `backfill.settings` to read."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.templatetags.static import static


def _asset(path: str) -> Callable[[HttpRequest], str]:
    """Return the address of a static file, worked out per page: at this point nobody knows STATIC_URL yet."""
    return lambda request: static(path)


# A teal dark enough for white text on it (WCAG AA).
_PRIMARY: Final = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(70.4% .14 182.503)",
    "600": "oklch(51.1% .096 186.391)",
    "700": "oklch(43.7% .078 188.216)",
    "800": "oklch(38.6% .063 188.416)",
    "900": "oklch(33% .054 189)",
    "950": "oklch(27.7% .046 192.524)",
}

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Backfill",
    "SITE_HEADER": "Backfill",
    "SITE_SYMBOL": "menu_book",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _asset("workspace/icon.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": _PRIMARY},
    "STYLES": [_asset("workspace/workspace.css")],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": "backfill.workspace.navigation.sidebar",
    },
    "ACCOUNT": {"navigation": "backfill.workspace.navigation.account_links"},
}
