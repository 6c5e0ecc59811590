"""Days at the ends of the calendar on every page of the admin: refused in words or shown, never a failure."""

import pytest
from django import forms
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from tests.factories import make_customer
from tests.receivables.pages import routes as sales
from tests.workspace.conftest import SignedIn
from tests.workspace.routes import RECORD_PAGES, records

DAYS = ("0001-01-01", "9999-12-31")
PERIODS = ("0001-01", "1900-01", "2199-12", "9999-12", "2199-P13", "9999-P14")
# What pages and parameters are called that no form describes: lines, headers, and terms of documents in the editors.
MORE_NAMES = ("document_date", "due_date", "until", "period_start", "period_end", "delivery_date", "day", "date")


def _day_names() -> set[str]:
    """The names of all days in forms, wherever one is defined."""
    found, waiting = set(MORE_NAMES), [forms.Form]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            found |= {name for name, field in form.base_fields.items() if isinstance(field, forms.DateField)}
    return found


def _addresses(company: Company) -> list[str]:
    """Every page without an id, those of periods, and every page about a record."""
    patterns = [str(one.pattern) for one in admin.site.get_urls()]
    plain = [f"/admin/{one}" for one in patterns if "<" not in one and "^" not in one and "logout" not in one]
    ids, sold = records(company), sales.records(company, make_customer(company))
    about = [reverse(f"admin:{name}", args=[ids[kind]]) for name, (kind, _) in RECORD_PAGES.items()]
    about += [reverse(f"admin:{name}", args=[sold[kind]]) for name, kind in {**sales.LOOKS, **sales.CHANGES}.items()]
    about += [reverse(f"admin:{name}", args=[period]) for name in ("soft_lock", "reopen") for period in PERIODS]
    return plain + about


@pytest.fixture
def browser(company: Company, signed_in: SignedIn) -> Client:
    client = signed_in(company)
    client.raise_request_exception = False
    return client


def test_knows_the_days_of_forms() -> None:
    assert {"start", "end", "as_of", "on", "ends_on", "expires_on", "paid_on", "starts_on"} <= _day_names()


@pytest.mark.parametrize("day", DAYS)
def test_looks_at_every_page(browser: Client, company: Company, day: str) -> None:
    query = {**dict.fromkeys(_day_names(), day), "currency": "EUR"}
    failed = {}
    for address in _addresses(company):
        status = browser.get(address, query).status_code
        if status >= 500:
            failed[address] = status
    assert failed == {}


@pytest.mark.parametrize("day", DAYS)
def test_sends_every_form(browser: Client, company: Company, day: str) -> None:
    values = {**dict.fromkeys(_day_names(), day), "currency": "EUR", "rate": "1.1", "amount": "1.00", "paid": "1.00"}
    failed = {}
    for address in _addresses(company):
        status = browser.post(address, values).status_code
        if status >= 500:
            failed[address] = status
    assert failed == {}
