"""The published documents: /v1/openapi.json and /v1/reference, for either contract, without a credential."""

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backfill.api.handlers import refused
from backfill.api.openapi.generator import contract_document
from backfill.contracts.choice import DEFAULT, URLCONFS
from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.credentials import Contract


@require_safe
def openapi_document(request: HttpRequest) -> HttpResponse:
    try:
        contract = _asked_contract(request)
    except DomainError as error:
        return refused(error)
    body = orjson.dumps(contract_document(contract, URLCONFS[contract]))
    return _shared(HttpResponse(body, content_type="application/json"), contract)


@require_safe
def reference_page(request: HttpRequest) -> HttpResponse:
    try:
        contract = _asked_contract(request)
    except DomainError as error:
        return refused(error)
    return _shared(render(request, "api/reference.html", {"contract": contract}), contract)


def _asked_contract(request: HttpRequest) -> Contract:
    """Return the contract named by `?contract=`; the credential has no say, since anybody may read both."""
    named = request.GET.get("contract", DEFAULT)
    if named not in URLCONFS:
        raise ValidationFailed("contract must be `backfill` or `books`.", field="contract")
    return named


def _shared(response: HttpResponse, contract: Contract) -> HttpResponse:
    response["Backfill-Contract"] = contract
    response["Cache-Control"] = "public, max-age=300"
    return response
