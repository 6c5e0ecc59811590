"""From a bearer token to who is calling, for which company, and what they may do.

Everything is checked at every use, so that ending a membership, deactivating a person or revoking a key works at
the next request. An API key acts for the person who made it: its scopes are what that person chose, and never more
than that person may do today; it stops with their access, until another admin takes it over
(`services.take_over_api_key`). A key made on the command line acts for the company and has no such person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django_otp import user_has_device

from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import ApiKey, Company, SessionToken, User
from backfill.tenancy.roles import membership_scopes, role_allows, valid_membership
from backfill.tenancy.row_security import within_company
from backfill.tenancy.scopes import ADMIN, GRANTS, expand_scopes
from backfill.tenancy.tokens import API_KEY_PREFIX, SESSION_PREFIX, is_token, token_hash

__all__ = ["Contract", "Credential", "credential_from_token", "membership_scopes"]

Contract = Literal["backfill", "books"]

LAST_USED_INTERVAL: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """Who is calling. `scopes` may hold any accepted scope names; `allows` knows what they stand for."""

    company: Company
    scopes: frozenset[str]
    contract: Contract
    actor: Actor
    user: User | None
    key_id: UUID | None
    key_used_at: datetime | None = None

    def allows(self, scope: str) -> bool:
        """Return whether the credential includes the scope, whichever of its accepted names is asked.

        A name that is not a scope raises KeyError: it is a mistake in the view that asks, not in the request.
        """
        return GRANTS[scope] <= expand_scopes(self.scopes)


def credential_from_token(token: str) -> Credential | None:
    """Return the credential behind a bearer token, or None when it is unknown, expired, revoked or without access."""
    if is_token(token, API_KEY_PREFIX):
        return _credential_of_key(token)
    if is_token(token, SESSION_PREFIX):
        return _credential_of_session(token)
    return None


def _credential_of_key(token: str) -> Credential | None:
    key = (
        ApiKey.objects.select_related("company", "created_by")
        .filter(token_hash=token_hash(token), revoked_at__isnull=True)
        .first()
    )
    now = timezone.now()
    if key is None or (key.expires_at is not None and key.expires_at <= now):
        return None
    scopes = expand_scopes(frozenset(key.scopes))
    if key.created_by is not None:
        membership = valid_membership(key.created_by, key.company)
        if membership is None:
            return None
        scopes &= membership_scopes(membership.role)
    return Credential(
        company=key.company,
        scopes=scopes,
        contract=cast(Contract, key.contract),
        actor=Actor(
            kind=ActorKind.API_KEY,
            label=key.name,
            surface="api",
            user_id=key.created_by_id,
            key_prefix=key.prefix,
            may_post_into_soft_lock=key.contract == ApiKey.Contract.BACKFILL and ADMIN in scopes,
        ),
        user=key.created_by,
        key_id=key.pk,
        key_used_at=key.last_used_at,
    )


def _credential_of_session(token: str) -> Credential | None:
    session = (
        SessionToken.objects.select_related("company", "user")
        .filter(token_hash=token_hash(token), ended_at__isnull=True, expires_at__gt=timezone.now())
        .first()
    )
    if session is None:
        return None
    membership = valid_membership(session.user, session.company)
    if membership is None or _lacks_second_factor(session):
        return None
    return Credential(
        company=session.company,
        scopes=membership_scopes(membership.role),
        contract="books",
        actor=user_actor(session.user, membership.role, surface="api"),
        user=session.user,
        key_id=None,
    )


def _lacks_second_factor(session: SessionToken) -> bool:
    """Sessions of people who have one began with it: setting it up ends the others."""
    return session.company.requires_two_factor and not user_has_device(session.user)


def user_actor(user: User, role: str, *, surface: str) -> Actor:
    """Return the actor for a person who works in a company under this role.

    In the Bookkeeping contract a soft-locked period refuses new postings from everybody, so over the API nobody has
    the right to post into one; in the admin the role decides.
    """
    return Actor(
        kind=ActorKind.USER,
        label=user.email,
        surface=surface,
        user_id=user.pk,
        may_post_into_soft_lock=surface != "api" and role_allows(role, "ledger.post_soft_locked"),
    )


def note_use(credential: Credential | None) -> None:
    """Write when a key was used, at most once a minute for a key however many requests arrive together.

    After the request, whose own transaction may only read. The condition is repeated in the UPDATE: a request that
    waited for another one's row lock finds it false then.
    """
    if credential is None or credential.key_id is None:
        return
    now = timezone.now()
    stale = now - LAST_USED_INTERVAL
    if credential.key_used_at is None or credential.key_used_at <= stale:
        with within_company(credential.company.pk):
            keys = ApiKey.objects.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lte=stale))
            keys.filter(pk=credential.key_id).update(last_used_at=now)
