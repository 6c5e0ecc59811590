"""The parts of the documents that every operation shares: envelopes, headers, error answers."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from backfill.api.catalogue import CODES
from backfill.api.operations import Operation

Schema = dict[str, Any]

PAGINATION: Final[Schema] = {
    "type": "object",
    "properties": {
        "page": {"type": "integer"},
        "limit": {"type": "integer"},
        "total_count": {"type": "integer", "description": "Records that match, on all pages."},
        "has_more": {"type": "boolean"},
    },
    "required": ["page", "limit", "total_count", "has_more"],
    "examples": [{"page": 1, "limit": 50, "total_count": 1, "has_more": False}],
}

ERROR: Final[Schema] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "const": "error"},
        "code": {"type": "string", "description": "See the error catalogue."},
        "message": {"type": "string", "description": "What is wrong and the way out."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "field": {"type": "string", "description": "Path into the body, such as `lines[2].account_id`."},
                    "message": {"type": "string"},
                },
                "required": ["code", "field", "message"],
            },
        },
        "request_id": {"type": "string"},
        "details": {"type": "object", "additionalProperties": True, "description": "Facts a program can use."},
    },
    "required": ["status", "code", "message", "errors", "request_id"],
}

IDEMPOTENCY_KEY: Final[Schema] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "A new value per effect wanted, the same value on a retry. Kept 24 hours.",
}
IF_MATCH: Final[Schema] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag the record was read with; 412 when it has changed since.",
}
IF_NONE_MATCH: Final[Schema] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag the record was read with; 304 when it has not changed since.",
}

_TITLES: Final = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    406: "Not acceptable",
    409: "Conflict",
    412: "Precondition failed",
    413: "Body too large",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
    500: "Internal error",
    503: "Service unavailable",
}


def refusals(view: Any, described: Operation, method: str, path: str) -> Schema:
    """Return the error answers of an operation, by status, with the codes each may carry."""
    codes: dict[int, list[str]] = defaultdict(list)
    for status, code in _expected(view, described, method, path):
        if code not in codes[status]:
            codes[status].append(code)
    return {str(status): _refusal(status, codes[status]) for status in sorted(codes)}


def _expected(view: Any, described: Operation, method: str, path: str) -> list[tuple[int, str]]:
    style = view.error_style
    expected = [
        (400, "INVALID_CONTRACT"),
        (style.validation_status, style.names.get("VALIDATION_ERROR", "VALIDATION_ERROR")),
        (406, "NOT_ACCEPTABLE"),
        (500, "INTERNAL_ERROR"),
        (503, "SERVICE_UNAVAILABLE"),
    ]
    if not view.public:
        expected += [(401, "UNAUTHORIZED"), (403, "FORBIDDEN"), (429, "RATE_LIMITED")]
    if "{" in path:
        expected.append((404, "NOT_FOUND"))
    if method != "GET":
        expected += [(409, "CONFLICT"), (409, "CONCURRENT_UPDATE"), (413, "BODY_TOO_LARGE")]
        expected += [(400, style.names.get("MALFORMED_BODY", "MALFORMED_BODY")), (415, "UNSUPPORTED_MEDIA_TYPE")]
    if method == "POST" and not view.public:
        expected += [
            (400, "INVALID_IDEMPOTENCY_KEY"),
            (409, "IDEMPOTENCY_KEY_CONFLICT"),
            (409, "IDEMPOTENCY_KEY_IN_PROGRESS"),
        ]
    if takes_condition(described, method, path):
        expected.append((412, "PRECONDITION_FAILED"))
    expected += [(status, code) for status, listed in described.errors.items() for code in listed]
    return expected


def _refusal(status: int, codes: list[str]) -> Schema:
    # A code without an entry is refused by a test, not by the published document.
    meanings = "\n".join(f"* `{code}`: {CODES.get(code, '')}" for code in codes)
    example = {
        "status": "error",
        "code": codes[0],
        "message": CODES.get(codes[0], ""),
        "errors": [],
        "request_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11",
    }
    media = {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}
    headers = {"Retry-After": _header("Seconds to wait.", "integer")} if status in {409, 429, 503} else {}
    return {
        "description": f"{_TITLES.get(status, 'Refused')}\n\n{meanings}",
        "content": {"application/json": media},
        **({"headers": headers} if headers else {}),
    }


def takes_condition(described: Operation, method: str, path: str) -> bool:
    """Return whether If-Match is honoured: on whatever changes one record of the Backfill contract."""
    tells_of_a_record = described.has_entity_tag or described.envelope_extra is not None
    changes_record = tells_of_a_record or described.envelope == "deletion"
    return changes_record and method != "GET" and "{" in path


def answer_headers(described: Operation) -> Schema:
    headers = {
        "X-Request-Id": _header("The id of this request, to quote in support requests."),
        "Backfill-Contract": _header("The contract that answered: backfill or books."),
    }
    if described.has_entity_tag:
        headers["ETag"] = _header("Changes whenever the record does.")
    return headers


def record_schema(object_name: str, data: Schema, extra: Mapping[str, Any] | None = None) -> Schema:
    extra = extra or {}
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "object": {"type": "string", "const": object_name},
            "data": data,
            **extra.get("properties", {}),
        },
        "required": ["id", "object", "data", *extra.get("required", ())],
    }


def list_schema(item: Schema, pagination: Schema, extra: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": {
            "object": {"type": "string", "const": "list"},
            **extra.get("properties", {}),
            "data": {"type": "array", "items": item},
            "pagination": pagination,
        },
        "required": ["object", *extra.get("required", ()), "data", "pagination"],
    }


def deletion_schema(object_name: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "deleted": {"type": "boolean", "const": True},
            "id": {"type": "string", "format": "uuid"},
            "object": {"type": "string", "const": object_name},
        },
        "required": ["deleted", "id", "object"],
    }


def enveloped_example(described: Operation, example: Mapping[str, Any]) -> Schema:
    """Return an example inside the operation's envelope: it is a record already, or the data of one."""
    if "object" not in example:
        named = {"id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11", "object": described.object_name}
        example = {**named, "data": example}
    if described.envelope == "record":
        return dict(example)
    pagination = {"page": 1, "limit": 50, "total_count": 1, "has_more": False}
    return {"object": "list", "data": [example], "pagination": pagination}


def sentence(name: str) -> str:
    return f"{name.replace('_', ' ').capitalize()}."


def _header(description: str, kind: str = "string") -> Schema:
    return {"description": description, "schema": {"type": kind}}
