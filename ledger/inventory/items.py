"""Items: created, changed, deleted while nothing refers to them. Stock that is stated is posted, so that the
inventory account always holds what the counted items are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.accounts.controls import refuse_control
from ledger.currencies.money import quantize
from ledger.errors import RecordInUse, ReferenceNotFound
from ledger.inventory.errors import DuplicateSku, ItemNotFound
from ledger.inventory.models import Item, ItemLocation, StockMovement
from ledger.inventory.stock import COUNT_KIND, StockCost, StockMove, move_stock
from ledger.journal.drafts import AccountReference, EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import Account, AccountRole, JournalEntry
from ledger.models.activity import record_activity
from ledger.models.changes import changes_since, columns_of
from ledger.tax.rules import rules

ZERO: Final = Decimal(0)
_AS_GIVEN = (
    *("type", "name", "sku", "description", "unit_label", "unit_price", "purchase_cost", "is_sold", "is_purchased"),
    *("is_active", "track_inventory", "reorder_point", "tax_code", "class_id", "preferred_vendor_id"),
    *("subsidiary_id", "source_system", "source_id", "connection_id", "metadata"),
)
_ACCOUNTS = ("revenue_account", "expense_account", "cogs_account", "asset_account")


@transaction.atomic
def create_item(values: Mapping[str, Any], *, company: Company, actor: Actor) -> Item:
    """Create an item. `values` are columns by name, accounts as `revenue_account_id` and so on.

    Stock that is stated (`quantity_on_hand`, or `locations`: [{location_id, quantity_on_hand, reorder_point}]) opens
    at `purchase_cost` against opening balance equity, dated `opening_stock_date`, by default today. Raises
    ValidationFailed, ReferenceNotFound naming the field, DuplicateSku, PeriodLocked.
    """
    item = Item(company=company)
    _fill(item, values)
    _save(item, force_insert=True)
    _record(item, "created", actor)
    _count(item, values, _opening(item, values), actor=actor)
    return item


@transaction.atomic
def update_item(item: Item, values: Mapping[str, Any], *, actor: Actor) -> Item:
    """Change an item; absent values stay. A stated quantity that differs from the books' is a stock count: the
    difference is posted at average cost against the cost of sales, dated today. With `opening_stock_date` it opens the
    stock of an item that had none, as on creation."""
    item = locked_item(item.company_id, item.id)
    was_tracked, was_held_by = item.track_inventory, _asset_account(item)
    as_it_was = columns_of(item)
    _fill(item, values)
    if was_tracked and not item.track_inventory and (item.quantity_on_hand or item.inventory_value):
        raise ValidationFailed(
            _("{item} has {quantity_on_hand:f} on hand; count it down to 0 first").format(
                item=item.name, quantity_on_hand=item.quantity_on_hand.normalize()
            ),
            field="track_inventory",
        )
    _save(item)
    _record(item, "edited", actor, **changes_since(as_it_was, item))
    _move_value(item, was_held_by, actor)
    _count(item, values, _counting(item, values), actor=actor)
    item.refresh_from_db()
    return item


@transaction.atomic
def delete_item(*, company_id: UUID, document_id: UUID, actor: Actor) -> None:
    """Delete an item that nothing refers to. Raises RecordInUse, ItemNotFound."""
    item = locked_item(company_id, document_id)
    try:
        with transaction.atomic():
            item.delete()
    except (ProtectedError, IntegrityError) as error:
        raise RecordInUse(
            _("item {item} is used in documents; deactivate it instead (active: false)").format(item=item)
        ) from error
    item.id = document_id
    _record(item, "deleted", actor, name=item.name)


def locked_item(company_id: UUID, item_id: UUID) -> Item:
    """Return the item locked for update. Raises ItemNotFound."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("company")
    item = rows.filter(company_id=company_id, id=item_id).first()
    if item is None:
        raise ItemNotFound(_("item {item_id} does not exist").format(item_id=item_id))
    return item


def _fill(item: Item, values: Mapping[str, Any]) -> None:
    for name in _AS_GIVEN:
        if name in values:
            setattr(item, name, values[name])
    item.name = " ".join((item.name or item.sku).split())
    for name in _ACCOUNTS:
        if f"{name}_id" in values:
            setattr(item, name, _account(item, values[f"{name}_id"], f"{name}_id"))
    _check(item)


def _check(item: Item) -> None:
    if item.tax_code and not rules(item.company_id, {item.tax_code}):
        raise ReferenceNotFound(
            _("tax code {tax_code} does not exist or is inactive").format(tax_code=item.tax_code), field="tax_code"
        )
    for name in ("unit_price", "purchase_cost", "reorder_point"):
        if (getattr(item, name) or ZERO) < 0:
            raise ValidationFailed(_("{name} is not below zero").format(name=name), field=name)
    check_fields(item)
    if item.track_inventory and item.type != "good":
        raise ValidationFailed(_("only goods have a stock that is counted"), field="track_inventory")


def _account(item: Item, account_id: UUID | None, field: str) -> Account | None:
    if account_id is None:
        return None
    account = Account.objects.filter(company_id=item.company_id, id=account_id).first()
    if account is None:
        raise ReferenceNotFound(
            _("account {account_id} does not exist in this company").format(account_id=account_id), field=field
        )
    return refuse_control(account, field)


def _save(item: Item, **options: Any) -> None:
    try:
        with transaction.atomic():
            item.save(**options)
    except IntegrityError as error:
        if "sku" not in str(error):
            raise
        twin = Item.objects.filter(company_id=item.company_id, sku=item.sku).first()
        raise DuplicateSku(
            _("an item with the SKU {sku} exists already").format(sku=item.sku),
            field="sku",
            existing_id=str(twin.id) if twin else None,
        ) from error


