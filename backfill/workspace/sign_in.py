"""Sign-in to the admin: password, then the code of an authenticator app where the person has set one up."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django_otp import devices_for_user, match_token
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from backfill.tenancy.addresses import client_address
from backfill.tenancy.errors import InvalidCredentials, TooManyAttempts
from backfill.tenancy.models import User
from backfill.tenancy.selectors import memberships_of
from backfill.tenancy.services.sign_in import verify_password


class SignInForm(AuthenticationForm):
    """E-mail address, password, and a code that is asked of those who use a second factor."""

    otp_token = forms.CharField(
        label="Authenticator code",
        required=False,
        max_length=8,
        help_text="Only if you have set up two-factor sign-in.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            try:
                user = verify_password(email=email, password=password, address=client_address(self.request))
            except (InvalidCredentials, TooManyAttempts) as refusal:
                raise ValidationError(refusal.message, code="invalid_login") from refusal
            self.user_cache = self._with_second_factor(user)
            self.confirm_login_allowed(self.user_cache)
        return cast(dict[str, Any], self.cleaned_data)

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not memberships_of(user):
            raise ValidationError("You have no access to any company. Ask for an invitation.", code="no_company")

    def _with_second_factor(self, user: User) -> User:
        if next(iter(devices_for_user(user)), None) is None:
            return user
        device = match_token(user, self.cleaned_data.get("otp_token", "").strip())
        if device is None:
            raise ValidationError(
                {"otp_token": "Enter the current code of your authenticator app."}, code="second_factor"
            )
        user.otp_device = device  # type: ignore[attr-defined]
        user.backend = "backfill.tenancy.backends.PasswordBackend"  # type: ignore[attr-defined]
        return user
