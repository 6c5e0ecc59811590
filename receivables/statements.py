"""A customer's account as the customer sees it: what was charged, paid and credited, with the balance carried along."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.open_items.statements import Movement, party_statement
from receivables.models import Customer
from receivables.side import RECEIVABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerStatement:
    """`opening` is the balance before `start`, `closing` the one at the end of `end`, both days included in between.

    `currencies` are all in which the customer had movements up to `end`: each has a statement of its own.
    """

    customer: Customer
    currency: str
    start: date
    end: date
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    currencies: tuple[str, ...]


def customer_statement(customer: Customer, *, start: date, end: date, currency: str = "") -> CustomerStatement:
    """Return the movements of a customer from `start` to `end`. One statement.

    `currency` is by default the customer's own, else the company's.
    """
    chosen = currency or customer.currency or customer.company.base_currency
    found = party_statement(
        company_id=customer.company_id, side=RECEIVABLES, party_id=customer.id, start=start, end=end, currency=chosen
    )
    return CustomerStatement(
        customer=customer,
        currency=chosen,
        start=start,
        end=end,
        opening=found.opening,
        closing=found.closing,
        movements=found.movements,
        currencies=found.currencies,
    )