@dataclass(frozen=True, slots=True)
class _Count:
    """Why the stock is counted, the account that the difference in value is posted against, and the day of both."""

    reason: str
    against: AccountReference
    day: date


def _opening(item: Item, values: Mapping[str, Any]) -> _Count:
    return _Count(
        "opening", AccountRole.OPENING_BALANCE_EQUITY, values.get("opening_stock_date") or item.company.today()
    )


def _counting(item: Item, values: Mapping[str, Any]) -> _Count:
    if values.get("opening_stock_date") is None:
        return _Count("adjustment", item.cogs_account_id or AccountRole.COGS, item.company.today())
    if item.movements.exists():
        raise ValidationFailed(
            _("the stock of {item} is open already; a stock count is dated today").format(item=item.name),
            field="opening_stock_date",
        )
    return _opening(item, values)


def _count(item: Item, values: Mapping[str, Any], count: _Count, *, actor: Actor) -> None:
    """Bring the stock to what is stated and post the difference in value."""
    if count.day > item.company.today():
        raise ValidationFailed(_("stock cannot be opened on a day to come"), field="opening_stock_date")
    wanted = _stated_quantities(item, values)
    _write_places(item, values)
    if wanted is None:
        return
    if not item.track_inventory:
        raise ValidationFailed(_("set track_inventory to count the stock of this item"), field=_counted_field(values))
    present = {place.location_id: place.quantity_on_hand for place in ItemLocation.objects.filter(item=item)}
    moves = [
        _counted(item, location_id, quantity - present.get(location_id, ZERO), count)
        for location_id, quantity in sorted(wanted.items())
        if quantity != present.get(location_id, ZERO)
    ]
    try:
        costs = move_stock(moves, company=item.company, reason=count.reason, subject_type="item")
    except DomainError as error:
        error.field = error.field or _counted_field(values)
        raise
    entry = _post_count(item, costs, count, actor)
    if entry is not None:
        StockMovement.objects.filter(company_id=item.company_id, subject_id=item.id, entry=None).update(entry=entry)


def _counted_field(values: Mapping[str, Any]) -> str:
    """Return the field that states a quantity: the item's, or that of its first location that has one."""
    places = enumerate(values.get("locations") or ())
    stated = next((index for index, place in places if place.get("quantity_on_hand") is not None), None)
    return "quantity_on_hand" if stated is None else f"locations[{stated}].quantity_on_hand"


def _stated_quantities(item: Item, values: Mapping[str, Any]) -> dict[str, Decimal] | None:
    """Return the stated quantity per location, None when nothing is said about quantities."""
    places = [place for place in values.get("locations") or () if place.get("quantity_on_hand") is not None]
    total = values.get("quantity_on_hand")
    if places:
        stated = {str(place.get("location_id") or ""): Decimal(str(place["quantity_on_hand"])) for place in places}
        if total is not None and sum(stated.values(), ZERO) != total:
            raise ValidationFailed(
                _("quantity_on_hand is {total}, but the locations add up to {stated}").format(
                    total=total, stated=sum(stated.values(), ZERO)
                ),
                field="quantity_on_hand",
            )
        return stated
    if total is None or (not item.track_inventory and not total):
        return None
    elsewhere = ItemLocation.objects.filter(item=item).exclude(location_id="")
    return {"": Decimal(str(total)) - sum((place.quantity_on_hand for place in elsewhere), ZERO)}


def _write_places(item: Item, values: Mapping[str, Any]) -> None:
    for place in values.get("locations") or ():
        ItemLocation.objects.update_or_create(
            item=item,
            location_id=str(place.get("location_id") or ""),
            defaults={"company_id": item.company_id, "reorder_point": place.get("reorder_point")},
        )


def _counted(item: Item, location_id: str, difference: Decimal, count: _Count) -> StockMove:
    value = None
    if count.reason == "opening":
        value = quantize(difference * (item.purchase_cost or ZERO), item.company.base_currency)
    return StockMove(
        item_id=item.id,
        quantity=difference,
        moved_on=count.day,
        value=value,
        location_id=location_id,
        subject_id=item.id,
    )


def _post_count(item: Item, costs: Sequence[StockCost], count: _Count, actor: Actor) -> JournalEntry | None:
    value = sum((cost.value - cost.correction for cost in costs), ZERO)
    if not value:
        return None
    return _posted(item, value, debit=_asset_account(item), credit=count.against, on=count.day, actor=actor)


def _move_value(item: Item, was_held_by: AccountReference, actor: Actor) -> None:
    """The stock's value follows the item to another account."""
    holder = _asset_account(item)
    if holder != was_held_by and item.inventory_value:
        _posted(item, item.inventory_value, debit=holder, credit=was_held_by, on=item.company.today(), actor=actor)


def _asset_account(item: Item) -> AccountReference:
    return item.asset_account_id or AccountRole.INVENTORY_ASSET


def _posted(
    item: Item, value: Decimal, *, debit: AccountReference, credit: AccountReference, on: date, actor: Actor
) -> JournalEntry:
    draft = EntryDraft(
        company_id=item.company_id,
        entry_date=on,
        kind=COUNT_KIND,
        memo=f"Stock of {item.name}",
        lines=(LineDraft(account=debit, amount=value), LineDraft(account=credit, amount=-value)),
    )
    return post(draft, actor=actor)


def _record(item: Item, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=item.company_id, subject_type="item", subject_id=item.id, verb=verb, actor=actor, **detail
    )
