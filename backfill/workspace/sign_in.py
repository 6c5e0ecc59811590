"""Sign-in to the admin: the password, then the code of an authenticator app where the person has set one up.

Between the two steps the session remembers for five minutes who has shown the right password.
"""

import time
from typing import Any, cast

from django import forms
from django.contrib import admin, auth
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_otp import match_token, user_has_device

from backfill.tenancy.credentials import user_actor
from backfill.tenancy.errors import NoCompany
from backfill.tenancy.forms import SignInForm
from backfill.tenancy.models import AccessEvent, User
from backfill.tenancy.row_security import within_company
from backfill.tenancy.selectors import memberships_of
from backfill.tenancy.services.trail import record_access
from backfill.workspace.records.operators import is_superuser, operator_actor

BACKEND = "backfill.tenancy.backends.PasswordBackend"
PENDING_KEY = "sign_in_pending"
PENDING_SECONDS = 5 * 60


class SignInPage(LoginView):
    """E-mail address and password."""

    authentication_form = SignInForm
    template_name = "workspace/sign_in.html"

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        context = super().get_context_data(**extra)
        shown = {"title": _("Sign in"), "subtitle": None, "app_path": self.request.get_full_path()}
        return {**admin.site.each_context(self.request), **context, **shown}

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: Any) -> HttpResponse:
        """Let in members of companies, and superusers, who have the records without being members."""
        user = cast(User, form.get_user())
        if not memberships_of(user) and not is_superuser(user):
            form.add_error(None, NoCompany().message)
            return self.form_invalid(form)
        target = self.get_success_url()
        if user_has_device(user):
            self.request.session[PENDING_KEY] = {
                "user": str(user.pk),
                "password": user.get_session_auth_hash(),
                "until": int(time.time()) + PENDING_SECONDS,
                "next": target,
            }
            return HttpResponseRedirect(reverse("admin:login_code"))
        enter(self.request, user)
        return HttpResponseRedirect(target)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=10,
        widget=forms.TextInput(
            attrs={
                "class": "bf-input bf-code",
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@method_decorator(never_cache, name="dispatch")
class CodePage(FormView):  # type: ignore[type-arg]  # takes no argument at run time
    """The code of the authenticator app, after the password. Guessing is slowed down by the device itself."""

    form_class = CodeForm
    template_name = "workspace/sign_in_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.pending = request.session.get(PENDING_KEY) or {}
        self.user = pending_user(self.pending)
        if self.user is None:
            return HttpResponseRedirect(reverse("admin:login"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        frame = {**admin.site.each_context(self.request), "title": _("Two-factor sign-in")}
        return {**frame, **super().get_context_data(**extra)}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        user = cast(User, self.user)
        device = match_token(user, form.cleaned_data["code"])
        if device is None:
            form.add_error("code", _("This is not the current code, or it was used already. Wait for the next one."))
            return self.form_invalid(form)
        user.otp_device = device  # type: ignore[attr-defined]  # django-otp keeps it in the session on signing in
        enter(self.request, user)
        return HttpResponseRedirect(self.pending["next"])


def enter(request: HttpRequest, user: User) -> None:
    """Start the person's session in a new session key, and write it down."""
    auth.login(request, user, backend=BACKEND)
    request.session.pop(PENDING_KEY, None)
    memberships = memberships_of(user)
    if not memberships:  # a superuser, whose records are nobody's
        record_access(AccessEvent.Verb.SIGNED_IN, actor=operator_actor(user), user=user)
        return
    membership = memberships[0]
    actor = user_actor(user, membership.role, surface="admin")
    with within_company(membership.company_id):
        record_access(AccessEvent.Verb.SIGNED_IN, actor=actor, company=membership.company, user=user)


def pending_user(pending: dict[str, Any]) -> User | None:
    """Return who has shown the right password, unless that is too long ago or the password was changed since."""
    if pending.get("until", 0) < time.time():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["password"]):
        return None
    return user
