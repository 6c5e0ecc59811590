"""A customer's statement of account in the admin."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from receivables.models import Customer, Mailing
from tests.factories import line, make_customer, make_invoice, make_payment
from tests.receivables.letters import pages_of
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db

PAGES = ("customer_statement", "print_statement", "send_statement")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, name="Harbor Supplies", email="pay@harbor.example")


def link(name: str, customer: Customer, query: str = "") -> str:
    return reverse(f"admin:{name}", args=[customer.pk]) + query


def test_shows_the_last_three_months(owner: Client, company: Company, customer: Customer) -> None:
    """100.00 of long ago, then 50.00 less 30.00."""
    today = company.today()
    make_invoice(company, line("100.00"), customer=customer, on=today - timedelta(days=200))
    recent = make_invoice(company, line("50.00"), customer=customer, on=today - timedelta(days=20))
    make_payment(company, "30.00", recent, on=today - timedelta(days=5))
    page = words(owner.get(link("customer_statement", customer)))
    assert page.index("Balance brought forward") < page.index("100.00") < page.index(str(recent))
    assert page.index("-30.00") < page.index("120.00")


def test_shows_the_period_and_the_currency_asked_for(owner: Client, company: Company, customer: Customer) -> None:
    make_invoice(company, line("7.00"), customer=customer, currency="EUR", exchange_rate=Decimal("1.10"))
    query = "?start=2026-01-01&end=2026-01-31"
    assert "7.00" not in words(owner.get(link("customer_statement", customer, query)))
    page = words(owner.get(link("customer_statement", customer, query + "&currency=eur")))
    assert "Balance EUR" in page
    assert "7.00" in page
    printed = owner.get(link("print_statement", customer, query + "&currency=EUR"))
    assert "€7.00" in pages_of(printed.content)[0]


@pytest.mark.parametrize(
    "query",
    [
        "?start=2026-02-01&end=2026-01-01",
        "?start=yesterday",
        "?end=2026-02-30",
        "?currency=%00",
        "?end=0001-01-01",
        "?start=0001-01-01&end=0001-01-01",
        "?start=9999-12-31&end=9999-12-31",
        "?end=10000-01-01",
    ],
)
def test_bears_nonsense(owner: Client, customer: Customer, query: str) -> None:
    assert owner.get(link("customer_statement", customer, query)).status_code == 200
    assert owner.get(link("print_statement", customer, query)).status_code == 200


def test_prints_no_statement_in_what_is_no_currency(owner: Client, customer: Customer) -> None:
    page = owner.get(link("print_statement", customer, "?currency=xxz"))
    assert page.status_code == 422
    assert "XXZ" in words(page)


def test_says_that_a_period_is_upside_down(owner: Client, customer: Customer) -> None:
    page = words(owner.get(link("customer_statement", customer, "?start=2026-02-01&end=2026-01-01")))
    assert "The period ends before it begins." in page


def test_mails_what_is_shown(owner: Client, company: Company, customer: Customer) -> None:
    make_invoice(company, customer=customer)
    query = "?start=2026-01-01&end=2026-01-31"
    form = words(owner.get(link("send_statement", customer, query)))
    assert "pay@harbor.example" in form
    body = {"recipients": "a@example.com, b@example.com", "request_id": "00000000-0000-7000-8000-000000000001"}
    page = words(owner.post(link("send_statement", customer, query), body, follow=True))
    assert "The statement is on its way to a@example.com, b@example.com." in page
    assert "Jan 1, 2026" in page
    mailing = Mailing.objects.get()
    assert mailing.subject.startswith("Statement of account Jan 31, 2026")
    owner.post(link("send_statement", customer, query), body)
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize("recipients", ["", "nobody", "a@example.com, b", ", ,"])
def test_refuses_what_is_no_address(owner: Client, customer: Customer, recipients: str) -> None:
    customer.email = ""
    customer.save()
    answer = owner.post(link("send_statement", customer), {"recipients": recipients})
    assert answer.status_code == 422
    assert not Mailing.objects.exists()


def test_is_linked_from_the_customer_and_the_open_items(owner: Client, customer: Customer) -> None:
    statement = link("customer_statement", customer)
    assert statement in words(owner.get(link("customer", customer)))
    assert f"{statement}?end=2026-03-31" in words(owner.get(link("customer_items", customer, "?as_of=2026-03-31")))


def test_costs_the_same_however_long_it_is(owner: Client, company: Company, customer: Customer) -> None:
    make_invoice(company, customer=customer, on=company.today())
    assert cost(owner, link("customer_statement", customer)) == FRAME + 3
    for _ in range(5):
        make_invoice(company, customer=customer, on=company.today())
    assert cost(owner, link("customer_statement", customer)) == FRAME + 3


def test_opens_to_those_who_may(company: Company, customer: Customer, signed_in: SignedIn) -> None:
    viewer = signed_in(company, Role.VIEWER)
    assert [viewer.get(link(name, customer)).status_code for name in PAGES] == [200, 200, 403]
    assert viewer.post(link("send_statement", customer), {"recipients": "a@example.com"}).status_code == 403


def test_knows_nothing_of_someone_elses_customer(owner: Client, other: Company) -> None:
    foreign = make_customer(other, email="s@example.com")
    assert [owner.get(link(name, foreign)).status_code for name in PAGES] == [404, 404, 404]
    assert owner.post(link("send_statement", foreign), {"recipients": "a@example.com"}).status_code == 404
    assert not Mailing.objects.exists()
