"""Everything that changes companies, people and credentials."""

from backfill.tenancy.services.api_keys import IssuedApiKey, create_api_key, revoke_api_key, take_over_api_key
from backfill.tenancy.services.companies import create_company
from backfill.tenancy.services.contact import receive_contact_message
from backfill.tenancy.services.invitations import accept_invitation, has_account, invite_member, revoke_invitation
from backfill.tenancy.services.members import change_role, create_member, end_membership
from backfill.tenancy.services.passwords import request_password_reset, set_password
from backfill.tenancy.services.sign_in import SignedIn, choose_company, sign_in, sign_out, verify_password

__all__ = [
    "IssuedApiKey",
    "SignedIn",
    "accept_invitation",
    "change_role",
    "choose_company",
    "create_api_key",
    "create_company",
    "create_member",
    "end_membership",
    "has_account",
    "invite_member",
    "receive_contact_message",
    "request_password_reset",
    "revoke_api_key",
    "revoke_invitation",
    "set_password",
    "sign_in",
    "sign_out",
    "take_over_api_key",
    "verify_password",
]
