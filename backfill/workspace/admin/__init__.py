"""The workspace's own pages: what belongs to the company and to the person."""

from backfill.workspace.admin.api_keys import ApiKeysPage, NewKeyPage, RevokeKey, TakeOverKey
from backfill.workspace.admin.company import CompanyPage
from backfill.workspace.admin.members import (
    ChangeMemberPage,
    EndMembership,
    InvitePage,
    MembersPage,
    ResetTwoFactor,
    RevokeInvitation,
)
from backfill.workspace.admin.security import PasswordPage, SecurityPage
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.pages import add_page

add_page("settings/company/", CompanyPage, "company")
add_page("settings/members/", MembersPage, "members")
add_page("settings/members/invite/", InvitePage, "invite_member")
add_page("settings/members/<uuid:membership_id>/", ChangeMemberPage, "change_member")
add_page("settings/members/<uuid:membership_id>/end/", EndMembership, "end_membership")
add_page("settings/members/<uuid:membership_id>/reset-two-factor/", ResetTwoFactor, "reset_two_factor")
add_page("settings/invitations/<uuid:invitation_id>/revoke/", RevokeInvitation, "revoke_invitation")
add_page("settings/api-keys/", ApiKeysPage, "api_keys")
add_page("settings/api-keys/new/", NewKeyPage, "new_api_key")
add_page("settings/api-keys/<uuid:key_id>/revoke/", RevokeKey, "revoke_api_key")
add_page("settings/api-keys/<uuid:key_id>/take-over/", TakeOverKey, "take_over_api_key")
add_page("security/", SecurityPage, "security")
add_page("password/", PasswordPage, "password")

add_item(Item("Settings", 10, "Company", "apartment", "company", "settings.view"))
add_item(Item("Settings", 20, "Members", "group", "members", "settings.view"))
add_item(Item("Settings", 30, "API keys", "key", "api_keys", "api_keys.manage"))
