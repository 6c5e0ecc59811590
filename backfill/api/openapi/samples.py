"""Examples where an operation gives none of its own, and the curl command that shows how it is called."""

import json
from typing import Any, Final

Schema = dict[str, Any]

_UUID: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"
_FORMATS: Final = {
    "uuid": _UUID,
    "date": "2026-05-05",
    "date-time": "2026-05-05T12:00:00Z",
    "decimal": "125.00",
    "email": "jane@acme.com",
    "uri": "https://acme.com",
}
_NAMES: Final = {
    "name": "Acme Supplies",
    "account_name": "Office supplies",
    "description": "Office supplies",
    "memo": "Office supplies",
    "currency": "USD",
    "booking_date": "2026-05-05",
    "period": "2026-05",
    "month": "2026-05",
    "number": "6815",
    "account_number": "6815",
    "code": "6815",
}


def add_samples(document: Schema) -> None:
    """Give every operation of a document an example of its body and its answer, and its curl command."""
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for media in _media(operation.get("requestBody", {})):
                media.setdefault("example", sample(media["schema"], schemas, only_required=True))
            for status, response in operation["responses"].items():
                if status < "300":
                    for media in _media(response):
                        media.setdefault("example", sample(media["schema"], schemas))
            operation["x-codeSamples"] = [_curl(operation, path=path, method=method.upper())]


def sample(
    schema: Schema,
    schemas: dict[str, Schema],
    *,
    only_required: bool = False,
    name: str = "",
    within: frozenset[str] = frozenset(),
) -> Any:
    """Return a value of a schema: its own example where it has one, otherwise one made from names and formats.

    `within` are the schemas that it is a part of: a list of the same things once more is shown empty.
    """
    if "$ref" in schema:
        within |= {schema["$ref"]}
        schema = {**schemas[schema["$ref"].rsplit("/", 1)[1]], **schema}
    for keyword in ("example", "const"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    for keyword in ("oneOf", "anyOf", "allOf"):
        if schema.get(keyword):
            return sample(schema[keyword][0], schemas, only_required=only_required, name=name, within=within)
    return _plain_sample(schema, schemas, only_required, name, within)


def _plain_sample(
    schema: Schema, schemas: dict[str, Schema], only_required: bool, name: str, within: frozenset[str]
) -> Any:
    kind = schema.get("type", "object")
    kind = next((one for one in kind if one != "null"), "string") if isinstance(kind, list) else kind
    if kind == "object":
        wanted = schema.get("required", ()) if only_required else schema.get("properties", ())
        return {
            child: sample(value, schemas, only_required=only_required, name=child, within=within)
            for child, value in schema.get("properties", {}).items()
            if child in wanted
        }
    if kind == "array":
        if schema["items"].get("$ref") in within:
            return []
        return [sample(schema["items"], schemas, only_required=only_required, name=name, within=within)]
    if kind == "string":
        return _FORMATS.get(schema.get("format", "")) or _NAMES.get(name, "sample")[: schema.get("maxLength", 100)]
    return schema.get("default", {"integer": schema.get("minimum", 1), "number": 100, "boolean": True}.get(kind))


def _media(holder: Schema) -> list[Schema]:
    """Return the JSON media of a body or answer; a file needs no example."""
    return [media for kind, media in holder.get("content", {}).items() if kind == "application/json"]


def _curl(operation: Schema, *, path: str, method: str) -> dict[str, str]:
    """Return the code sample of an operation; the shell fills in $BACKFILL_URL and $BACKFILL_TOKEN."""
    lines = [f'curl {"" if method == "GET" else f"-X {method} "}"$BACKFILL_URL{_sample_path(operation, path)}"']
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $BACKFILL_TOKEN"')
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    lines += _body_lines(operation.get("requestBody", {}))
    return {"lang": "curl", "label": "curl", "source": " \\\n  ".join(lines)}


def _sample_path(operation: Schema, path: str) -> str:
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            value = str(sample(parameter["schema"], {}, name=parameter["name"]))
            path = path.replace(f"{{{parameter['name']}}}", value)
    needed = [
        parameter for parameter in operation["parameters"] if parameter["in"] == "query" and parameter["required"]
    ]
    query = "&".join(f"{one['name']}={sample(one['schema'], {}, name=one['name'])}" for one in needed)
    return f"{path}?{query}" if query else path


def _body_lines(body: Schema) -> list[str]:
    for media_type, media in body.get("content", {}).items():
        if media_type == "multipart/form-data":
            return ['-F "file=@document.pdf"']
        example = json.dumps(media.get("example", {}), ensure_ascii=False).replace("'", "'\\''")
        return [f'-H "Content-Type: {media_type}"', f"-d '{example}'"]
    return []
