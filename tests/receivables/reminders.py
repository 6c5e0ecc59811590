"""Overdue invoices and their reminders, day by day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import time_machine

from backfill.tenancy.models import Company
from receivables.dunning.policies import configure_dunning
from receivables.dunning.search import propose_reminders
from receivables.dunning.sending import send_reminder
from receivables.models import DunningProposal, Invoice, MailingStatus
from receivables.services.delivery import deliver_mailing
from tests.factories import line, make_invoice
from tests.receivables.books import ACTOR
from tests.receivables.letters import german_customer

DUE = date(2026, 3, 1)
LEVELS: list[dict[str, Any]] = [
    {"days_overdue": 7},
    {"days_overdue": 21, "fee": Decimal(5)},
    {"days_overdue": 35, "fee": Decimal(10), "interest_rate": Decimal("9.12")},
]


def reminding(company: Company, *, is_automatic: bool = False, levels: Any = None) -> Company:
    configure_dunning(
        company=company, levels=LEVELS if levels is None else levels, is_automatic=is_automatic, actor=ACTOR
    )
    return company


def overdue(company: Company, **values: Any) -> Invoice:
    """An invoice of 1,190.00 due on 1 March 2026."""
    facts = {"customer": german_customer(company), "on": date(2026, 2, 1), "due_date": DUE}
    return make_invoice(company, line("1000", tax_code="UST19"), **{**facts, **values})


def proposed(company: Company, days: int) -> list[DunningProposal]:
    """What is proposed when the invoice is so many days overdue."""
    return propose_reminders(company=company, on=DUE + timedelta(days=days))


def sent(proposal: DunningProposal, days: int, **options: Any) -> DunningProposal:
    with time_machine.travel(DUE + timedelta(days=days, hours=12), tick=False):
        return send_reminder(company_id=proposal.company_id, proposal_id=proposal.id, actor=ACTOR, **options)


def delivered(proposal: DunningProposal) -> DunningProposal:
    assert proposal.mailing is not None
    assert deliver_mailing(proposal.mailing.id) == MailingStatus.SENT
    proposal.refresh_from_db()
    assert proposal.status == "sent"
    return proposal
