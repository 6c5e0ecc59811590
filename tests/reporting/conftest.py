"""Companies with a few figures worked by hand, in fiscal years that were never closed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backfill.tenancy.models import Company
from tests.factories import make_api_key, make_company
from tests.reporting.books import book


@pytest.fixture
def us(db: None) -> Company:
    """2024: capital 10,000, sales 3,000, rent 1,000. 2025: sales 500, rent 900. 2026: sales 4,000 on account in
    March for which goods of 1,500 leave the stock, 2,000 of goods bought on account in May, rent 600 in June."""
    company = make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")
    book(company, "2024-01-02", ("1000", "10000"), ("3000", "-10000"))
    book(company, "2024-05-31", ("1000", "3000"), ("4000", "-3000"))
    book(company, "2024-06-30", ("6320", "1000"), ("1000", "-1000"))
    book(company, "2025-03-15", ("1000", "500"), ("4000", "-500"))
    book(company, "2025-12-31", ("6320", "900"), ("1000", "-900"))
    book(company, "2026-03-10", ("1100", "4000"), ("4000", "-4000"))
    book(company, "2026-03-11", ("5000", "1500"), ("1200", "-1500"))
    book(company, "2026-05-05", ("1200", "2000"), ("2000", "-2000"))
    book(company, "2026-06-20", ("6320", "600"), ("1000", "-600"))
    return company


@pytest.fixture
def german(db: None) -> Company:
    """2026: capital 25,000, a sale of 1,190 and goods bought for 595, both with 19 % tax."""
    company = make_company(name="Muster GmbH", chart="skr04", currency="EUR", country="DE", time_zone="Europe/Berlin")
    book(company, "2026-01-02", ("1800", "25000"), ("2900", "-25000"))
    book(company, "2026-02-10", ("1200", "1190"), ("4400", "-1000"), ("3806", "-190"))
    book(company, "2026-02-20", ("5400", "500"), ("1406", "95"), ("3300", "-595"))
    return company


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """Makes clients that send a new key of the company; failures inside a view come back as answers."""

    def make(company: Company, **key: Any) -> Client:
        token = make_api_key(company, **key).token
        return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)

    return make
