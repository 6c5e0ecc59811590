"""Which company a signed-in person is working in, and what their role lets them do there."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest

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

    def allows(self, permission: str) -> bool:
        """Return whether the person's role includes a permission of `backfill.tenancy.roles`."""
        return role_allows(self.membership.role, permission)


class WorkspaceRequest(HttpRequest):
    """A request that has passed WorkspaceMiddleware and the site's permission check."""

    workspace: Workspace


def workspace_of(request: HttpRequest) -> Workspace | None:
    """Return the request's workspace; None for visitors and for people without a valid membership."""
    return cast(Workspace | None, getattr(request, "workspace", None))


def open_workspace(request: HttpRequest) -> Workspace | None:
    """Return the workspace of the company chosen last in this session, else of the first one."""
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    memberships = memberships_of(cast(User, user))
    if not memberships:
        return None
    chosen = request.session.get(SESSION_KEY)
    membership = next((one for one in memberships if str(one.company_id) == chosen), memberships[0])
    return Workspace(cast(User, user), membership, memberships)


def choose_company(request: HttpRequest, company_id: UUID) -> bool:
    """Remember another of the person's companies for the session; False when they are no member of it."""
    workspace = workspace_of(request)
    if workspace is None or company_id not in {one.company_id for one in workspace.memberships}:
        return False
    request.session[SESSION_KEY] = str(company_id)
    return True
