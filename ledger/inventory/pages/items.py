"""Items: the page of one with its movements, the form, and counting the stock."""

from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.code_words import deed_of
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm
from backfill.workspace.list_pages import list_page
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from ledger.beside.subjects import SubjectKind
from ledger.beside.timeline import Happening
from ledger.inventory.errors import ItemNotFound
from ledger.inventory.items import create_item, delete_item, update_item
from ledger.inventory.models import Item, StockMovement
from ledger.pages.account_input import AccountField
from ledger.pages.beside import beside_of
from ledger.pages.tax_codes import sales_code_choices

_ACCOUNTS: Final = ("revenue_account_id", "expense_account_id", "cogs_account_id", "asset_account_id")
_NUMBERS: Final = ("unit_price", "purchase_cost", "reorder_point")
_COLUMNS: Final = (
    *("type", "name", "sku", "description", "unit_label", "tax_code", "is_sold", "is_purchased", "track_inventory"),
    *_NUMBERS,
)


ITEM: Final = SubjectKind(
    name="item",
    title=gettext_lazy("Item"),
    permission="ledger.view",
    rows=lambda company_id: Item.objects.filter(company_id=company_id),
    link=lambda row: reverse("admin:item", args=[row.pk]),
)


class ItemForm(WorkspaceForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    sku = forms.CharField(label=gettext_lazy("Number (SKU)"), max_length=100, required=False)
    type = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("good", gettext_lazy("Goods")), ("service", gettext_lazy("Service"))]
    )
    unit_label = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("piece, hour, kg")}),
    )
    description = forms.CharField(
        label=gettext_lazy("Text on documents"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_sold = forms.BooleanField(label=gettext_lazy("We sell it"), required=False, initial=True)
    is_purchased = forms.BooleanField(label=gettext_lazy("We buy it"), required=False, initial=True)
    unit_price = NumberField(label=gettext_lazy("Sales price of one"), required=False)
    purchase_cost = NumberField(label=gettext_lazy("Purchase cost of one"), required=False)
    tax_code = forms.ChoiceField(
        label=gettext_lazy("Tax code"), required=False, help_text=gettext_lazy("New lines of this item start with it.")
    )
    revenue_account_id = AccountField(label=gettext_lazy("Revenue account"), required=False)
    expense_account_id = AccountField(label=gettext_lazy("Expense account"), required=False)
    track_inventory = forms.BooleanField(label=gettext_lazy("Count the stock"), required=False)
    reorder_point = NumberField(
        label=gettext_lazy("Reorder point"),
        required=False,
        help_text=gettext_lazy("Reported as short when at or below."),
    )
    quantity_on_hand = NumberField(
        label=gettext_lazy("On hand now"),
        required=False,
        help_text=gettext_lazy("Opens the stock at the purchase cost, against opening balances."),
    )
    opening_stock_date = DayField(
        label=gettext_lazy("On hand since"), required=False, help_text=gettext_lazy("By default today.")
    )
    asset_account_id = AccountField(label=gettext_lazy("Inventory account"), required=False)
    cogs_account_id = AccountField(label=gettext_lazy("Cost of sales account"), required=False)

    def __init__(self, *arguments: Any, company: Company, item: Item | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if item is not None:
            del self.fields["quantity_on_hand"], self.fields["opening_stock_date"]
        for name in {*_NUMBERS, *_ACCOUNTS, "quantity_on_hand"} & self.fields.keys():
            self.fields[name].company = company  # type: ignore[attr-defined]
        for name in _ACCOUNTS:
            self.fields[name].widget.attrs["placeholder"] = _("The company's own")
        code = cast(forms.ChoiceField, self.fields["tax_code"])
        code.choices = sales_code_choices(company, _("None"), item.tax_code if item else "")


class ItemFormPage(FormPage):
    form_class = ItemForm
    template_name = "ledger/item_form.html"
    permission = write_permission = "ledger.accounts"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Items"), reverse("admin:items"))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}


class NewItemPage(ItemFormPage):
    title = gettext_lazy("New item")
    button = gettext_lazy("Add item")

    def submit(self, values: dict[str, Any]) -> HttpResponseBase:
        if values["quantity_on_hand"] is None:
            del values["quantity_on_hand"]
        item = create_item(values, company=self.company, actor=self.actor)
        messages.success(self.request, _("Item {item} can be used.").format(item=item))
        return HttpResponseRedirect(item_url(item))


class ChangeItemPage(ItemFormPage):
    @cached_property
    def item(self) -> Item:
        return company_item(self.company, self.kwargs["item_id"])

    def page_title(self) -> str:
        return _("Change {item}").format(item=self.item)

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.item), item_url(self.item))]

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "item": self.item}

    def initial(self) -> dict[str, Any]:
        item, formats = self.item, formats_of(self.company)
        numbers = {
            name: formats.plain(value.normalize()) for name in _NUMBERS if (value := getattr(item, name)) is not None
        }
        return {name: getattr(item, name) for name in (*_COLUMNS, *_ACCOUNTS) if name not in _NUMBERS} | numbers

    def submit(self, values: dict[str, Any]) -> str:
        update_item(self.item, values, actor=self.actor)
        return _("Item {name} is changed. Posted documents keep what they said.").format(name=values["name"])


