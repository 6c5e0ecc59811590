"""Mail outside the request, and housekeeping."""

from uuid import UUID

import structlog
from celery import shared_task

from backfill.tenancy.expiry import delete_expired_tokens
from backfill.tenancy.services import outbox
from backfill.waking import tell_worker

log = structlog.get_logger(__name__)


@shared_task(name="tenancy.send_mail")
def send_mail(mail_id: str) -> str | None:
    """Send one mail of the outbox, unless another worker does, and return how it ended."""
    return outbox.send_queued_mail(UUID(mail_id))


@shared_task(name="tenancy.resume_mails")
def resume_mails() -> int:
    """Send what was not sent because a broker, a worker or a mail server failed. Runs every minute."""
    due = outbox.due_mails()
    for mail_id in due:
        tell_worker("tenancy.send_mail", mail_id)
    return len(due)


@shared_task
def purge_expired_tokens() -> None:
    """Delete tokens that expired long ago, and mails that were sent long ago. Runs daily."""
    log.info("expired_tokens_deleted", count=delete_expired_tokens())
