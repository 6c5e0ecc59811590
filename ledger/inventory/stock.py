"""Stock and what it cost: moving average over all of a company's locations, in base currency.

The value of an item's stock is what the inventory account holds for it, so every change here comes with a posting by
the caller. Goods leave at their average cost; whoever takes the last piece takes the whole remaining value, so that no
cent is left behind. Below zero only where the company allows it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.currencies.money import quantize
from ledger.errors import InvalidStateTransition
from ledger.inventory.errors import InsufficientInventory
from ledger.inventory.models import Item, ItemLocation, StockMovement
from ledger.inventory.past_stock import PastStock, last_moved_on
from ledger.journal.drafts import AccountReference, LineDraft
from ledger.models import AccountRole, JournalEntry

ZERO: Final = Decimal(0)
COUNT_KIND: Final = "inventory_count"
ADJUSTMENT_KIND: Final = "inventory_adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMove:
    """Pieces that come (positive) or go (negative).

    `value` is their cost in base currency with the sign of the quantity; None takes the moving average. Without
    `location_id` goods leave from where most of them lie. `subject_id` and `line_id` say which document moved them.
    """

    item_id: UUID
    quantity: Decimal
    moved_on: date
    value: Decimal | None = None
    location_id: str = ""
    subject_id: UUID | None = None
    line_id: UUID | None = None
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCost:
    """What a move did to the value of the stock, in base currency: `value` has the sign of the quantity.

    `correction` is what must be charged to the cost of sales beside it (positive: more cost), because goods that were
    sold before they were bought turn out to have cost something else.
    """

    item: Item
    move: StockMove
    value: Decimal
    correction: Decimal = ZERO

    @property
    def cogs_account(self) -> AccountReference:
        return self.item.cogs_account_id or AccountRole.COGS

    @property
    def asset_account(self) -> AccountReference:
        return self.item.asset_account_id or AccountRole.INVENTORY_ASSET


@dataclass(slots=True)
class _Stock:
    item: Item
    places: dict[str, ItemLocation] = field(default_factory=dict)

    def place(self, location_id: str) -> ItemLocation:
        if location_id not in self.places:
            self.places[location_id] = ItemLocation(
                company_id=self.item.company_id, item=self.item, location_id=location_id
            )
        return self.places[location_id]


def move_stock(moves: Sequence[StockMove], *, company: Company, reason: str, subject_type: str = "") -> list[StockCost]:
    """Move goods in the order given and return what each move cost. A fixed number of statements.

    Items are locked in the order of their keys. Items whose stock is not tracked move nothing. Goods that leave on a
    past day must have been there on that day and ever since. Raises InsufficientInventory naming item and line.
    """
    if not moves:
        return []
    stocks = _locked_stocks(company.id, {move.item_id for move in moves})
    past = PastStock.before(moves, {stock.item.id: stock.item for stock in stocks.values()}, company)
    costs, movements = [], []
    for move in moves:
        stock = stocks.get(move.item_id)
        if stock is None or not move.quantity:
            continue
        shortage = past.shortage(stock.item, move)
        if shortage is not None:
            raise _insufficient(stock.item, shortage.on_hand, move, "", on=shortage.day)
        cost = _moved(stock, move, company)
        costs.append(cost)
        movements += [
            StockMovement(
                company=company,
                item=stock.item,
                location_id=location_id,
                moved_on=move.moved_on,
                quantity=quantity,
                value=value,
                reason=reason,
                subject_type=subject_type,
                subject_id=move.subject_id,
                line_id=move.line_id,
            )
            for location_id, quantity, value in _placed(stock, move, cost, company)
        ]
        movements[-1].correction = cost.correction
    _write(stocks.values())
    StockMovement.objects.bulk_create(movements)
    return costs


def undo_moves(*, company: Company, subject_id: UUID, moved_on: date, reason: str = "void") -> list[StockCost]:
    """Take back what a document moved, at the value it moved at, less what was charged to the cost of sales then: the
    reversal of its entry takes back both. Raises InsufficientInventory when goods that came with it are sold already,
    InvalidStateTransition when their stock is not counted any more.
    """
    done = StockMovement.objects.filter(company=company, subject_id=subject_id).order_by("created_at", "id")
    moves = [
        StockMove(
            item_id=row.item_id,
            quantity=-row.quantity,
            moved_on=moved_on,
            value=row.correction - row.value,
            location_id=row.location_id,
            subject_id=subject_id,
            line_id=row.line_id,
        )
        for row in done
    ]
    costs = move_stock(moves, company=company, reason=reason)
    if len(costs) < len(moves):
        still_counted = {cost.item.id for cost in costs}
        lost = next(row for row in done if row.item_id not in still_counted)
        raise InvalidStateTransition(
            _("the stock of {item} is not counted any more; count it again (track_inventory) first").format(
                item=lost.item
            )
        )
    return costs


def link_movements(entries: Mapping[UUID, UUID]) -> None:
    """Name the entry that posted what a document moved, by the document's key. One statement."""
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stockmovement AS m SET entry_id = t.entry FROM unnest(%s::uuid[], %s::uuid[]) "
            "AS t (subject, entry) WHERE m.subject_id = t.subject AND m.entry_id IS NULL",
            [list(entries), list(entries.values())],
        )


