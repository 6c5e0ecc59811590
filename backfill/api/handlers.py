"""Answers for what never reaches a view: unknown paths, and failures of the machinery around the views."""

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from backfill.api.errors import BACKFILL_ERRORS, InternalError, MalformedBody, error_response, refusal_for
from backfill.errors import Forbidden, NotFound


@csrf_exempt
def unknown_path(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer 404 in JSON for a path under /v1 that does not exist."""
    hint = " Paths have no slash at the end." if request.path.endswith("/") else ""
    return refused(NotFound(f"There is no {request.path[:200]} in this API.{hint}"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(MalformedBody("The request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(Forbidden("This is not allowed."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return unknown_path(request)


def server_error(request: HttpRequest) -> HttpResponse:
    return refused(InternalError("Something went wrong on our side. Quote the request_id to support."))


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer an exception that was raised outside of a view; call from its `except`, so that it can be logged."""
    response = refused(error)
    if response.status_code >= 500:
        got_request_exception.send(sender=None, request=request)
    return response


def refused(error: Exception) -> HttpResponse:
    return error_response(refusal_for(error), BACKFILL_ERRORS)
