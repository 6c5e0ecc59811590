"""What receivables do in the background."""

from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from backfill.tenancy.actors import Actor, ActorKind, system_actor
from backfill.tenancy.models import Company
from receivables.dunning import search as dunning_search
from receivables.dunning import sending as dunning_letters
from receivables.models import DunningPolicy
from receivables.recurring import invoices as recurring
from receivables.services import batches, delivery

log = structlog.get_logger(__name__)


@shared_task(name="receivables.confirm_invoices")
def confirm_invoices(company_id: str, invoice_ids: list[str], actor: dict[str, Any] | None = None) -> dict[str, Any]:
    """Confirm many invoices; `actor` are the facts (`ledger.models.activity.actor_facts`) of whoever asked for it.

    Returns how many are confirmed, and by id why others are not.
    """
    batch = batches.confirm_invoices(
        company_id=UUID(company_id), invoice_ids=[UUID(one) for one in invoice_ids], actor=_actor(actor)
    )
    log.info("invoices_confirmed", company=company_id, confirmed=batch.confirmed, refused=len(batch.refusals))
    return {"confirmed": batch.confirmed, "refused": {str(key): one.message for key, one in batch.refusals.items()}}


@shared_task(name="receivables.deliver_mailing")
def deliver_mailing(mailing_id: str) -> str | None:
    """Send one mail, once, and return how it ended."""
    status = delivery.deliver_mailing(UUID(mailing_id))
    log.info("mailing_delivered", mailing=mailing_id, status=status)
    return status


@shared_task(name="receivables.resume_mailings")
def resume_mailings() -> int:
    """Send what was not sent because a mail server or a worker failed. Runs every few minutes."""
    waiting = delivery.waiting_mailings()
    for mailing_id in waiting:
        deliver_mailing.delay(str(mailing_id))
    return len(waiting)


@shared_task(name="receivables.propose_reminders")
def propose_reminders() -> int:
    """Start the search for overdue invoices in every company that reminds, and return how many. Runs daily."""
    ids = [str(key) for key in DunningPolicy.objects.values_list("company_id", flat=True)]
    for company_id in ids:
        propose_company_reminders.delay(company_id)
    return len(ids)


@shared_task(name="receivables.propose_company_reminders")
def propose_company_reminders(company_id: str) -> int:
    """Propose one company's reminders; send them only where the company says so. Returns how many are new."""
    company = Company.objects.get(id=company_id)
    proposed = dunning_search.propose_reminders(company=company, on=company.today())
    sent = dunning_letters.send_automatic_reminders(company=company, actor=system_actor(surface="task"))
    log.info(
        "reminders_proposed",
        company=company_id,
        proposed=len(proposed),
        sent=sent.reminders,
        refused=len(sent.refusals),
    )
    return len(proposed)


@shared_task(name="receivables.draft_recurring_invoices")
def draft_recurring_invoices() -> int:
    """Start every recurring invoice whose date has come, and return how many. Runs hourly."""
    due = recurring.due_recurring_invoices()
    for recurring_id in due:
        draft_recurring_invoice.delay(str(recurring_id))
    return len(due)


@shared_task(name="receivables.draft_recurring_invoice")
def draft_recurring_invoice(recurring_id: str) -> int:
    """Draft one template's invoices for all dates that have come, and return how many."""
    drafted = recurring.draft_due_invoices(recurring_id=UUID(recurring_id), actor=system_actor(surface="task"))
    log.info("recurring_invoices_drafted", recurring=recurring_id, count=drafted.count, error=drafted.error)
    return drafted.count


def _actor(facts: dict[str, Any] | None) -> Actor:
    if facts is None:
        return system_actor(surface="task")
    return Actor(
        kind=ActorKind(facts["kind"]),
        label=facts["label"],
        surface="task",
        user_id=UUID(facts["user_id"]) if facts.get("user_id") else None,
        key_prefix=facts.get("key_prefix"),
    )
