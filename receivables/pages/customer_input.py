"""The customer input: what the search for customers says beyond that for any party, and a company's customer."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from ledger.documents.pages.party_input import PartyField, PartySearch, company_party
from receivables.customers.credit_limits import credit_left
from receivables.models import Customer
from receivables.types.side import SELLING


class CustomerSearch(PartySearch):
    """The active customers that a few typed characters mean, as JSON."""

    permission = "receivables.view"
    side = SELLING

    def facts(self, parties: Sequence[Any]) -> dict[UUID, dict[str, Any]]:
        left = credit_left_texts(self.company, parties)
        return {one.pk: {"credit_left": left.get(one.pk, "")} for one in parties}


def customer_field() -> PartyField:
    """Return the input of a filter for one customer."""
    return PartyField(side=SELLING, label=gettext_lazy("Customer"), required=False)


def credit_left_texts(company: Company, customers: Iterable[Customer]) -> dict[UUID, str]:
    """Return by customer with a credit limit what is left of it, as the company writes numbers."""
    formats = formats_of(company)
    left = credit_left(company_id=company.pk, customers=customers)
    return {key: formats.amount(amount) for key, amount in left.items()}


def company_customer(company: Company, customer_id: UUID | str) -> Customer:
    """Return the company's customer; raises CustomerNotFound for another company's as for none."""
    customer: Customer = company_party(SELLING, company, customer_id)
    return customer
