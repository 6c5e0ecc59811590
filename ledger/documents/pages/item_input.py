"""The item input of a line: type a number or a part of the name; what the item says fills the line."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.pages import GIVEN, Page
from ledger.documents.types import Side
from ledger.inventory.models import Item
from ledger.inventory.pages.items import item_label

MOST_RESULTS = 20


class ItemSearch(Page):
    """The items that a side deals in and a few typed characters mean, as JSON, with what they put into a line."""

    side: ClassVar[Side] = GIVEN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        formats, is_purchase = formats_of(self.company), self.side.is_purchase
        dealt_in = {"is_purchased" if is_purchase else "is_sold": True}
        found = Item.objects.filter(company=self.company, is_active=True, **dealt_in).order_by("name", "id")
        for word in request.GET.get("q", "").replace("\0", "").split()[:6]:
            found = found.filter(Q(name__icontains=word) | Q(sku__istartswith=word))
        return JsonResponse({"results": [_result(one, formats, self.side) for one in found[:MOST_RESULTS]]})


def _result(item: Item, formats: Formats, side: Side) -> dict[str, str]:
    price = price_of(item, side)
    text = formats.plain(price.normalize()) if price is not None else ""
    return {
        "id": str(item.pk),
        "code": item.sku,
        "name": item.name,
        "type": text,
        "description": item.description or item.name,
        "price": text,
        "tax_code": "" if side.is_purchase else item.tax_code,
    }


def price_of(item: Item, side: Side) -> Decimal | None:
    """Return what a line of the item costs unless something is typed."""
    return item.purchase_cost if side.is_purchase else item.unit_price


def items_from_texts(company: Company, texts: Collection[str]) -> dict[str, Item]:
    """Return the items that texts mean: by label, number or whole name; one statement. A name of several means none."""
    wanted = {text for text in texts if text.strip() and "\0" not in text}
    if not wanted:
        return {}
    skus = {text.split(maxsplit=1)[0] for text in wanted}
    names = {" ".join(text.split()).casefold() for text in wanted}
    names |= {text.split(maxsplit=1)[1].casefold() for text in wanted if len(text.split(maxsplit=1)) > 1}
    rows = Item.objects.filter(company=company).select_related("revenue_account").annotate(folded=Lower("name"))
    found = list(rows.filter(Q(sku__in=skus) | Q(folded__in=names)))
    keys: dict[str, list[Item]] = {}
    for item in found:
        for key in {item_label(item).casefold(), item.name.casefold(), item.sku.casefold()} - {""}:
            keys.setdefault(key, []).append(item)
    meant = {text: keys.get(" ".join(text.split()).casefold(), []) for text in wanted}
    return {text: items[0] for text, items in meant.items() if len(items) == 1}
