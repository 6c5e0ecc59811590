"""How one URLconf is made of the paths of two contracts."""

import re
from collections.abc import Sequence
from typing import Final

from django.urls import URLPattern, include, path, re_path
from django.urls.resolvers import URLResolver

from backfill.api.handlers import unknown_path
from backfill.contracts.reference import openapi_document, reference_page, reference_script

_DOCUMENTS: Final[Sequence[URLPattern]] = (
    path("openapi.json", openapi_document, name="openapi"),
    path("reference", reference_page, name="reference"),
    path("reference.js", reference_script, name="reference_script"),
)


def contract_urls(own: Sequence[URLPattern], other: Sequence[URLPattern]) -> list[URLPattern | URLResolver]:
    """Return a contract's URLs: its own paths, and the other contract's wherever the two do not overlap.

    What follows /v1/ and is none of them is answered 404 in JSON. The site's other URLs stay known, because
    middleware around the views reverses them.
    """
    routes = [*_DOCUMENTS, *combined(own, other), re_path(r"", unknown_path)]
    return [path("v1/", include(routes)), path("v1", unknown_path), path("", include("backfill.urls"))]


def combined(own: Sequence[URLPattern], other: Sequence[URLPattern]) -> list[URLPattern]:
    """Return the routes of both, own ones first where two are the same path.

    Literal segments come before parameters: `accounts/search` of one contract must not be read as
    `accounts/<id>` of the other.
    """
    taken = {_shape(route) for route in own}
    routes = [*own, *(route for route in other if _shape(route) not in taken)]
    return sorted(routes, key=lambda route: ["<" in segment for segment in str(route.pattern).split("/")])


def _shape(route: URLPattern) -> str:
    return re.sub(r"<[^>]*>", "<>", str(route.pattern))
