"""What a company does to be paid: levels of reminders, those that are due, and an invoice that comes every month."""

from datetime import date, timedelta
from decimal import Decimal

from backfill.demo_data.stories import Story
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from receivables.dunning.policies import configure_dunning
from receivables.dunning.search import propose_reminders
from receivables.models import Customer
from receivables.recurring.invoices import create_recurring_invoice, draft_due_invoices

_LEVELS = (
    {"days_overdue": 3},
    {"days_overdue": 14, "fee": Decimal(5)},
    {"days_overdue": 28, "fee": Decimal(10), "interest_rate": Decimal(9)},
)


def load_collecting(company: Company, story: Story, *, today: date, actor: Actor) -> None:
    """Set up reminders and propose those that are due, and leave the draft of a recurring invoice. Nothing is sent."""
    configure_dunning(company=company, levels=_LEVELS, is_automatic=False, actor=actor)
    propose_reminders(company=company, on=today)
    buyer = story.buyers[-1]
    recurring = create_recurring_invoice(
        {
            "name": f"Service contract, {buyer.name}",
            "customer_id": Customer.objects.get(company=company, name=buyer.name).pk,
            "starts_on": today,
            "ends_on": today + timedelta(days=730),
            "invoice": {
                "lines": [
                    {
                        "description": "Service, per month",
                        "quantity": Decimal(1),
                        "unit_amount": Decimal(180),
                        "tax_code": buyer.tax_code,
                        "account_code": buyer.revenue,
                    }
                ]
            },
        },
        company=company,
        actor=actor,
    )
    draft_due_invoices(recurring_id=recurring.pk, actor=actor)
