"""What is a person's own: the second factor, the password, the language, the mails they want."""

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp import login as remember_device

from backfill.languages import LANGUAGES, speak
from backfill.tenancy.addresses import client_address
from backfill.tenancy.services import (
    begin_two_factor,
    change_password,
    choose_language,
    choose_mention_mails,
    confirm_two_factor,
    confirmed_device,
    end_two_factor,
)
from backfill.workspace.authenticator import scannable
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.pages import FormPage

# Everybody looks after their own sign-in; every role includes this.
_EVERYBODY = "ledger.view"


class CodeForm(WorkspaceForm):
    code = forms.CharField(
        label=gettext_lazy("Code the app shows now"),
        max_length=10,
        widget=forms.TextInput(attrs={"class": "bf-code", "autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class SecurityPage(FormPage):
    """Two-factor sign-in: the QR code and its confirmation, or switching it off."""

    title = gettext_lazy("Two-factor sign-in")
    form_class = CodeForm
    template_name = "workspace/security.html"
    submits_once = False  # wrong codes are counted; the device itself takes a code only once
    permission = _EVERYBODY

    def back(self) -> str:
        return reverse("admin:security")

    def context(self) -> dict[str, Any]:
        user = self.workspace.user
        if confirmed_device(user) is not None:
            return {"is_on": True}
        device = begin_two_factor(user=user)
        return {"is_on": False, **scannable(device)}

    def submit(self, values: dict[str, Any]) -> str:
        user, code = self.workspace.user, values["code"]
        if confirmed_device(user) is not None:
            end_two_factor(user=user, code=code, actor=self.actor)
            return _("Two-factor sign-in is switched off.")
        device = confirm_two_factor(user=user, code=code, actor=self.actor)
        remember_device(self.request, device)
        return _("Two-factor sign-in is switched on. Everywhere else you have to sign in again.")


class PasswordForm(WorkspaceForm):
    current = forms.CharField(
        label=gettext_lazy("Current password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters, and not a common password."),
    )
    repeated = forms.CharField(
        label=gettext_lazy("The same again"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("password") != self.cleaned_data.get("repeated") and not self.errors:
            self.add_error("repeated", _("The two passwords differ."))
        return self.cleaned_data


class PasswordPage(FormPage):
    title = gettext_lazy("Change password")
    form_class = PasswordForm
    button = gettext_lazy("Change password")
    permission = _EVERYBODY

    def submit(self, values: dict[str, Any]) -> str:
        user = self.workspace.user
        change_password(
            user=user,
            current=values["current"],
            password=values["password"],
            address=client_address(self.request),
        )
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        return _("Your password is changed. Everywhere else you have been signed out.")


class LanguageForm(WorkspaceForm):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("The company’s")), *LANGUAGES],
        required=False,
        help_text=gettext_lazy("Of your pages and of mails to you, in every company."),
    )


class LanguagePage(FormPage):
    title = gettext_lazy("Language")
    form_class = LanguageForm
    permission = _EVERYBODY

    def back(self) -> str:
        return reverse("admin:language")

    def initial(self) -> dict[str, Any]:
        return {"language": self.workspace.user.language}

    def submit(self, values: dict[str, Any]) -> str:
        user = choose_language(user=self.workspace.user, language=values["language"])
        speak(user.language, self.company.language)
        return _("Your language is saved.")


class NotificationsForm(WorkspaceForm):
    mails_mentions = forms.BooleanField(
        label=gettext_lazy("Mail me when somebody names me in a comment"),
        required=False,
        help_text=gettext_lazy("In every company. You find such comments on the dashboard in any case."),
    )


class NotificationsPage(FormPage):
    title = gettext_lazy("Notifications")
    form_class = NotificationsForm
    permission = _EVERYBODY

    def back(self) -> str:
        return reverse("admin:notifications")

    def initial(self) -> dict[str, Any]:
        return {"mails_mentions": self.workspace.user.mails_mentions}

    def submit(self, values: dict[str, Any]) -> str:
        choose_mention_mails(user=self.workspace.user, wanted=values["mails_mentions"])
        return _("Your notifications are saved.")
