"""The sidebar: apps add their items in `admin/places.py`, each shown to the roles that may open it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.workspace.context import Workspace, workspace_of
from backfill.workspace.records.operators import is_superuser

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS = ("work", "sales", "purchases", "banking", "reports", "settings")
_HEADINGS: Final = {
    "work": gettext_lazy("Work"),
    "sales": gettext_lazy("Sales"),
    "purchases": gettext_lazy("Purchases"),
    "banking": gettext_lazy("Banking"),
    "reports": gettext_lazy("Reports"),
    "settings": gettext_lazy("Settings"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the sidebar. `url_name` is reversed in the admin's namespace, `icon` a Material Symbol.

    The section `work` comes first and without a heading.
    """

    section: str
    position: int
    title: "StrOrPromise"
    icon: str
    url_name: str
    permission: str


_ITEMS: list[Item] = []


def add_item(item: Item) -> None:
    if item.section not in SECTIONS:
        raise ValueError(item.section)
    if item not in _ITEMS:
        _ITEMS.append(item)


def items_for(workspace: Workspace) -> list[Item]:
    """Return the items that the person may open, in the order of the sidebar."""
    allowed = [item for item in _ITEMS if workspace.allows(item.permission)]
    return sorted(allowed, key=lambda item: (SECTIONS.index(item.section), item.position))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sections of the sidebar for unfold, without what the person may not open."""
    workspace = workspace_of(request)
    if workspace is None:
        return []
    items = items_for(workspace)
    home = {"title": _("Dashboard"), "icon": "dashboard", "link": reverse("admin:index")}
    sections = []
    for section in SECTIONS:
        entries = [_entry(item) for item in items if item.section == section]
        is_first = section == SECTIONS[0]
        if entries or is_first:
            heading = {} if is_first else {"title": str(_HEADINGS[section]), "separator": True}
            sections.append({**heading, "items": [home, *entries] if is_first else entries})
    return sections


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """Return the links of the person's own menu, below the sidebar."""
    if workspace_of(request) is None:
        return []
    links = [
        {"title": _("Language"), "link": reverse("admin:language")},
        {"title": _("Notifications"), "link": reverse("admin:notifications")},
        {"title": _("Two-factor sign-in"), "link": reverse("admin:security")},
        {"title": _("Change password"), "link": reverse("admin:password")},
    ]
    if is_superuser(request.user):
        links.append({"title": _("Records"), "link": reverse("records:index")})
    return links


def _entry(item: Item) -> dict[str, Any]:
    return {"title": str(item.title), "icon": item.icon, "link": reverse(f"admin:{item.url_name}")}
