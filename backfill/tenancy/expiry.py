"""Deleting what has expired. The trail of access keeps what is worth knowing about it."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from backfill.tenancy.models import MailStatus, PasswordToken, QueuedMail, SessionToken

KEPT_AFTER_EXPIRY: Final = timedelta(days=30)


def delete_expired_tokens() -> int:
    """Delete tokens that expired, and mails that were sent, more than 30 days ago; return how many tokens."""
    horizon = timezone.now() - KEPT_AFTER_EXPIRY
    sessions, _ = SessionToken.objects.filter(expires_at__lt=horizon).delete()
    passwords, _ = PasswordToken.objects.filter(expires_at__lt=horizon).delete()
    QueuedMail.objects.exclude(status=MailStatus.QUEUED).filter(finished_at__lt=horizon).delete()
    return sessions + passwords
