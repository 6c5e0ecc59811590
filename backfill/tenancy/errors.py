"""What tenancy refuses, one class per reason. Codes are published in both API references."""

from django.utils.translation import gettext as _

from backfill.errors import DomainError, ValidationFailed


class InvalidCredentials(DomainError):
    """The e-mail address and the password do not belong together. Says the same for an unknown address."""

    code = "INVALID_CREDENTIALS"
    status = 401

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("The e-mail address or the password is wrong."))


class NoCompany(InvalidCredentials):
    """The password was right, so it is safe to say what is missing."""

    def __init__(self) -> None:
        super().__init__(_("You have no access to any company. Ask an admin of your company for an invitation."))


class TwoFactorCodeRequired(DomainError):
    """The password was right, and the person signs in with a second factor."""

    code = "TWO_FACTOR_CODE_REQUIRED"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("Send the code of your authenticator app, too."), field="code")


class WrongTwoFactorCode(InvalidCredentials):
    def __init__(self) -> None:
        super().__init__(_("This is not the current code, or it was used already. Wait for the next one."))
        self.field = "code"


class TwoFactorRequired(DomainError):
    """The company asks its members for a second factor, and this one has not set one up."""

    code = "TWO_FACTOR_REQUIRED"
    status = 403

    def __init__(self, company_name: str) -> None:
        super().__init__(
            _("{company} asks for a second factor. Sign in to the admin in a browser and set it up.").format(
                company=company_name
            )
        )


class TooManyAttempts(DomainError):
    """Answered with `Retry-After`; `retry_after` is in whole seconds."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, retry_after=retry_after, headers={"Retry-After": str(retry_after)})
        self.retry_after = retry_after


class CannotSignInNow(DomainError):
    """The store of the counters, or the queue of the mails, cannot be reached; without them nobody is let in."""

    code = "SERVICE_UNAVAILABLE"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("This is not possible at the moment. Try again in a minute."))


class InvalidToken(DomainError):
    """A mailed one-time token that is unknown, used, withdrawn or expired; which one is nobody's business."""

    code = "INVALID_TOKEN"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("This link was used already or has expired. Ask for a new one."), field="token")


class WeakPassword(ValidationFailed):
    """The password policy was not met; the message lists every rule that was not."""


class CompanyNameTaken(DomainError):
    code = "DUPLICATE_COMPANY"


class AlreadyMember(DomainError):
    code = "ALREADY_MEMBER"


class LastOwner(DomainError):
    """A company without an owner could never get one again."""

    code = "LAST_OWNER"


class KeyNotUsable(DomainError):
    """The API key is revoked or expired, which cannot be undone."""

    code = "API_KEY_NOT_USABLE"
