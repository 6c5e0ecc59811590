"""Making, revoking and taking over API keys. There is no way to do so over the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import NotFound, ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.errors import KeyNotUsable
from backfill.tenancy.models import AccessEvent, ApiKey, Company
from backfill.tenancy.scopes import MODULES, unknown_scopes
from backfill.tenancy.services.authority import acting_user, require_permission
from backfill.tenancy.services.trail import record_access
from backfill.tenancy.tokens import API_KEY_PREFIX, new_token, token_hash, visible_prefix


@dataclass(frozen=True, slots=True)
class IssuedApiKey:
    """A new key. `token` is the secret; it is not stored and cannot be shown again."""

    api_key: ApiKey
    token: str


@transaction.atomic
def create_api_key(
    *,
    company: Company,
    name: str,
    scopes: Sequence[str],
    actor: Actor,
    contract: str = ApiKey.Contract.BACKFILL,
    expires_at: datetime | None = None,
) -> IssuedApiKey:
    """Make a key for the company's books and return it with its token.

    `scopes` are accepted names (`finance:read`, `journal:write`, …); an unknown one is refused by name. The key acts
    for the person who makes it and never does more than that person may; made by the operator it acts for the company.
    """
    require_permission(actor, company, "api_keys.manage")
    _check_contract(contract)
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationFailed(_("The key would have expired already."), field="expires_at")
    token = new_token(API_KEY_PREFIX)
    api_key = ApiKey.objects.create(
        company=company,
        name=_checked_name(name),
        contract=contract,
        scopes=_checked_scopes(scopes),
        prefix=visible_prefix(token, API_KEY_PREFIX),
        token_hash=token_hash(token),
        created_by=acting_user(actor),
        expires_at=expires_at,
    )
    record_access(
        AccessEvent.Verb.API_KEY_CREATED,
        actor=actor,
        company=company,
        user=api_key.created_by,
        key=api_key.prefix,
        scopes=api_key.scopes,
    )
    return IssuedApiKey(api_key=api_key, token=token)


@transaction.atomic
def revoke_api_key(*, company: Company, key_id: UUID, actor: Actor) -> ApiKey:
    """Stop a key for good, from the next request on. Revoking it again keeps the time of the first."""
    require_permission(actor, company, "api_keys.manage")
    api_key = _locked_key(company, key_id)
    if api_key.revoked_at is None:
        api_key.revoked_at = timezone.now()
        api_key.save(update_fields=["revoked_at"])
        record_access(AccessEvent.Verb.API_KEY_REVOKED, actor=actor, company=company, key=api_key.prefix)
    return api_key


@transaction.atomic
def take_over_api_key(*, company: Company, key_id: UUID, actor: Actor) -> ApiKey:
    """Make the actor the person answerable for a key, so that it goes on when the one who made it has left.

    Who knows the token does not change: where that person may have kept it, revoke the key and make a new one.
    """
    require_permission(actor, company, "api_keys.manage")
    api_key = _locked_key(company, key_id)
    if api_key.revoked_at is not None or (api_key.expires_at is not None and api_key.expires_at <= timezone.now()):
        raise KeyNotUsable(_("This key has been revoked or has expired. Make a new one."))
    before = api_key.created_by
    api_key.created_by = acting_user(actor)
    api_key.save(update_fields=["created_by"])
    record_access(
        AccessEvent.Verb.API_KEY_TAKEN_OVER,
        actor=actor,
        company=company,
        user=api_key.created_by,
        key=api_key.prefix,
        before=before and before.email,
    )
    return api_key


def _locked_key(company: Company, key_id: UUID) -> ApiKey:
    api_key = company.api_keys.select_for_update().filter(pk=key_id).first()
    if api_key is None:
        raise NotFound(_("There is no such API key in this company."))
    return api_key


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise ValidationFailed(_("Give the key a name of 1 to 100 printable characters."), field="name")
    return name


def _check_contract(contract: str) -> None:
    if contract not in ApiKey.Contract.values:
        raise ValidationFailed(
            _("There is no contract {contract!r}; choose one of {contracts}.").format(
                contract=contract, contracts=", ".join(ApiKey.Contract.values)
            ),
            field="contract",
        )


def _checked_scopes(scopes: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(scope.strip() for scope in scopes if scope.strip()))
    if not wanted:
        raise ValidationFailed(_("Choose at least one scope."), field="scopes")
    if unknown := unknown_scopes(wanted):
        names = ", ".join(repr(name) for name in unknown)
        raise ValidationFailed(
            _(
                "Not a scope: {names}. Scopes are admin, finance:read, finance:write, and read or "
                "write of {modules}, such as journal:read."
            ).format(names=names, modules=", ".join(MODULES)),
            field="scopes",
        )
    return wanted
