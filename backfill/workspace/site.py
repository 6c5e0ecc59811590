"""The admin site: sign-in with an optional second factor, a company at a time, our own pages beside the lists."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from backfill.workspace.context import choose_company, workspace_of
from backfill.workspace.pages import page_urls
from backfill.workspace.sign_in import SignInForm


class WorkspaceSite(UnfoldAdminSite):
    login_form = SignInForm
    index_title = "Dashboard"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return workspace_of(request) is not None

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        workspace = workspace_of(request)
        return {
            **super().each_context(request),
            "workspace": workspace,
            "company": workspace.company if workspace else None,
        }

    def extra_urls(self) -> list[Any]:
        return [
            path("switch-company/", self.admin_view(require_POST(self.switch_company)), name="switch_company"),
            *page_urls(self.admin_view),
        ]

    def switch_company(self, request: HttpRequest) -> HttpResponse:
        """Go to work in another company. The dashboard follows, since no record of one is another's."""
        try:
            company_id = UUID(request.POST.get("company", ""))
        except ValueError:
            company_id = None
        if company_id is None or not choose_company(request, company_id):
            messages.error(request, "You are no member of that company.")
        return HttpResponseRedirect(reverse("admin:index"))
