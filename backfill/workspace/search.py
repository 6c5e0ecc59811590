"""The search box above the sidebar: pages by their title, and what apps can find in their records."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.workspace.context import Workspace
from backfill.workspace.dashboard import quick_actions_for
from backfill.workspace.navigation import items_for

LONGEST_TERM = 100


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One line of the results. `icon` is a Material Symbol."""

    title: str
    description: str
    link: str
    icon: str


Finder = Callable[[Workspace, str], Iterable[SearchResult]]

_FINDERS: list[tuple[int, Finder]] = []


def add_finder(finder: Finder, rank: int) -> None:
    """Let a function contribute the few best results for a term; it looks in the workspace's company only. Results of a
    smaller rank come first: 10 parties, 20 documents, 30 accounts, 40 items, 50 entries."""
    if (rank, finder) not in _FINDERS:
        _FINDERS.append((rank, finder))
        _FINDERS.sort(key=lambda one: one[0])


def search_results(workspace: Workspace, term: str) -> list[SearchResult]:
    """Return what the term finds in the workspace's company, pages first."""
    term = " ".join(term.split())[:LONGEST_TERM]
    if not term:
        return []
    return [*_pages(workspace, term), *(result for _rank, finder in _FINDERS for result in finder(workspace, term))]


def _pages(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    for item in items_for(workspace):
        title = str(item.title)
        if term.casefold() in title.casefold():
            yield SearchResult(title, _("Page"), reverse(f"admin:{item.url_name}"), item.icon)
    for action in quick_actions_for(workspace):
        title = str(action.title)
        if term.casefold() in title.casefold():
            yield SearchResult(title, _("Action"), reverse(f"admin:{action.url_name}"), action.icon)
