"""The workspace's own pages: what belongs to the company and to the person."""

from backfill.workspace.admin.api_keys import ApiKeysPage, NewKeyPage, RevokeKey, TakeOverKey
from backfill.workspace.admin.company import CompanyPage
from backfill.workspace.admin.day_lookup import DayLookup
from backfill.workspace.admin.members import (
    ChangeMemberPage,
    EndMembership,
    InvitePage,
    MembersPage,
    ResetTwoFactor,
    RevokeInvitation,
)
from backfill.workspace.admin.security import LanguagePage, NotificationsPage, PasswordPage, SecurityPage
from backfill.workspace.lists.pages import BulkRunPage, DeleteView, SaveView
from backfill.workspace.pages import page

urlpatterns = [
    page("settings/company/", CompanyPage, "company"),
    page("settings/members/", MembersPage, "members"),
    page("settings/members/invite/", InvitePage, "invite_member"),
    page("settings/members/<uuid:membership_id>/", ChangeMemberPage, "change_member"),
    page("settings/members/<uuid:membership_id>/end/", EndMembership, "end_membership"),
    page("settings/members/<uuid:membership_id>/reset-two-factor/", ResetTwoFactor, "reset_two_factor"),
    page("settings/invitations/<uuid:invitation_id>/revoke/", RevokeInvitation, "revoke_invitation"),
    page("settings/api-keys/", ApiKeysPage, "api_keys"),
    page("settings/api-keys/new/", NewKeyPage, "new_api_key"),
    page("settings/api-keys/<uuid:key_id>/revoke/", RevokeKey, "revoke_api_key"),
    page("settings/api-keys/<uuid:key_id>/take-over/", TakeOverKey, "take_over_api_key"),
    page("lists/<str:key>/views/", SaveView, "save_view"),
    page("lists/<str:key>/views/<uuid:view_id>/delete/", DeleteView, "delete_view"),
    page("runs/<uuid:run_id>/", BulkRunPage, "bulk_run"),
    page("days/", DayLookup, "day_lookup"),
    page("security/", SecurityPage, "security"),
    page("language/", LanguagePage, "language"),
    page("notifications/", NotificationsPage, "notifications"),
    page("password/", PasswordPage, "password"),
]
