"""Whose records an operator looks at: one company's, chosen on any list and kept for the session, or everybody's."""

from typing import Any, Final, cast
from uuid import UUID

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from backfill.tenancy.models import Company

PARAMETER: Final = "company"
EVERY: Final = "all"
_SESSION_KEY: Final = "records_company"
_OFFERED: Final = 100


def choose_company(request: HttpRequest) -> UUID | None:
    """Return the company whose records are asked for, and remember it; None for those of every company."""
    if PARAMETER in request.GET:
        chosen = _as_uuid(request.GET[PARAMETER])
        request.session[_SESSION_KEY] = str(chosen or "")
    else:
        chosen = _as_uuid(request.session.get(_SESSION_KEY, ""))
    request.records_company = chosen  # type: ignore[attr-defined]
    return chosen


def chosen_company(request: HttpRequest) -> UUID | None:
    return cast(UUID | None, getattr(request, "records_company", None))


class CompanyFilter(SimpleListFilter):
    """Filters a list by the chosen company. Of many companies the first are offered; an address may name any."""

    title = "company"
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        self.chosen = chosen_company(request)
        companies = list(Company.objects.order_by("name").values_list("pk", "name")[:_OFFERED])
        return [(str(key), name) for key, name in companies]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Model]") -> "QuerySet[Model]":
        chosen = chosen_company(request)
        return queryset if chosen is None else queryset.filter(company_id=chosen)

    def choices(self, changelist: Any) -> Any:
        for value, title in [(EVERY, "All"), *self.lookup_choices]:
            yield {
                "selected": value == str(self.chosen or EVERY),
                "query_string": changelist.get_query_string({PARAMETER: value}),
                "display": title,
            }


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
