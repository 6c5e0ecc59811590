"""Answers for what never reaches a view: unknown paths, and failures of the machinery around the views.

Under /v1 they are JSON, whatever failed; everywhere else they are Django's own pages.
"""

import sys

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from backfill.api.database_errors import is_unavailable
from backfill.api.errors import BACKFILL_ERRORS, InternalError, MalformedBody, error_response, refusal_for
from backfill.errors import Forbidden, NotFound


def is_api(request: HttpRequest) -> bool:
    return request.path_info == "/v1" or request.path_info.startswith("/v1/")


@csrf_exempt
def unknown_path(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer 404 in JSON for a path under /v1 that does not exist."""
    hint = "Paths have no slash at the end." if request.path.endswith("/") else "The paths are listed at /v1/reference."
    return refused(NotFound(f"There is no {request.path[:200]} in this API. {hint}"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_api(request):
        return defaults.bad_request(request, exception)
    return refused(MalformedBody("The request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_api(request):
        return defaults.permission_denied(request, exception)
    return refused(Forbidden("This is not allowed."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return unknown_path(request) if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody foresaw, or 503 where the database is away. Called while the exception is at work."""
    error = sys.exc_info()[1]
    if is_unavailable(error):
        return _unavailable(request, error)
    if not is_api(request):
        return defaults.server_error(request)
    return refused(InternalError("Something went wrong on our side. Quote the request_id to support."))


def _unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    if is_api(request) and isinstance(error, Exception):
        return refused(error)
    page = get_template("503.html").render()  # without the request: whatever looks for its user asks the database
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer an exception that was raised outside of a view; call from its `except`, so that it can be logged."""
    response = refused(error)
    if response.status_code >= 500:
        got_request_exception.send(sender=None, request=request)
    return response


def refused(error: Exception) -> HttpResponse:
    return error_response(refusal_for(error), BACKFILL_ERRORS)
