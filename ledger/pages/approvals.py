"""What a page says of an approval: whether this person may give it, and the way out where nobody can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from backfill.tenancy.roles import role_allows
from backfill.tenancy.selectors import valid_memberships
from backfill.workspace.context import Workspace
from ledger.entries import approval


@dataclass(frozen=True, slots=True)
class Approving:
    """`is_own`: the person submitted it, and a second one is asked for. `is_stuck`: there is no second one who may.
    The links lead out of that, as far as the person's role includes it."""

    may_approve: bool
    is_own: bool = False
    is_stuck: bool = False
    invite_url: str = ""
    settings_url: str = ""


def approving(
    workspace: Workspace, permission: str, submitted_by: Mapping[str, Any] | None, *, is_asked: bool = True
) -> Approving:
    """Return what may be done about a thing that was submitted, by the facts of who submitted it. One statement where
    a second person is asked for."""
    allowed = workspace.allows(permission)
    if not approval.is_needed(workspace.company, is_asked=is_asked):
        return Approving(allowed)
    is_own = approval.is_own(workspace.actor, submitted_by)
    return _approving(workspace, permission, allowed=allowed and not is_own, is_own=is_own)


def before_submitting(workspace: Workspace, permission: str, *, is_asked: bool = True) -> Approving:
    """Return the same for what the person has not submitted yet, as if they had."""
    if not approval.is_needed(workspace.company, is_asked=is_asked):
        return Approving(workspace.allows(permission))
    return _approving(workspace, permission, allowed=False, is_own=True)


def _approving(workspace: Workspace, permission: str, *, allowed: bool, is_own: bool) -> Approving:
    others = valid_memberships(workspace.company).exclude(user=workspace.user)
    if not is_own or any(role_allows(one.role, permission) for one in others):
        return Approving(allowed, is_own)
    return Approving(
        allowed,
        is_own,
        is_stuck=True,
        invite_url=reverse("admin:invite_member") if workspace.allows("members.manage") else "",
        settings_url=reverse("admin:company") if workspace.allows("settings.edit") else "",
    )
