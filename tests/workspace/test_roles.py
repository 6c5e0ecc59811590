"""Each role opens what it may, and no button does more than the role allows, pressed or forged."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from tests.factories import make_member
from tests.workspace.conftest import SignedIn, words
from tests.workspace.routes import ACTIONS, PAGES, RECORD_PAGES, records

pytestmark = pytest.mark.django_db


def member(signed_in: SignedIn, company: Company, role: str) -> Client:
    today = company.today()
    return signed_in(company, role, ends_on=today if role == Role.AUDITOR else None)


@pytest.mark.parametrize("role", Role.values)
def test_opens_the_pages_of_a_role_and_no_others(role: str, company: Company, signed_in: SignedIn) -> None:
    client = member(signed_in, company, role)
    opened = {name: client.get(reverse(f"admin:{name}")).status_code for name in PAGES}
    assert opened == {name: 200 if role in allowed else 403 for name, allowed in PAGES.items()}


@pytest.mark.parametrize("role", Role.values)
def test_opens_the_records_of_a_role_and_no_others(role: str, company: Company, signed_in: SignedIn) -> None:
    client, ids = member(signed_in, company, role), records(company)
    opened = {
        name: client.get(reverse(f"admin:{name}", args=[ids[kind]])).status_code
        for name, (kind, _) in RECORD_PAGES.items()
    }
    assert opened == {name: 200 if role in allowed else 403 for name, (_, allowed) in RECORD_PAGES.items()}


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.APPROVER, Role.VIEWER, Role.AUDITOR])
def test_refuses_the_actions_a_role_does_not_have(role: str, company: Company, signed_in: SignedIn) -> None:
    client, ids = member(signed_in, company, role), records(company)
    refused = {name: (kind, allowed) for name, (kind, allowed) in ACTIONS.items() if role not in allowed}
    answers = {
        name: client.post(reverse(f"admin:{name}", args=[ids[kind]] if kind else [])).status_code
        for name, (kind, _) in refused.items()
    }
    assert answers == dict.fromkeys(refused, 403)


@pytest.mark.parametrize("name", ["company", "exchange_rates", "new_entry", "new_api_key", "imports", "new_account"])
def test_takes_no_form_from_somebody_who_may_only_look(name: str, company: Company, signed_in: SignedIn) -> None:
    assert member(signed_in, company, Role.VIEWER).post(reverse(f"admin:{name}"), {}).status_code == 403


# How he looks at lists is a viewer's own affair: filters, views, files.
OWN_BUTTONS = ["Show", "Save view", "Selection to Excel", "Selection to CSV", "Select nothing"]


def test_shows_a_viewer_no_buttons(company: Company, signed_in: SignedIn) -> None:
    client = member(signed_in, company, Role.VIEWER)
    for name in ("accounts", "journal", "periods", "tax_codes", "members", "health"):
        page = client.get(reverse(f"admin:{name}")).content.decode()
        page = page.partition('class="bf-page')[2].partition('x-data="searchCommand()"')[0]
        assert [one for one in re.findall(r"<button[^>]*>([^<]*)<", page) if one not in OWN_BUTTONS] == [], name
    assert "New entry" not in words(client.get(reverse("admin:index")))


def test_lists_in_the_sidebar_only_what_can_be_opened(company: Company, signed_in: SignedIn) -> None:
    for role in Role.values:
        page = member(signed_in, company, role).get(reverse("admin:index")).content.decode()
        shown = {name for name in PAGES if f'href="{reverse(f"admin:{name}")}" class="flex' in page}
        assert shown <= {name for name, allowed in PAGES.items() if role in allowed}
        assert {"accounts", "journal", "trial_balance"} <= shown


def test_asks_visitors_to_sign_in(company: Company, client: Client) -> None:
    for name in PAGES:
        answer = client.get(reverse(f"admin:{name}"))
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("admin:login"))


@pytest.mark.parametrize("path", ["auth/group/", "otp_totp/totpdevice/", "ledger/account/", "autocomplete/", "auth/"])
def test_gives_a_superuser_no_lists_beside_the_pages(path: str, company: Company) -> None:
    user = make_member(company).user
    user.is_superuser = True
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get(f"/admin/{path}").status_code in {403, 404}


def test_changes_the_password_on_our_page(owner: Client) -> None:
    assert owner.get("/admin/password_change/").headers["Location"] == reverse("admin:password")