def refuse_reversal(original: JournalEntry) -> None:
    """What stock is worth would differ from its account. Raises InvalidStateTransition naming the way out."""
    if original.kind in {COUNT_KIND, ADJUSTMENT_KIND}:
        raise InvalidStateTransition(
            _("entry {number} follows the stock; state the right quantity of the item instead").format(
                number=original.entry_number
            )
        )


def cost_of_sales(costs: Iterable[StockCost], *, in_base_currency: bool) -> Iterator[LineDraft]:
    """Yield debit cost of sales, credit inventory for goods that left; the other way round for goods that came back.

    Costs are base currency. In an entry of another currency the lines have no amount in it, only the base amount.
    """
    for cost in costs:
        for amount in (-cost.value, cost.correction):
            yield from _pair(cost.cogs_account, cost.asset_account, amount, in_base_currency=in_base_currency)


def corrections(costs: Iterable[StockCost]) -> tuple[LineDraft, ...]:
    """Return the lines of the corrections alone, in base currency."""
    return tuple(
        line
        for cost in costs
        for line in _pair(cost.cogs_account, cost.asset_account, cost.correction, in_base_currency=True)
    )


def _pair(
    debit: AccountReference, credit: AccountReference, amount: Decimal, *, in_base_currency: bool
) -> Iterator[LineDraft]:
    if not amount:
        return
    if in_base_currency:
        yield LineDraft.debit(debit, amount)
        yield LineDraft.credit(credit, amount)
    else:
        yield LineDraft.debit(debit, ZERO, base_amount=amount)
        yield LineDraft.credit(credit, ZERO, base_amount=-amount)


def _locked_stocks(company_id: UUID, item_ids: set[UUID]) -> dict[UUID, _Stock]:
    items = Item.objects.select_for_update(of=("self",)).filter(
        company_id=company_id, id__in=item_ids, track_inventory=True
    )
    stocks = {item.id: _Stock(item) for item in items.annotate(last_moved_on=last_moved_on()).order_by("id")}
    for place in ItemLocation.objects.filter(company_id=company_id, item_id__in=stocks.keys()):
        stocks[place.item_id].places[place.location_id] = place
    return stocks


def _moved(stock: _Stock, move: StockMove, company: Company) -> StockCost:
    """Change the item's quantity and value in memory."""
    item, quantity = stock.item, move.quantity
    if quantity < 0 and item.quantity_on_hand + quantity < 0 and not company.allows_negative_inventory:
        raise _insufficient(item, item.quantity_on_hand, move, "")
    value = move.value if move.value is not None else _average_value(item, quantity, company.base_currency)
    correction = _correction(item, quantity, value, company.base_currency)
    item.quantity_on_hand += quantity
    item.inventory_value += value - correction
    if item.inventory_value * item.quantity_on_hand < 0 or not item.quantity_on_hand:
        # Goods that go at another value than the average cannot take more than there is, nor leave a cent behind.
        correction += item.inventory_value
        item.inventory_value = ZERO
    item.last_cost = (value / quantity).quantize(Decimal("1e-6"))
    return StockCost(item=item, move=move, value=value, correction=correction)


