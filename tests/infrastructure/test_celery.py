"""Background work through a real worker process and the real broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psutil
import pytest
from celery.exceptions import QueueNotFound
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from kombu.exceptions import EncodeError

from backfill.celery import app
from backfill.serving import QUEUES
from backfill.tasks import clear_sessions
from tests.infrastructure.installations import ROOT
from tests.infrastructure.slow_tasks import hang_the_first_time, take_too_long


@pytest.fixture(scope="module")
def worker(django_db_setup: None) -> Iterator[psutil.Process]:
    """A worker on this test run's database and its own queues."""
    database = connection.settings_dict
    host = f"?host={database['HOST']}" if database["HOST"].startswith("/") else ""
    address = "" if host else f"{database['HOST']}:{database['PORT']}"
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{address}/{database['NAME']}{host}"
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "--app", "backfill.celery", "worker", "--queues", QUEUES,
         "--concurrency", "1", "--without-gossip", "--without-mingle", "--include", "tests.infrastructure.slow_tasks"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL,
             "DJANGO_SETTINGS_MODULE": "tests.settings"},
        start_new_session=True,
    )  # fmt: skip
    yield psutil.Process(process.pid)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def eventually(condition: Callable[[], Any], seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_runs_a_task_through_worker_and_broker(worker: psutil.Process) -> None:
    Session.objects.create(session_key="gone", session_data="", expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    Session.objects.create(session_key="kept", session_data="", expire_date=datetime(2999, 1, 1, tzinfo=UTC))
    clear_sessions.delay()
    assert eventually(lambda: list(Session.objects.values_list("session_key", flat=True)) == ["kept"])


@pytest.mark.worker
def test_gives_a_task_back_when_its_process_dies(worker: psutil.Process) -> None:
    name = uuid4().hex
    cache.set(f"{name}:runs", 0)
    hang_the_first_time.apply_async([name], queue="ingest")
    assert eventually(lambda: cache.get(f"{name}:pid"))
    os.kill(cache.get(f"{name}:pid"), signal.SIGKILL)
    assert eventually(lambda: cache.get(f"{name}:done"))
    assert cache.get(f"{name}:runs") == 2


@pytest.mark.worker
def test_ends_a_task_at_its_time_limit(worker: psutil.Process) -> None:
    name, after = uuid4().hex, uuid4().hex
    take_too_long.apply_async([name], queue="exports")
    assert eventually(lambda: cache.get(f"{name}:began"))
    cache.set(f"{after}:runs", 1)
    hang_the_first_time.apply_async(
        [after], queue="bank"
    )  # waits for the one process there is, and hangs only in a first run
    assert eventually(lambda: cache.get(f"{after}:done"))


def test_limits_the_time_of_every_task() -> None:
    """A task that ran beyond the visibility timeout would be given to a second worker while the first still works."""
    app.loader.import_default_modules()
    limits = [app.conf.task_time_limit, *(task.time_limit for task in app.tasks.values() if task.time_limit)]
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert max(limits) < app.conf.broker_transport_options["visibility_timeout"]


def test_knows_four_queues_and_no_other() -> None:
    assert ",".join(queue.name for queue in app.conf.task_queues) == QUEUES
    with pytest.raises(QueueNotFound):
        clear_sessions.apply_async(queue="defualt")


def test_carries_json_only() -> None:
    assert app.conf.accept_content == ["json"]
    with pytest.raises((EncodeError, TypeError)):
        clear_sessions.apply_async(args=[object()])


def test_schedules_only_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
