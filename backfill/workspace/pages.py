"""Pages of the admin that are no lists of a model: reports, sheets, editors, settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from backfill.errors import DomainError
from backfill.workspace.context import Workspace, workspace_of


@dataclass(frozen=True, slots=True)
class Route:
    path: str
    view: Callable[..., HttpResponseBase]
    name: str


_ROUTES: list[Route] = []


def add_page(path_: str, page: "type[Page]", name: str, **options: Any) -> None:
    """Serve a page at /admin/<path_>, to be reversed as `admin:<name>`. Called in an app's `admin` module."""
    _ROUTES.append(Route(path_, page.as_view(**options), name))


def page_urls(wrap: Callable[..., Any]) -> list[URLPattern]:
    """Return the URL patterns of all pages, each wrapped in the site's permission check."""
    return [path(route.path, wrap(route.view), name=route.name) for route in _ROUTES]


@method_decorator(never_cache, name="dispatch")
class Page(View):
    """One page of the admin. A subclass names its template and what a person must be allowed to see it.

    `write_permission` is asked for every method but GET. A DomainError raised by a POST becomes a message on the
    page, which is shown again with what was typed: subclasses answer `refused`.
    """

    title: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    write_permission: ClassVar[str] = ""

    @property
    def workspace(self) -> Workspace:
        workspace = workspace_of(self.request)
        if workspace is None:
            raise PermissionDenied
        return workspace

    @property
    def company(self) -> Any:
        return self.workspace.company

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        needed = self.permission if request.method in {"GET", "HEAD"} else self.write_permission or self.permission
        if not self.workspace.allows(needed):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            if request.method in {"GET", "HEAD"}:
                return self.not_shown(error)
            return self.refused(error)

    def context(self) -> dict[str, Any]:
        """Return what the template shows beside the site's own context."""
        return {}

    def page_title(self) -> str:
        return self.title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show()

    def show(self, *, status: int = 200, **extra: Any) -> TemplateResponse:
        """Render the page."""
        context = {
            **admin.site.each_context(self.request),
            "title": self.page_title(),
            "page": self,
            "workspace": self.workspace,
            "company": self.company,
            **self.context(),
            **extra,
        }
        return TemplateResponse(self.request, self.template_name, context, status=status)

    def refused(self, error: DomainError) -> HttpResponseBase:
        """Answer a refused POST: the page again, with the refusal as a message."""
        messages.error(self.request, error.message)
        return self.show(status=error.status if error.status < 500 else 400)

    def not_shown(self, error: DomainError) -> HttpResponseBase:
        """Answer a GET whose parameters make no sense: the refusal alone, on the site's layout."""
        context = {**admin.site.each_context(self.request), "title": self.page_title(), "message": error.message}
        return TemplateResponse(self.request, "workspace/refusal.html", context, status=error.status)


def download(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    """Return a file to save. `name` is made of plain characters."""
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
