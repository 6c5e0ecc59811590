"""Everything that changes companies, people and credentials."""

from backfill.tenancy.services.api_keys import IssuedApiKey, create_api_key, revoke_api_key, take_over_api_key
from backfill.tenancy.services.companies import create_company
from backfill.tenancy.services.company_settings import CompanyDetails, update_company
from backfill.tenancy.services.contact import receive_contact_message
from backfill.tenancy.services.invitations import accept_invitation, has_account, invite_member, revoke_invitation
from backfill.tenancy.services.languages import choose_language
from backfill.tenancy.services.members import change_role, create_member, end_membership
from backfill.tenancy.services.notifications import choose_mention_mails
from backfill.tenancy.services.passwords import change_password, request_password_reset, set_password
from backfill.tenancy.services.sign_in import SignedIn, choose_company, sign_in, sign_out, verify_password
from backfill.tenancy.services.two_factor import (
    begin_two_factor,
    confirm_two_factor,
    confirmed_device,
    end_two_factor,
    reset_two_factor,
    reset_two_factor_of,
    users_with_two_factor,
)

__all__ = [
    "CompanyDetails",
    "IssuedApiKey",
    "SignedIn",
    "accept_invitation",
    "begin_two_factor",
    "change_password",
    "change_role",
    "choose_company",
    "choose_language",
    "choose_mention_mails",
    "confirm_two_factor",
    "confirmed_device",
    "create_api_key",
    "create_company",
    "create_member",
    "end_membership",
    "end_two_factor",
    "has_account",
    "invite_member",
    "receive_contact_message",
    "request_password_reset",
    "reset_two_factor",
    "reset_two_factor_of",
    "revoke_api_key",
    "revoke_invitation",
    "set_password",
    "sign_in",
    "sign_out",
    "take_over_api_key",
    "update_company",
    "users_with_two_factor",
    "verify_password",
]
