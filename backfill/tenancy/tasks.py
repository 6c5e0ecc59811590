"""Mail outside the request, and housekeeping. A task that runs twice sends a second, equally good mail."""

from collections.abc import Callable
from smtplib import SMTPException
from typing import Any, Final
from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from backfill.tenancy.expiry import delete_expired_tokens
from backfill.tenancy.lockout import count_hit
from backfill.tenancy.mail import mail_contact_message, mail_invitation, mail_password_link
from backfill.tenancy.models import ContactMessage, Invitation, User
from backfill.tenancy.models.user import normal_email
from backfill.tenancy.one_time_tokens import issue_invitation_token, issue_password_token

log = structlog.get_logger(__name__)

RESET_MAILS_PER_HOUR: Final = 3

_retried: Callable[..., Any] = shared_task(
    autoretry_for=(SMTPException, OSError), retry_backoff=True, retry_backoff_max=600, max_retries=8
)


@_retried
def send_password_reset(email: str) -> None:
    """Mail a link to set a new password, if there is such a person; at most three an hour, so nobody is flooded."""
    user = User.objects.filter(email=normal_email(email), is_active=True).first()
    if user is not None and count_hit(f"reset-mail:{user.pk}", window=3600) <= RESET_MAILS_PER_HOUR:
        mail_password_link(user, issue_password_token(user))


@_retried
def send_invitation(invitation_id: str) -> None:
    """Mail the link of an invitation, unless it was accepted or withdrawn in the meantime."""
    token = issue_invitation_token(UUID(invitation_id))
    if token is not None:
        invitation = Invitation.objects.select_related("company", "invited_by").get(pk=invitation_id)
        mail_invitation(invitation, token)


@_retried
def send_contact_message(message_id: str) -> None:
    """Mail a message of the contact form to the operator, once."""
    message = ContactMessage.objects.select_related("company", "user").get(pk=message_id)
    if message.mailed_at is None:
        mail_contact_message(message)
        ContactMessage.objects.filter(pk=message_id).update(mailed_at=timezone.now())


@shared_task
def purge_expired_tokens() -> None:
    """Delete tokens that expired long ago. Runs daily."""
    log.info("expired_tokens_deleted", count=delete_expired_tokens())
