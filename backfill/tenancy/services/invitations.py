"""Inviting people by mail, and their accepting."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import NotFound
from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.errors import AlreadyMember, InvalidToken
from backfill.tenancy.models import AccessEvent, Company, Invitation, MailKind, Membership, User
from backfill.tenancy.one_time_tokens import invitation_of_token, is_open
from backfill.tenancy.row_security import within_company
from backfill.tenancy.selectors import valid_memberships
from backfill.tenancy.services.authority import acting_user
from backfill.tenancy.services.members import (
    check_password_policy,
    check_term,
    checked_email,
    join,
    locked_company,
    require_member_rights,
)
from backfill.tenancy.services.outbox import queue_mail
from backfill.tenancy.services.sign_in import verify_password
from backfill.tenancy.services.trail import record_access


@transaction.atomic
def invite_member(*, company: Company, email: str, role: str, actor: Actor, ends_on: date | None = None) -> Invitation:
    """Invite a person by mail; the link is good once, for `INVITATION_DAYS`. Inviting again replaces the first link.

    `ends_on` is the last day of access, inclusive; an auditor needs one.
    """
    locked_company(company.pk)
    require_member_rights(actor, company, role)
    email = checked_email(email)
    check_term(company, role, ends_on)
    if valid_memberships(company).filter(user__email=email).exists():
        raise AlreadyMember(
            _("{email} is a member of {company} already; change the role.").format(email=email, company=company.name),
            field="email",
        )
    now = timezone.now()
    company.invitations.filter(email=email, accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    invitation = company.invitations.create(
        email=email,
        role=role,
        ends_on=ends_on,
        invited_by=acting_user(actor),
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    record_access(AccessEvent.Verb.INVITED, actor=actor, company=company, email=email, role=role)
    queue_mail(MailKind.INVITATION, invitation.pk)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation_id: UUID, company: Company, actor: Actor) -> None:
    """Withdraw an invitation that was not accepted yet; its link stops working."""
    locked_company(company.pk)
    invitation = company.invitations.filter(pk=invitation_id, accepted_at__isnull=True, revoked_at__isnull=True).first()
    if invitation is None:
        raise NotFound(_("There is no such open invitation."))
    require_member_rights(actor, company, invitation.role)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record_access(AccessEvent.Verb.INVITATION_REVOKED, actor=actor, company=company, email=invitation.email)


def accept_invitation(*, token: str, password: str, address: str, full_name: str = "") -> Membership:
    """Make the invited person a member, once.

    A new person's password is set to `password`. Somebody who has an account proves to be that person by their own
    password: whoever can read a link, such as the admin who sent it, must not get into an account by it. Raises
    InvalidToken, WeakPassword, or InvalidCredentials and TooManyAttempts as signing in does.
    """
    email = invitation_of_token(token).email
    if has_account(email):
        # Outside the transaction, so that a wrong guess stays counted and no row is held while hashing.
        verify_password(email=email, password=password, address=address)
    return _accept(token, password, full_name)


def has_account(email: str) -> bool:
    """Return whether somebody signs in with this address already."""
    user = User.objects.filter(email=email).first()
    return user is not None and user.has_usable_password()


@transaction.atomic
def _accept(token: str, password: str, full_name: str) -> Membership:
    company_id = invitation_of_token(token).company_id
    with within_company(company_id):
        return _joined(company_id, token, password, full_name)


def _joined(company_id: UUID, token: str, password: str, full_name: str) -> Membership:
    company = locked_company(company_id)
    invitation = invitation_of_token(token)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not is_open(invitation):
        raise InvalidToken
    user = User.objects.select_for_update().filter(email=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, full_name=full_name.strip())
    if not user.has_usable_password():
        check_password_policy(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    actor = Actor(kind=ActorKind.USER, label=user.email, surface="invitation", user_id=user.pk)
    return join(company=company, user=user, role=invitation.role, ends_on=invitation.ends_on, actor=actor)
