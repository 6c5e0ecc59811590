"""Customers who owe more than they may: a warning, never a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from ledger.currencies.money import exchange_rate, quantize
from ledger.errors import ExchangeRateMissing
from receivables.models import Customer, Invoice
from receivables.selectors import customer_balances

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class CreditLimitWarning:
    """`balance` is what the customer owes, with what is about to be added; all amounts in base currency."""

    credit_limit: Decimal
    balance: Decimal
    currency: str

    @property
    def exceeded_by(self) -> Decimal:
        return self.balance - self.credit_limit

    def facts(self) -> dict[str, Any]:
        """Return the warning as the JSON that answers carry."""
        names = ("credit_limit", "balance", "exceeded_by")
        limit, balance, excess = (str(quantize(getattr(self, name), self.currency)) for name in names)
        return {
            "code": "CREDIT_LIMIT_EXCEEDED",
            "message": _("the customer owes {balance} {currency}, {excess} more than the limit of {limit}").format(
                balance=balance, currency=self.currency, excess=excess, limit=limit
            ),
            "details": {"credit_limit": limit, "balance": balance, "exceeded_by": excess},
        }


def credit_limit_warning(customer: Customer, *, adding: Decimal = ZERO) -> CreditLimitWarning | None:
    """Return a warning when the customer owes more than its credit limit, `adding` (base currency) included."""
    if customer.credit_limit is None:
        return None
    owed = customer_balances(company_id=customer.company_id, customer_ids=[customer.id]).get(customer.id)
    balance = (owed.balance if owed else ZERO) + adding
    if balance <= customer.credit_limit:
        return None
    return CreditLimitWarning(customer.credit_limit, balance, customer.company.base_currency)


def credit_left(*, company_id: UUID, customers: Iterable[Customer]) -> dict[UUID, Decimal]:
    """Return by customer what may still be added until the limit is reached, in base currency; below zero where it is
    exceeded. Customers without a limit are absent. One statement, none where nobody has a limit."""
    limits = {one.pk: one.credit_limit for one in customers if one.credit_limit is not None}
    if not limits:
        return {}
    owed = customer_balances(company_id=company_id, customer_ids=limits.keys())
    return {key: limit - (owed[key].balance if key in owed else ZERO) for key, limit in limits.items()}


def credit_limit_warning_of(invoice: Invoice) -> CreditLimitWarning | None:
    """Return the warning that an invoice gives rise to: what its customer owes, a draft counted as if confirmed."""
    return credit_limit_warning(invoice.customer, adding=ZERO if invoice.is_posted else _worth(invoice))


def _worth(invoice: Invoice) -> Decimal:
    """A draft in base currency; in a currency that nobody knows a rate of yet, nothing."""
    if invoice.currency == invoice.company.base_currency:
        return invoice.total_amount
    rate = invoice.exchange_rate
    if rate is None:
        try:
            rate = exchange_rate(company=invoice.company, currency=invoice.currency, on=invoice.posting_date).rate
        except ExchangeRateMissing:
            return ZERO
    return invoice.total_amount * rate
