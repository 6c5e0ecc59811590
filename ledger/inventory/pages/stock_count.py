"""Counting the stock of an item: what is there is written down, the difference is posted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.workspace.formats import formats_of
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.pages import Crumb, Page
from backfill.workspace.wording import sentence
from ledger.errors import DocumentPosted
from ledger.inventory.items import locked_item, update_item
from ledger.inventory.models import Item, ItemLocation
from ledger.inventory.pages.items import company_item, item_url


@dataclass(slots=True)
class CountedPlace:
    """One place where the item lies; `present` is what the books say, `typed` what somebody counted."""

    location_id: str
    present: Decimal
    reorder_point: Decimal | None = None
    typed: str = ""
    quantity: Decimal | None = None
    error: str = ""


class CountPage(Page):
    """Only places with a figure are counted. A stock that moved while it was counted is to be counted again."""

    template_name = "ledger/stock_count.html"
    permission = write_permission = "ledger.post"

    @cached_property
    def item(self) -> Item:
        return company_item(self.company, self.kwargs["item_id"])

    def page_title(self) -> str:
        return _("Count {item}").format(item=self.item)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Items"), reverse("admin:items")), Crumb(str(self.item), item_url(self.item))]

    @cached_property
    def places(self) -> list[CountedPlace]:
        """The places in order; the unnamed one is always there."""
        rows = {one.location_id: one for one in ItemLocation.objects.filter(item=self.item)}
        found = [
            CountedPlace(name, row.quantity_on_hand if row else Decimal(0), row.reorder_point if row else None)
            for name, row in sorted({"": None, **rows}.items())
        ]
        typed = self.request.POST.getlist("counted")
        for place, text in zip(found, typed, strict=False):
            place.typed = text.strip()
        return found

    def context(self) -> dict[str, Any]:
        seen = formats_of(self.company).plain(self.item.quantity_on_hand.normalize())
        return {
            "item": self.item,
            "places": self.places,
            "seen": self.request.POST.get("seen", seen),
            "new_place": self.request.POST.get("new_place", ""),
            "new_counted": self.request.POST.get("new_counted", ""),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        counted = [place for place in (*self.places, self._new_place()) if place.typed]
        for place in counted:
            try:
                place.quantity = parse_number(place.typed, formats_of(self.company))
            except NotANumber as error:
                place.error = sentence(str(error))
        wrong = next((place.error for place in counted if place.error), "")
        if wrong or not counted:
            return self.show(status=422, error=wrong or _("Write down what was counted in at least one place."))
        try:
            self._count(counted)
        except DomainError as error:
            return self.show(status=error.status, error=sentence(error.message))
        messages.success(
            request, _("The stock of {item} is what was counted; the difference is posted.").format(item=self.item)
        )
        return HttpResponseRedirect(item_url(self.item))

    def _new_place(self) -> CountedPlace:
        name = self.request.POST.get("new_place", "").replace("\0", "").strip()[:100]
        typed = self.request.POST.get("new_counted", "").strip()
        return CountedPlace(name, Decimal(0), typed=typed if name else "")

    @transaction.atomic
    def _count(self, counted: list[CountedPlace]) -> None:
        item = locked_item(self.company.pk, self.item.pk)
        if self.request.POST.get("seen") != formats_of(self.company).plain(item.quantity_on_hand.normalize()):
            raise DocumentPosted(_("the stock has moved since you opened this page; open it anew and count again"))
        places = [
            {"location_id": one.location_id, "quantity_on_hand": one.quantity, "reorder_point": one.reorder_point}
            for one in counted
        ]
        update_item(item, {"locations": places}, actor=self.actor)
