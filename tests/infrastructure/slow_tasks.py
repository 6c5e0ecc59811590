"""Tasks that only tests run, on a real worker."""

import os
import time

from celery import shared_task
from django.core.cache import cache


@shared_task
def hang_the_first_time(name: str) -> None:
    """Note the process that runs it; hang in the first run and finish in any later one."""
    if cache.incr(f"{name}:runs") == 1:
        cache.set(f"{name}:pid", os.getpid())
        time.sleep(60)
    cache.set(f"{name}:done", True)


@shared_task(soft_time_limit=1, time_limit=2)
def take_too_long(name: str) -> None:
    cache.set(f"{name}:began", True)
    while True:
        try:
            time.sleep(60)
        except Exception:  # noqa: BLE001, S112 - a task that ignores the soft limit
            continue
