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
        scheme, _, token = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
        # A token is ASCII without blanks; anything else needs no look-up to be refused.
        usable = scheme.lower() == "bearer" and token.strip().isascii() and token.strip().isprintable()
        meta[_META_KEY] = credential_from_token(token.strip()) if usable and token.strip() else None
    credential: Credential | None = meta[_META_KEY]
    return credential
