"""Refusals that belong to HTTP itself, and how any exception becomes an error answer."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import Error as DatabaseError
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions

from backfill.api.catalogue import BOOKS_NAMES, BOOKS_STATUSES, CODES, FIELD_CODES
from backfill.api.database_errors import refusal_of
from backfill.api.renderers import dump_json
from backfill.errors import DomainError, Forbidden, NotFound
from backfill.logs import current_request_id


class Unauthorized(DomainError):
    code = "UNAUTHORIZED"
    status = 401


class ScopeMissing(Forbidden):
    code = "FORBIDDEN"


class MalformedBody(DomainError):
    code = "MALFORMED_BODY"
    status = 400


class BodyTooLarge(DomainError):
    code = "BODY_TOO_LARGE"
    status = 413


class NoChanges(DomainError):
    """A partial update in the Bookkeeping contract that names no field it could change."""

    code = "NO_CHANGES"
    status = 400


class PreconditionFailed(DomainError):
    code = "PRECONDITION_FAILED"
    status = 412


class InvalidContract(DomainError):
    code = "INVALID_CONTRACT"
    status = 400


class InvalidIdempotencyKey(DomainError):
    code = "INVALID_IDEMPOTENCY_KEY"
    status = 400


class IdempotencyKeyConflict(DomainError):
    code = "IDEMPOTENCY_KEY_CONFLICT"


class IdempotencyKeyInProgress(DomainError):
    code = "IDEMPOTENCY_KEY_IN_PROGRESS"


class RateLimited(DomainError):
    code = "RATE_LIMITED"
    status = 429


class InternalError(DomainError):
    code = "INTERNAL_ERROR"
    status = 500


@dataclass(frozen=True, slots=True)
class FieldError:
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error answer says, before a contract's style is applied."""

    status: int
    code: str
    message: str
    errors: tuple[FieldError, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ErrorStyle:
    """How one contract words refusals: the status of invalid input, its own names, and their statuses.

    `fields` renames what the services call a field of the body to what the body calls it.
    """

    validation_status: int
    names: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def applied(self, refusal: Refusal) -> Refusal:
        status = self.validation_status if refusal.status == 422 else refusal.status
        return Refusal(
            status=self.statuses.get(refusal.code, status),
            code=self.names.get(refusal.code, refusal.code),
            message=refusal.message,
            errors=tuple(replace(one, field=self._path_sent(one.field)) for one in refusal.errors),
            details=refusal.details,
            headers=refusal.headers,
        )

    def _path_sent(self, path: str) -> str:
        name = re.split(r"[.\[]", path, maxsplit=1)[0]
        return self.fields.get(name, name) + path.removeprefix(name)


BACKFILL_ERRORS = ErrorStyle(validation_status=422)
BOOKS_ERRORS = ErrorStyle(validation_status=400, names=BOOKS_NAMES, statuses=BOOKS_STATUSES)

_HTTP_CODES = {405: "METHOD_NOT_ALLOWED", 406: "NOT_ACCEPTABLE", 415: "UNSUPPORTED_MEDIA_TYPE"}
_RETRY_AFTER_SECONDS = {"CONCURRENT_UPDATE": 1, "IDEMPOTENCY_KEY_IN_PROGRESS": 1, "SERVICE_UNAVAILABLE": 5}


def refusal_for(error: Exception) -> Refusal:
    """Return the refusal that an exception stands for; what nobody foresaw is INTERNAL_ERROR."""
    if isinstance(error, exceptions.ValidationError):
        return _invalid_input(error)
    if isinstance(error, exceptions.APIException):
        return _http_refusal(error)
    return _domain_refusal(_domain_error(error))


def error_response(
    refusal: Refusal, style: ErrorStyle, *, sent_as: Callable[[str], str] = lambda path: path
) -> HttpResponse:
    """Return the JSON answer of a refusal in a contract's style; `sent_as` names a field as the body has it."""
    styled = _named_as_sent(style.applied(refusal), sent_as)
    body: dict[str, Any] = {
        "status": "error",
        "code": styled.code,
        "message": styled.message,
        "errors": [{"code": item.code, "field": item.field, "message": item.message} for item in styled.errors],
        "request_id": current_request_id(),
    }
    if styled.details:
        body["details"] = styled.details
    return HttpResponse(
        dump_json(body), status=styled.status, content_type="application/json", headers=dict(styled.headers)
    )


def _named_as_sent(refusal: Refusal, sent_as: Callable[[str], str]) -> Refusal:
    """Rename the fields that are blamed, in the words of the messages, too."""
    errors, message = [], refusal.message
    for error in refusal.errors:
        name = sent_as(error.field)
        errors.append(replace(error, field=name, message=error.message.replace(error.field, name)))
        message = message.replace(error.field, name) if name != error.field else message
    return replace(refusal, errors=tuple(errors), message=message)


def flattened(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Yield the leaves of a DRF error detail with their paths into the body, such as `lines[2].account_id`."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from flattened(value, _child_path(path, key))
    elif isinstance(detail, list | tuple):
        for index, value in enumerate(detail):
            yield from flattened(value, f"{path}[{index}]" if isinstance(value, Mapping | list) else path)
    else:
        code = str(getattr(detail, "code", "")).upper()
        published = code if code in FIELD_CODES or code in CODES else "INVALID"
        yield FieldError(code=published, field=path, message=str(detail))


def _child_path(path: str, key: Any) -> str:
    if key == "non_field_errors":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _invalid_input(error: exceptions.ValidationError) -> Refusal:
    errors = tuple(flattened(error.detail))
    return Refusal(status=422, code="VALIDATION_ERROR", message=_summary(errors), errors=errors)


def _summary(errors: Sequence[FieldError]) -> str:
    first = errors[0]
    named = f"{first.field}: {first.message}" if first.field else first.message
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"Request validation failed: {named}{more}"


def _domain_error(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Http404):
        return NotFound("There is no such record in this company.")
    if isinstance(error, PermissionDenied):
        return Forbidden("This is not allowed.")
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return MalformedBody("The body cannot be read: it is incomplete, or has too many or too large parts.")
    refusal = refusal_of(error) if isinstance(error, DatabaseError) else None
    return refusal or InternalError("Something went wrong on our side. Quote the request_id to support.")


def _domain_refusal(error: DomainError) -> Refusal:
    errors = (FieldError(error.code, error.field, error.message),) if error.field else ()
    headers = dict(error.details.get("headers", {}))
    if error.code in _RETRY_AFTER_SECONDS:
        headers["Retry-After"] = str(_RETRY_AFTER_SECONDS[error.code])
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="backfill"'
    details = {key: value for key, value in error.details.items() if key != "headers"}
    return Refusal(error.status, error.code, error.message, errors, details, headers)


def _http_refusal(error: exceptions.APIException) -> Refusal:
    if isinstance(error, exceptions.ParseError):
        return _domain_refusal(MalformedBody(str(error.detail)))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return _domain_refusal(Unauthorized(str(error.detail)))
    fallback = {403: "FORBIDDEN", 404: "NOT_FOUND"}.get(error.status_code, "CONFLICT")
    return Refusal(error.status_code, _HTTP_CODES.get(error.status_code, fallback), str(error.detail))
