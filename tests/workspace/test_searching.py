"""The search box: parties first, and everything by number, amount in either notation, and day."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.terms import amounts_in, day_in
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.reporting.books import book

TODAY = date(2026, 11, 29)


def found(client: Client, term: str) -> list[str]:
    return [one.title for one in client.get(reverse("admin:search"), {"s": term}).context["results"]]


@pytest.mark.parametrize(
    ("term", "amounts"),
    [
        ("1.234,56", ["1234.56"]),
        ("1,234.56", ["1234.56"]),
        ("1234,5", ["1234.5"]),
        ("1234", ["1234"]),
        ("1.234", ["1.234", "1234"]),
        ("1 234,56 EUR", ["1234.56"]),
        ("$1,000", ["1000", "1.000"]),
        ("1,2,3", []),
        ("27.11.2026", []),
        ("٣", []),
        ("Harbor", []),
        ("", []),
    ],
)
def test_reads_amounts_in_either_notation(term: str, amounts: list[str]) -> None:
    assert amounts_in(term) == [Decimal(one) for one in amounts]


@pytest.mark.parametrize(
    ("country", "term", "day"),
    [
        ("DE", "2026-11-27", date(2026, 11, 27)),
        ("DE", "27.11.2026", date(2026, 11, 27)),
        ("DE", "3.4.26", date(2026, 4, 3)),
        ("DE", "27.11.", date(2026, 11, 27)),
        ("US", "11/27/2026", date(2026, 11, 27)),
        ("US", "3/4/26", date(2026, 3, 4)),
        ("US", "27/11/2026", date(2026, 11, 27)),
        ("GB", "3/4/2026", date(2026, 4, 3)),
        ("DE", "31.02.2026", None),
        ("DE", "1.234,56", None),
        ("US", "2026", None),
    ],
)
def test_reads_days_in_iso_and_as_the_country_writes_them(country: str, term: str, day: date | None) -> None:
    assert day_in(term, formats_of(Company(country=country, base_currency="EUR", time_zone="UTC")), TODAY) == day


@pytest.mark.django_db
class TestTheResults:
    def test_have_parties_before_documents_and_entries(self, company: Company, owner: Client) -> None:
        for month in range(1, 8):
            book(company, f"2026-0{month}-03", ("1000", "1"), ("3000", "-1"), memo="Harbor")
        customer = make_customer(company, name="Harbor Supplies")
        titles = found(owner, "Harbor")
        assert titles[0] == str(customer.name)
        assert any("· Harbor" in title for title in titles[1:])

    @pytest.mark.parametrize("term", ["1.234,56", "1,234.56", "1234.56", "2026-11-27", "11/27/2026"])
    def test_have_documents_and_entries_of_an_amount_or_a_day(self, company: Company, owner: Client, term: str) -> None:
        customer = make_customer(company, name="Harbor Supplies")
        day = date(2026, 11, 27)
        invoice = make_invoice(company, line("1234.56"), customer=customer, on=day)
        payment = make_payment(company, "1234.56", invoice, on=day)
        entry = book(company, "2026-11-27", ("1000", "1234.56"), ("3000", "-1234.56"), memo="By hand")
        titles = found(owner, term)
        for wanted in (str(invoice), str(payment), entry.entry_number):
            assert any(title.startswith(wanted) for title in titles), (wanted, titles)

    def test_are_of_the_company_alone(self, owner: Client, other: Company) -> None:
        make_invoice(other, line("1234.56", tax_rate=Decimal(0)))
        assert found(owner, "1234.56") == []

    def test_do_not_fail_on_odd_terms(self, signed_in: Callable[..., Client]) -> None:
        client = signed_in(make_company())
        for term in ("9" * 60, "99.99.9999", "0/0/0", "1.", "\x00", "٣.٣.٢٠٢٦", "1,234,567.8", "-5"):
            assert client.get(reverse("admin:search"), {"s": term}).status_code == 200
