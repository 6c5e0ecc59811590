"""People joining a company, changing roles and leaving.

Every change of who may do what takes the company's row first. So two owners who remove each other at the same
moment are handled one after the other, and the second one is refused.
"""

from datetime import date
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import Forbidden, NotFound, ValidationFailed
from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.errors import AlreadyMember, LastOwner, WeakPassword
from backfill.tenancy.models import AccessEvent, Company, Invitation, Membership, Role, User
from backfill.tenancy.models.user import normal_email
from backfill.tenancy.roles import role_allows
from backfill.tenancy.selectors import valid_memberships
from backfill.tenancy.services.authority import require_permission
from backfill.tenancy.services.trail import record_access


@transaction.atomic
def create_member(
    *,
    company: Company,
    email: str,
    role: str,
    actor: Actor,
    full_name: str = "",
    password: str | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Make a person a member of the company, without an invitation; creates the person when there is none.

    `password` is the operator's to set, and only for somebody who has none: an admin of one company could otherwise
    get into another company as the person. `ends_on` is the last day of access, inclusive, in the company's time
    zone; an auditor needs one.
    """
    locked_company(company.pk)
    require_member_rights(actor, company, role)
    email = checked_email(email)
    check_term(company, role, ends_on)
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, full_name=full_name.strip())
    if password is not None:
        _set_first_password(user, password, actor)
    return join(company=company, user=user, role=role, ends_on=ends_on, actor=actor)


def join(*, company: Company, user: User, role: str, ends_on: date | None, actor: Actor) -> Membership:
    """Make the user a member, or one again; raises AlreadyMember. The caller holds the company's row."""
    membership = Membership.objects.filter(company=company, user=user).first()
    if membership is not None and membership.is_valid_on(company.today()):
        raise AlreadyMember(
            _("{email} is a member of {company} already; change the role.").format(
                email=user.email, company=company.name
            ),
            field="email",
        )
    membership, _created = Membership.objects.update_or_create(
        company=company, user=user, defaults={"role": role, "ends_on": ends_on, "ended_at": None}
    )
    record_access(
        AccessEvent.Verb.JOINED, actor=actor, company=company, user=user, role=role, ends_on=ends_on and str(ends_on)
    )
    return membership


@transaction.atomic
def change_role(*, membership_id: UUID, role: str, actor: Actor, ends_on: date | None = None) -> Membership:
    """Give a member another role and term. Raises LastOwner when nobody would own the company any more."""
    membership = _locked_membership(membership_id)
    company = membership.company
    require_member_rights(actor, company, membership.role, role)
    check_term(company, role, ends_on)
    before = membership.role
    membership.role = role
    membership.ends_on = ends_on
    membership.save(update_fields=["role", "ends_on"])
    if before == Role.OWNER:
        _require_owner(company)
    if not role_allows(role, "members.manage"):
        _revoke_invitations_of(membership)
    record_access(
        AccessEvent.Verb.ROLE_CHANGED, actor=actor, company=company, user=membership.user, before=before, role=role
    )
    return membership


@transaction.atomic
def end_membership(*, membership_id: UUID, actor: Actor) -> Membership:
    """End a person's access at once: sessions, keys that act for them and invitations they sent stop with it.

    Anybody may leave; removing somebody else is an admin's right. Raises LastOwner when nobody would own the company
    any more.
    """
    membership = _locked_membership(membership_id)
    company = membership.company
    if membership.ended_at is not None:
        return membership
    if membership.user_id != actor.user_id:
        require_member_rights(actor, company, membership.role)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    if membership.role == Role.OWNER:
        _require_owner(company)
    company.session_tokens.filter(user_id=membership.user_id, ended_at__isnull=True).update(ended_at=timezone.now())
    _revoke_invitations_of(membership)
    record_access(AccessEvent.Verb.ACCESS_ENDED, actor=actor, company=company, user=membership.user)
    return membership


def locked_company(company_id: UUID) -> Company:
    """Return the company, its row locked until the end of the transaction: one change of access at a time."""
    return Company.objects.select_for_update().get(pk=company_id)


def require_member_rights(actor: Actor, company: Company, *roles: str) -> None:
    """Raise Forbidden unless the actor may manage members, and owners when one of the roles is owner's."""
    require_permission(actor, company, "members.manage")
    if Role.OWNER in roles:
        require_permission(actor, company, "members.manage_owners")


def check_term(company: Company, role: str, ends_on: date | None) -> None:
    """Raise ValidationFailed unless there is such a role and its last day is to come, and given for an auditor."""
    if role not in Role.values:
        raise ValidationFailed(
            _("There is no role {role!r}; choose one of {roles}.").format(role=role, roles=", ".join(Role.values)),
            field="role",
        )
    if ends_on is None and role == Role.AUDITOR:
        raise ValidationFailed(_("An auditor's access needs a last day."), field="ends_on")
    if ends_on is not None and ends_on < company.today():
        raise ValidationFailed(_("The last day of access has passed already."), field="ends_on")


def checked_email(email: str) -> str:
    """Return the address in its normal spelling, or raise ValidationFailed."""
    email = normal_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationFailed(_("{email!r} is not an e-mail address.").format(email=email), field="email") from error
    return email


def check_password_policy(password: str, user: User) -> None:
    """Raise WeakPassword with every rule that the password does not meet."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from error


def _set_first_password(user: User, password: str, actor: Actor) -> None:
    if actor.kind != ActorKind.SYSTEM:
        raise Forbidden(_("People choose their own password. Leave it out; they set it by mail."))
    if user.has_usable_password():
        raise ValidationFailed(
            _("{email} has an account with a password already; leave it out.").format(email=user.email),
            field="password",
        )
    check_password_policy(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def _locked_membership(membership_id: UUID) -> Membership:
    company_id = Membership.objects.filter(pk=membership_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise NotFound(_("There is no such membership."))
    company = locked_company(company_id)
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    membership.company = company
    return membership


def _require_owner(company: Company) -> None:
    if not valid_memberships(company).filter(role=Role.OWNER, ends_on__isnull=True).exists():
        raise LastOwner(_("A company needs an owner. Make somebody else an owner first."))


def _revoke_invitations_of(membership: Membership) -> None:
    """Withdraw what the person sent out: an invitation to oneself must not outlive one's own access."""
    Invitation.objects.filter(
        company=membership.company, invited_by=membership.user, accepted_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=timezone.now())
