"""Both contracts serve the sample of `tests.api.sample` instead of the product's endpoints."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backfill.contracts import choice
from backfill.tenancy.models import Company
from tests.factories import make_api_key, make_company


@pytest.fixture(autouse=True)
def sample_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(choice.URLCONFS, "backfill", "tests.api.sample.backfill_urls")
    monkeypatch.setitem(choice.URLCONFS, "books", "tests.api.sample.books_urls")


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """Makes clients that send a new key of the company; failures inside a view come back as answers."""

    def make(company: Company, **key: Any) -> Client:
        token = make_api_key(company, **key).token
        return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)

    return make


@pytest.fixture
def client(company: Company, client_for: Callable[..., Client]) -> Client:
    return client_for(company)


@pytest.fixture
def books_client(company: Company, client_for: Callable[..., Client]) -> Client:
    return client_for(company, contract="books")
