"""Looking at a page writes nothing: outside of tests its transaction is read-only."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from tests.factories import make_customer
from tests.receivables.pages import routes as sales
from tests.workspace.conftest import SignedIn
from tests.workspace.routes import PAGES, RECORD_PAGES, records

pytestmark = pytest.mark.django_db

WRITING = {"security"}  # makes a code to scan, once


def read(client: Client, url: str) -> int:
    """Get a page in a part of the transaction that may only read."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        return int(client.get(url).status_code)


def test_shows_every_page_without_writing(company: Company, signed_in: SignedIn) -> None:
    client = signed_in(company, Role.OWNER)
    pages = [name for name in PAGES if name not in WRITING]
    assert {name: read(client, reverse(f"admin:{name}")) for name in pages} == dict.fromkeys(pages, 200)


def test_shows_every_record_without_writing(company: Company, signed_in: SignedIn) -> None:
    client, ids = signed_in(company, Role.OWNER), records(company)
    shown = {name: read(client, reverse(f"admin:{name}", args=[ids[kind]])) for name, (kind, _) in RECORD_PAGES.items()}
    assert shown == dict.fromkeys(RECORD_PAGES, 200)


def test_shows_every_record_of_sales_without_writing(company: Company, signed_in: SignedIn) -> None:
    client, ids = signed_in(company, Role.OWNER), sales.records(company, make_customer(company))
    looks = {**sales.LOOKS, **sales.CHANGES}
    shown = {name: read(client, reverse(f"admin:{name}", args=[ids[kind]])) for name, kind in looks.items()}
    assert shown == dict.fromkeys(looks, 200)


def test_notices_a_page_that_writes(company: Company, signed_in: SignedIn) -> None:
    client = signed_in(company, Role.OWNER)
    client.raise_request_exception = False
    assert read(client, reverse("admin:security")) == 500
