"""Companies, people and the credentials that open a company's books."""

from backfill.tenancy.models.access_event import AccessEvent
from backfill.tenancy.models.api_key import ApiKey
from backfill.tenancy.models.company import Company
from backfill.tenancy.models.contact import ContactMessage
from backfill.tenancy.models.membership import Invitation, Membership, Role
from backfill.tenancy.models.queued_mail import MailKind, MailStatus, QueuedMail
from backfill.tenancy.models.session import PasswordToken, SessionToken
from backfill.tenancy.models.user import User

__all__ = [
    "AccessEvent",
    "ApiKey",
    "Company",
    "ContactMessage",
    "Invitation",
    "MailKind",
    "MailStatus",
    "Membership",
    "PasswordToken",
    "QueuedMail",
    "Role",
    "SessionToken",
    "User",
]
