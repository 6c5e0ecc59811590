import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Membership
from backfill.tenancy.one_time_tokens import issue_invitation_token, issue_password_token
from backfill.tenancy.services import invite_member
from tests.factories import PASSWORD, make_company, make_member

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
NEW = {"password": "another horse battery", "repeated": "another horse battery"}


@pytest.fixture
def anna(company: Company) -> Membership:
    return make_member(company, email=EMAIL, password=PASSWORD)


def password_url(member: Membership) -> str:
    return f"/admin/set-password/?token={issue_password_token(member.user)}"


def invitation_url(company: Company, email: str = "ben@example.com") -> str:
    invitation = invite_member(company=company, email=email, role="bookkeeper", actor=system_actor())
    return f"/admin/accept-invitation/?token={issue_invitation_token(invitation.pk)}"


def text_of(response: object) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())  # type: ignore[attr-defined]


def test_sets_a_password_and_shows_the_way_to_sign_in(client: Client, anna: Membership) -> None:
    url = password_url(anna)
    page = client.get(url)
    assert page.status_code == 200
    assert EMAIL in text_of(page)
    answer = client.post(url, NEW)
    assert answer.status_code == 200
    assert 'href="/admin/"' in answer.content.decode()
    anna.user.refresh_from_db()
    assert anna.user.check_password(NEW["password"])
    assert client.post(url, NEW).status_code == 400


def test_is_not_kept_by_caches_and_sends_the_link_nowhere(client: Client, anna: Membership) -> None:
    page = client.get(password_url(anna))
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.content.decode())


def test_asks_for_a_form_of_its_own_site(anna: Membership) -> None:
    assert Client(enforce_csrf_checks=True).post(password_url(anna), NEW).status_code == 403


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "This field is required."),
        ({"password": "short", "repeated": "short"}, "at least 10 characters"),
        ({"password": "another horse battery", "repeated": "other"}, "The two passwords differ."),
        ({"password": "x" * 1025, "repeated": "x" * 1025}, "at most 1024 characters"),
        ({"password": "nul\x00nul nul nul", "repeated": "nul\x00nul nul nul"}, "Null characters"),
    ],
)
def test_says_on_the_form_what_is_wrong(client: Client, anna: Membership, values: dict[str, str], message: str) -> None:
    answer = client.post(password_url(anna), values)
    assert answer.status_code in {400, 422}
    assert message in text_of(answer)
    assert "x" * 1025 not in answer.content.decode()


@pytest.mark.parametrize("page", ["set-password", "accept-invitation"])
@pytest.mark.parametrize("token", ["", "pwd_" + "A" * 43, "<script>", "\x00"])
def test_says_that_a_link_is_not_valid(client: Client, db: None, page: str, token: str) -> None:
    for answer in (
        client.get(f"/admin/{page}/", {"token": token}),
        client.post(f"/admin/{page}/", NEW, query_params={"token": token}),
    ):
        assert answer.status_code == 400
        assert "Ask for a new one" in text_of(answer)


def test_says_that_a_link_has_expired(client: Client, anna: Membership) -> None:
    url = password_url(anna)
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert client.get(url).status_code == 400


def test_lets_somebody_new_accept_and_sign_in(client: Client, company: Company) -> None:
    url = invitation_url(company)
    assert f"ben@example.com joins {company.name} as bookkeeper." in text_of(client.get(url))
    assert client.post(url, {**NEW, "full_name": "Ben"}).status_code == 200
    membership = Membership.objects.get(company=company)
    assert membership.user.full_name == "Ben"
    answer = client.post("/admin/login/", {"username": "ben@example.com", "password": NEW["password"]})
    assert answer.status_code == 302


def test_lets_somebody_known_accept_with_their_own_password_only(client: Client, anna: Membership) -> None:
    other = make_company()
    url = invitation_url(other, EMAIL)
    page = client.get(url).content.decode()
    assert 'name="repeated"' not in page
    assert "is wrong" in text_of(client.post(url, {"password": "wrong"}))
    assert client.post(url, {"password": PASSWORD}).status_code == 200
    assert Membership.objects.get(company=other).user == anna.user


def test_locks_the_page_like_the_sign_in(client: Client, anna: Membership) -> None:
    url = invitation_url(make_company(), EMAIL)
    statuses = [client.post(url, {"password": "wrong"}).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert "Too many attempts" in text_of(client.post(url, {"password": PASSWORD}))


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_answers_a_forgotten_password_the_same_for_everybody(client: Client, anna: Membership, email: str) -> None:
    assert client.get("/admin/forgotten-password/").status_code == 200
    answer = client.post("/admin/forgotten-password/", {"email": email})
    assert answer.status_code == 200
    assert "If there is an account with this address" in text_of(answer)


def test_is_linked_from_the_sign_in_page(client: Client, db: None) -> None:
    assert 'href="/admin/forgotten-password/"' in client.get("/admin/login/").content.decode()
