"""Tasks run at once, mails are kept in memory, and every test counts its own attempts."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache

from backfill.tenancy.models import Company
from tests.factories import make_company


@pytest.fixture(autouse=True)
def own_counters(settings: Any) -> Iterator[None]:
    """Keep counters in this process, so that they are empty at the start and end when the clock says so."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def eager_tasks() -> Iterator[None]:
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    current_app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()
