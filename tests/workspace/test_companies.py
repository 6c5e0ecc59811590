"""One company at a time, and never anybody else's."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Membership, Role
from ledger.models import Account, JournalEntry, LockRequest
from tests.factories import make_company, make_invoice, make_member
from tests.workspace.conftest import Browser, words
from tests.workspace.routes import ACTIONS, PAGES, RECORD_PAGES, records

pytestmark = pytest.mark.django_db


def in_both(company: Company, other: Company) -> tuple[Client, Membership]:
    membership = make_member(company)
    make_member(other, email=membership.user.email, role=Role.BOOKKEEPER)
    client = Browser()
    client.force_login(membership.user)
    return client, membership


def switch(client: Client, company: Company) -> Any:
    return client.post(reverse("admin:switch_company"), {"company": str(company.pk)})


# The name of a period is the same in every company, and is no record of one.
@pytest.mark.parametrize("name", [name for name, (kind, _) in RECORD_PAGES.items() if kind != "period"])
def test_shows_no_record_of_another_company(name: str, owner: Client, other: Company) -> None:
    ids = records(other)
    answer = owner.get(reverse(f"admin:{name}", args=[ids[RECORD_PAGES[name][0]]]))
    assert answer.status_code == 404
    assert "Secret" not in words(answer)


@pytest.mark.parametrize("name", [name for name, (kind, _) in ACTIONS.items() if kind not in {"", "period"}])
def test_acts_on_no_record_of_another_company(name: str, owner: Client, other: Company) -> None:
    ids = records(other)
    before = list(JournalEntry.objects.order_by("pk").values()), list(Account.objects.order_by("pk").values())
    answer = owner.post(reverse(f"admin:{name}", args=[ids[ACTIONS[name][0]]]))
    assert answer.status_code == 404
    assert before == (list(JournalEntry.objects.order_by("pk").values()), list(Account.objects.order_by("pk").values()))


def test_lists_nothing_of_another_company(owner: Client, other: Company) -> None:
    for name in PAGES:
        page = words(owner.get(reverse(f"admin:{name}"), {"q": "Secret", "s": "Secret"}))
        assert "Secret capital" not in page, name
        assert "Other GmbH" not in page, name


def test_shows_no_draft_of_another_company_before_a_lock(owner: Client, company: Company, other: Company) -> None:
    ours, theirs = (make_invoice(one, on=date(2026, 1, 5), status="draft") for one in (company, other))
    address = reverse("admin:request_lock", args=["2026-01"])
    for answer in (owner.get(address), owner.post(address)):
        page = words(answer)
        assert f"invoice {ours}" in page
        assert str(theirs) not in page
        assert "Other GmbH" not in page
    assert not LockRequest.objects.exists()


def test_copies_no_entry_of_another_company(owner: Client, other: Company) -> None:
    answer = owner.get(reverse("admin:new_entry"), {"copy": str(records(other)["entry"])})
    assert answer.status_code == 404


def test_knows_no_account_of_another_company(owner: Client, company: Company, other: Company) -> None:
    theirs = Account.objects.get(company=other, code="0800")
    found = owner.get(reverse("admin:account_search"), {"q": theirs.name[:12]}).json()["results"]
    assert found == []
    lines = {"account": [str(theirs), "1000"], "debit": ["5", ""], "credit": ["", "5"]}
    empty = {name: ["", ""] for name in ("description", "tax_code", "origin")}
    answer = owner.post(reverse("admin:new_entry"), {"entry_date": "2026-07-01", "action": "post", **lines, **empty})
    assert answer.status_code == 422
    assert "There is no account" in words(answer)


def test_switches_to_another_of_ones_companies(company: Company, other: Company) -> None:
    client, _ = in_both(company, other)
    assert "Acme Tools" in words(client.get(reverse("admin:journal")))
    assert switch(client, other).headers["Location"] == reverse("admin:index")
    assert "Secret capital" in words(client.get(reverse("admin:journal")))
    assert client.get(reverse("admin:api_keys")).status_code == 403, "a bookkeeper there"
    switch(client, company)
    assert client.get(reverse("admin:api_keys")).status_code == 200, "an owner here"


def test_changes_nothing_in_a_company_that_a_page_was_not_about(company: Company, other: Company) -> None:
    client, _ = in_both(company, other)
    switch(client, other)
    count = JournalEntry.objects.count()
    lines = {"account": ["1200", "1000"], "debit": ["5", ""], "credit": ["", "5"]}
    empty = {name: ["", ""] for name in ("description", "tax_code", "origin")}
    entry = {"entry_date": "2026-07-01", "action": "post", **lines, **empty}
    answer = client.post(reverse("admin:new_entry"), {**entry, "page_company": str(company.pk)})
    assert (answer.status_code, JournalEntry.objects.count()) == (409, count)
    assert "in another window you have switched to Other GmbH" in words(answer)
    answer = client.post(reverse("admin:new_entry"), {**entry, "page_company": str(other.pk)})
    assert (answer.status_code, JournalEntry.objects.count()) == (302, count + 1)


def test_comes_back_to_the_company_used_last(company: Company, other: Company) -> None:
    client, membership = in_both(company, other)
    switch(client, other)
    fresh = Client()
    fresh.force_login(membership.user)
    assert "Secret capital" in words(fresh.get(reverse("admin:journal")))


def test_does_not_switch_to_a_company_one_is_no_member_of(owner: Client, other: Company) -> None:
    for wanted in (str(other.pk), str(uuid4()), "", "x"):
        owner.post(reverse("admin:switch_company"), {"company": wanted})
        assert "Secret" not in words(owner.get(reverse("admin:journal")))


def test_switches_by_post_only(owner: Client) -> None:
    assert owner.get(reverse("admin:switch_company")).status_code == 405


def test_falls_back_when_the_access_to_the_chosen_company_ends(company: Company, other: Company) -> None:
    client, membership = in_both(company, other)
    switch(client, other)
    Membership.objects.filter(company=other, user=membership.user).update(ended_at=company.created_at)
    assert "Acme Tools" in words(client.get(reverse("admin:index")))


def test_holds_the_connection_to_the_company_and_lets_it_go(owner: Client, company: Company) -> None:
    with connection.cursor() as cursor:
        owner.get(reverse("admin:journal"))
        cursor.execute("SELECT current_setting('backfill.company_id', true)")
        assert cursor.fetchone() in {("",), (None,)}


def test_lets_an_auditor_in_until_the_last_day_inclusive(db: None, time_machine: Any) -> None:
    company = make_company(time_zone="America/New_York")
    time_machine.move_to("2026-05-31T01:00:00Z")
    auditor = make_member(company, role=Role.AUDITOR, ends_on=company.today())
    client = Client()
    client.force_login(auditor.user)
    time_machine.move_to("2026-05-31T03:30:00Z")  # still the 30th in New York
    assert client.get(reverse("admin:journal")).status_code == 200
    time_machine.move_to("2026-05-31T04:30:00Z")
    assert client.get(reverse("admin:journal")).status_code == 302


def test_says_in_plain_words_that_there_is_no_such_page(owner: Client) -> None:
    answer = owner.get("/admin/no-such-page/")
    assert answer.status_code == 404
    assert "There is nothing here" in words(answer)
