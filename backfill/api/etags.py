"""Strong entity tags of single records, and the two conditions on them.

A tag is a digest of the answer's own bytes, so it changes exactly when the representation does, also where a
figure is derived from other records and no `updated_at` tells.
"""

import hashlib

from rest_framework.request import Request

from backfill.api.errors import PreconditionFailed


def entity_tag(body: bytes) -> str:
    """Return the strong ETag of an answer, with its quotes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_unchanged(request: Request, tag: str) -> bool:
    """Return whether If-None-Match names this tag; weak comparison, as RFC 9110 13.1.2 asks."""
    header = request.META.get("HTTP_IF_NONE_MATCH", "")
    return header.strip() == "*" or tag in {part.removeprefix("W/") for part in _tags(header)}


def is_conditional(request: Request) -> bool:
    return bool(request.META.get("HTTP_IF_MATCH", ""))


def require_match(request: Request, tag: str) -> None:
    """Raise PreconditionFailed unless If-Match names this tag; strong comparison, as RFC 9110 13.1.1 asks."""
    header = request.META.get("HTTP_IF_MATCH", "")
    if header.strip() != "*" and tag not in _tags(header):
        raise PreconditionFailed("The record changed since it was read. Read it again, then repeat the change.")


def _tags(header: str) -> set[str]:
    return {part.strip() for part in header.split(",")}
