"""What receivables do in the background."""

from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from backfill.tenancy.actors import Actor, ActorKind, system_actor
from receivables.services import batches

log = structlog.get_logger(__name__)


@shared_task(name="receivables.confirm_invoices")
def confirm_invoices(company_id: str, invoice_ids: list[str], actor: dict[str, Any] | None = None) -> dict[str, Any]:
    """Confirm many invoices; `actor` are the facts (`ledger.activities.actor_facts`) of whoever asked for it.

    Returns how many are confirmed, and by id why others are not.
    """
    batch = batches.confirm_invoices(
        company_id=UUID(company_id), invoice_ids=[UUID(one) for one in invoice_ids], actor=_actor(actor)
    )
    log.info("invoices_confirmed", company=company_id, confirmed=batch.confirmed, refused=len(batch.refusals))
    return {"confirmed": batch.confirmed, "refused": {str(key): one.message for key, one in batch.refusals.items()}}


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
