"""A resource of the Backfill contract, described by attributes: list, create, read, update, delete, life cycle.

    BILLS = Resource(object_name="vendor_bill", plural="vendor_bills", module="payables", …)
    urlpatterns = BILLS.urls()

The functions named in the description do the work; the views only validate, load within the company, call
one of them and answer. What one resource needs beyond that it gets by subclassing a view (`list_view=…`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from django_filters import FilterSet
from rest_framework import serializers

from backfill.api import lists
from backfill.api.resource_views import (
    ResourceActionView,
    ResourceListView,
    ResourceRecordView,
    ResourceView,
    Values,
)
from backfill.api.serializers import InputSerializer, QuerySerializer

__all__ = ["Action", "Resource", "ResourceActionView", "ResourceListView", "ResourceRecordView", "ResourceView"]

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A step in a record's life, `POST …/{id}/<name>`.

    service: called as `service(company_id=…, <id_keyword>=…, actor=…, **values)`, values being the validated body.
    report: serializer of what the service returns, whose fields stand beside the record and tell what was done.
    shows, report_example: what of the resource's example is otherwise after this step, and an example of the report.
    approves: whether it decides about what somebody else has submitted, which approvers may.
    makes: the resource of the record that the service returns, where the step makes another one, which is answered.
    """

    service: Callable[..., Any]
    summary: str
    body: type[InputSerializer] | None = None
    body_example: Any = None
    report: type[serializers.BaseSerializer[Any]] | None = None
    report_example: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)
    approves: bool = False
    makes: "Resource[Any] | None" = None
    errors: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[ModelT]):
    """Everything the generic views need to know about one document type.

    object_name, plural: `vendor_bill` in the envelope, `vendor_bills` in the path.
    module: its scopes are `<module>:read` and `<module>:write`.
    records: selector, `(company_id) -> queryset`, with what the output serializer needs.
    one: `(company_id, id) -> record or None`, the same record read in a quicker way.
    output: serializer of one record; `list_output` a leaner one for lists, by default the same.
    context: what both need beyond the rows, looked up once for all of them: `(rows) -> serializer context`.
    create: `(values, *, company, actor) -> record`; update: `(record, values, *, actor) -> record`.
    delete: a service called as `delete(company_id=…, <id_keyword>=…, actor=…)`.
    id_keyword: the services' name for the record's key, such as `bill_id`.
    is_void: whether a record counts no more, so that what is imported again must not be taken for it.
    create_input, update_input: bodies. An update is partial; by default it has the shape of a creation.
    has_source_identity: creating the same (source_system, connection_id, source_id) again updates, answering 200.
    sortable: documented name → ORM name. default_sort: ORM names.
    """

    object_name: str
    plural: str
    module: str
    tag: str
    records: Callable[[UUID], QuerySet[ModelT]]
    output: type[serializers.BaseSerializer[Any]]
    one: Callable[[UUID, UUID], ModelT | None] | None = None
    list_output: type[serializers.BaseSerializer[Any]] | None = None
    context: Callable[[list[Any]], Values] | None = None
    id_keyword: str = ""
    create: Callable[..., ModelT] | None = None
    create_input: type[InputSerializer] | None = None
    update: Callable[..., ModelT] | None = None
    update_input: type[InputSerializer] | None = None
    delete: Callable[..., None] | None = None
    is_void: Callable[[ModelT], bool] | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    has_source_identity: bool = True
    filterset: type[FilterSet] | None = None
    sortable: Mapping[str, str] = field(
        default_factory=lambda: {"created_at": "created_at", "updated_at": "updated_at"}
    )
    default_sort: tuple[str, ...] = ("-created_at",)
    list_query: type[QuerySerializer] = lists.ListQuery
    list_extra: type[serializers.BaseSerializer[Any]] | None = None
    errors: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    body_example: Any = None
    answer_example: Any = None

    @cached_property
    def query(self) -> type[QuerySerializer]:
        return lists.query_for(self.list_query, self.filterset, self.sortable)

    @property
    def title(self) -> str:
        return self.object_name.replace("_", " ")

    def urls(
        self,
        *,
        list_view: "type[ResourceListView] | None" = None,
        record_view: "type[ResourceRecordView] | None" = None,
    ) -> list[URLPattern]:
        """Return the resource's routes. A custom view is a subclass of the generic one."""
        options: dict[str, Any] = {"resource": self}
        routes = [
            path(self.plural, (list_view or ResourceListView).as_view(**options), name=self.plural),
            path(
                f"{self.plural}/<str:id>",
                (record_view or ResourceRecordView).as_view(**options),
                name=self.object_name,
            ),
        ]
        routes += [
            path(
                f"{self.plural}/<str:id>/{name}",
                ResourceActionView.as_view(**options, action=action),
                name=f"{self.object_name}_{name}",
            )
            for name, action in self.actions.items()
        ]
        return routes