def _average_value(item: Item, quantity: Decimal, currency: str) -> Decimal:
    if quantity == -item.quantity_on_hand:
        return -item.inventory_value
    return quantize(quantity * item.average_cost, currency)


def _correction(item: Item, quantity: Decimal, value: Decimal, currency: str) -> Decimal:
    """Goods that fill up a negative stock replace pieces that were sold at an assumed cost; return the difference."""
    if quantity <= 0 or item.quantity_on_hand >= 0:
        return ZERO
    covered = min(quantity, -item.quantity_on_hand)
    assumed = quantize(item.inventory_value * covered / item.quantity_on_hand, currency)
    return quantize(value * covered / quantity, currency) - assumed


def _placed(stock: _Stock, move: StockMove, cost: StockCost, company: Company) -> list[tuple[str, Decimal, Decimal]]:
    """Share the move out over locations, in memory, and return (location, quantity, value) of each part."""
    parts: list[tuple[str, Decimal, Decimal]] = []
    left_quantity, left_value = move.quantity, cost.value
    if move.quantity < 0 and not move.location_id and move.value is None:
        for place in sorted(stock.places.values(), key=lambda place: -place.quantity_on_hand):
            taken = min(place.quantity_on_hand, -left_quantity)
            if taken <= 0 or taken == -left_quantity:
                break
            value = quantize(cost.value * -taken / move.quantity, company.base_currency)
            parts.append((place.location_id, -taken, -abs(value)))
            place.quantity_on_hand -= taken
            left_quantity, left_value = left_quantity + taken, left_value + abs(value)
        best = max(stock.places.values(), key=lambda place: place.quantity_on_hand, default=None)
        last = best if best is not None and best.quantity_on_hand > 0 else stock.place("")
    else:
        last = stock.place(move.location_id)
    last.quantity_on_hand += left_quantity
    if left_quantity < 0 and last.quantity_on_hand < 0 and not company.allows_negative_inventory:
        raise _insufficient(stock.item, last.quantity_on_hand - left_quantity, move, last.location_id)
    return [*parts, (last.location_id, left_quantity, left_value)]


def _write(stocks: Iterable[_Stock]) -> None:
    """Write items and places back, each in one statement."""
    items = [stock.item for stock in stocks]
    places = [place for stock in stocks for place in stock.places.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_item AS i SET quantity_on_hand = t.quantity, inventory_value = t.value, "
            "last_cost = t.last_cost, updated_at = now() "
            "FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[], %s::numeric[]) "
            "AS t (id, quantity, value, last_cost) "
            "WHERE i.id = t.id",
            [
                [item.id for item in items],
                [item.quantity_on_hand for item in items],
                [item.inventory_value for item in items],
                [item.last_cost for item in items],
            ],
        )
    ItemLocation.objects.bulk_create(
        places,
        update_conflicts=True,
        unique_fields=["item", "location_id"],
        update_fields=["quantity_on_hand"],
    )


def _insufficient(
    item: Item, on_hand: Decimal, move: StockMove, location_id: str, *, on: date | None = None
) -> InsufficientInventory:
    if location_id and on:
        message = _("{item}: {wanted:f} wanted, {on_hand:f} on hand at {place} on {day}")
    elif location_id:
        message = _("{item}: {wanted:f} wanted, {on_hand:f} on hand at {place}")
    elif on:
        message = _("{item}: {wanted:f} wanted, {on_hand:f} on hand on {day}")
    else:
        message = _("{item}: {wanted:f} wanted, {on_hand:f} on hand")
    wanted = -move.quantity.normalize()
    return InsufficientInventory(
        message.format(item=item.name, wanted=wanted, on_hand=on_hand.normalize(), place=location_id, day=on),
        field=f"{move.path}.quantity" if move.path else None,
        item_id=str(item.id),
        quantity_on_hand=str(on_hand),
    )
