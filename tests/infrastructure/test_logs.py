"""Log lines as they are written: JSON, each with what happened to whom."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from psycopg.errors import DeadlockDetected
from redis.exceptions import ConnectionError as RedisConnectionError

from backfill.logs import bind_caller, current_request_id


def greet(_request: HttpRequest) -> HttpResponse:
    bind_caller(company_id="0198", actor="Till software")
    logging.getLogger("backfill.test").info("said %s", "hello")
    structlog.get_logger("backfill.test").warning("counted", lines=2)
    return HttpResponse(current_request_id())


def fail(_request: HttpRequest) -> HttpResponse:
    raise ValueError("a mistake of ours")


urlpatterns = [path("greet", greet), path("fail", fail)]
pytestmark = pytest.mark.urls(__name__)


class Lines(io.StringIO):
    def read_all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    formatter = next(handler.formatter for handler in root.handlers if isinstance(handler, logging.StreamHandler))
    stream = Lines()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def test_writes_json_with_request_company_and_actor(client: Client, lines: Lines) -> None:
    answer = client.get("/greet")
    written = {line["event"]: line for line in lines.read_all()}
    assert {"said hello", "counted", "request_finished"} <= set(written)
    for line in written.values():
        assert line["request_id"] == answer.headers["X-Request-Id"] == answer.content.decode()
        assert line["company"] == "0198"
        assert line["actor"] == "Till software"
    assert written["counted"]["lines"] == 2
    assert written["counted"]["level"] == "warning"
    assert written["request_finished"]["code"] == 200


def test_forgets_the_caller_after_the_request(client: Client, lines: Lines) -> None:
    client.get("/greet")
    logging.getLogger("backfill.test").info("later")
    line = lines.read_all()[-1]
    assert not {"company", "actor", "request_id"} & set(line)


def test_gives_each_request_an_id_of_its_own(client: Client) -> None:
    assert len({client.get("/greet").headers["X-Request-Id"] for _ in range(3)}) == 3


def test_writes_an_error_of_ours_with_its_traceback_in_one_line(client: Client, lines: Lines) -> None:
    client.raise_request_exception = False
    answer = client.get("/fail")
    assert answer.status_code == 500
    failed = next(line for line in lines.read_all() if line["event"] == "request_failed")
    assert "ValueError: a mistake of ours" in failed["exception"]
    assert failed["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "error", [ConnectionResetError("reset"), RedisConnectionError("gone"), OperationalError("gone")]
)
def test_tells_of_a_lost_connection_in_one_line(lines: Lines, error: Exception) -> None:
    """A worker connects again; the same from our own code is a mistake and has its traceback."""
    for name in ("celery.worker.consumer.consumer", "backfill.test"):
        try:
            raise error
        except type(error):
            logging.getLogger(name).warning("connection lost", exc_info=True)
    of_worker, ours = lines.read_all()
    assert (of_worker["error"], "exception" in of_worker) == (f"{type(error).__name__}: {error}", False)
    assert "Traceback" in ours["exception"]


def _deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = DeadlockDetected("deadlock detected")
    return error


@pytest.mark.parametrize("error", [FileNotFoundError("gone"), _deadlock()])
def test_keeps_the_traceback_of_what_is_no_outage(lines: Lines, error: Exception) -> None:
    logging.getLogger("celery.app.trace").error("task failed", exc_info=error)
    [told] = lines.read_all()
    assert type(error).__name__ in told["exception"]