class ItemPage(Page):
    template_name = "ledger/item.html"
    permission = "ledger.view"

    @cached_property
    def item(self) -> Item:
        return company_item(self.company, self.kwargs["item_id"])

    def page_title(self) -> str:
        return str(self.item)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Items"), reverse("admin:items"))]

    def context(self) -> dict[str, Any]:
        item, company = self.item, self.company
        movements = StockMovement.objects.filter(company=company, item=item).select_related("entry")
        made = Happening(at=item.created_at, what=deed_of("created"), unless=frozenset({"created"}))
        return {
            "item": item,
            "accounts": [(words, getattr(item, name)) for words, name in _SHOWN_ACCOUNTS if getattr(item, name)],
            "places": item.locations.all(),
            "is_short": is_short(item),
            "page": list_page(movements.order_by("-moved_on", "-created_at", "-id"), self.request.GET.get("page", "")),
            **beside_of(self, ITEM, item, others=[made]),
        }


class ItemUse(ActionPage):
    """Take an item out of use, or put it back."""

    permission = "ledger.accounts"
    activates = False

    def act(self) -> str:
        item = company_item(self.company, self.kwargs["item_id"])
        update_item(item, {"is_active": self.activates}, actor=self.actor)
        message = _("{item} is in use again.") if self.activates else _("{item} is out of use; its history stays.")
        return message.format(item=item)


class DeleteItem(ActionPage):
    permission = "ledger.accounts"

    def act(self) -> HttpResponseBase:
        item = company_item(self.company, self.kwargs["item_id"])
        delete_item(company_id=self.company.pk, document_id=item.pk, actor=self.actor)
        messages.success(self.request, _("Item {item} is deleted.").format(item=item))
        return HttpResponseRedirect(reverse("admin:items"))


_SHOWN_ACCOUNTS: Final = (
    (gettext_lazy("Revenue account"), "revenue_account"),
    (gettext_lazy("Expense account"), "expense_account"),
    (gettext_lazy("Inventory account"), "asset_account"),
    (gettext_lazy("Cost of sales account"), "cogs_account"),
)


def is_short(item: Item) -> bool:
    return item.track_inventory and item.reorder_point is not None and item.quantity_on_hand <= item.reorder_point


def company_item(company: Company, item_id: UUID) -> Item:
    """Return the company's item with its accounts; raises ItemNotFound for another company's as for none."""
    rows = Item.objects.select_related("revenue_account", "expense_account", "asset_account", "cogs_account")
    item = rows.filter(company=company, pk=item_id).first()
    if item is None:
        raise ItemNotFound(_("There is no such item in this company."))
    return item


def item_url(item: Item) -> str:
    return reverse("admin:item", args=[item.pk])


def item_label(item: Item) -> str:
    """Return number and name, as somebody types them into a line."""
    return f"{item.sku} {item.name}".strip()
