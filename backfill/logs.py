"""Logs: one JSON object per line on stderr, each with the request's id and, once known, company and actor."""

import re
import sys
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

REQUEST_ID_HEADER = "X-Request-Id"

# API keys, session tokens and the tokens of mailed links; the latter stand in the URL that a request is logged by.
_SECRET = re.compile(rb"(bf_live_|sess_|pwd_|inv_)[A-Za-z0-9_-]{43}")


_AWAY = (ConnectionError, TimeoutError, RedisConnectionError, RedisTimeoutError)
# Classes of SQLSTATE: connection exceptions and a server that shuts down. Without one there was no connection.
_GONE = ("08", "57P")


def logging_config(level: str) -> dict[str, Any]:
    """Configure structlog and return Django's LOGGING. Records of the standard library take the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _outage_in_one_line,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_json],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # One line per request comes from django_structlog; these would say the same again.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "factur-x": {"level": "WARNING"},
        },
    }


def bind_caller(*, company_id: object, actor: str) -> None:
    """Put company and actor on every further log line of this request or task."""
    structlog.contextvars.bind_contextvars(company=str(company_id), actor=actor)


def current_request_id() -> str:
    """Return the id of the request at work, as in its log lines and its `X-Request-Id`; empty outside one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class RequestIdMiddleware:
    """Answer every request with its id. Stands right after django_structlog's middleware, which makes the id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = current_request_id()
        response = self.get_response(request)
        response.headers[REQUEST_ID_HEADER] = request_id
        return response


def _outage_in_one_line(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A worker that loses broker or database connects again: that is told in one line, and not as a mistake of ours."""
    exc_info = event.get("exc_info")
    error = sys.exc_info()[1] if exc_info is True else exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if _is_away(error) and str(event.get("logger", "")).startswith("celery."):
        event["error"] = f"{type(error).__name__}: {error}"
        del event["exc_info"]
    return event


def _is_away(error: object) -> bool:
    """Return whether broker or database could not be reached; a deadlock or a missing file is another matter."""
    if isinstance(error, OperationalError | InterfaceError):
        state = getattr(error.__cause__, "sqlstate", None)
        return state is None or state.startswith(_GONE)
    return isinstance(error, _AWAY)


def _as_json(_logger: object, _method: str, event: dict[str, Any]) -> str:
    return _SECRET.sub(rb"\1...", orjson.dumps(event, default=str)).decode()
