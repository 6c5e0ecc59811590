"""How the pages of documents speak of customers and of vendors: whole sentences, stated once per side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.documents.types import Side

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyWords:
    """One phrase for each place that names a party. `%(name)s` and the like are filled in.

    label: of an input. new: the link to a new one. searched: what the filter of a list looks in. matches_none: of what
    is typed into a search. named_none, unclear: of a name that means none, or several. choose: where one is needed.
    nobody: in place of a party. recorded_before: of a document that was recorded minutes ago.
    no_such: of an address that leads to none.
    undone: what voiding did with what was applied. rest: of the amount that is applied to nothing.
    """

    label: "StrOrPromise"
    new: "StrOrPromise"
    searched: "StrOrPromise"
    matches_none: "StrOrPromise"
    named_none: "StrOrPromise"
    unclear: "StrOrPromise"
    choose: "StrOrPromise"
    nobody: "StrOrPromise"
    recorded_before: "StrOrPromise"
    undone: "StrOrPromise"
    rest: "StrOrPromise"
    no_such: "StrOrPromise"


_WORDS: dict[str, PartyWords] = {}


def register_words(side: Side, words: PartyWords) -> None:
    """Make a side's words known, from the app's `ready()`."""
    _WORDS[side.app] = words


def words_of(side: Side) -> PartyWords:
    """Return the words for a side's parties."""
    return _WORDS[side.app]
