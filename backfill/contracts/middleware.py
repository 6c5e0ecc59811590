"""What happens to a request on its way to a contract: its body is refused, or it gets the contract's URLconf."""

from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from backfill.api.authentication import OWN_TRANSACTION, bearer_token, known_credential
from backfill.api.errors import BACKFILL_ERRORS, BOOKS_ERRORS, error_response, refusal_for
from backfill.api.handlers import failed, is_api
from backfill.bodies import REFUSAL, BodyTooLong
from backfill.contracts.choice import DEFAULT, HEADER, URLCONFS, chosen_contract
from backfill.errors import DomainError
from backfill.tenancy.credentials import note_use
from backfill.tenancy.row_security import name_company_of_token, request_transaction
from backfill.tenancy.tokens import token_hash

log = structlog.get_logger(__name__)

_READING = frozenset({"GET", "HEAD"})
_STYLES = {"backfill": BACKFILL_ERRORS, "books": BOOKS_ERRORS}


class BodyMiddleware:
    """Refuses a request whose body cannot be read, before anything acts on the part of it that came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = request.META.get(REFUSAL)
        if refusal is None:
            return self.get_response(request)
        if not is_api(request):
            return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")
        if isinstance(refusal, BodyTooLong):
            return self.get_response(request)  # the operation's own limit is lower, and has its own words
        return self._refused(request, refusal)

    def _refused(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        try:
            contract = chosen_contract(request)
        except Exception:  # noqa: BLE001 - whose contract it is matters less than why the body was refused
            contract = DEFAULT
        response = error_response(refusal_for(refusal), _STYLES[contract])
        response[HEADER] = contract
        return response


class ContractMiddleware:
    """The views never ask which contract they are in; they belong to one. A request that says who calls runs in one
    transaction, which sees the caller's company alone.

    A path that only one contract has is in both URLconfs, so the answer names the contract of the view that served
    it, and the chosen one where no view did.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        token = bearer_token(request)
        if not token:
            return self._answered(request)
        try:
            with request_transaction(reads_only=request.method in _READING) as is_own:
                request.META[OWN_TRANSACTION] = is_own
                name_company_of_token(token_hash(token))
                response = self._answered(request)
        except DatabaseError as error:  # it did not begin, or PostgreSQL refused it as a whole
            response = failed(request, error)
            response.headers.setdefault(HEADER, DEFAULT)
            return response
        _note_use(request)
        return response

    def _answered(self, request: HttpRequest) -> HttpResponse:
        try:
            contract = chosen_contract(request)
        except Exception as error:  # noqa: BLE001 - under /v1 every failure is answered in JSON
            response = failed(request, error)
            response[HEADER] = DEFAULT
            return response
        request.urlconf = URLCONFS[contract]
        response = self.get_response(request)
        response.headers.setdefault(HEADER, contract)
        return response


def _note_use(request: HttpRequest) -> None:
    """Write when the request's key was used; a request that is answered does not fail for it."""
    try:
        note_use(known_credential(request))
    except DatabaseError as error:
        log.warning("use_not_noted", error=str(error))
