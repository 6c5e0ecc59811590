"""The numbers of documents in the settings."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from ledger.documents.models import NumberSeries
from receivables.models import Customer
from tests.factories import make_invoice
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db

LIST = "admin:numbering"


def url(kind: str = "invoice") -> str:
    return reverse("admin:change_numbering", args=[kind])


def series(**values: str) -> dict[str, Any]:
    return {"begins_with": "INV-", "padding": "4", "next_number": "1001", **values}


def test_shows_the_next_number_of_every_kind(owner: Client, company: Company, customer: Customer) -> None:
    make_invoice(company, customer=customer)
    page = words(owner.get(reverse(LIST)))
    for expected in ("INV-1002", "CM-1001", "QU-1001", "SO-1001", "SR-1001", "RF-1001", "PAY-1001"):
        assert expected in page
    assert cost(owner, reverse(LIST)) == FRAME + 1


def test_numbers_the_next_document_as_it_was_told(owner: Client, company: Company, customer: Customer) -> None:
    page = words(owner.post(url(), series(begins_with="RE ", next_number="5000", padding="6"), follow=True))
    assert "The next number of invoices is RE 005000." in page
    assert make_invoice(company, customer=customer).document_number == "RE 005000"


def test_begins_anew_every_year(owner: Client, company: Company, customer: Customer) -> None:
    year = company.today().year
    page = words(owner.post(url(), series(shows_year="on"), follow=True))
    assert f"The next number of invoices is INV-{year}-0001." in page
    assert make_invoice(company, customer=customer, on=company.today()).document_number == f"INV-{year}-0001"
    assert f"INV-{year}-0002" in words(owner.get(reverse(LIST)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"next_number": "1001"}, "The next number is 1002; a series does not go back."),
        ({"next_number": "0"}, "greater than or equal to 1"),
        ({"next_number": "1000000000000000"}, "between 1 and 10^15"),
        ({"padding": "13"}, "less than or equal to 12"),
        ({"begins_with": "X" * 21}, "at most 20 characters"),
        ({"begins_with": "X\0"}, "Null characters"),
    ],
)
def test_says_what_is_wrong(
    owner: Client, company: Company, customer: Customer, values: dict[str, str], message: str
) -> None:
    make_invoice(company, customer=customer)
    page = owner.post(url(), series(**values))
    assert page.status_code == 422
    assert message in words(page)
    assert NumberSeries.objects.get(document_type="invoice").next_number == 1002


def test_opens_to_those_who_may(company: Company, signed_in: SignedIn) -> None:
    bookkeeper = signed_in(company, Role.BOOKKEEPER)
    assert bookkeeper.get(reverse(LIST)).status_code == 200
    assert bookkeeper.get(url()).status_code == 403
    assert bookkeeper.post(url(), series(begins_with="X")).status_code == 403
    assert not NumberSeries.objects.filter(prefix="X").exists()


def test_knows_only_documents_and_its_own_company(owner: Client, other: Company) -> None:
    assert owner.get(url("secret")).status_code == 404
    owner.post(url(), series(begins_with="OURS-"))
    assert not NumberSeries.objects.filter(company=other).exists()
