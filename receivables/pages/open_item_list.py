"""The list of what is open today, of every customer: what the ageing adds up, item by item."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.code_words import words_of
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import DayFilter, ListFilters, StateFilter, States, TextFilter, amount_range
from backfill.workspace.lists.lists import List
from backfill.workspace.lists.steps import BulkStep
from ledger.documents.pages.party_input import PartyFilter
from ledger.open_items.models import ENTRY_KIND, OpenItem
from ledger.pages.account_input import AccountFilter
from receivables.models import Customer
from receivables.pages.bulk_steps import PAY, payment_of
from receivables.side import RECEIVABLES
from receivables.types.side import SELLING


def _overdue(day: date) -> Q:
    return Q(open_amount__gt=0, due_on__lt=day)


_STATES: Final[States] = {
    "overdue": (gettext_lazy("Overdue"), _overdue),
    "owed": (gettext_lazy("Owed to us"), Q(open_amount__gt=0)),
    "credit": (gettext_lazy("Credits of customers"), Q(open_amount__lt=0)),
}


class OpenItemFilters(ListFilters):
    q = TextFilter(searched=gettext_lazy("Number or customer"), method="with_text")
    customer = PartyFilter(side=SELLING, label=gettext_lazy("Customer"), method="of_customer")
    start = DayFilter("due_on", "gte", label=gettext_lazy("Due from"))
    end = DayFilter("due_on", "lte", label=gettext_lazy("Due to"))
    state = StateFilter(_STATES)
    amount_from, amount_to = amount_range("open_amount").values()
    account = AccountFilter("account", label=gettext_lazy("Account"))
    more = ("amount_from", "amount_to", "account")

    def with_text(self, rows: QuerySet[OpenItem], name: str, text: str) -> QuerySet[OpenItem]:
        return rows.filter(Q(number__icontains=text) | Q(party_name__icontains=text))

    def of_customer(self, rows: QuerySet[OpenItem], name: str, customer_id: UUID) -> QuerySet[OpenItem]:
        return rows.filter(party_id=customer_id)


def _rows(company: Company) -> QuerySet[Any]:
    name = Customer.objects.filter(company=company, pk=OuterRef("party_id")).values("name")[:1]
    rows = OpenItem.objects.filter(company=company, side=RECEIVABLES.name).exclude(open_amount=0)
    return rows.annotate(party_name=Subquery(name, output_field=CharField()))


def _link(item: Any) -> str:
    if item.kind == ENTRY_KIND or item.document_id is None:
        return reverse("admin:journal_entry", args=[item.entry_id])
    return reverse(f"admin:{item.kind}", args=[item.document_id])


def _customer_link(item: Any) -> str:
    return reverse("admin:customer", args=[item.party_id]) if item.party_id else ""


def _days_overdue(item: Any, company: Company) -> int | None:
    days = (company.today() - item.due_on).days
    return days if days > 0 and item.open_amount > 0 else None


def _paid(company: Company, keys: Sequence[UUID]) -> str:
    """Return where a payment of the invoices behind these items is entered."""
    items = OpenItem.objects.filter(company=company, pk__in=keys, kind="invoice")
    return payment_of(company, [key for key in items.values_list("document_id", flat=True) if key])


RECEIVABLE_ITEMS: Final = List(
    key="receivable_items",
    title=gettext_lazy("All open items"),
    icon="schedule",
    permission="receivables.view",
    rows=_rows,
    filters=OpenItemFilters,
    order="due",
    nothing_found=gettext_lazy("No open item matches these filters."),
    nothing_there=gettext_lazy("Nothing is open."),
    currency=lambda company: F("currency"),
    label=lambda item: str(item.number),
    steps=(BulkStep(key="pay", label=PAY.label, question="", permission=PAY.permission, opens=_paid),),
    columns=(
        Column(key="number", label=gettext_lazy("Number"), sort=("number",), link=_link),
        Column(
            key="what",
            label=pgettext_lazy("open item", "What"),
            value=lambda item, company: words_of("booking" if item.kind == ENTRY_KIND else item.kind),
            sort=("kind",),
        ),
        Column(
            key="customer",
            label=gettext_lazy("Customer"),
            value="party_name",
            sort=("party_name",),
            link=_customer_link,
            is_wide=True,
        ),
        Column(key="date", label=gettext_lazy("Date"), kind="day", value="document_date", sort=("document_date",)),
        Column(key="due", label=gettext_lazy("Due"), kind="day", value="due_on", sort=("due_on",)),
        Column(key="days", label=gettext_lazy("Days overdue"), kind="number", value=_days_overdue),
        Column(
            key="open",
            label=gettext_lazy("Open"),
            kind="money",
            value="open_amount",
            sort=("open_amount",),
            currency=lambda item: str(item.currency),
            summed="open_amount",
        ),
    ),
)
