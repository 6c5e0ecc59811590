"""Sellers in other countries."""

from collections.abc import Callable

import pytest

from tests.ledger.api.conftest import ApiClient, api, api_client
from tests.receivables.api.conftest import Seller, seller

__all__ = ["api", "api_client", "seller"]


@pytest.fixture
def german(db: None, api_client: Callable[..., ApiClient]) -> Seller:
    """A company in Germany with the chart SKR04."""
    return Seller(api_client(chart="skr04", currency="EUR", country="DE"))
