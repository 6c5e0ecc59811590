"""The DATEV export in the admin."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from tests.factories import make_company, make_entry, make_user
from tests.reporting.books import book

pytestmark = pytest.mark.django_db

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture
def company() -> Company:
    company = make_company(
        chart="skr04", currency="EUR", country="DE", datev_consultant_number=29098, datev_client_number=55003
    )
    book(company, "2026-03-01", ("6815", "100"), ("1800", "-100"), memo="Papier")
    book(company, "2026-04-01", ("6815", "50"), ("1800", "-50"))
    return company


@pytest.fixture
def member(company: Company, client: Client) -> Client:
    client.force_login(make_user(company))
    return client


def test_counts_what_it_would_export(member: Client) -> None:
    page = member.get(reverse("admin:datev_export"), MARCH)
    assert "1 entry in this range." in page.content.decode()


def test_downloads_the_batch(member: Client) -> None:
    answer = member.get(reverse("admin:datev_export"), {**MARCH, "download": "1"})
    content = b"".join(answer.streaming_content).decode("cp1252")
    assert answer["Content-Disposition"] == 'attachment; filename="EXTF_Buchungsstapel_20260301_20260331.csv"'
    assert content.startswith('"EXTF";700;21;"Buchungsstapel";13;')
    assert [row.split(";")[0] for row in content.split("\r\n")[2:-1]] == ["100,00"]
    assert '"Papier"' in content


def test_says_what_is_wrong_at_the_field_to_blame(member: Client) -> None:
    answer = member.get(reverse("admin:datev_export"), {"start": "2026-12-01", "end": "2027-01-31", "download": "1"})
    assert answer.status_code == 422
    assert "A DATEV batch lies within one fiscal year" in answer.content.decode()


def test_says_that_the_numbers_are_missing(client: Client) -> None:
    company = make_company()
    make_entry(company, on=date(2026, 3, 1))
    client.force_login(make_user(company))
    page = client.get(reverse("admin:datev_export"))
    assert page.status_code == 200
    assert "Set the DATEV consultant number" in page.content.decode()
