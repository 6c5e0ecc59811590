"""What the demo companies sell, with stock, and what they have offered: a quote that is out and an order to deliver."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from backfill.demo_data.bookings import months_until
from backfill.demo_data.stories import Good, Story
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.inventory.items import create_item
from ledger.inventory.models import Item
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import AccountRole
from receivables.models import Customer
from receivables.services.orders import accept_quote, convert_quote, create_quote

VALID_DAYS = 30


def load_goods(company: Company, story: Story, *, today: date, actor: Actor) -> int:
    """Create items whose stock was there when the year began, and offer them to two customers; return how many entries
    were posted."""
    since = months_until(today)[0]
    items = [create_item(_particulars(good, since), company=company, actor=actor) for good in story.goods]
    _carry_into_equity(company, story, since, actor)
    machine, beans, training = items
    first, second = story.buyers[1].name, story.buyers[3].name
    _offer(company, first, [(machine, 2), (training, 3)], today - timedelta(days=2), actor)
    accepted = _offer(company, second, [(machine, 1), (beans, 12)], today - timedelta(days=5), actor)
    by: dict[str, Any] = {"company_id": company.pk, "document_id": accepted, "actor": actor}
    accept_quote(**by)
    convert_quote(**by)
    return sum(1 for good in story.goods if good.on_hand) + 1


def _carry_into_equity(company: Company, story: Story, since: date, actor: Actor) -> None:
    """Items open their stock against the opening account, which is to end at zero."""
    value = sum((Decimal(good.cost) * good.on_hand for good in story.goods if good.on_hand), Decimal(0))
    lines = (
        LineDraft(account=AccountRole.OPENING_BALANCE_EQUITY, amount=value),
        LineDraft(account=AccountRole.RETAINED_EARNINGS, amount=-value),
    )
    post(EntryDraft(company_id=company.pk, entry_date=since, memo="Opening stock by item", lines=lines), actor=actor)


def _particulars(good: Good, since: date) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": good.name,
        "sku": good.sku,
        "description": good.name,
        "type": "good" if good.on_hand else "service",
        "unit_price": Decimal(good.price),
        "tax_code": good.tax_code,
    }
    if good.on_hand:
        stock = {"purchase_cost": Decimal(good.cost), "quantity_on_hand": Decimal(good.on_hand)}
        values |= {**stock, "opening_stock_date": since}
        values |= {"track_inventory": True, "reorder_point": Decimal(good.reorder_point)}
    return values


def _offer(company: Company, buyer: str, wanted: list[tuple[Item, int]], day: date, actor: Actor) -> Any:
    lines = [
        {
            "product_id": item.pk,
            "quantity": Decimal(quantity),
            "unit_amount": item.unit_price,
            "tax_code": item.tax_code,
        }
        for item, quantity in wanted
    ]
    until = datetime.combine(day + timedelta(days=VALID_DAYS), time(18), ZoneInfo(company.time_zone))
    customer = Customer.objects.get(company=company, name=buyer)
    quote = create_quote(
        {"customer_id": customer.pk, "document_date": day, "expires_at": until, "lines": lines, "status": "sent"},
        company=company,
        actor=actor,
    )
    return quote.pk
