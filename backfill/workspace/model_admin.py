"""The base of every model's admin: rows of one company, rights by role, services instead of `save()`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from unfold.admin import ModelAdmin

from backfill.errors import DomainError
from backfill.workspace.context import Workspace, workspace_of

ModelT = TypeVar("ModelT", bound=Model)


class CompanyModelAdmin(ModelAdmin):
    """A list of one company's rows. Subclasses name the permission for each thing; what has none nobody may do."""

    view_permission: ClassVar[str] = ""
    add_permission: ClassVar[str] = ""
    change_permission: ClassVar[str] = ""
    delete_permission: ClassVar[str] = ""
    list_per_page = 50
    show_full_result_count = False
    actions = None
    compressed_fields = True
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(company=workspace(request).company)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, self.view_permission)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, self.add_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, self.change_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, self.delete_permission)

    def _allows(self, request: HttpRequest, permission: str) -> bool:
        current = workspace_of(request)
        return bool(permission) and current is not None and current.allows(permission)


def workspace(request: HttpRequest) -> Workspace:
    """Return the workspace of a request that has passed the site's permission check."""
    current = workspace_of(request)
    if current is None:
        raise LookupError("the site lets nobody in without a workspace")
    return current


def refusals_as_messages(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a DomainError of an admin action into a message on the page it was started from."""

    @wraps(function)
    def guarded(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(self, request, *args, **kwargs)
        except DomainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.META.get("HTTP_REFERER") or request.path)

    return guarded
