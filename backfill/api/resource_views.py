"""The generic views of a described resource: validate, load within the company, call one function, answer."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api import etags, lists
from backfill.api.envelope import deletion, listing, record
from backfill.api.operations import Operation
from backfill.api.scopes import Scope
from backfill.api.serializers import QuerySerializer
from backfill.api.source_identity import SourceIdentity, lock_identity
from backfill.api.views import BackfillView
from backfill.errors import NotFound, SourceRecordVoid

if TYPE_CHECKING:
    from backfill.api.resources import Action, Resource

ResultT = TypeVar("ResultT")
Values = dict[str, Any]


class ResourceView(BackfillView):
    """What the three views of a resource share."""

    resource: "Resource[Any]" = None  # type: ignore[assignment]  # given by as_view
    functions: ClassVar[Mapping[str, str]] = {}

    @property
    def scopes(self) -> Mapping[str, Scope]:  # type: ignore[override]
        """The methods whose function the resource has, with the scope each needs."""
        return {
            method: f"{self.resource.module}:{'read' if method == 'GET' else 'write'}"
            for method, function in self.functions.items()
            if getattr(self.resource, function) is not None
        }

    @property
    def allowed_methods(self) -> list[str]:
        return [method for method in super().allowed_methods if method in {*self.scopes, "HEAD"}]

    def records(self) -> QuerySet[Any]:
        return self.resource.records(self.company.pk)

    def output_context(self, rows: list[Any]) -> Values:
        """Return what the output serializer needs beyond the rows, looked up once for all of them."""
        return self.resource.context(rows) if self.resource.context else {}

    def represented(self, instance: Any) -> Values:
        context = {"company": self.company, **self.output_context([instance])}
        return record(self.resource.object_name, instance.pk, self.resource.output(instance, context=context).data)

    def loaded(self, record_id: UUID) -> Any:
        """Return the record; another company's is as absent as one that never was."""
        one = self.resource.one
        instance = one(self.company.pk, record_id) if one else self.records().filter(pk=record_id).first()
        if instance is None:
            raise NotFound(f"There is no {self.resource.title} with this id in this company.")
        return instance

    def loaded_for_change(self) -> Any:
        """Return the record of the path, locked and compared with If-Match when the request has one."""
        record_id = self.path_uuid()
        if etags.is_conditional(self.request):
            model = self.records().model
            # Locked by a plain query: a selector may join or group, which FOR UPDATE cannot.
            list(model.objects.select_for_update().filter(company=self.company, pk=record_id).values_list("pk"))
            instance = self.loaded(record_id)
            body = self.renderer_classes[0]().render(self.represented(instance))
            etags.require_match(self.request, etags.entity_tag(body))
            return instance
        return self.loaded(record_id)

    def answered(self, record_id: UUID, status: int = 200) -> Response:
        """Answer a record as reading it would, after whatever the request did to it."""
        return Response(self.represented(self.loaded(record_id)), status=status)

    def service_arguments(self, record_id: UUID) -> Values:
        return {"company_id": self.company.pk, self.resource.id_keyword: record_id, "actor": self.actor}


class ResourceListView(ResourceView):
    functions: ClassVar[Mapping[str, str]] = {"GET": "records", "POST": "create"}

    def get(self, request: Request) -> Response:
        resource = self.resource
        page = lists.page_of(
            lists.filtered(self.records(), resource.filterset, self.query),
            page=self.query["page"],
            limit=self.query["limit"],
            ordering=self.query.get("sort") or resource.default_sort,
        )
        rows = list(page.rows)
        context = {"company": self.company, **self.output_context(rows)}
        output = (resource.list_output or resource.output)(rows, many=True, context=context).data
        records = [record(resource.object_name, row.pk, data) for row, data in zip(rows, output, strict=True)]
        return Response(
            listing(records, page=page.page, limit=page.limit, total_count=page.total_count, extra=self.list_extra())
        )

    def post(self, request: Request) -> Response:
        values = self.body()
        existing = self._same_identity(values) if self.resource.has_source_identity else None
        if existing is not None and self.resource.update is not None:
            return self._imported_again(existing, values)
        created = needed(self.resource.create)(values, company=self.company, actor=self.actor)
        response = self.answered(created.pk, status=201)
        response["Location"] = f"{request.path}/{created.pk}"
        return response

    def _imported_again(self, existing: Any, values: Values) -> Response:
        """Update the record of the same source identity. One that is void, or that somebody voided until we had its
        lock, is refused: to answer it would look as if what was sent counted."""
        self._refuse_void(existing)
        changed = self.loaded(needed(self.resource.update)(existing, values, actor=self.actor).pk)
        self._refuse_void(changed)
        return Response(self.represented(changed))

    def _refuse_void(self, existing: Any) -> None:
        if self.resource.is_void is not None and self.resource.is_void(existing):
            raise SourceRecordVoid(
                f"{self.resource.title} {existing} has this source identity and counts no more, since it was voided or "
                "reversed; nothing was recorded. To record it anew, send it under another source_id, or without one",
                field="source_id",
                existing_id=str(existing.pk),
            )

    def list_extra(self) -> Values:
        """Return what the list tells beside its records, in the shape of the resource's `list_extra`."""
        return {}

    def query_serializer(self, method: str) -> type[QuerySerializer]:
        return self.resource.query if method == "GET" else super().query_serializer(method)

    def described(self, method: str) -> Operation | None:
        resource = self.resource
        if method.upper() == "GET":
            return Operation(
                summary=f"List {resource.plural.replace('_', ' ')}",
                tag=resource.tag,
                query=resource.query,
                answer=resource.list_output or resource.output,
                envelope="list",
                envelope_extra=resource.list_extra,
                object_name=resource.object_name,
                answer_example=resource.answer_example,
            )
        upserts = resource.has_source_identity and resource.update is not None
        refusals = {409: ("SOURCE_RECORD_VOID",)} if upserts and resource.is_void else {}
        return Operation(
            summary=f"Create {_article(resource.title)} {resource.title}",
            tag=resource.tag,
            body=resource.create_input,
            answer=resource.output,
            envelope="record",
            object_name=resource.object_name,
            status=201,
            also_status=200 if upserts else None,
            has_entity_tag=True,
            errors=_together(resource.errors, refusals),
            body_example=resource.body_example,
            answer_example=resource.answer_example,
        )

    def _same_identity(self, values: Values) -> Any:
        identity = SourceIdentity.from_values(values)
        if identity is None:
            return None
        lock_identity(identity, company_id=self.company.pk, object_name=self.resource.object_name)
        return self.records().filter(**identity.lookup).first()


