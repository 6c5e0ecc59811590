"""Items in the admin: what is sold and bought, and how much of it is there."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.inventory.models import Item
from ledger.models import JournalEntry
from tests.factories import line, make_invoice, make_item
from tests.receivables.books import prove
from tests.workspace.conftest import words

pytestmark = pytest.mark.django_db

FORM = {"name": "Rope", "type": "good", "is_sold": "on", "is_purchased": "on"}


class TestForm:
    def test_adds_an_item_with_its_stock(self, owner: Client, company: Company) -> None:
        form = {
            **FORM,
            "sku": "R-1",
            "unit_price": "4.125",
            "purchase_cost": "2",
            "track_inventory": "on",
            "quantity_on_hand": "1,000",
            "reorder_point": "50",
            "revenue_account_id": "4000",
        }
        page = owner.post(reverse("admin:new_item"), form, follow=True)
        item = Item.objects.get(company=company)
        assert (item.unit_price, item.quantity_on_hand, item.inventory_value) == (Decimal("4.125"), 1000, 2000)
        for told in ("Item Rope can be used.", "4.125 USD", "R-1", "4000 ", "Opening", "2,000.00"):
            assert told in words(page), told
        prove(company)

    def test_refuses_at_the_field_and_keeps_what_was_typed(self, owner: Client, company: Company) -> None:
        make_item(company, name="Other", sku="R-1")
        for typed, field, told in (
            ({"sku": "R-1"}, "sku", "exists already"),
            ({"unit_price": "-1"}, "unit_price", "not below zero"),
            ({"unit_price": "cheap"}, "unit_price", "is not a number"),
            ({"type": "service", "track_inventory": "on"}, "track_inventory", "only goods"),
            ({"quantity_on_hand": "5"}, "quantity_on_hand", "to count the stock"),
            ({"cogs_account_id": "99999"}, "cogs_account_id", "There is no account"),
        ):
            page = owner.post(reverse("admin:new_item"), {**FORM, "description": "Kept text", **typed})
            assert page.status_code in {409, 422}, typed
            assert told.casefold() in page.context["form"].errors[field][0].casefold(), typed
            assert "Kept text" in words(page)
        assert Item.objects.filter(company=company).count() == 1

    def test_changes_one_and_leaves_its_stock(self, owner: Client, company: Company) -> None:
        item = make_item(company, name="Rope", quantity_on_hand=Decimal(7), purchase_cost=Decimal(2))
        address = reverse("admin:change_item", args=[item.pk])
        form = owner.get(address).context["form"]
        shown = {name: form[name].value() or "" for name in form.fields}
        owner.post(address, {**shown, "name": "Strong rope", "reorder_point": "8"})
        item.refresh_from_db()
        assert (item.name, item.quantity_on_hand, item.track_inventory) == ("Strong rope", 7, True)
        assert "at or below the reorder point of 8" in words(owner.get(reverse("admin:item", args=[item.pk])))


class TestUse:
    def test_takes_one_out_of_use_and_puts_it_back(self, owner: Client, company: Company) -> None:
        item = make_item(company, name="Rope")
        for name, is_active in (("deactivate_item", False), ("activate_item", True)):
            owner.post(reverse(f"admin:{name}", args=[item.pk]), {"next": reverse("admin:item", args=[item.pk])})
            item.refresh_from_db()
            assert item.is_active is is_active
            assert (item in owner.get(reverse("admin:items")).context["page"]) is is_active

    def test_deletes_only_what_nothing_refers_to(self, owner: Client, company: Company) -> None:
        free, used = make_item(company, name="Free"), make_item(company, name="Used")
        make_invoice(company, line("10.00", product_id=used.pk))
        assert "Item Free is deleted." in words(owner.post(reverse("admin:delete_item", args=[free.pk]), follow=True))
        back = {"next": reverse("admin:item", args=[used.pk])}
        page = owner.post(reverse("admin:delete_item", args=[used.pk]), back, follow=True)
        assert "is used in documents" in words(page)
        assert list(Item.objects.filter(company=company)) == [used]


class TestList:
    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", {"Rope", "Nails", "Advice"}),
            ("?q=ro", {"Rope"}),
            ("?q=n-2", {"Nails"}),
            ("?state=stock", {"Rope", "Nails"}),
            ("?state=short", {"Nails"}),
            ("?state=inactive", {"Old"}),
            ("?q=nothing", set()),
        ],
    )
    def test_finds(self, query: str, shown: set[str], owner: Client, company: Company) -> None:
        stock = {"purchase_cost": Decimal(1), "reorder_point": Decimal(5)}
        make_item(company, name="Rope", quantity_on_hand=Decimal(6), **stock)
        make_item(company, name="Nails", sku="N-2", quantity_on_hand=Decimal(5), **stock)
        make_item(company, name="Advice", type="service")
        make_item(company, name="Old", is_active=False)
        page = owner.get(reverse("admin:items") + query)
        assert {one.name for one in page.context["page"]} == shown

    def test_stands_in_the_search_box(self, owner: Client, company: Company) -> None:
        item = make_item(company, name="Rope", sku="R-1")
        page = words(owner.get(reverse("admin:search") + "?s=rope"))
        assert reverse("admin:item", args=[item.pk]) in page


class TestCount:
    @pytest.fixture
    def item(self, company: Company) -> Item:
        places = [{"location_id": name, "quantity_on_hand": Decimal(5)} for name in ("Harbor", "Main")]
        return make_item(company, name="Rope", track_inventory=True, purchase_cost=Decimal(2), locations=places)

    def count(self, client: Client, item: Item, *counted: str, **more: str) -> Any:
        form = {"seen": "10", "counted": ["", *counted], **more}
        return client.post(reverse("admin:count_item", args=[item.pk]), form, follow=True)

    def test_posts_the_difference_of_what_was_counted(self, owner: Client, company: Company, item: Item) -> None:
        page = self.count(owner, item, "3", "", new_place="Van", new_counted="1")
        assert "the difference is posted" in words(page)
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (9, 18)
        places = {one.location_id: one.quantity_on_hand for one in item.locations.all()}
        assert {"Harbor": 3, "Main": 5, "Van": 1}.items() <= places.items()
        prove(company)

    def test_refuses_what_moved_since_it_was_counted(self, owner: Client, company: Company, item: Item) -> None:
        sold = line("10.00", product_id=item.pk, quantity=Decimal(2), location_id="Main")
        make_invoice(company, sold, on=company.today())
        entries = JournalEntry.objects.filter(company=company).count()
        page = self.count(owner, item, "5", "5")
        assert page.status_code == 409
        assert "The stock has moved since you opened this page" in words(page)
        assert JournalEntry.objects.filter(company=company).count() == entries

    def test_says_what_is_wrong(self, owner: Client, item: Item) -> None:
        for counted, told in ((("", ""), "at least one place"), (("few", ""), "«few» is not a number")):
            page = self.count(owner, item, *counted)
            assert (page.status_code, told in words(page)) == (422, True), told
        page = self.count(owner, item, "-1", "")
        assert page.status_code in {409, 422}
        item.refresh_from_db()
        assert item.quantity_on_hand == 10
