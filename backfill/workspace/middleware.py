"""Gives every request of the admin its workspace, and PostgreSQL the company to hold it to."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.languages import speak
from backfill.logs import bind_caller
from backfill.security import ADMIN_PATH
from backfill.tenancy.row_security import NOBODY, name_company, request_transaction
from backfill.workspace.context import open_workspace
from backfill.workspace.records.companies import choose_company
from backfill.workspace.records.operators import is_about_records, is_operator

_READING = frozenset({"GET", "HEAD"})


def _writing_when_shown() -> set[str]:
    """Return the pages that keep something when they are looked at: a code to scan, made once."""
    return {reverse("admin:security")}


def _open_without_second_factor() -> set[str]:
    """Return what somebody may do who has yet to set up the second factor that the company asks for."""
    return {reverse(f"admin:{name}") for name in ("security", "logout", "switch_company")}


class WorkspaceMiddleware:
    """Sets `request.workspace` under /admin/, and runs the request in one transaction, which sees one company."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN_PATH):
            return self.get_response(request)
        reads_only = request.method in _READING and request.path_info not in _writing_when_shown()
        with request_transaction(reads_only=reads_only) as is_own:
            response = self._for_operator(request) if is_about_records(request) else self._answered(request)
            if is_own and response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def _answered(self, request: HttpRequest) -> HttpResponse:
        workspace = open_workspace(request)
        request.workspace = workspace  # type: ignore[attr-defined]
        name_company(workspace.company.pk if workspace else NOBODY)
        if workspace is None:
            return self.get_response(request)
        speak(workspace.user.language, workspace.company.language)
        if workspace.owes_second_factor and request.path_info not in _open_without_second_factor():
            messages.warning(
                request,
                _("{company} asks its members for a second factor. Set it up first.").format(
                    company=workspace.company.name
                ),
            )
            return HttpResponseRedirect(reverse("admin:security"))
        bind_caller(company_id=workspace.company.pk, actor=workspace.actor.label)
        return self.get_response(request)

    def _for_operator(self, request: HttpRequest) -> HttpResponse:
        """Answer about the records of the company that an operator has chosen, or of every one that the role sees."""
        if not is_operator(request.user):
            name_company(NOBODY)
            return self.get_response(request)
        speak(request.user.language)  # type: ignore[union-attr]  # operators have one
        company_id = choose_company(request)
        bind_caller(company_id=company_id, actor=request.user.email)  # type: ignore[union-attr]  # operators have one
        if company_id is not None:
            name_company(company_id)
        return self.get_response(request)
