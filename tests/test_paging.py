"""The quick ways to rows answer what the plain ones do."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from backfill import paging
from backfill.tenancy.models import Company
from ledger.models import Account
from tests.factories import make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(paging, "FAR", 10)
    monkeypatch.setattr(paging, "FEW", 3)
    return make_company(chart="us")


@pytest.mark.parametrize("start", [0, 9, 10, 11, 30, 10_000])
def test_finds_the_same_rows_wherever_they_are(company: Company, start: int) -> None:
    accounts = Account.objects.filter(company=company).select_related("parent").order_by("-name", "pk")
    assert paging.rows_between(accounts, start, start + 7) == list(accounts[start : start + 7])


def test_reads_whole_rows_of_the_page_alone(company: Company) -> None:
    with CaptureQueriesContext(connection) as captured:
        paging.rows_between(Account.objects.filter(company=company).order_by("name"), 20, 30)
    (statement,) = captured
    inner = statement["sql"].split(" IN (SELECT ")[1]
    assert "OFFSET 20" in inner
    assert "name" not in inner.split(" FROM ")[0]


@pytest.mark.parametrize("part", ["cash", "a", "no account is called this"])
def test_narrows_to_what_a_filter_finds(company: Company, part: str) -> None:
    accounts, wanted = Account.objects.filter(company=company).order_by("code"), Q(name__icontains=part)
    assert list(paging.narrowed(accounts, wanted)) == list(accounts.filter(wanted))


def test_looks_for_rare_matches_apart_from_their_order(company: Company) -> None:
    accounts = Account.objects.filter(company=company).order_by("code")
    with CaptureQueriesContext(connection) as captured:
        rare = paging.narrowed(accounts, Q(name__icontains="petty"))
    assert "ORDER BY" not in captured[0]["sql"]
    assert "LIKE" not in str(rare.query)
