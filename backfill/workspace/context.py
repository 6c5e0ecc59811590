"""Which company a signed-in person is working in, and what their role lets them do there."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django_otp import user_has_device

from backfill.tenancy import services
from backfill.tenancy.actors import Actor
from backfill.tenancy.credentials import user_actor
from backfill.tenancy.models import Company, Membership, User
from backfill.tenancy.roles import role_allows
from backfill.tenancy.selectors import memberships_of

SESSION_KEY = "company_id"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A person at work in one of their companies."""

    user: User
    membership: Membership
    memberships: list[Membership]

    @property
    def company(self) -> Company:
        return self.membership.company

    @property
    def actor(self) -> Actor:
        return user_actor(self.user, self.membership.role, surface="admin")

    @property
    def others(self) -> list[Membership]:
        """The person's other companies, by name."""
        others = [one for one in self.memberships if one.pk != self.membership.pk]
        return sorted(others, key=lambda one: one.company.name.casefold())

    @property
    def owes_second_factor(self) -> bool:
        """Whether the company asks for a second factor that the person has not set up."""
        return self.company.requires_two_factor and not self.user.is_verified()  # type: ignore[attr-defined]

    def allows(self, permission: str) -> bool:
        """Return whether the person's role includes a permission of `backfill.tenancy.roles`."""
        return role_allows(self.membership.role, permission)


def workspace_of(request: HttpRequest) -> Workspace | None:
    """Return the request's workspace; None for visitors and for people who may not work in any company."""
    return cast(Workspace | None, getattr(request, "workspace", None))


def open_workspace(request: HttpRequest) -> Workspace | None:
    """Return the workspace of the company chosen last in this session, else of the one used last.

    None for visitors, for people without a valid membership, and for a session that has not shown the second factor
    that the person has set up, be it after the session began.
    """
    if not request.user.is_authenticated:
        return None
    user = request.user
    if not user.is_active or not user.is_staff or owes_code(user):
        return None
    memberships = memberships_of(user)
    if not memberships:
        return None
    chosen = request.session.get(SESSION_KEY)
    membership = next((one for one in memberships if str(one.company_id) == chosen), memberships[0])
    return Workspace(user, membership, memberships)


def choose_company(request: HttpRequest, company_id: UUID) -> Membership | None:
    """Work in another of the person's companies from now on; None when they are not a member of it."""
    workspace = workspace_of(request)
    memberships = workspace.memberships if workspace else []
    membership = next((one for one in memberships if one.company_id == company_id), None)
    if membership is not None:
        request.session[SESSION_KEY] = str(company_id)
        services.choose_company(membership=membership)
    return membership


def owes_code(user: User) -> bool:
    """Return whether this session has yet to show the second factor that the person has set up."""
    has_shown_it = user.is_verified()  # type: ignore[attr-defined]  # OTPMiddleware adds it
    return not has_shown_it and user_has_device(user)
