"""What all documents of receivables have in common: they are a customer's, and free of tax when the customer is."""

from typing import Any, Final

from ledger.documents.lines.deriving import TaxPosition
from ledger.documents.types import Side
from ledger.models import AccountRole, ControlSide
from receivables.customers.customers import customers
from receivables.models import Customer
from receivables.taxation.tax_position import tax_position


def _exempt_reason(customer: Customer | None) -> str:
    if customer is None or not customer.tax_exempt:
        return ""
    return customer.tax_exempt_reason or "the customer is tax exempt"


def _tax_position(document: Any) -> TaxPosition:
    billing, shipping = (getattr(document, f"{name}_address", None) for name in ("billing", "shipping"))
    return tax_position(document.customer, document.company, billing=billing, shipping=shipping)


SELLING: Final = Side(
    app="receivables",
    party="customer",
    parties=customers,
    control=ControlSide.RECEIVABLE,
    default_slot=AccountRole.REVENUE,
    exempt_reason=_exempt_reason,
    tax_position=_tax_position,
    company_tax_code=lambda company: company.sales_tax_code,
    item_account=lambda item: item.revenue_account,
)
