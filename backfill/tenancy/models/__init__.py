"""Companies, people and the credentials that open a company's books."""

from backfill.tenancy.models.api_key import ApiKey
from backfill.tenancy.models.company import Company
from backfill.tenancy.models.membership import Invitation, Membership, Role
from backfill.tenancy.models.session import PasswordToken, SessionToken
from backfill.tenancy.models.user import User

__all__ = ["ApiKey", "Company", "Invitation", "Membership", "PasswordToken", "Role", "SessionToken", "User"]
