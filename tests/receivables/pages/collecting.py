"""What tests of the collecting pages share: a company that reminds, and invoices that are overdue."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from receivables.dunning.policies import configure_dunning
from receivables.dunning.search import propose_reminders
from receivables.models import Customer, DunningProposal, Invoice
from tests.factories import line, make_invoice

ACTOR = system_actor()
LEVELS: list[dict[str, Any]] = [
    {"days_overdue": 7, "fee": Decimal(3)},
    {"days_overdue": 21, "fee": Decimal(5), "interest_rate": Decimal(10)},
]


def set_up_levels(company: Company, levels: Any = LEVELS) -> None:
    configure_dunning(company=company, levels=levels, is_automatic=False, actor=ACTOR)


def make_overdue(customer: Customer, *, days: int = 10, amount: str = "100.00") -> Invoice:
    company = customer.company
    due = company.today() - timedelta(days=days)
    return make_invoice(company, line(amount), customer=customer, on=due - timedelta(days=14), due_date=due)


def make_reminder(customer: Customer, **options: Any) -> DunningProposal:
    """A proposed reminder of an invoice that is ten days overdue."""
    invoice = make_overdue(customer, **options)
    propose_reminders(company=customer.company, on=customer.company.today())
    return DunningProposal.objects.get(invoice=invoice)
