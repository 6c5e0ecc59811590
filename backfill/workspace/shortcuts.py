"""Where `g` and a letter lead to. All of them stand in the list that `?` opens."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.workspace.context import Workspace
from backfill.workspace.navigation import items_for

HOME: Final = "d"
KEYS: Final = {
    "journal": "j",
    "accounts": "a",
    "periods": "p",
    "invoices": "i",
    "customers": "c",
    "payments": "m",
    "quotes": "q",
    "sales_orders": "o",
    "credit_memos": "k",
    "ageing": "u",
    "reminders": "r",
    "items": "s",
    "trial_balance": "t",
    "balance_sheet": "b",
    "income_statement": "e",
}
"""The letter of a place in the sidebar, by the name of its address. The same in every language."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`g` and `key` open `link`."""

    key: str
    title: str
    link: str


def shortcuts_for(workspace: Workspace) -> list[Shortcut]:
    """Return the shortcuts to the places that the person may open, in the order of the sidebar."""
    places = [one for one in items_for(workspace) if one.url_name in KEYS]
    found = [Shortcut(KEYS[one.url_name], str(one.title), reverse(f"admin:{one.url_name}")) for one in places]
    return [Shortcut(HOME, _("Dashboard"), reverse("admin:index")), *found]
