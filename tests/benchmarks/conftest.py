"""What the benchmarks start from."""

import pytest

from backfill.tenancy.models import Company
from tests.factories import make_company


@pytest.fixture
def books(transactional_db: None) -> Company:
    """A company whose rows are committed, as in life; the tables are emptied after the test."""
    return make_company()
