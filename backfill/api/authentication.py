"""Who is calling: the bearer token of a request, looked up once and shared by middleware and views."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from backfill.api.errors import Unauthorized
from backfill.tenancy.credentials import Credential, credential_from_token
from backfill.tenancy.models import User

_META_KEY = "backfill.credential"
OWN_TRANSACTION = "backfill.transaction"  # in META: the request has a transaction that is not part of another one


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <API key or session token>`; `request.auth` is the Credential."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Credential] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            raise Unauthorized("Send the API key as «Authorization: Bearer bf_live_…».")
        credential = credential_of(request)
        if credential is None:
            raise Unauthorized("The API key or session token is unknown, expired or revoked.")
        return credential.user or AnonymousUser(), credential

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="backfill"'


def credential_of(request: HttpRequest | Request) -> Credential | None:
    """Return the credential of the request's bearer token, None without a valid one; one look-up per request."""
    meta: dict[str, Any] = request.META
    if _META_KEY not in meta:
        token = bearer_token(request)
        meta[_META_KEY] = credential_from_token(token) if token else None
    credential: Credential | None = meta[_META_KEY]
    return credential


def known_credential(request: HttpRequest) -> Credential | None:
    """Return the credential that the request was found to have; no look-up."""
    known: Credential | None = request.META.get(_META_KEY)
    return known


def bearer_token(request: HttpRequest | Request) -> str:
    """Return the request's bearer token; empty without one, or for one that needs no look-up to be refused."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.isascii() and token.isprintable() else ""
