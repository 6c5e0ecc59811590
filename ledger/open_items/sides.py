"""The sides of the business, and which kinds of entries open their items by themselves.

An app of documents registers its side and claims the kinds that its documents post, in `AppConfig.ready()`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.models import ControlSide

DIFFERENCE_KIND: Final = "exchange_difference"
"""The kind of entries that hold realised exchange differences; allocations account for them, so they open no item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of the business: the table of its parties, that of the documents with a due date and, as `sign`, what
    raises what is owed on it: a debit (1) or a credit (-1)."""

    name: ControlSide
    party_table: str
    due_table: str
    noun: str
    sign: int


sides: dict[str, Side] = {}
claimed_kinds: set[str] = {DIFFERENCE_KIND}


def register_side(side: Side) -> None:
    """Make a side of the business known."""
    sides[side.name] = side


def claim_kinds(kinds: Iterable[str]) -> None:
    """Say that whoever posts entries of these kinds opens their items."""
    claimed_kinds.update(kinds)
