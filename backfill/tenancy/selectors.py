"""Reading companies, members and keys."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import NotFound
from backfill.tenancy.models import ApiKey, Company, Invitation, Membership, User
from backfill.tenancy.roles import OF_PERSON


def active_member_count(company: Company) -> int:
    """Return how many people may work in the company today."""
    return valid_memberships(company).count()


def valid_memberships(company: Company) -> QuerySet[Membership]:
    """Return the memberships of active people that are valid today in the company's time zone."""
    return company.memberships.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=company.today()), ended_at__isnull=True, user__is_active=True
    ).select_related("user")


def memberships_of(user: User) -> list[Membership]:
    """Return the user's memberships that are valid today, the company used last first, then the oldest.

    A list, because each company has its own today.
    """
    if not user.is_active:
        return []
    ordered = f"{OF_PERSON} WHERE ended_at IS NULL ORDER BY last_used_at DESC NULLS LAST, created_at"
    memberships = Membership.objects.raw(ordered, [user.pk]).prefetch_related("company")
    return [membership for membership in memberships if membership.is_valid_on(membership.company.today())]


def company_by_name_or_id(text: str) -> Company:
    """Return the company that an operator names by its id or its name; NotFound when there is none."""
    try:
        company = Company.objects.filter(pk=UUID(text)).first()
    except ValueError:
        company = None
    company = company or Company.objects.filter(name__iexact=text.strip()).first()
    if company is None:
        raise NotFound(_("There is no company with the id or the name {text!r}.").format(text=text), field="company")
    return company


def pending_invitations(company: Company) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, newest first."""
    return company.invitations.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
    ).order_by("-created_at")


class ApiKeyState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    STOPPED = "stopped"  # the person it acts for has lost their access; another admin can take it over


@dataclass(frozen=True, slots=True)
class ListedApiKey:
    api_key: ApiKey
    state: ApiKeyState


def listed_api_keys(company: Company) -> list[ListedApiKey]:
    """Return all keys of the company, newest first, each with its state today, in two queries."""
    members = {membership.user_id: membership.role for membership in valid_memberships(company)}
    keys = company.api_keys.select_related("created_by").order_by("-created_at")
    return [ListedApiKey(key, _state(key, members)) for key in keys]


def _state(key: ApiKey, members: dict[UUID, str]) -> ApiKeyState:
    if key.revoked_at is not None:
        return ApiKeyState.REVOKED
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return ApiKeyState.EXPIRED
    if key.created_by_id is not None and key.created_by_id not in members:
        return ApiKeyState.STOPPED
    return ApiKeyState.ACTIVE
