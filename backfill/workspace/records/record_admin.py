"""One list and one page for every model: to look at, to search and to filter; nothing can be changed."""

from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import ForeignKey, Model, QuerySet, UUIDField
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from backfill.workspace.records.columns import filter_fields, labelled_relations, list_columns, name_fields
from backfill.workspace.records.companies import PARAMETER, CompanyFilter
from backfill.workspace.records.secrets import is_secret, shown_fields

_COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # takes none at run time
    """Counts so many rows and no more: a journal has millions, and nobody pages through them."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:_COUNTED].count()


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    """Derives everything from the model. Packages subclass it for what they want to show otherwise."""

    actions = None
    show_full_result_count = False
    list_per_page = 100
    list_max_show_all = 0
    paginator = BoundedPaginator
    ordering = ("-pk",)

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.names = name_fields(model)
        self.has_page = not (model._meta.is_composite_pk or is_secret(model._meta.pk))
        for option, derived in self._derived().items():
            if getattr(type(self), option) == getattr(admin.ModelAdmin, option):  # a subclass states its own
                setattr(self, option, derived)
        self.list_display_links = self.list_display[:1] if self.has_page else None

    @admin.display(description=_("Record"))
    def record(self, obj: Model) -> str:
        """Return what the record is called, or its id where it has no name."""
        return next((str(value) for name in self.names if (value := getattr(obj, name))), str(obj.pk))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [field.name for field in shown_fields(self.model)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return self.get_fields(request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Model]", search_term: str
    ) -> "tuple[QuerySet[Model], bool]":
        """Search the names, or the id where an id was typed."""
        if isinstance(self.model._meta.pk, UUIDField):
            with suppress(ValueError):
                return queryset.filter(pk=UUID(search_term)), False
        return super().get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Let addresses filter by the filters of the list only. Others could guess a secret letter by letter."""
        name, _, how = lookup.partition("__")
        if lookup == PARAMETER:
            return CompanyFilter in self.list_filter
        return name in self.list_filter and how in {"", "exact", "in", "isnull"}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        if not self.has_page or from_field:
            raise Http404
        return super().get_object(request, object_id)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def _derived(self) -> dict[str, Any]:
        """Return the options of the list that follow from the model's columns."""
        company = ["company"] if any(field.name == "company" for field in shown_fields(self.model)) else []
        of_key = [field.name for field in self.model._meta.pk_fields if isinstance(field, ForeignKey)]
        related = list(dict.fromkeys([*company, *of_key, *labelled_relations(self.model)]))
        return {
            "list_display": list(dict.fromkeys([*self._first_columns(), *company, *list_columns(self.model)])),
            "list_select_related": related or False,
            "list_filter": [*([CompanyFilter] if company else []), *filter_fields(self.model)],
            "search_fields": self.names,
        }

    def _first_columns(self) -> list[str]:
        """Return the record's name; the columns of the key where it is made of several; none where it is a secret."""
        key = self.model._meta.pk
        if self.model._meta.is_composite_pk:
            return [field.name for field in self.model._meta.pk_fields]
        return [] if is_secret(key) and not self.names else ["record"]
