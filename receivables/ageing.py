"""What customers owe as of any day, by how long it is overdue, in base currency and debit positive."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from backfill.tenancy.models import Company
from ledger.open_items.ageing import Aged, AgedItem, aged_items, aged_parties, total
from receivables.side import RECEIVABLES

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedCustomer:
    customer_id: UUID
    name: str
    amounts: Aged


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Customers with anything open on `as_of`, by name. `totals` ties to the receivables control account, but for
    bookings by hand of which nobody has said whose they are."""

    company: Company
    as_of: date
    customers: tuple[AgedCustomer, ...]
    totals: Aged


def ageing(company: Company, *, as_of: date) -> Ageing:
    """Return what every customer owed at the end of `as_of`. One statement; its cost grows with the open items."""
    customers = tuple(
        AgedCustomer(customer_id=one.party_id, name=one.name, amounts=one.amounts)
        for one in aged_parties(company_id=company.id, side=RECEIVABLES, as_of=as_of)
    )
    return Ageing(
        company=company,
        as_of=as_of,
        customers=customers,
        totals=total(customer.amounts for customer in customers),
    )


def owed_to_customers(company: Company, *, as_of: date) -> Decimal:
    """Return, positive, what the company owed at the end of `as_of` to customers whose payments and credit memos are
    more than what they had open. One statement."""
    return -sum((min(each.amounts.balance, ZERO) for each in ageing(company, as_of=as_of).customers), ZERO) + ZERO


def open_items(*, company_id: UUID, customer_id: UUID, as_of: date) -> list[AgedItem]:
    """Return what one customer had open at the end of `as_of`, oldest due first. One statement."""
    return aged_items(company_id=company_id, side=RECEIVABLES, party_id=customer_id, as_of=as_of)
