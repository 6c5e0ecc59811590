"""People's own pages: setting a password by a mailed link, accepting an invitation, asking for a new link."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from backfill.errors import DomainError
from backfill.languages import speak
from backfill.tenancy.addresses import client_address
from backfill.tenancy.errors import InvalidToken
from backfill.tenancy.forms import ForgottenPasswordForm, NewAccountForm, NewPasswordForm, OwnPasswordForm
from backfill.tenancy.one_time_tokens import invitation_of_token, user_of_password_token
from backfill.tenancy.roles import role_in_sentence
from backfill.tenancy.services import accept_invitation, has_account, request_password_reset, set_password

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class AccountPage(View):
    """One form on the sign-in page's layout. A subclass says what the form is and what becomes of it."""

    title: "StrOrPromise" = ""
    button: "StrOrPromise" = ""
    explanation: "StrOrPromise" = ""
    email = ""  # whose password it is, for password managers

    def form_class(self) -> type[forms.Form]:
        """Return the form to fill in; raises InvalidToken when the link in the mail is good no more."""
        raise NotImplementedError

    def submit(self, values: dict[str, Any]) -> None:
        """Do it, with the form's values; a DomainError becomes a message on the form."""
        raise NotImplementedError

    def done(self) -> HttpResponse:
        raise NotImplementedError

    @property
    def token(self) -> str:
        return self.request.GET.get("token", "")

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.page(form=self.form_class()())
        except InvalidToken as refusal:
            return self.message(_("Link not valid"), refusal.message, status=refusal.status)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            form = self.form_class()(request.POST)
            return self._submitted(form) if form.is_valid() else self.page(form=form, status=400)
        except InvalidToken as refusal:
            return self.message(_("Link not valid"), refusal.message, status=refusal.status)

    def _submitted(self, form: forms.Form) -> HttpResponse:
        try:
            self.submit(form.cleaned_data)
        except InvalidToken:
            raise
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return self.page(form=form, status=refusal.status)
        return self.done()

    def message(self, title: str, explanation: str, *, status: int = 200) -> HttpResponse:
        """Answer with a text and the way to the sign-in page."""
        return self.page(
            title=title, explanation=explanation, button=_("Sign in"), next_url=reverse("admin:index"), status=status
        )

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        defaults = {"title": self.title, "button": self.button, "explanation": self.explanation, "email": self.email}
        shown = {**admin.site.each_context(self.request), **defaults, **context}
        return render(self.request, "tenancy/page.html", shown, status=status)


class SetPasswordPage(AccountPage):
    title = gettext_lazy("Set your password")
    button = gettext_lazy("Set password")

    def form_class(self) -> type[forms.Form]:
        user = user_of_password_token(self.token)
        speak(user.language)
        self.email = user.email
        self.explanation = _("For {email}.").format(email=self.email)
        return NewPasswordForm

    def submit(self, values: dict[str, Any]) -> None:
        set_password(token=self.token, password=values["password"], address=client_address(self.request))

    def done(self) -> HttpResponse:
        return self.message(
            _("Password set"), _("Everywhere else you have been signed out. Sign in with the new password.")
        )


class AcceptInvitationPage(AccountPage):
    title = gettext_lazy("Accept the invitation")
    button = gettext_lazy("Accept")

    def form_class(self) -> type[forms.Form]:
        invitation = invitation_of_token(self.token)
        speak(invitation.company.language)
        self.email = invitation.email
        self.explanation = _("{email} joins {company} as {role}.").format(
            email=invitation.email, company=invitation.company.name, role=role_in_sentence(invitation.role)
        )
        return OwnPasswordForm if has_account(invitation.email) else NewAccountForm

    def submit(self, values: dict[str, Any]) -> None:
        accept_invitation(
            token=self.token,
            password=values["password"],
            full_name=values.get("full_name", ""),
            address=client_address(self.request),
        )

    def done(self) -> HttpResponse:
        return self.message(_("Welcome"), _("The company is open to you now."))


class ForgottenPasswordPage(AccountPage):
    title = gettext_lazy("Forgotten your password?")
    button = gettext_lazy("Send the link")
    explanation = gettext_lazy("We mail you a link with which you set a new one.")

    def form_class(self) -> type[forms.Form]:
        return ForgottenPasswordForm

    def submit(self, values: dict[str, Any]) -> None:
        request_password_reset(email=values["email"], address=client_address(self.request))

    def done(self) -> HttpResponse:
        return self.message(
            _("Look into your mail"), _("If there is an account with this address, the link is on its way.")
        )
