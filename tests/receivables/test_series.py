"""Document numbers: prefix, year, and never back."""

from datetime import date

import pytest

from backfill.errors import ValidationFailed
from ledger.documents.numbers.series import configure_series, next_document_numbers
from tests.factories import make_company, make_invoice

pytestmark = pytest.mark.django_db


def test_shows_the_year_and_starts_anew_with_it() -> None:
    company = make_company()
    configure_series(company=company, document_type="invoice", prefix="RE-", padding=5, shows_year=True)
    numbers = [make_invoice(company, on=date(year, 5, 1)).document_number for year in (2025, 2025, 2026, 2025)]
    assert numbers == ["RE-2025-00001", "RE-2025-00002", "RE-2026-00001", "RE-2025-00003"]


def test_goes_on_where_it_is_told_to_but_not_back() -> None:
    company = make_company()
    configure_series(company=company, document_type="invoice", prefix="A", next_number=500, padding=0)
    assert make_invoice(company).document_number == "A500"
    with pytest.raises(ValidationFailed, match="the next number is 501; a series does not go back"):
        configure_series(company=company, document_type="invoice", prefix="A", next_number=500)


def test_gives_out_a_block_at_once() -> None:
    company = make_company()
    taken = next_document_numbers(company_id=company.id, document_type="quote", prefix="QU-", year=2026, count=3)
    assert taken == ["QU-1001", "QU-1002", "QU-1003"]
    assert next_document_numbers(company_id=company.id, document_type="quote", prefix="QU-", year=2026) == ["QU-1004"]
