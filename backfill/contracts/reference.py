"""The published documents: /v1/openapi.json and /v1/reference, for either contract, without a credential."""

from functools import cache
from importlib.resources import files

import orjson
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from backfill.api.handlers import refused
from backfill.api.openapi.generator import contract_document
from backfill.api.openapi.text import TITLES
from backfill.contracts.choice import DEFAULT, URLCONFS
from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.credentials import Contract


@gzip_page
@require_safe
def openapi_document(request: HttpRequest) -> HttpResponse:
    try:
        contract = _asked_contract(request)
    except DomainError as error:
        return refused(error)
    body = orjson.dumps(contract_document(contract, URLCONFS[contract]))
    return _shared(HttpResponse(body, content_type="application/json"), contract)


# Redoc sets styles from its script and searches in a worker made of a blob; it loads nothing from elsewhere.
@csp_update({"style-src": ["'unsafe-inline'"], "worker-src": ["blob:"]})
@require_safe
def reference_page(request: HttpRequest) -> HttpResponse:
    try:
        contract = _asked_contract(request)
    except DomainError as error:
        return refused(error)
    return _shared(
        render(request, "api/reference.html", {"contract": contract, "title": TITLES[contract], "titles": TITLES}),
        contract,
    )


@gzip_page
@require_safe
def reference_script(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_redoc(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@cache
def _redoc() -> bytes:
    """Return Redoc without its maker's logo, the one thing it would load from another host."""
    folder = files("drf_spectacular_sidecar") / "static" / "drf_spectacular_sidecar" / "redoc" / "bundles"
    script = (folder / "redoc.standalone.js").read_bytes()
    return script.replace(b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,")


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
