"""The list of customers, with what each owes."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import AmountFilter, ListFilters, StateFilter, TextFilter
from backfill.workspace.lists.lists import List, NewLink
from backfill.workspace.lists.steps import BulkStep
from backfill.workspace.templatetags.workspace import badge
from ledger.documents.pages.party_input import matching_parties
from receivables import selectors
from receivables.customers.customers import deactivate_customer, update_customer
from receivables.models import Customer
from receivables.pages.customer_input import company_customer
from receivables.types.side import SELLING

_STATES: Final = {
    "owing": (gettext_lazy("Owing something"), Q(balance__gt=0)),
    "all": (gettext_lazy("All"), Q()),
    "inactive": (gettext_lazy("Out of use"), Q(is_active=False)),
}


class CustomerFilters(ListFilters):
    q = TextFilter(searched=gettext_lazy("Name, e-mail or VAT id"), method="with_words")
    state = StateFilter(_STATES, usual=(gettext_lazy("In use"), Q(is_active=True)), label=gettext_lazy("Show"))
    amount_from = AmountFilter("balance", "gte", label=gettext_lazy("Balance from"))
    amount_to = AmountFilter("balance", "lte", label=gettext_lazy("Balance to"))
    more = ("amount_from", "amount_to")

    def with_words(self, rows: QuerySet[Customer], name: str, text: str) -> QuerySet[Customer]:
        return rows.filter(pk__in=matching_parties(SELLING, self.company, text).order_by().values("pk"))


def _rows(company: Company) -> QuerySet[Customer]:
    return selectors.customers(company.pk)


def _link(customer: Customer) -> str:
    return reverse("admin:customer", args=[customer.pk])


def _name(customer: Customer, company: Company) -> str:
    has_other = customer.company_name and customer.company_name != customer.name
    other = format_html(" <small>{}</small>", customer.company_name) if has_other else ""
    state = "" if customer.is_active else format_html(" {}", badge("inactive", _("Out of use")))
    return format_html("{}{}{}", customer.name, other, state)


def _used(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    customer = update_customer(company_customer(company, key), {"is_active": True}, actor=actor)
    return _("{customer} is in use again.").format(customer=customer)


def _unused(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    customer = deactivate_customer(company_id=company.pk, customer_id=key, actor=actor)
    return _("{customer} is out of use; its history stays.").format(customer=customer)


CUSTOMERS: Final = List(
    key="customers",
    title=gettext_lazy("Customers"),
    icon="groups",
    permission="receivables.view",
    rows=_rows,
    filters=CustomerFilters,
    order="name",
    nothing_found=gettext_lazy("No customer matches."),
    nothing_there=gettext_lazy("There are no customers yet."),
    new=NewLink("new_customer", gettext_lazy("New customer"), "receivables.edit"),
    is_faded=lambda customer: not customer.is_active,
    steps=(
        BulkStep(
            key="deactivate",
            label=gettext_lazy("Take out of use"),
            question=gettext_lazy("To be taken out of use: {count}"),
            permission="receivables.edit",
            act=_unused,
        ),
        BulkStep(
            key="activate",
            label=gettext_lazy("Use again"),
            question=gettext_lazy("To be used again: {count}"),
            permission="receivables.edit",
            act=_used,
        ),
    ),
    columns=(
        Column(key="name", label=gettext_lazy("Customer"), sort=("name",), link=_link, shown=_name, is_wide=True),
        Column(key="email", label=gettext_lazy("E-mail"), sort=("email",)),
        Column(
            key="terms",
            label=gettext_lazy("Days to pay"),
            kind="number",
            value="payment_terms_days",
            sort=("payment_terms_days",),
        ),
        Column(
            key="balance",
            label=gettext_lazy("Balance {currency}"),
            kind="money",
            value=lambda customer, company: customer.balance or None,
            sort=("balance",),
            summed="balance",
        ),
    ),
)
