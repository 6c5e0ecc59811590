"""The forms of people's own pages: signing in, setting a password, accepting an invitation."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from backfill.errors import DomainError
from backfill.tenancy.addresses import client_address
from backfill.tenancy.services import verify_password


class SignInForm(AuthenticationForm):
    """The admin's sign-in form; says when somebody is locked out, which Django's own form does not."""

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            try:
                user = verify_password(email=email, password=password, address=client_address(self.request))
            except DomainError as refusal:
                raise forms.ValidationError(refusal.message) from refusal
            self.confirm_login_allowed(user)
            self.user_cache = user
        values: dict[str, Any] = self.cleaned_data
        return values


class NewPasswordForm(forms.Form):
    """A new password, typed twice. The policy is checked by the service, which knows whose it is."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=1024,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "autofocus": True}),
        help_text=gettext_lazy("At least ten characters, and not a common password."),
    )
    repeated = forms.CharField(
        label=gettext_lazy("The same again"),
        strip=False,
        max_length=1024,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("password") != self.cleaned_data.get("repeated") and not self.errors:
            self.add_error("repeated", _("The two passwords differ."))
        return self.cleaned_data


class NewAccountForm(NewPasswordForm):
    """What somebody new says on accepting an invitation."""

    full_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "name"}),
    )
    field_order = ("full_name", "password", "repeated")


class OwnPasswordForm(forms.Form):
    """The password of somebody who has an account, to prove that it is theirs."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=1024,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class ForgottenPasswordForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email", "autofocus": True}),
    )
