"""The base of every endpoint: who calls, what they may do, what comes in, what goes out, and how it fails.

A view's own method is: validated input → load within the company → one service or selector → answer.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPMethod
from typing import Any, ClassVar, Final, cast
from uuid import UUID

from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ErrorDetail, UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backfill.api import etags
from backfill.api.authentication import OWN_TRANSACTION, BearerAuthentication
from backfill.api.blaming import as_sent
from backfill.api.envelope import record
from backfill.api.errors import (
    BACKFILL_ERRORS,
    BOOKS_ERRORS,
    BodyTooLarge,
    ErrorStyle,
    Unauthorized,
    error_response,
    refusal_for,
)
from backfill.api.idempotency import answer_once, idempotency_key
from backfill.api.negotiation import Negotiation
from backfill.api.openapi.schema import OperationSchema
from backfill.api.operations import Operation
from backfill.api.parsers import StrictJSONParser
from backfill.api.rate_limits import Allowance, count_request
from backfill.api.renderers import BackfillRenderer, BookkeepingRenderer
from backfill.api.scopes import Scope, require_scope
from backfill.api.serializers import InputSerializer, QuerySerializer
from backfill.errors import NotFound
from backfill.logs import bind_caller
from backfill.tenancy.actors import Actor
from backfill.tenancy.credentials import Contract, Credential
from backfill.tenancy.models import Company

MEGABYTE: Final = 1_000_000
_READING: Final = frozenset({"GET", "HEAD"})
_STATING: Final = frozenset({"POST", "PUT", "PATCH"})  # a body means something in these


class NoQuery(QuerySerializer):
    """An operation without query parameters."""


class NoBody(InputSerializer):
    """What a step takes that takes nothing: what is sent anyway was meant to have an effect, and is refused by name."""


class ApiView(APIView):
    """What both contracts share. Subclass BackfillView or BookkeepingView.

    scopes: what each method needs; a method without an entry does not exist (405).
    public: no credential is read and no transaction opened around the method (sign-in counts its failures).
    media_types: what the view answers with; a view that answers files lists their types.
    max_body: bytes.
    path_schemas: OpenAPI schemas of path parameters that are no UUID.
    """

    scopes: ClassVar[Mapping[str, Scope]] = {}
    public: ClassVar[bool] = False
    media_types: ClassVar[tuple[str, ...]] = ("application/json",)
    max_body: ClassVar[int] = 5 * MEGABYTE
    path_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    contract: ClassVar[Contract]
    error_style: ErrorStyle

    schema = OperationSchema()
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    authentication_classes = (BearerAuthentication,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes: Sequence[type[BaseParser]] = (StrictJSONParser,)
    content_negotiation_class = Negotiation
    metadata_class = None

    allowance: Allowance | None = None
    body_shape: type[InputSerializer] | None = None
    query: Mapping[str, Any]

    @property
    def credential(self) -> Credential:
        return cast(Credential, self.request.auth)

    @property
    def company(self) -> Company:
        return self.credential.company

    @property
    def actor(self) -> Actor:
        return self.credential.actor

    def described(self, method: str) -> Operation | None:
        """Return the description of a method, made by the `operation` decorator."""
        found: Operation | None = getattr(getattr(self, method.lower(), None), "operation", None)
        return found

    def body(self, serializer: type[InputSerializer] | None = None, **options: Any) -> dict[str, Any]:
        """Return the validated body, by default in the shape that the operation describes."""
        described = self.described(str(self.request.method))
        shape = serializer or (described.body if described else None)
        if shape is None:
            raise TypeError(f"{type(self).__name__}.{self.request.method} describes no body")
        updates = described is not None and described.body_is_update
        self.body_shape = shape
        reader = shape(data=self.request.data, context={"company": self.company_or_none}, updates=updates, **options)
        reader.is_valid(raise_exception=True)
        return cast(dict[str, Any], reader.validated_data)

    @property
    def company_or_none(self) -> Company | None:
        return None if self.public else self.company

    def path_uuid(self, name: str = "id") -> UUID:
        """Return a UUID of the path; what is none is NotFound in the Backfill contract, invalid input in the other."""
        text = str(self.kwargs[name])
        try:
            return UUID(text if len(text) == 36 else "")
        except ValueError as error:
            raise self.invalid_path(name) from error

    def invalid_path(self, name: str) -> Exception:
        return NotFound("There is no such record in this company.")

    # The life of a request

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        response = cast(Response, self._answered(*args, **kwargs))
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check everything that needs no look at the books, in the order in which it should be refused."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        method = "GET" if request.method == "HEAD" else str(request.method)
        if not self.public:
            self._admit(request)
            self.allowance = count_request(self.credential)
        if method not in self.scopes and not self.public:
            self.http_method_not_allowed(request, *args, **kwargs)
        if not self.public:
            require_scope(self.credential, self.scopes[method])
        if method not in _READING:
            self._check_body_size(request)
        self.query = self._validated_query(method)
        if method in _STATING:
            self._refuse_needless_body(method)

    def get_authenticators(self) -> list[Any]:
        return [] if self.public else super().get_authenticators()

    def handle_exception(self, exc: Exception) -> Response:
        """Return the error answer of any exception. What nobody foresaw is logged with its traceback.

        The log entry comes from django_structlog, which listens to the signal, as other monitors do.
        """
        if isinstance(exc, UnsupportedMediaType):
            exc = UnsupportedMediaType(self.request.content_type or "none", detail=self._media_type_message())
        refusal = refusal_for(exc)
        if refusal.status >= 500:
            got_request_exception.send(sender=type(self), request=self.request._request)  # noqa: SLF001
        return cast(Response, error_response(refusal, self.error_style, sent_as=self._sent_as))

    def finalize_response(self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, cast(Response, response), *args, **kwargs)
        final["Backfill-Contract"] = self.contract
        final.setdefault("Cache-Control", "private, no-cache")
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            final.setdefault(name, value)
        return final

    # Steps

    def _answered(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.initial(self.request, *args, **kwargs)
            # An invented method, such as QUERY, may have the name of something else that a view has.
            name = str(self.request.method).lower()
            known = name in self.http_method_names
            handler = getattr(self, name, self.http_method_not_allowed) if known else self.http_method_not_allowed

            def answer() -> HttpResponse:
                return self._rendered(handler(self.request, *args, **kwargs))

            return self._run(answer)
        except Exception as error:  # noqa: BLE001 - the API's last line: every failure is answered in JSON
            return self.handle_exception(error)

    def _run(self, answer: Callable[[], HttpResponse]) -> HttpResponse:
        """Run a method: writing ones in a transaction that also renders, so that no effect is left unanswered.

        Where the request has a transaction, a refusal undoes all of it, which costs less than a savepoint.
        """
        if self.request.method in _READING or self.public:
            return answer()
        key = idempotency_key(self.request) if self.request.method == HTTPMethod.POST else None
        with transaction.atomic(savepoint=not self.request.META.get(OWN_TRANSACTION)):
            if key is None:
                return answer()
            return answer_once(self.request, company=self.company, key=key, answer=answer)

    def _rendered(self, response: HttpResponse) -> HttpResponse:
        described = self.described("GET" if self.request.method == "HEAD" else str(self.request.method))
        if isinstance(response, Response):
            super().finalize_response(self.request, response)
            response.render()
        if described is not None and described.has_entity_tag and not response.streaming and response.status_code < 300:
            response["ETag"] = etags.entity_tag(response.content)
            if self.request.method in _READING and etags.is_unchanged(self.request, response["ETag"]):
                return HttpResponse(status=304, headers={"ETag": response["ETag"]})
        return response

    def _admit(self, request: Request) -> None:
        if request.auth is None:
            raise Unauthorized("Send the API key as «Authorization: Bearer bf_live_…».")
        bind_caller(company_id=self.company.pk, actor=self.actor.label)

    def _check_body_size(self, request: Request) -> None:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > self.max_body:
            raise BodyTooLarge(f"The body may have {self.max_body} bytes; this one has {length} or more.")

    def _refuse_needless_body(self, method: str) -> None:
        described = self.described(method)
        if described is not None and described.body is None:
            self.body(NoBody)

    def _validated_query(self, method: str) -> Mapping[str, Any]:
        reader = self.query_serializer(method)(data=self.request.query_params)
        reader.is_valid(raise_exception=True)
        return cast(Mapping[str, Any], reader.validated_data)

    def query_serializer(self, method: str) -> type[QuerySerializer]:
        described = self.described(method)
        return (described.query if described else None) or NoQuery

    def _sent_as(self, path: str) -> str:
        """Return a field's name as the body has it."""
        return as_sent(path, self.body_shape, self.request.data) if self.body_shape else path

    def _media_type_message(self) -> str:
        accepted = ", ".join(str(parser.media_type) for parser in self.parser_classes)
        return f"Send the body as «Content-Type: {accepted}»."


class BackfillView(ApiView):
    """An endpoint of the Backfill contract: envelopes, decimal strings, 422 for invalid input."""

    contract: ClassVar[Contract] = "backfill"
    error_style: ErrorStyle = BACKFILL_ERRORS
    renderer_classes = (BackfillRenderer,)

    def record(self, object_name: str, record_id: UUID, data: Mapping[str, Any], status: int = 200) -> Response:
        return Response(record(object_name, record_id, data), status=status)


class BookkeepingView(ApiView):
    """An endpoint of the Bookkeeping contract: flat objects, JSON numbers, 400 for invalid input."""

    contract: ClassVar[Contract] = "books"
    error_style: ErrorStyle = BOOKS_ERRORS
    renderer_classes = (BookkeepingRenderer,)

    def invalid_path(self, name: str) -> Exception:
        return ValidationError({name: [ErrorDetail("Must be a UUID.", code="invalid")]})
