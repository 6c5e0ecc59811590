"""Taking a message from the contact form."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.tenancy.credentials import Credential
from backfill.tenancy.errors import TooManyAttempts
from backfill.tenancy.lockout import count_hit
from backfill.tenancy.models import ContactMessage, MailKind
from backfill.tenancy.services.outbox import queue_mail

MESSAGES_PER_HOUR: Final = 10


@transaction.atomic
def receive_contact_message(
    *, name: str, email: str, message: str, credential: Credential | None, address: str
) -> ContactMessage:
    """Keep a message and have it mailed to CONTACT_EMAIL.

    At most ten an hour from one company, or from one network address without a credential; raises TooManyAttempts.
    """
    sender = str(credential.company.pk) if credential else address
    if count_hit(f"contact:{sender}", window=3600) > MESSAGES_PER_HOUR:
        raise TooManyAttempts(_("Too many messages. Try again in an hour."), retry_after=3600)
    stored = ContactMessage.objects.create(
        company=credential.company if credential else None,
        user=credential.user if credential else None,
        name=name,
        email=email,
        message=message,
    )
    queue_mail(MailKind.CONTACT, stored.pk)
    return stored
