"""Settings → Members: who works in the company, in which role, and who is invited."""

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import NotFound
from backfill.tenancy.models import Company, Membership, Role
from backfill.tenancy.roles import role_in_sentence
from backfill.tenancy.selectors import pending_invitations, valid_memberships
from backfill.tenancy.services import (
    change_role,
    end_membership,
    invite_member,
    reset_two_factor,
    revoke_invitation,
    users_with_two_factor,
)
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page

ROLES = {
    Role.OWNER: gettext_lazy("Everything, and the only one who makes other owners."),
    Role.ADMIN: gettext_lazy("Everything else: members, keys, settings, reopening periods."),
    Role.BOOKKEEPER: gettext_lazy("The daily work: drafts, posting, soft-locking, approving a colleague’s entries."),
    Role.APPROVER: gettext_lazy("Looks at everything and decides about what others submit; makes nothing."),
    Role.VIEWER: gettext_lazy("Looks at everything, changes nothing."),
    Role.AUDITOR: gettext_lazy("Looks at everything until a last day."),
}


class MembersPage(Page):
    title = gettext_lazy("Members")
    template_name = "workspace/members.html"
    permission = "settings.view"

    def context(self) -> dict[str, Any]:
        members = sorted(
            valid_memberships(self.company), key=lambda one: (list(Role).index(Role(one.role)), one.user.email)
        )
        return {
            "members": members,
            "invitations": pending_invitations(self.company).select_related("invited_by"),
            "secured": users_with_two_factor(self.company),
            "roles": [(role.label, explanation) for role, explanation in ROLES.items()],
        }


class TermForm(WorkspaceForm):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.BOOKKEEPER.value)
    ends_on = DayField(
        label=gettext_lazy("Last day of access"), required=False, help_text=gettext_lazy("An auditor needs one.")
    )


class InvitationForm(TermForm):
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    field_order = ("email", "role", "ends_on")


class InvitePage(FormPage):
    title = gettext_lazy("Invite somebody")
    form_class = InvitationForm
    permission = "members.manage"
    button = gettext_lazy("Send the invitation")

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Members"), reverse("admin:members"))]

    def submit(self, values: dict[str, Any]) -> str:
        invitation = invite_member(company=self.company, actor=self.actor, **values)
        until = formats_of(self.company).moment(invitation.expires_at)
        return _("The invitation is on its way to {email}; its link is good until {until}.").format(
            email=invitation.email, until=until
        )


class ChangeMemberPage(FormPage):
    form_class = TermForm
    template_name = "workspace/member.html"
    permission = "members.manage"

    def page_title(self) -> str:
        return self.member.user.email

    @cached_property
    def member(self) -> Membership:
        return company_member(self.company, self.kwargs["membership_id"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Members"), reverse("admin:members"))]

    def initial(self) -> dict[str, Any]:
        return {"role": self.member.role, "ends_on": self.member.ends_on}

    def context(self) -> dict[str, Any]:
        member = self.member
        is_secured = member.user_id in users_with_two_factor(self.company)
        return {"member": member, "is_secured": is_secured, "is_self": member.user_id == self.workspace.user.pk}

    def submit(self, values: dict[str, Any]) -> str:
        member = change_role(membership_id=self.member.pk, actor=self.actor, **values)
        return _("{email} is {role} now.").format(email=member.user.email, role=role_in_sentence(member.role))


class MemberAction(ActionPage):
    permission = "members.manage"

    def back(self) -> str:
        return reverse("admin:members")


class EndMembership(MemberAction):
    def act(self) -> str:
        member = company_member(self.company, self.kwargs["membership_id"])
        end_membership(membership_id=member.pk, actor=self.actor)
        return _("{email} has no access any more.").format(email=member.user.email)


class ResetTwoFactor(MemberAction):
    def act(self) -> str:
        member = company_member(self.company, self.kwargs["membership_id"])
        reset_two_factor(membership=member, actor=self.actor)
        return _("{email} signs in with the password alone now, and can set up a new device.").format(
            email=member.user.email
        )


class RevokeInvitation(MemberAction):
    def act(self) -> str:
        revoke_invitation(invitation_id=self.kwargs["invitation_id"], company=self.company, actor=self.actor)
        return _("The invitation is withdrawn; its link does not work any more.")


def company_member(company: Company, membership_id: UUID) -> Membership:
    """Return a valid member of the company; raises NotFound for another company's as for none."""
    member = valid_memberships(company).filter(pk=membership_id).first()
    if member is None:
        raise NotFound(_("There is no such member of this company."))
    return member
