"""The API of one company, as in the tests of receivables."""

from tests.ledger.api.conftest import api, api_client
from tests.receivables.api.conftest import seller

__all__ = ["api", "api_client", "seller"]
