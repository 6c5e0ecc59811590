"""Deleting what has expired. The trail of access keeps what is worth knowing about it."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from backfill.tenancy.models import PasswordToken, SessionToken

KEPT_AFTER_EXPIRY: Final = timedelta(days=30)


def delete_expired_tokens() -> int:
    """Delete session and password tokens that expired more than 30 days ago; return how many there were."""
    horizon = timezone.now() - KEPT_AFTER_EXPIRY
    sessions, _ = SessionToken.objects.filter(expires_at__lt=horizon).delete()
    passwords, _ = PasswordToken.objects.filter(expires_at__lt=horizon).delete()
    return sessions + passwords
