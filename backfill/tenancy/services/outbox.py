"""Sending the mails of tenancy: stored first, then sent by a worker, which may be told late or never.

A mail server that fails is asked again after a pause that doubles; after a day the mail counts as failed, which is
logged as an error. A worker that dies between sending and noting it sends a second, equally good mail later.
"""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

import structlog
from django.db.models import F, Q
from django.utils import timezone

from backfill.tenancy.mail import mail_contact_message, mail_invitation, mail_password_link
from backfill.tenancy.models import ContactMessage, Invitation, MailKind, MailStatus, QueuedMail, User
from backfill.tenancy.models.user import normal_email
from backfill.tenancy.one_time_tokens import issue_invitation_token, issue_password_token
from backfill.waking import wake

log = structlog.get_logger(__name__)

RESET_MAILS_PER_HOUR: Final = 3
_LEASE: Final = timedelta(minutes=15)  # longer than any mail server takes
_PATIENCE: Final = timedelta(hours=24)
_HOUR: Final = timedelta(hours=1)


def queue_mail(kind: MailKind, about: object) -> QueuedMail:
    """Store a mail and have it sent after the commit. `about` is what QueuedMail says."""
    now = timezone.now()
    mail = QueuedMail.objects.create(kind=kind, about=str(about), next_try_at=now + timedelta(minutes=1))
    wake("tenancy.send_mail", mail.pk)
    return mail


def send_queued_mail(mail_id: UUID) -> str | None:
    """Send a queued mail and return its status; None when somebody else has it or it is not due."""
    mail = _claimed(mail_id)
    if mail is None:
        return None
    try:
        was_sent = _SENDERS[MailKind(mail.kind)](mail)
    except (SMTPException, OSError) as error:
        return _postponed(mail, str(error))
    return _finished(mail, MailStatus.SENT if was_sent else MailStatus.NEEDLESS)


def due_mails() -> list[UUID]:
    """Return the mails that nobody was told about, or that are worth another try now."""
    due = QueuedMail.objects.filter(status=MailStatus.QUEUED, next_try_at__lte=timezone.now())
    return list(due.order_by("next_try_at").values_list("pk", flat=True)[:1000])


def _claimed(mail_id: UUID) -> QueuedMail | None:
    now = timezone.now()
    free = Q(attempts=0) | Q(next_try_at__lte=now)
    queued = QueuedMail.objects.filter(free, pk=mail_id, status=MailStatus.QUEUED)
    if not queued.update(next_try_at=now + _LEASE, attempts=F("attempts") + 1):
        return None
    return QueuedMail.objects.get(pk=mail_id)


def _postponed(mail: QueuedMail, error: str) -> str:
    log.warning("mail_server_failed", mail=str(mail.pk), kind=mail.kind, attempts=mail.attempts, error=error)
    now = timezone.now()
    if mail.created_at < now - _PATIENCE:
        return _finished(mail, MailStatus.FAILED, error)
    pause = min(timedelta(minutes=2 ** min(mail.attempts - 1, 6)), _HOUR)
    QueuedMail.objects.filter(pk=mail.pk).update(next_try_at=now + pause, error=error)
    return MailStatus.QUEUED


def _finished(mail: QueuedMail, status: MailStatus, error: str = "") -> str:
    if status == MailStatus.FAILED:
        log.error("mail_failed", mail=str(mail.pk), kind=mail.kind, attempts=mail.attempts, error=error)
    QueuedMail.objects.filter(pk=mail.pk).update(status=status, error=error, finished_at=timezone.now())
    return status


def _send_password_reset(mail: QueuedMail) -> bool:
    """Mail a link, if there is such a person; at most three an hour that were sent, so that nobody is flooded."""
    email = normal_email(mail.about)
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return False
    sent = QueuedMail.objects.filter(
        kind=MailKind.PASSWORD_RESET, about=email, status=MailStatus.SENT, finished_at__gt=timezone.now() - _HOUR
    )
    if sent.count() >= RESET_MAILS_PER_HOUR:
        return False
    mail_password_link(user, issue_password_token(user))
    return True


def _send_invitation(mail: QueuedMail) -> bool:
    """Mail the link of an invitation, unless it was accepted or withdrawn in the meantime."""
    token = issue_invitation_token(UUID(mail.about))
    if token is None:
        return False
    invitation = Invitation.objects.select_related("company", "invited_by").get(pk=mail.about)
    mail_invitation(invitation, token)
    return True


def _send_contact_message(mail: QueuedMail) -> bool:
    message = ContactMessage.objects.select_related("company", "user").get(pk=mail.about)
    mail_contact_message(message)
    ContactMessage.objects.filter(pk=message.pk).update(mailed_at=timezone.now())
    return True


def register_sender(kind: MailKind, send: Callable[[QueuedMail], bool]) -> None:
    """Let an app write the mails of a kind, from its `ready()`: it sends one, or returns False for a needless one."""
    _SENDERS[kind] = send


_SENDERS: Final[dict[MailKind, Callable[[QueuedMail], bool]]] = {
    MailKind.PASSWORD_RESET: _send_password_reset,
    MailKind.INVITATION: _send_invitation,
    MailKind.CONTACT: _send_contact_message,
}
