"""Gives every request of the admin its workspace, and PostgreSQL the company to hold it to."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from backfill.api import row_security
from backfill.logs import bind_caller
from backfill.security import ADMIN_PATH
from backfill.workspace.context import open_workspace


def _open_without_second_factor() -> set[str]:
    """Return what somebody may do who has yet to set up the second factor that the company asks for."""
    return {reverse(f"admin:{name}") for name in ("security", "logout", "switch_company")}


class WorkspaceMiddleware:
    """Sets `request.workspace` under /admin/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN_PATH):
            return self.get_response(request)
        workspace = open_workspace(request)
        request.workspace = workspace  # type: ignore[attr-defined]
        if workspace is None:
            return self.get_response(request)
        if workspace.owes_second_factor and request.path_info not in _open_without_second_factor():
            messages.warning(
                request, f"{workspace.company.name} asks its members for a second factor. Set it up first."
            )
            return HttpResponseRedirect(reverse("admin:security"))
        bind_caller(company_id=workspace.company.pk, actor=workspace.actor.label)
        row_security.restrict_to(workspace.company.pk)
        try:
            return self.get_response(request)
        finally:
            row_security.lift_restriction()
