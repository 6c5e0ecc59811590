"""The published contracts, and the comparison of an OpenAPI document with them."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

Schema = dict[str, Any]

# The JSON types that a published kind of value may have.
JSON_TYPES = {
    **dict.fromkeys(("string", "uuid", "date", "datetime", "binary", "decimal"), frozenset({"string"})),
    "number": frozenset({"number", "integer"}),
    "integer": frozenset({"integer"}),
    "boolean": frozenset({"boolean"}),
    "object": frozenset({"object"}),
}


@dataclass(frozen=True)
class Published:
    """One operation as its reference publishes it."""

    contract: str
    name: str
    description: Schema

    @property
    def method(self) -> str:
        return str(self.description["method"])

    @property
    def path(self) -> str:
        return str(self.description["path"])

    @property
    def status(self) -> int:
        return next(int(status) for status in self.description["responses"] if status.startswith("2"))

    @property
    def answer_fields(self) -> Any:
        """The tree of published fields with their types; `any` where the published example leaves the value out."""
        answer = self.description["responses"][str(self.status)]
        return _told(answer.get("fields"), answer.get("example"))

    @property
    def body_example(self) -> Any:
        return copy.deepcopy((self.description.get("request") or {}).get("example"))


@cache
def published(contract: str) -> dict[str, Published]:
    """Return the operations of a contract by name, such as `POST /v1/invoices`."""
    operations = json.loads((DATA / f"{contract}_api.json").read_text())
    named = [(f"{operation['method']} {operation['path']}", operation) for operation in operations]
    return {name: Published(contract, name, operation) for name, operation in named}


@dataclass
class Document:
    """An OpenAPI document with its references resolved on demand."""

    document: Schema
    paths: dict[str, Schema] = field(init=False)

    def __post_init__(self) -> None:
        self.paths = {shape_of(path): operations for path, operations in self.document["paths"].items()}

    def operation(self, wanted: Published) -> Schema | None:
        return self.paths.get(shape_of(wanted.path), {}).get(wanted.method.lower())

    def resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node or {}

    def properties(self, schema: Any, depth: int = 0) -> tuple[Schema, set[str]]:
        """Return the merged properties and required names of a schema through allOf, oneOf and anyOf."""
        schema = self.resolved(schema)
        properties, required = dict(schema.get("properties", {})), set(schema.get("required", []))
        for kind in ("allOf", "oneOf", "anyOf") if depth < 6 else ():
            for part in schema.get(kind, []):
                more, needed = self.properties(part, depth + 1)
                properties.update(more)
                required |= needed if kind == "allOf" else set()
        return properties, required

    def items(self, schema: Any) -> Any:
        """Return the schema of an array's items, None for what is not an array."""
        schema = self.resolved(schema)
        if schema.get("type") == "array" or "items" in schema:
            return schema.get("items", {})
        parts = [part for kind in ("allOf", "oneOf", "anyOf") for part in schema.get(kind, [])]
        return next((found for part in parts if (found := self.items(part)) is not None), None)

    def types(self, schema: Any, depth: int = 0) -> set[str]:
        """Return the JSON types that a schema allows, null apart; none when it says nothing."""
        schema = self.resolved(schema)
        stated = schema.get("type", [])
        found = {stated} if isinstance(stated, str) else set(stated)
        if "properties" in schema or "additionalProperties" in schema:
            found.add("object")
        for kind in ("allOf", "oneOf", "anyOf") if depth < 6 else ():
            for part in schema.get(kind, []):
                found |= self.types(part, depth + 1)
        return found - {"null"}

    def media_schema(self, content: Schema) -> Any:
        for kind in ("application/json", "multipart/form-data"):
            if kind in content:
                return content[kind].get("schema", {})
        return next(iter(content.values()), {}).get("schema", {}) if content else {}


def differences(document: Document, wanted: Published) -> Iterator[str]:
    """Yield what the document lacks of a published operation. What it has beyond that is no difference."""
    operation = document.operation(wanted)
    if operation is None:
        yield "no such operation"
        return
    names = {document.resolved(parameter).get("name") for parameter in operation.get("parameters", [])}
    yield from (f"no query parameter {name}" for name in wanted.description.get("query", {}) if name not in names)
    if request := wanted.description.get("request"):
        body = document.resolved(operation.get("requestBody", {}))
        schema = document.media_schema(body.get("content", {}))
        yield from _Walk(document, request.get("required", {}), "request").missing(schema, request["fields"])
        optional = set(request["fields"]) - set(request.get("required", {}).get("", []))
        needed = document.properties(schema)[1] & optional - set(request.get("unknown_marks", []))
        yield from (f"request: {name} is required, and the reference leaves it optional" for name in sorted(needed))
    for status, answer in wanted.description["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in operation["responses"]:
            yield f"no {status} response"
        elif answer.get("fields"):
            content = document.resolved(operation["responses"][status]).get("content", {})
            yield from _Walk(document, {}, status).missing(document.media_schema(content), answer["fields"])


@dataclass(frozen=True)
class _Walk:
    """Walks a published tree of fields beside a document's schema."""

    document: Document
    required: dict[str, list[str]]
    where: str

    def missing(self, schema: Any, fields: Any, path: str = "") -> Iterator[str]:
        inner = self.document.items(schema)
        if isinstance(fields, list):
            if inner is None:
                yield f"{self.where}: {path or 'body'} is not an array"
            elif fields and isinstance(fields[0], dict | list):
                yield from self.missing(inner, fields[0], path)
            return
        properties, needed = self.document.properties(schema if inner is None else inner)
        for name in self.required.get(path, []):
            if name in properties and name not in needed:
                yield f"{self.where}: {f'{path}.{name}'.lstrip('.')} is not marked required"
        yield from self._missing_fields(properties, fields, path)

    def _missing_fields(self, properties: Schema, fields: Schema, path: str) -> Iterator[str]:
        for name, kind in fields.items():
            here = f"{path}.{name}".lstrip(".")
            if name not in properties:
                yield f"{self.where}: no field {here}"
            elif isinstance(kind, dict | list) and kind:
                yield from self.missing(properties[name], kind, here)
            elif isinstance(kind, str):
                yield from self._other_type(self.document.types(properties[name]), kind, here)

    def _other_type(self, types: set[str], kind: str, path: str) -> Iterator[str]:
        wanted = JSON_TYPES.get(kind, types)
        if types and not types & wanted:
            yield f"{self.where}: {path} is {', '.join(sorted(types))}, published as {kind}"


def _told(fields: Any, example: Any) -> Any:
    if example == "...":
        return "any"
    if isinstance(fields, dict) and isinstance(example, dict):
        return {name: _told(kind, example.get(name)) for name, kind in fields.items()}
    if isinstance(fields, list) and isinstance(example, list):
        return [_told(kind, value) for kind, value in zip(fields, example, strict=False)] or fields
    return fields


def shape_of(path: str) -> str:
    """Return the path with its parameters unnamed: /v1/x/{id} and /v1/x/{pk} are the same."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
