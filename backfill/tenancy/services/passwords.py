"""Setting a password with a mailed token."""

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.errors import InvalidCredentials, InvalidToken
from backfill.tenancy.lockout import count_hit, unlock_email
from backfill.tenancy.models import AccessEvent, MailKind, PasswordToken, User
from backfill.tenancy.services.invitations import accept_invitation
from backfill.tenancy.services.members import check_password_policy, checked_email
from backfill.tenancy.services.outbox import queue_mail
from backfill.tenancy.services.sign_in import end_sessions_of, verify_password
from backfill.tenancy.services.trail import record_access
from backfill.tenancy.tokens import INVITATION_PREFIX, token_hash

RESETS_PER_ADDRESS_AND_HOUR: Final = 20


def request_password_reset(*, email: str, address: str) -> None:
    """Have a link mailed to the person with this address, if there is one.

    Nothing is looked up here: whether there is such a person is found out by the worker, so that neither the answer
    nor its time tells. A caller who asks too often is not told either. Raises ValidationFailed for no address at
    all, CannotSignInNow while nothing can be counted.
    """
    email = checked_email(email)
    if count_hit(f"reset-request:{address}", window=3600) <= RESETS_PER_ADDRESS_AND_HOUR:
        queue_mail(MailKind.PASSWORD_RESET, email)


def set_password(*, token: str, password: str, address: str) -> None:
    """Set a password by the token of a reset mail, or accept an invitation by its token.

    The token is used up, and all other sessions of the person end, those of the API here and those of the admin
    because they are bound to the old password. Raises InvalidToken and WeakPassword; a password that is refused does
    not use up the token.
    """
    if token.startswith(INVITATION_PREFIX):
        accept_invitation(token=token, password=password, address=address)
    else:
        _set_password(token, password)


def change_password(*, user: User, current: str, password: str, address: str) -> None:
    """Set a signed-in person's new password, by the one they have. Sessions of the API end, as `set_password` says.

    Raises InvalidCredentials blaming `current`, TooManyAttempts after guessing, WeakPassword.
    """
    try:
        # Outside the transaction, so that a wrong guess stays counted and no row is held while hashing.
        verify_password(email=user.email, password=current, address=address)
    except InvalidCredentials as error:
        error.message, error.field = _("This is not your current password."), "current"
        raise
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        check_password_policy(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions_of(user)
        actor = Actor(kind=ActorKind.USER, label=user.email, surface="admin", user_id=user.pk)
        record_access(AccessEvent.Verb.PASSWORD_SET, actor=actor, user=user)


@transaction.atomic
def _set_password(token: str, password: str) -> None:
    found = PasswordToken.objects.select_for_update().filter(token_hash=token_hash(token)).first()
    now = timezone.now()
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise InvalidToken
    user = User.objects.select_for_update().get(pk=found.user_id)
    if not user.is_active:
        raise InvalidToken
    check_password_policy(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    # Every link that was mailed before is void now, not only the one that was followed.
    user.password_tokens.filter(used_at__isnull=True).update(used_at=now)
    end_sessions_of(user)
    unlock_email(user.email)
    actor = Actor(kind=ActorKind.USER, label=user.email, surface="mail", user_id=user.pk)
    record_access(AccessEvent.Verb.PASSWORD_SET, actor=actor, user=user)
