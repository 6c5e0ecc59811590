"""Stock on past days: goods that leave on an earlier day than others have moved since must have been there all along.

The books are kept by day. A sale dated before its goods came in would leave the inventory account negative in between,
even though enough is on hand today.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, Self
from uuid import UUID

from django.db.models import OuterRef, Subquery, Sum

from backfill.tenancy.models import Company
from ledger.inventory.models import Item, StockMovement

ZERO = Decimal(0)


class DatedMove(Protocol):
    """Pieces of an item that come (positive) or go (negative) on a day."""

    @property
    def item_id(self) -> UUID: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def moved_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Shortage:
    """The first day at whose end fewer pieces were on hand than are to leave."""

    day: date
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class PastStock:
    """What moved after the days on which goods are to leave now: pieces by item and day."""

    later: Mapping[UUID, dict[date, Decimal]]

    @classmethod
    def before(cls, moves: Sequence[DatedMove], items: Mapping[UUID, Item], company: Company) -> Self:
        """Read the later movements of items that are to leave on a past day; one statement, none where there are none.

        `items` are annotated with `last_moved_on()`. Where the company allows negative stock, nothing is looked at.
        """
        if company.allows_negative_inventory:
            return cls({})
        leaving = [move for move in moves if move.quantity < 0 and move.item_id in items]
        first = min((move.moved_on for move in leaving), default=None)
        latest = _latest(moves, items)
        touched = {move.item_id for move in leaving if move.moved_on < latest[move.item_id]}
        later: dict[UUID, dict[date, Decimal]] = defaultdict(dict, {item_id: {} for item_id in touched})
        if touched:
            rows = StockMovement.objects.filter(company=company, item_id__in=touched, moved_on__gt=first)
            for item_id, day, quantity in rows.values_list("item_id", "moved_on").annotate(Sum("quantity")):
                later[item_id][day] = quantity
        return cls(later)

    def shortage(self, item: Item, move: DatedMove) -> Shortage | None:
        """Return the first day from the move's on that would end below zero, and note the move for those to come."""
        days = self.later.get(item.id)
        if days is None:
            return None
        after = sorted((day for day in days if day > move.moved_on), reverse=True)
        on_hand, found = item.quantity_on_hand, None
        for day in after:
            if on_hand + move.quantity < 0:
                found = Shortage(day, on_hand)
            on_hand -= days[day]
        if on_hand + move.quantity < 0:
            found = Shortage(move.moved_on, on_hand)
        days[move.moved_on] = days.get(move.moved_on, ZERO) + move.quantity
        return found if move.quantity < 0 else None


def last_moved_on() -> Subquery:
    """Return the day of an item's latest movement, as an annotation of items."""
    rows = StockMovement.objects.filter(company_id=OuterRef("company_id"), item_id=OuterRef("id"))
    return Subquery(rows.order_by("-moved_on").values("moved_on")[:1])


def _latest(moves: Sequence[DatedMove], items: Mapping[UUID, Item]) -> dict[UUID, date]:
    """Return the day after which nothing moves, by item: what moved before and what moves now."""
    latest: dict[UUID, date] = {
        item.id: item.last_moved_on or date.min  # type: ignore[attr-defined]
        for item in items.values()
    }
    for move in moves:
        if move.item_id in latest:
            latest[move.item_id] = max(latest[move.item_id], move.moved_on)
    return latest
