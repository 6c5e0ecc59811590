"""What operators ask: is the process alive, can it serve, and how much did it do.

`/metrics` covers all web workers, whichever of them is asked: with PROMETHEUS_MULTIPROC_DIR set (`manage.py serve` does
so) each process counts in a file there and the answer adds the files up.
"""

import hmac
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.middleware import common
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

PATHS = {"/healthz", "/readyz", "/metrics"}


class CommonMiddleware(common.CommonMiddleware):
    """Django's, except that probes may ask by address: what they are answered does not depend on the host."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PATHS else super().process_request(request)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Liveness: this process answers. It asks nobody else, or a slow database would get it restarted."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Readiness: 200 when database, broker and schema are there, otherwise 503 naming what is not."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _is_database_up,
        "broker": _is_broker_up,
        "migrations": is_schema_current,
    }
    answers = {name: _holds(check) for name, check in checks.items()}
    ready = all(answers.values())
    body = {
        "status": "ok" if ready else "unavailable",
        "checks": {name: "ok" if up else "failed" for name, up in answers.items()},
    }
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. Beyond a single machine it needs METRICS_TOKEN and hides without it."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    elif not settings.PRIVATE:
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def is_schema_current() -> bool:
    """Return whether every migration is applied."""
    try:
        return _schema_is_current_for_good()
    except _NotYet:
        return False


class _NotYet(Exception):
    """Raised in place of a no, so that only a yes is remembered: reading all migrations takes long."""


@cache
def _schema_is_current_for_good() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _NotYet
    return True


def _is_database_up() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _is_broker_up() -> bool:
    return bool(_broker().ping())


@cache
def _broker() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, redis.RedisError):
        return False
