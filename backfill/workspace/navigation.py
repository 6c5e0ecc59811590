"""The sidebar: apps add their items in their `admin` modules, each shown to the roles that may open it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from backfill.workspace.context import workspace_of

SECTIONS = ("Work", "Sales", "Purchases", "Banking", "Reports", "Settings")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the sidebar. `url_name` is reversed in the admin's namespace, `icon` a Material Symbol."""

    section: str
    position: int
    title: str
    icon: str
    url_name: str
    permission: str
    badge: str | None = None


_ITEMS: list[Item] = []


def add_item(item: Item) -> None:
    if item.section not in SECTIONS:
        raise ValueError(item.section)
    _ITEMS.append(item)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sections of the sidebar for unfold, without what the person may not open."""
    workspace = workspace_of(request)
    if workspace is None:
        return []
    items = sorted((item for item in _ITEMS if workspace.allows(item.permission)), key=lambda item: item.position)
    return [
        {
            "title": section if section != SECTIONS[0] else None,
            "separator": section != SECTIONS[0],
            "items": [_entry(item) for item in items if item.section == section],
        }
        for section in SECTIONS
        if any(item.section == section for item in items)
    ]


def _entry(item: Item) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": item.title, "icon": item.icon, "link": reverse(f"admin:{item.url_name}")}
    if item.badge:
        entry["badge"] = item.badge
    return entry
