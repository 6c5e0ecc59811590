"""The site of the records: for superusers who have shown a second factor, with Django's own look."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backfill.tenancy.models import Company
from backfill.tenancy.services import confirmed_device
from backfill.workspace.records.companies import chosen_company
from backfill.workspace.records.operators import is_operator, is_superuser
from backfill.workspace.records.record_admin import RecordAdmin
from backfill.workspace.records.second_factor import SecondFactorPage

ENGINE: Final = "records"  # the engine of templates that finds Django's own first, not those of the theme


class RecordsSite(admin.AdminSite):
    site_header = _("Records of Backfill")
    site_title = _("Records of Backfill")
    index_title = _("Every table of this installation")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Serve a model by a subclass of RecordAdmin, in place of the derived one.

        Models with a key of several columns have a list, too, which Django's own site refuses.
        """
        chosen = admin_class or RecordAdmin
        if options or not issubclass(chosen, RecordAdmin):
            raise ImproperlyConfigured(
                "The records are registered with a subclass of RecordAdmin, which changes nothing."
            )
        for model in [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable:
            self._registry[model] = chosen(model, self)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the product's sign-in, which asks for the second factor, or to setting one up."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
            target = reverse("records:index")
        if self.has_permission(request):
            return HttpResponseRedirect(target)
        if not request.user.is_authenticated:
            return redirect_to_login(target, reverse("admin:login"))
        if not is_superuser(request.user):
            raise PermissionDenied
        if confirmed_device(request.user) is None:
            return HttpResponseRedirect(reverse("records:second_factor"))
        return redirect_to_login(target, reverse("admin:login"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("admin_password_reset"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        chosen = chosen_company(request)
        company = Company.objects.filter(pk=chosen).first() if chosen else None
        header = f"{self.site_header} · {company.name if company else gettext('no company chosen')}"
        return {**super().each_context(request), "site_header": header}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        @wraps(inner)
        def with_own_templates(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = inner(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.using = ENGINE
            return response

        return with_own_templates

    def get_urls(self) -> list[Any]:
        page = SecondFactorPage.as_view(site=self)
        return [path("second-factor/", page, name="second_factor"), *super().get_urls()]


site = RecordsSite(name="records")


def register_all() -> None:
    """Serve every model of every installed app that no package has registered itself."""
    for model in apps.get_models():
        if not site.is_registered(model):
            site.register(model)
