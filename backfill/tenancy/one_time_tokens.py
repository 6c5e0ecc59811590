"""The tokens in mailed links: made when the mail is written, good once, stored as SHA-256."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backfill.tenancy.errors import InvalidToken
from backfill.tenancy.models import Invitation, PasswordToken, User
from backfill.tenancy.row_security import within_company_of_token
from backfill.tenancy.tokens import INVITATION_PREFIX, PASSWORD_PREFIX, new_token, token_hash


def issue_password_token(user: User) -> str:
    """Return a new token that sets this person's password once, within `PASSWORD_TOKEN_HOURS`."""
    token = new_token(PASSWORD_PREFIX)
    PasswordToken.objects.create(
        user=user,
        token_hash=token_hash(token),
        expires_at=timezone.now() + timedelta(hours=settings.PASSWORD_TOKEN_HOURS),
    )
    return token


def user_of_password_token(token: str) -> User:
    """Return whose password the token sets, or raise InvalidToken."""
    found = (
        PasswordToken.objects.select_related("user")
        .filter(token_hash=token_hash(token), used_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
    if found is None:
        raise InvalidToken
    return found.user


@transaction.atomic
def issue_invitation_token(invitation_id: UUID) -> str | None:
    """Return a new token for an open invitation, in place of any earlier one; None when it is open no more."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("company").get(pk=invitation_id)
    if not is_open(invitation):
        return None
    token = new_token(INVITATION_PREFIX)
    invitation.token_hash = token_hash(token)
    invitation.save(update_fields=["token_hash"])
    return token


def invitation_of_token(token: str) -> Invitation:
    """Return the open invitation that the token belongs to, or raise InvalidToken."""
    with within_company_of_token(token_hash(token)):
        invitation = Invitation.objects.select_related("company").filter(token_hash=token_hash(token)).first()
    if invitation is None or not is_open(invitation):
        raise InvalidToken
    return invitation


def is_open(invitation: Invitation) -> bool:
    """Return whether the invitation can still be accepted."""
    return (
        invitation.accepted_at is None
        and invitation.revoked_at is None
        and invitation.expires_at > timezone.now()
        and (invitation.ends_on is None or invitation.ends_on >= invitation.company.today())
    )
