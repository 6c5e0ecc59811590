"""Callers may send their own X-Request-Id, which then stands in our log and in the answer. Only harmless ones do."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# What an id may hold, so that nobody writes line breaks or markup into a log or an answer through it.
_HARMLESS = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class RequestIdHeaderMiddleware:
    """Drops an unusable X-Request-Id before django_structlog reads it, which then makes an id itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _HARMLESS.fullmatch(request.META.get("HTTP_X_REQUEST_ID", "")):
            request.META.pop("HTTP_X_REQUEST_ID", None)
        return self.get_response(request)
