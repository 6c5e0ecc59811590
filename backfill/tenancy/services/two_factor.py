"""The second factor of a person's sign-in: an authenticator app (TOTP, RFC 6238).

A device begins unconfirmed, so that nobody locks themselves out with a code they could not scan; from its confirmation
on every sign-in asks for its code, in the admin and over the API, and sessions that have not shown one end. A company
may require it of all its members.
"""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from backfill.errors import Forbidden, NotFound, ValidationFailed
from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import AccessEvent, Company, Membership, User
from backfill.tenancy.roles import has_role_permission
from backfill.tenancy.selectors import memberships_of
from backfill.tenancy.services.authority import acting_user
from backfill.tenancy.services.members import require_member_rights
from backfill.tenancy.services.sign_in import end_sessions_of
from backfill.tenancy.services.trail import record_access

DEVICE_NAME: Final = "Authenticator app"


def confirmed_device(user: User) -> TOTPDevice | None:
    """Return the device that sign-in asks for, if the person has set one up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


@transaction.atomic
def begin_two_factor(*, user: User) -> TOTPDevice:
    """Return the person's unconfirmed device, made if there is none; its `config_url` is what the app scans."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if confirmed_device(user) is not None:
        raise ValidationFailed(_("Two-factor sign-in is switched on already."))
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name=DEVICE_NAME, confirmed=False)


def confirm_two_factor(*, user: User, code: str, actor: Actor) -> TOTPDevice:
    """Switch the second factor on by the first code of the app. Raises ValidationFailed for a wrong one."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None:
        raise NotFound(_("Begin again: there is nothing to confirm."))
    _check_code(device, code)
    with transaction.atomic():
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        end_sessions_of(user)
        record_access(AccessEvent.Verb.TWO_FACTOR_ON, actor=actor, user=user)
    return device


def end_two_factor(*, user: User, code: str, actor: Actor) -> None:
    """Switch the second factor off, by a last code of it. Raises ValidationFailed where a company requires it."""
    device = confirmed_device(user)
    if device is None:
        raise NotFound(_("Two-factor sign-in is not switched on."))
    requiring = next((one.company for one in memberships_of(user) if one.company.requires_two_factor), None)
    if requiring is not None:
        raise ValidationFailed(
            _("{company} asks its members for it; leave it switched on.").format(company=requiring.name)
        )
    _check_code(device, code)
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        record_access(AccessEvent.Verb.TWO_FACTOR_OFF, actor=actor, user=user)


@transaction.atomic
def reset_two_factor(*, membership: Membership, actor: Actor) -> None:
    """Let a member who has lost their device sign in with the password alone, and set up a new one.

    An admin may do so for people who are members of no company but the admin's own: nobody weakens the sign-in of
    somebody into books that are not theirs to look after. For others it takes the operator (`manage.py
    reset_two_factor`).
    """
    require_member_rights(actor, membership.company, membership.role)
    helper = acting_user(actor)
    if helper is not None:
        _require_right_in_all(helper, membership.user)
    deleted, _counts = TOTPDevice.objects.filter(user=membership.user).delete()
    if not deleted:
        raise NotFound(_("{email} has not set up a second factor.").format(email=membership.user.email))
    record_access(AccessEvent.Verb.TWO_FACTOR_RESET, actor=actor, company=membership.company, user=membership.user)


@transaction.atomic
def reset_two_factor_of(*, user: User, actor: Actor) -> None:
    """Let anybody sign in with the password alone again. The operator's; raises NotFound where nothing is set up."""
    if actor.kind != ActorKind.SYSTEM:
        raise Forbidden(_("Only the operator of this installation may do this."))
    deleted, _counts = TOTPDevice.objects.filter(user=user).delete()
    if not deleted:
        raise NotFound(_("{email} has not set up a second factor.").format(email=user.email))
    record_access(AccessEvent.Verb.TWO_FACTOR_RESET, actor=actor, user=user)


def users_with_two_factor(company: Company) -> set[object]:
    """Return the ids of the company's members who sign in with a second factor."""
    devices = TOTPDevice.objects.filter(confirmed=True, user__memberships__company=company)
    return set(devices.values_list("user_id", flat=True))


def _check_code(device: TOTPDevice, code: str) -> None:
    # Outside the caller's transaction, or a refusal would undo the counting of wrong codes.
    if not device.verify_token("".join(code.split())):
        raise ValidationFailed(
            _("This is not the current code, or it was used already. Wait for the next one."), field="code"
        )


def _require_right_in_all(helper: User, person: User) -> None:
    for membership in memberships_of(person):
        if not has_role_permission(helper, membership.company, "members.manage"):
            raise Forbidden(
                _(
                    "{email} is a member of other companies, too. The operator of this installation can reset it."
                ).format(email=person.email)
            )
