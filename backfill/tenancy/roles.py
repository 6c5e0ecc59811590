"""What each role may do: one table for people in the admin, and the API scopes of their sessions.

A permission is `area.action`. The admin asks `has_role_permission(user, company, "ledger.post")`; an API session
carries `membership_scopes(role)`. Being a Django superuser grants nothing here: people see the companies of which
they are a member, and nothing else.
"""

from types import MappingProxyType
from typing import Final

from django.utils.translation import pgettext_lazy

from backfill.tenancy.models import Company, Membership, Role, User
from backfill.tenancy.scopes import ADMIN, ALL_SCOPES, APPROVE_SCOPES, READ_SCOPES

_IN_SENTENCES: Final = {
    Role.OWNER.value: pgettext_lazy("role in a sentence", "owner"),
    Role.ADMIN.value: pgettext_lazy("role in a sentence", "admin"),
    Role.BOOKKEEPER.value: pgettext_lazy("role in a sentence", "bookkeeper"),
    Role.APPROVER.value: pgettext_lazy("role in a sentence", "approver"),
    Role.VIEWER.value: pgettext_lazy("role in a sentence", "viewer"),
    Role.AUDITOR.value: pgettext_lazy("role in a sentence", "auditor"),
}

# A person's memberships, whichever company is named, if any.
OF_PERSON: Final = "SELECT * FROM tenancy_memberships_of(%s)"

_READING: Final = frozenset(
    {
        "ledger.view",
        "receivables.view",
        "payables.view",
        "banking.view",
        "periods.view",
        "reports.view",
        "settings.view",
        "files.view",
    }
)

_BOOKKEEPING: Final = frozenset(
    {
        "ledger.draft",
        "ledger.post",
        "ledger.reverse",
        "ledger.accounts",
        "receivables.edit",
        "receivables.post",
        "payables.edit",
        "payables.post",
        "banking.edit",
        "banking.reconcile",
        "files.upload",
        "periods.soft_lock",
        "periods.request_lock",
    }
)

_APPROVING: Final = frozenset(
    {
        "ledger.approve",
        "receivables.approve",
        "payables.approve",
        "periods.request_lock",
        "periods.approve_lock",
    }
)

_ADMINISTERING: Final = frozenset(
    {
        "ledger.post_soft_locked",
        "periods.soft_lock",
        "periods.reopen",
        "settings.edit",
        "settings.tax_codes",
        "members.manage",
        "api_keys.manage",
    }
)

# What everybody in the company has done: for those who answer for it, and those who examine it.
_AUDITING: Final = frozenset({"audit.view"})

_EVERYTHING: Final = _READING | _AUDITING | _BOOKKEEPING | _APPROVING | _ADMINISTERING | {"members.manage_owners"}

PERMISSIONS: Final = MappingProxyType(
    {
        # Only an owner makes or unmakes an owner; otherwise an admin could take the company over.
        Role.OWNER: _EVERYTHING,
        Role.ADMIN: _EVERYTHING - {"members.manage_owners"},
        # The bookkeeper does the daily work and may approve a colleague's; services refuse approving one's own.
        Role.BOOKKEEPER: _READING | _BOOKKEEPING | _APPROVING,
        # The approver is the second pair of eyes: decides about what others made, and makes nothing.
        Role.APPROVER: _READING | _APPROVING,
        Role.VIEWER: _READING,
        Role.AUDITOR: _READING | _AUDITING,
    }
)

_SESSION_SCOPES: Final = MappingProxyType(
    {
        Role.OWNER: ALL_SCOPES,
        Role.ADMIN: ALL_SCOPES,
        Role.BOOKKEEPER: ALL_SCOPES - {"config:write", ADMIN},
        Role.APPROVER: READ_SCOPES | APPROVE_SCOPES,
        Role.VIEWER: READ_SCOPES,
        Role.AUDITOR: READ_SCOPES,
    }
)


def membership_scopes(role: str) -> frozenset[str]:
    """Return the canonical API scopes of a member with this role."""
    return _SESSION_SCOPES[Role(role)]


def role_allows(role: str, permission: str) -> bool:
    """Return whether the role includes the permission. An unknown permission is a programmer's mistake."""
    if permission not in _EVERYTHING:
        raise LookupError(permission)
    return permission in PERMISSIONS[Role(role)]


def has_role_permission(user: User, company: Company, permission: str) -> bool:
    """Return whether the user may do this in the company today, by a membership that is valid today."""
    membership = valid_membership(user, company)
    return membership is not None and role_allows(membership.role, permission)


def valid_membership(user: User, company: Company) -> Membership | None:
    """Return the user's membership when the user is active and it is valid today in the company's time zone."""
    if not user.is_active:
        return None
    found = Membership.objects.raw(f"{OF_PERSON} WHERE company_id = %s", [user.pk, company.pk])
    membership = next(iter(found), None)
    return membership if membership and membership.is_valid_on(company.today()) else None


def role_in_sentence(role: str) -> str:
    """Return the word for a role as it stands within a sentence."""
    return str(_IN_SENTENCES[role])
