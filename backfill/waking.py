"""Telling a worker that there is something to do: the one way in which a request starts background work.

What is to be done stands in the database before anybody is told (an outbox). So the broker carries wake-ups only, and
one that is lost costs minutes: a scheduled search finds what nobody was told about.
"""

import structlog
from celery import signature
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

log = structlog.get_logger(__name__)


def wake(task: str, *arguments: object) -> None:
    """Tell a worker after the commit to run the task with these arguments, such as the id of a row of an outbox."""

    def tell() -> None:
        tell_worker(task, *arguments)

    transaction.on_commit(tell)


def tell_worker(task: str, *arguments: object) -> bool:
    """Tell a worker now; False when the broker cannot be reached. The request goes on either way."""
    try:
        signature(task, args=tuple(str(argument) for argument in arguments)).apply_async(retry=False)
    except (OperationalError, RedisError, ConnectionError, TimeoutError) as error:
        log.warning("worker_not_told", task=task, error=str(error))
        return False
    return True