class ResourceRecordView(ResourceView):
    functions: ClassVar[Mapping[str, str]] = {"GET": "records", "PUT": "update", "DELETE": "delete"}

    def get(self, request: Request, id: str) -> Response:
        return self.answered(self.path_uuid())

    def put(self, request: Request, id: str) -> Response:
        values = self.body()
        changed = needed(self.resource.update)(self.loaded_for_change(), values, actor=self.actor)
        return self.answered(changed.pk)

    def delete(self, request: Request, id: str) -> Response:
        instance = self.loaded_for_change()
        record_id = instance.pk
        needed(self.resource.delete)(**self.service_arguments(record_id))
        return Response(deletion(self.resource.object_name, record_id))

    def described(self, method: str) -> Operation | None:
        resource, article = self.resource, _article(self.resource.title)
        shared: Values = {"tag": resource.tag, "object_name": resource.object_name}
        if method.upper() == "DELETE":
            return Operation(
                summary=f"Delete {article} {resource.title}", envelope="deletion", errors=resource.errors, **shared
            )
        shared |= {"answer": resource.output, "envelope": "record", "has_entity_tag": True}
        shared |= {"answer_example": resource.answer_example}
        if method.upper() == "GET":
            return Operation(summary=f"Get {article} {resource.title}", **shared)
        return Operation(
            summary=f"Update {article} {resource.title}",
            body=resource.update_input or resource.create_input,
            body_is_update=True,
            errors=resource.errors,
            body_example=resource.body_example,
            **shared,
        )


class ResourceActionView(ResourceView):
    functions: ClassVar[Mapping[str, str]] = {"POST": "records"}
    action: "Action" = None  # type: ignore[assignment]  # given by as_view

    @property
    def scopes(self) -> Mapping[str, Scope]:  # type: ignore[override]
        module = self.resource.module
        return {"POST": (f"{module}:write", f"{module}:approve")} if self.action.approves else super().scopes

    def post(self, request: Request, id: str) -> Response:
        values = self.body(self.action.body) if self.action.body else {}
        instance = self.loaded_for_change()
        result = self.action.service(**self.service_arguments(instance.pk), **values)
        if self.action.makes is not None:
            return self._made(self.action.makes, result.pk)
        response = self.answered(instance.pk)
        if self.action.report is not None:
            response.data |= self.action.report(result).data
        return response

    def described(self, method: str) -> Operation | None:
        answered = self.action.makes or self.resource
        return Operation(
            summary=self.action.summary,
            tag=self.resource.tag,
            body=self.action.body,
            answer=answered.output,
            envelope="record",
            envelope_extra=self.action.report,
            object_name=answered.object_name,
            has_entity_tag=self.action.report is None,
            errors=_together(self.resource.errors, self.action.errors),
            body_example=self.action.body_example,
            answer_example=self._example(answered.answer_example),
        )

    def _example(self, record: Any) -> Any:
        """Return the example of the record as it is after this step, with what the step tells."""
        if record is None:
            return None
        return {**record, "data": {**record["data"], **self.action.shows}, **self.action.report_example}

    def _made(self, resource: "Resource[Any]", record_id: UUID) -> Response:
        instance = resource.records(self.company.pk).get(pk=record_id)
        context = {"company": self.company, **(resource.context([instance]) if resource.context else {})}
        response = Response(record(resource.object_name, record_id, resource.output(instance, context=context).data))
        response["Location"] = f"/v1/{resource.plural}/{record_id}"
        return response


def needed(function: Callable[..., ResultT] | None) -> Callable[..., ResultT]:
    """Return a function of the resource; a method without one is not a method of the view, so it is never asked."""
    if function is None:
        raise TypeError("the resource does not describe this")
    return function


def _together(*listed: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """Return the codes of all, by status."""
    statuses = sorted({status for errors in listed for status in errors})
    return {status: tuple(code for errors in listed for code in errors.get(status, ())) for status in statuses}


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"
