"""Every page of sales: who opens it, what it costs, and that it shows nothing of another company."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from receivables.models import Customer
from tests.factories import line, make_customer, make_invoice
from tests.receivables.pages.conftest import (
    make_credit_memo,
    make_order,
    make_quote,
    make_receipt,
    make_refund,
    make_unapplied_payment,
)
from tests.receivables.pages.routes import BUTTONS, CHANGES, FORMS, LISTS, LOOKS, REFUSED_LOOKS, make_sent_mail, records
from tests.workspace.conftest import SignedIn

pytestmark = pytest.mark.django_db

ALL = {**LOOKS, **REFUSED_LOOKS, **CHANGES}


@pytest.mark.parametrize("role", ["owner", "bookkeeper", "approver", "viewer"])
def test_opens_the_pages_of_a_role_and_no_others(
    role: str, company: Company, customer: Customer, signed_in: SignedIn
) -> None:
    client, ids = signed_in(company, role), records(company, customer)
    making = 200 if role in {"owner", "bookkeeper"} else 403
    lists = {name: client.get(reverse(f"admin:{name}")).status_code for name in (*LISTS, *FORMS)}
    assert lists == dict.fromkeys(LISTS, 200) | dict.fromkeys(FORMS, making)
    opened = {name: client.get(reverse(f"admin:{name}", args=[ids[kind]])).status_code for name, kind in ALL.items()}
    seen = dict.fromkeys(LOOKS, 200) | dict.fromkeys(REFUSED_LOOKS, 422)
    assert opened == dict.fromkeys(ALL, making) | seen


def test_presses_no_button_for_somebody_who_may_only_look(
    company: Company, customer: Customer, signed_in: SignedIn
) -> None:
    client, ids = signed_in(company, Role.VIEWER), records(company, customer)
    pressed = {name: reverse(f"admin:{name}", args=[ids[kind]]) for name, kind in {**BUTTONS, **CHANGES}.items()}
    assert {name: client.post(url).status_code for name, url in pressed.items()} == dict.fromkeys(pressed, 403)
    for name in FORMS:
        assert client.post(reverse(f"admin:{name}"), {}).status_code == 403, name


def test_knows_nothing_of_another_companys_records(owner: Client, other: Company) -> None:
    ids = records(other, make_customer(other, name="Secret AG"))
    for name, kind in ALL.items():
        assert owner.get(reverse(f"admin:{name}", args=[ids[kind]])).status_code == 404, name
    for name, kind in {**BUTTONS, **CHANGES}.items():
        assert owner.post(reverse(f"admin:{name}", args=[ids[kind]])).status_code == 404, name
    for name in LISTS:
        assert b"Secret" not in owner.get(reverse(f"admin:{name}")).content, name
    assert owner.get(reverse("admin:customer_search") + "?q=secret").json() == {"results": []}
    for query in (f"?customer={ids['customer']}", f"?invoice={ids['invoice']}"):
        page = owner.get(reverse("admin:new_credit_memo") + query)
        assert page.status_code == 404


# Every page: the person, their device, their companies, the company told to PostgreSQL and taken back again.
FRAME = 6


def cost(client: Client, url: str) -> int:
    client.get(url)  # what is read once per process
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len([query for query in queries if not (query["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))])


def test_lists_cost_the_same_however_long_they_are(owner: Client, company: Company, customer: Customer) -> None:
    for size in (1, 8):
        for number in range(size):
            one = make_customer(company, name=f"Customer {size}-{number}")
            make_invoice(company, customer=one)
            make_unapplied_payment(company, one)
            make_credit_memo(company, one)
            make_quote(company, one)
            make_order(company, one)
            make_receipt(company, customer_id=one.pk)
            make_refund(company, customer_id=one.pk)
        assert {name: cost(owner, reverse(f"admin:{name}")) for name in LISTS} == {
            **dict.fromkeys(LISTS, FRAME + 2),  # the rows and the person's saved views
            "ageing": FRAME + 1,
        }
        assert cost(owner, reverse("admin:customer", args=[customer.pk])) == FRAME + 9


def test_a_document_costs_the_same_however_long_it_is(owner: Client, company: Company, customer: Customer) -> None:
    short, long = (make_invoice(company, *[line("5.00")] * size, customer=customer) for size in (1, 12))
    for _ in range(3):
        make_sent_mail(company, long.pk)
        make_credit_memo(company, customer, invoice_id=long.pk, lines=[line("5.00")])
    make_sent_mail(company, short.pk)
    # three of them look for its files, its comments and its reminders
    assert cost(owner, reverse("admin:invoice", args=[short.pk])) == FRAME + 11
    assert cost(owner, reverse("admin:invoice", args=[long.pk])) == FRAME + 11


def test_are_found_by_the_search_box(owner: Client, company: Company, customer: Customer) -> None:
    made = {
        "invoice": make_invoice(company, customer=customer),
        "payment": make_unapplied_payment(company, customer),
        "credit_memo": make_credit_memo(company, customer),
        "quote": make_quote(company, customer),
        "sales_order": make_order(company, customer),
        "sales_receipt": make_receipt(company),
        "refund_receipt": make_refund(company),
    }
    for name, document in made.items():
        found = owner.get(reverse("admin:search"), {"s": document.document_number}).content.decode()
        assert reverse(f"admin:{name}", args=[document.pk]) in found, name
    assert "Harbor Supplies" in owner.get(reverse("admin:search"), {"s": "harbor"}).content.decode()


def test_start_from_the_dashboard(company: Company, signed_in: SignedIn) -> None:
    for role, is_shown in ((Role.BOOKKEEPER, True), (Role.VIEWER, False)):
        page = signed_in(company, role).get(reverse("admin:index")).content.decode()
        for name in ("new_invoice", "new_payment"):
            assert (f'href="{reverse(f"admin:{name}")}" data-shortcut' in page) is is_shown, (role, name)
