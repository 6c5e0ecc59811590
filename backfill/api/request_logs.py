"""What is logged about a request that failed."""

import sys
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from backfill.api.database_errors import is_unavailable


class RequestLogMiddleware(RequestMiddleware):
    """A traceback says where a mistake of ours is. A database or store that is away is none: 503 in one line."""

    def process_got_request_exception(self, sender: type[Any], request: HttpRequest, **kwargs: Any) -> None:
        if not is_unavailable(sys.exc_info()[1]):
            super().process_got_request_exception(sender, request, **kwargs)

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Note who asks, unless that cannot be looked up: the line about the failure must not fail itself."""
        try:
            RequestMiddleware.bind_user_id(request)
        except DatabaseError:
            structlog.contextvars.bind_contextvars(user_id=None)
