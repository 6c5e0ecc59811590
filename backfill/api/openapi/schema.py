"""From a view's Operation to its entry in an OpenAPI 3.1 document; drf-spectacular maps the serializers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent, force_instance
from rest_framework import serializers

from backfill.api.openapi import responses
from backfill.api.operations import Operation
from backfill.api.scopes import alternatives
from backfill.api.serializers import InputSerializer

Schema = dict[str, Any]

_FORMS = frozenset({"enum", "format", "pattern"})  # which say more about a text than that it is not empty


class OperationSchema(AutoSchema):
    """Builds the whole operation itself, so that nothing in the document is a guess."""

    view: Any  # an ApiView; naming it here would import in a circle

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        self.registry, self.path, self.path_regex, self.path_prefix = registry, path, path_regex, path_prefix
        self.method = method.upper()
        described: Operation | None = self.view.described(self.method)
        if described is None:
            return None
        document: Schema = {
            "operationId": self._operation_id(),
            "summary": described.summary,
            "description": self._description(described),
            "tags": [described.tag or path.split("/")[2]],
            "parameters": [*self._path_parameters(), *self._query_parameters(described), *self._headers(described)],
            "responses": {**self._successes(described), **responses.refusals(self.view, described, method, path)},
            "security": [] if self.view.public else [{"bearer": []}],
        }
        if described.body is not None:
            document["requestBody"] = self._request_body(described)
        return document

    def _operation_id(self) -> str:
        words = re.sub(r"\{(\w+)\}", r"by_\1", self.path.removeprefix("/v1/"))
        return f"{self.method.lower()}_{re.sub(r'[^A-Za-z0-9]+', '_', words)}"

    def _description(self, described: Operation) -> str:
        scope = None if self.view.public else alternatives(self.view.scopes[self.method])
        needed = ""
        if scope is not None:
            needed = f"Scope: {' or '.join(f'`{name}`' for name in scope)}." if scope else "Any credential."
        return "\n\n".join(part for part in (described.description, needed or "No credential needed.") if part)

    def _path_parameters(self) -> Iterator[Schema]:
        for name in re.findall(r"\{(\w+)\}", self.path):
            is_uuid = name == "id" or name.endswith(("_id", "Id"))
            schema = self.view.path_schemas.get(name) or {"type": "string", **({"format": "uuid"} if is_uuid else {})}
            description = schema.get("description", "The record's id." if is_uuid else f"The {name}.")
            yield {"name": name, "in": "path", "required": True, "schema": schema, "description": description}

    def _query_parameters(self, described: Operation) -> Iterator[Schema]:
        if described.query is None:
            return
        mapped = self._map_serializer(described.query(), "request")
        required = set(mapped.get("required", ()))
        for name, schema in mapped.get("properties", {}).items():
            description = schema.pop("description", "")
            yield {
                "name": name,
                "in": "query",
                "required": name in required,
                "schema": schema,
                "description": description or responses.sentence(name),
            }

    def _headers(self, described: Operation) -> Iterator[Schema]:
        if self.method == "POST" and not self.view.public:
            yield responses.IDEMPOTENCY_KEY
        if responses.takes_condition(described, self.method, self.path):
            yield responses.IF_MATCH
        if described.has_entity_tag and self.method == "GET":
            yield responses.IF_NONE_MATCH

    def _request_body(self, described: Operation) -> Schema:
        serializer = cast(type[InputSerializer], described.body)(updates=described.body_is_update)
        component = self.resolve_serializer(serializer, "request")
        media: Schema = {"schema": component.ref if component.name else {"type": "object"}}
        if described.body_example is not None:
            media["example"] = described.body_example
        required = any(field.required for field in serializer.fields.values())
        return {"required": required, "content": {described.body_media_type: media}}

    def _successes(self, described: Operation) -> Schema:
        if described.media_types != ("application/json",) and described.answer is None:
            binary = {media: {"schema": {"type": "string", "format": "binary"}} for media in described.media_types}
            return {str(described.status): {"description": "The file.", "content": binary}}
        media: Schema = {"schema": self._answer_schema(described)}
        if described.answer_example is not None:
            media["example"] = self._enveloped_example(described)
        content: Schema = {"application/json": media}
        for other in described.media_types[1:]:
            content[other] = {"schema": {"type": "string", "format": "binary"}}
        answers = {str(described.status): {"description": "Success.", "content": content}}
        if described.also_status is not None:
            answers[str(described.also_status)] = {
                "description": "The record with this source identity existed and was updated.",
                "content": content,
            }
        for answer in answers.values():
            answer["headers"] = responses.answer_headers(described)
        if described.has_entity_tag and self.method == "GET":
            answers["304"] = {"description": "Not modified since the ETag in If-None-Match."}
        return dict(sorted(answers.items()))

    def _answer_schema(self, described: Operation) -> Schema:
        name = described.object_name
        if described.envelope == "deletion":
            return responses.deletion_schema(name)
        answer = self._reference(described.answer)
        extra = self._map_serializer(described.envelope_extra(), "response") if described.envelope_extra else {}
        if described.envelope == "record":
            told = described.envelope_extra.__name__ if described.envelope_extra else ""
            return self._component(f"{_camel(name)}{told}Envelope", responses.record_schema(name, answer, extra))
        if described.envelope == "list":
            item = self._component(f"{_camel(name)}ListItemEnvelope", responses.record_schema(name, answer))
            pagination = self._component("Pagination", responses.PAGINATION)
            return self._component(f"{_camel(name)}ListEnvelope", responses.list_schema(item, pagination, extra))
        return {"type": "array", "items": answer} if described.many else answer

    def _enveloped_example(self, described: Operation) -> Any:
        example = described.answer_example
        if described.envelope in {"record", "list"} and isinstance(example, Mapping):
            return responses.enveloped_example(described, example)
        return example

    def _reference(self, serializer: Any) -> Schema:
        if serializer is None:
            return {"type": "object"}
        instance = force_instance(serializer)
        if isinstance(instance, serializers.ListSerializer):
            return {"type": "array", "items": self._reference(instance.child)}
        component = self.resolve_serializer(instance, "response")
        return dict(component.ref) if component.name else {"type": "object"}

    def _component(self, name: str, schema: Schema) -> Schema:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return dict(component.ref)

    # drf-spectacular's own steps, where our serializers say more than DRF's

    def get_serializer_name(self, serializer: Any, direction: Literal["request", "response"]) -> str:
        name = str(super().get_serializer_name(serializer, direction))
        return f"{name}Update" if getattr(serializer, "updates", False) else name

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)
        instance = force_instance(serializer)
        if "__doc__" not in vars(type(instance)):
            schema.pop("description", None)  # a base class's docstring is for programmers
        if isinstance(instance, InputSerializer):
            _add_bounds(schema, instance)
            for alias, name in instance.aliases.items():
                schema.setdefault("properties", {})[alias] = {
                    **schema["properties"][name],
                    "description": f"The same as `{name}`.",
                }
            if instance.refuses_unknown:
                schema["additionalProperties"] = False
        return schema


def _add_bounds(schema: Schema, serializer: InputSerializer) -> None:
    """Add what the fields check and drf-spectacular does not tell: text that may not be blank, lengths of lists."""
    for name, field in serializer.fields.items():
        own = schema["properties"][name]
        if isinstance(field, serializers.CharField) and not field.allow_blank and own.keys().isdisjoint(_FORMS):
            own.setdefault("minLength", 1)
        if isinstance(field, serializers.ListSerializer):
            bounds = {"maxItems": getattr(field, "max_length", None), "minItems": getattr(field, "min_length", None)}
            own.update({key: bound for key, bound in bounds.items() if bound is not None})


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
