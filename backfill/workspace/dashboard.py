"""The first page after signing in, made of panels that apps add in `admin/places.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from backfill.workspace.context import Workspace

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Width = Literal["full", "wide", "narrow"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the dashboard for those who have the permission.

    `context` gives `template` its variables, or None where there is nothing to show; three columns hold one `full`
    panel, or a `wide` and a `narrow` one.
    """

    position: int
    template: str
    permission: str
    context: Callable[[Workspace], dict[str, Any] | None]
    width: Width = "full"


@dataclass(frozen=True, slots=True)
class ShownPanel:
    template: str
    width: Width
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuickAction:
    """A button on top of the dashboard: what people do most. `key` follows it by keyboard."""

    position: int
    title: "StrOrPromise"
    icon: str
    url_name: str
    permission: str
    key: str = ""


_PANELS: list[Panel] = []
_ACTIONS: list[QuickAction] = []


def add_panel(panel: Panel) -> None:
    if panel not in _PANELS:
        _PANELS.append(panel)


def add_quick_action(action: QuickAction) -> None:
    if action not in _ACTIONS:
        _ACTIONS.append(action)


def quick_actions_for(workspace: Workspace) -> list[QuickAction]:
    """Return the buttons that the person may press, in order."""
    return sorted((one for one in _ACTIONS if workspace.allows(one.permission)), key=lambda one: one.position)


def panels_for(workspace: Workspace) -> list[ShownPanel]:
    """Return the panels that the person may see, in order, each with its content."""
    allowed = sorted((one for one in _PANELS if workspace.allows(one.permission)), key=lambda one: one.position)
    shown = ((one, one.context(workspace)) for one in allowed)
    return [ShownPanel(one.template, one.width, context) for one, context in shown if context is not None]
