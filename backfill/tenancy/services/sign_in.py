"""Checking passwords, and the bearer tokens of people who signed in."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import match_token, user_has_device

from backfill.errors import ValidationFailed
from backfill.tenancy.credentials import user_actor
from backfill.tenancy.errors import (
    InvalidCredentials,
    NoCompany,
    TwoFactorCodeRequired,
    TwoFactorRequired,
    WrongTwoFactorCode,
)
from backfill.tenancy.lockout import forgive_attempts, reserve_attempt, return_attempt
from backfill.tenancy.models import AccessEvent, Membership, SessionToken, User
from backfill.tenancy.models.user import normal_email
from backfill.tenancy.row_security import within_company
from backfill.tenancy.selectors import memberships_of
from backfill.tenancy.services.trail import record_access
from backfill.tenancy.tokens import SESSION_PREFIX, new_token, token_hash

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: `token` is the bearer token, shown this once; `membership` says in which company and role."""

    token: str
    user: User
    membership: Membership


def verify_password(*, email: str, password: str, address: str) -> User:
    """Return the active person with this e-mail address and password.

    `address` is the caller's network address, for counting. Raises TooManyAttempts while locked, even for the right
    password, and InvalidCredentials otherwise. One Argon2 hash is spent whether the person exists or not, so that
    neither the answer nor the time it takes tells which addresses have accounts.
    """
    email = normal_email(email)
    reserve_attempt(email=email, address=address)
    try:
        user = User.objects.filter(email=email).first()
    except DatabaseError:
        return_attempt(email=email, address=address)  # nobody learnt anything by it
        raise
    if user is None:
        User().set_password(password)
    elif user.check_password(password) and user.is_active:
        forgive_attempts(email=email, address=address)
        return user
    log.warning("sign_in_refused", address=address)
    raise InvalidCredentials


def sign_in(
    *, email: str, password: str, address: str, company_id: str | None = None, code: str | None = None
) -> SignedIn:
    """Start an API session of the Bookkeeping contract, in the given company or the one used last.

    `code` is that of the authenticator app, for people who have set one up. Raises what `verify_password` raises,
    TwoFactorCodeRequired and WrongTwoFactorCode, NoCompany for a person who is a member of none, ValidationFailed for
    a company that is not one of theirs, TwoFactorRequired where the company asks for a second factor and there is none.
    """
    user = verify_password(email=email, password=password, address=address)
    has_second_factor = _check_second_factor(user, code)
    membership = _chosen_membership(user, company_id)
    if membership.company.requires_two_factor and not has_second_factor:
        raise TwoFactorRequired(membership.company.name)
    return _start_session(user, membership)


def _check_second_factor(user: User, code: str | None) -> bool:
    """Return whether the person has shown a second factor; False where none is set up.

    The device counts wrong codes under its row's lock, outside any transaction of the caller, and makes the next
    attempt wait.
    """
    if not user_has_device(user):
        return False
    digits = "".join((code or "").split())
    if not digits:
        raise TwoFactorCodeRequired
    if match_token(user, digits) is None:
        raise WrongTwoFactorCode
    return True


@transaction.atomic
def sign_out(*, token: str) -> None:
    """End the session of this token, by which it was found; an unknown or ended one is not a mistake."""
    SessionToken.objects.filter(token_hash=token_hash(token), ended_at__isnull=True).update(ended_at=timezone.now())


def end_sessions_of(user: User) -> None:
    """End the API sessions of a person in every company."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_end_sessions_of(%s)", [user.pk])


def choose_company(*, membership: Membership) -> None:
    """Remember that the person works in this company now; signing in chooses it next time."""
    with within_company(membership.company_id):
        Membership.objects.filter(pk=membership.pk).update(last_used_at=timezone.now())


def _chosen_membership(user: User, company_id: str | None) -> Membership:
    memberships = memberships_of(user)
    if not memberships:
        raise NoCompany
    if company_id is None:
        return memberships[0]
    for membership in memberships:
        if str(membership.company_id) == company_id:
            return membership
    raise ValidationFailed(_("You are not a member of such a company."), field="tenant_id")


def _start_session(user: User, membership: Membership) -> SignedIn:
    token = new_token(SESSION_PREFIX)
    actor = user_actor(user, membership.role, surface="api")
    with within_company(membership.company_id):
        SessionToken.objects.create(
            company=membership.company,
            user=user,
            token_hash=token_hash(token),
            expires_at=timezone.now() + timedelta(hours=settings.API_SESSION_HOURS),
        )
        Membership.objects.filter(pk=membership.pk).update(last_used_at=timezone.now())
        record_access(AccessEvent.Verb.SIGNED_IN, actor=actor, company=membership.company, user=user)
    return SignedIn(token=token, user=user, membership=membership)
