"""People at work in a company, each with a browser that keeps to what it was given."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client

from backfill.tenancy.models import Company, Role
from ledger.models import Account
from tests.factories import make_company, make_member
from tests.reporting.books import book

SignedIn = Callable[..., Client]


class Browser(Client):
    """A browser that fills in the number of a form, as the form's page does, unless it is told another."""

    def post(self, path: Any, data: Any = None, *arguments: Any, **options: Any) -> Any:  # type: ignore[override]
        if data is None or isinstance(data, dict):
            data = {"request_id": str(uuid4()), **(data or {})}
        return super().post(path, data, *arguments, **options)


@pytest.fixture(autouse=True)
def own_counters(settings: Any) -> Iterator[None]:
    """Count attempts in this process, from none."""
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
    """2026: capital 10,000 in January, sales 4,000 on account in March, rent 600 in June."""
    company = make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")
    book(company, "2026-01-02", ("1000", "10000"), ("3000", "-10000"), memo="Capital paid in")
    book(company, "2026-03-10", ("1100", "4000"), ("4000", "-4000"), memo="Sale to Harbor", document_number="INV-1")
    book(company, "2026-06-20", ("6320", "600"), ("1000", "-600"), memo="Rent of June")
    return company


@pytest.fixture
def other(db: None) -> Company:
    """Another company, in which none of the people are members."""
    company = make_company(name="Other GmbH", chart="skr03", currency="EUR", country="DE", time_zone="Europe/Berlin")
    book(company, "2026-01-02", ("1200", "500"), ("0800", "-500"), memo="Secret capital")
    return company


@pytest.fixture
def signed_in() -> SignedIn:
    """Makes browsers in which a new member of the company is signed in."""

    def make(company: Company, role: str = Role.OWNER, **member: Any) -> Client:
        client = Browser()
        client.force_login(make_member(company, role=role, **member).user)
        return client

    return make


@pytest.fixture
def owner(company: Company, signed_in: SignedIn) -> Client:
    return signed_in(company)


def account(company: Company, code: str) -> Account:
    return Account.objects.get(company=company, code=code)


def words(response: Any) -> str:
    """The text of a page, blanks collapsed."""
    return " ".join(response.content.decode().split())
