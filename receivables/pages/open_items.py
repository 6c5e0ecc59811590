"""What customers owe: the ageing as of any day, and below it one customer's open items."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import Crumb, Page
from receivables.ageing import ageing, open_items
from receivables.models import Customer
from receivables.pages.customer_input import company_customer


class DayFilter(WorkspaceForm):
    as_of = DayField(label=gettext_lazy("As of"), required=False)


class AsOfPage(Page):
    permission = "receivables.view"

    @cached_property
    def form(self) -> DayFilter:
        return DayFilter({"as_of": self.company.today()} | self.request.GET.dict())

    @cached_property
    def as_of(self) -> date:
        day: date | None = self.form.cleaned_data.get("as_of") if self.form.is_valid() else None
        return day or self.company.today()


class AgeingPage(AsOfPage):
    title = gettext_lazy("Open items")
    template_name = "receivables/ageing.html"

    def context(self) -> dict[str, Any]:
        return {"form": self.form, "report": ageing(self.company, as_of=self.as_of), "as_of": self.as_of}


class CustomerItemsPage(AsOfPage):
    template_name = "receivables/open_items.html"

    @cached_property
    def customer(self) -> Customer:
        return company_customer(self.company, self.kwargs["customer_id"])

    def page_title(self) -> str:
        return _("Open items of {customer}").format(customer=self.customer)

    def crumbs(self) -> list[Crumb]:
        address = f"{reverse('admin:ageing')}?as_of={self.as_of.isoformat()}"
        return [Crumb(_("Open items"), address)]

    def context(self) -> dict[str, Any]:
        items = open_items(company_id=self.company.pk, customer_id=self.customer.pk, as_of=self.as_of)
        return {
            "form": self.form,
            "customer": self.customer,
            "items": items,
            "as_of": self.as_of,
            "total": sum((item.base_amount for item in items), Decimal(0)),
        }
