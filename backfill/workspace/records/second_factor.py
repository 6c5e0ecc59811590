"""How an operator sets up the second factor that the records ask for. Members of companies have a page of their own."""

from typing import Any, cast

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from django_otp import login as remember_device

from backfill.errors import DomainError
from backfill.tenancy.models import User
from backfill.tenancy.services import begin_two_factor, confirm_two_factor, confirmed_device
from backfill.workspace.authenticator import scannable
from backfill.workspace.records.operators import is_superuser, operator_actor


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code the app shows now"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@method_decorator(never_cache, name="dispatch")
class SecondFactorPage(TemplateView):
    """A button that makes the secret, then its QR code until a first code of the app confirms it."""

    template_name = "workspace/records/second_factor.html"
    template_engine = "records"
    site: AdminSite = None  # type: ignore[assignment]  # stated where the page gets its address

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_superuser(request.user) or confirmed_device(cast(User, request.user)) is not None:
            return HttpResponseRedirect(reverse("records:index"))
        self.user = cast(User, request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return {
            **self.site.each_context(self.request),
            "title": _("Second factor"),
            **super().get_context_data(**extra),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = CodeForm(request.POST if "code" in request.POST else None)
        if form.is_valid():
            try:
                device = confirm_two_factor(
                    user=self.user, code=form.cleaned_data["code"], actor=operator_actor(self.user)
                )
            except DomainError as refusal:
                form.add_error("code", refusal.message)
            else:
                remember_device(request, device)
                return HttpResponseRedirect(reverse("records:index"))
        shown = scannable(begin_two_factor(user=self.user))
        return self.render_to_response(self.get_context_data(form=form, **shown))
