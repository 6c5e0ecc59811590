"""Parts that are away: a broker, a cache, a mail server, a database. Each as a refused connection shows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from celery import current_app
from django.db import OperationalError, connection

NOBODY = "redis://127.0.0.1:1/0"
MAIL_SERVER_AWAY = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": 1,
}


@contextmanager
def cache_away(settings: Any) -> Iterator[None]:
    before = settings.CACHES
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": NOBODY}}
    try:
        yield
    finally:
        settings.CACHES = before


@contextmanager
def broker_away() -> Iterator[None]:
    """Publish to a port where nobody listens, instead of running tasks at once."""
    before = {name: current_app.conf[name] for name in ("task_always_eager", "broker_url", "broker_write_url")}
    _connect_anew({"task_always_eager": False, "broker_url": NOBODY, "broker_write_url": NOBODY})
    try:
        yield
    finally:
        _connect_anew(before)


def _connect_anew(changes: dict[str, Any]) -> None:
    current_app.conf.update(changes)
    current_app._pool = None
    current_app.amqp._producer_pool = None


@contextmanager
def database_away() -> Iterator[None]:
    """Fail every statement as one does while PostgreSQL starts up."""

    def refuse(execute: Callable[..., Any], *arguments: Any) -> Any:
        message = "connection failed: FATAL: the database system is in recovery mode"
        raise OperationalError(message) from psycopg.OperationalError(message)

    with connection.execute_wrapper(refuse):
        yield
