"""The admin site: sign-in with an optional second factor, a company at a time, our own pages beside the theme's."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from backfill.tenancy.models import User
from backfill.workspace.context import choose_company, owes_code, workspace_of
from backfill.workspace.dashboard import panels_for, quick_actions_for
from backfill.workspace.interruptions import sign_in_first
from backfill.workspace.records.operators import is_superuser
from backfill.workspace.search import search_results
from backfill.workspace.sign_in import CodePage, SignInPage


class WorkspaceSite(UnfoldAdminSite):
    index_title = gettext_lazy("Dashboard")

    def has_permission(self, request: HttpRequest) -> bool:
        return workspace_of(request) is not None

    def register(self, *models: Any, **options: Any) -> None:
        """Take no lists of models, such as installed packages bring along: they show the rows of every company, and
        by permissions that our roles know nothing of. What people may see has a page; operators have the records."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return []

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:password"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        workspace = workspace_of(request)
        return {
            **super().each_context(request),
            "workspace": workspace,
            "company": workspace.company if workspace else None,
        }

    def extra_urls(self) -> list[Any]:
        return [
            path("login/code/", CodePage.as_view(), name="login_code"),
            path("switch-company/", require_POST(self.switch_company), name="switch_company"),
        ]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.method == "GET" and is_superuser(request.user) and not owes_code(cast(User, request.user)):
            return HttpResponseRedirect(reverse("records:index"))  # a member of no company
        return SignInPage.as_view()(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        workspace = workspace_of(request)
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "panels": panels_for(workspace) if workspace else [],
            "quick_actions": quick_actions_for(workspace) if workspace else [],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/index.html", context)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Answer the search box. Not the theme's own search, which caches a person's results across companies."""
        workspace = workspace_of(request)
        results = search_results(workspace, request.GET.get("s", "")) if workspace else []
        context = {"results": Paginator(results, max(len(results), 1)).page(1)}
        return TemplateResponse(request, "workspace/search_results.html", context, headers={"HX-Trigger": "search"})

    def switch_company(self, request: HttpRequest) -> HttpResponse:
        """Go to work in another company. The dashboard follows, since no record of one is another's, unless the form
        names a page of that company."""
        if not self.has_permission(request):
            return sign_in_first(request, shows_itself=False)
        try:
            company_id = UUID(request.POST.get("company", ""))
        except ValueError:
            company_id = None
        if company_id is None or choose_company(request, company_id) is None:
            messages.error(request, _("You are not a member of that company."))
            return HttpResponseRedirect(reverse("admin:index"))
        target = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
        return HttpResponseRedirect(target if target and is_ours else reverse("admin:index"))
