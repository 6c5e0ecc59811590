"""Refusals of the books in the words of a page."""

from collections.abc import Iterator

import pytest

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.wording import sentence, write_as


@pytest.fixture(params=["DE", "US"])
def country(request: pytest.FixtureRequest) -> Iterator[str]:
    write_as(formats_of(Company(country=request.param, base_currency="EUR", time_zone="UTC")))
    yield str(request.param)
    write_as(formats_of(Company(country="", base_currency="EUR", time_zone="UTC")))


# What the books say, and what a page says in Germany and in the United States.
REFUSALS = [
    (
        "entry_date lies between 1900-01-01 and 2199-12-31",
        "The date lies between 01.01.1900 and 31.12.2199.",
        "The date lies between Jan 1, 1900 and Dec 31, 2199.",
    ),
    (
        "12.345 has more decimals than EUR has; amounts in EUR have at most 2",
        "12,345 has more decimals than EUR has; amounts in EUR have at most 2.",
        "12.345 has more decimals than EUR has; amounts in EUR have at most 2.",
    ),
    (
        "debits and credits differ: debits 1234.50 EUR, credits -1234567.8 EUR, off by 0.01",
        "Debits and credits differ: debits 1.234,50 EUR, credits -1.234.567,8 EUR, off by 0,01.",
        "Debits and credits differ: debits 1,234.50 EUR, credits -1,234,567.8 EUR, off by 0.01.",
    ),
    (
        "lines[2].unit_amount is 1.50, but quantity × unit_amount less the discount is 2.00",
        "Line 3, price is 1,50, but quantity × price less the discount is 2,00.",
        "Line 3, price is 1.50, but quantity × price less the discount is 2.00.",
    ),
    (
        "lines[0].tax_details[1].tax_amount is missing",
        "Line 1, tax detail 2, tax amount is missing.",
        "Line 1, tax detail 2, tax amount is missing.",
    ),
    ("allocations[0] names no invoice", "Allocation 1 names no invoice.", "Allocation 1 names no invoice."),
    (
        "set track_inventory to count the stock of this item",
        "Set «count the stock» to count the stock of this item.",
        "Set «count the stock» to count the stock of this item.",
    ),
    ("customer_id does not exist", "Customer does not exist.", "Customer does not exist."),
    # What is nobody's figure or field stays as it is.
    (
        "invoice INV-2026-05-05-1.50 is paid",
        "Invoice INV-2026-05-05-1.50 is paid.",
        "Invoice INV-2026-05-05-1.50 is paid.",
    ),
    (
        "«12.345» and «tax_code» are not amounts",
        "«12.345» and «tax_code» are not amounts.",
        "«12.345» and «tax_code» are not amounts.",
    ),
    (
        "entry 2026-000017 of a_b@example.com",
        "Entry 2026-000017 of a_b@example.com.",
        "Entry 2026-000017 of a_b@example.com.",
    ),
    ("version 1.2.3 of 10.0.0.1", "Version 1.2.3 of 10.0.0.1.", "Version 1.2.3 of 10.0.0.1."),
    ("there is no 2026-02-30", "There is no 2026-02-30.", "There is no 2026-02-30."),
    ("Done!", "Done!", "Done!"),
]


@pytest.mark.parametrize(("message", "german", "american"), REFUSALS)
def test_says_it_in_plain_words_and_as_the_country_writes(
    country: str, message: str, german: str, american: str
) -> None:
    assert sentence(message) == (german if country == "DE" else american)
