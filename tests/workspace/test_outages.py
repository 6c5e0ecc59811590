"""The admin while a part of the installation is away."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backfill.tenancy.models import Company
from tests.factories import PASSWORD, make_api_key, make_member
from tests.outages import broker_away, cache_away, database_away
from tests.workspace.conftest import Browser, words
from tests.workspace.routes import PAGES

EMAIL = "anna@example.com"
LOGIN = "/admin/login/"


@pytest.fixture
def browser(company: Company) -> Client:
    """A browser that shows a failure as a page, as a real one does."""
    client = Browser(raise_request_exception=False)
    client.force_login(make_member(company, email=EMAIL, password=PASSWORD).user)
    return client


def sign_in(client: Client, password: str) -> Any:
    return client.post(LOGIN, {"username": EMAIL, "password": password})


def test_carries_on_without_the_cache(browser: Client, settings: Any) -> None:
    with cache_away(settings):
        statuses = {name: browser.get(reverse(f"admin:{name}")).status_code for name in PAGES}
    assert {name: status for name, status in statuses.items() if status != 200} == {}


def test_signs_out_without_the_cache_for_good(browser: Client, settings: Any) -> None:
    """What the cache still holds when it comes back is a session of half a minute ago at most."""
    assert browser.get("/admin/").status_code == 200
    session_cookie = browser.cookies["sessionid"].value
    with cache_away(settings):
        assert browser.post(reverse("admin:logout")).status_code in {200, 302}
    browser.cookies["sessionid"] = session_cookie
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert browser.get("/admin/").status_code == 302


def test_lets_nobody_in_uncounted_without_the_cache(browser: Client, settings: Any) -> None:
    with cache_away(settings):
        page = sign_in(Client(), PASSWORD)
    assert page.status_code == 200
    assert "This is not possible at the moment." in words(page)


def test_says_that_the_books_cannot_be_proven_now_without_the_broker(browser: Client) -> None:
    with broker_away():
        answer = browser.post(reverse("admin:prove_books"), follow=True)
    assert answer.status_code == 200
    assert "No worker can be reached at the moment." in words(answer)


def test_invites_without_the_broker(browser: Client, company: Company, django_capture_on_commit_callbacks: Any) -> None:
    with broker_away(), django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("admin:invite_member"), {"email": "ben@example.com", "role": "viewer"})
    assert answer.status_code == 302
    assert company.invitations.get().email == "ben@example.com"


@pytest.mark.parametrize("name", ["index", "journal", "members"])
def test_answers_503_while_the_database_is_away(browser: Client, name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), database_away():
        cache.clear()  # so that the session is asked for as well
        answer = browser.get(reverse(f"admin:{name}"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Not available at the moment" in words(answer)
    assert "Traceback" not in caplog.text
    finished = [record.msg for record in caplog.records if "request_finished" in str(record.msg)]
    assert [line["code"] for line in finished if isinstance(line, dict)] == [503]
    assert browser.get(reverse(f"admin:{name}")).status_code == 200


def test_answers_503_over_the_api_while_the_database_is_away(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_api_key(company).token}"}, raise_request_exception=False)
    with caplog.at_level(logging.INFO), database_away():
        answer = client.get("/v1/accounts")
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer["Retry-After"] == "5"
    assert "Traceback" not in caplog.text


def test_does_not_count_sign_ins_that_the_database_failed(browser: Client, company: Company) -> None:
    """Five are allowed. Ten failed for a reason of ours, and the right password still opens the door."""
    anonymous = Client(raise_request_exception=False)
    with database_away():
        for _ in range(10):
            assert sign_in(anonymous, PASSWORD).status_code == 503
            body = {"email": EMAIL, "password": PASSWORD}
            api = anonymous.post("/v1/auth/login", body, "application/json", headers={"Backfill-Contract": "books"})
            assert api.status_code == 503
    assert sign_in(anonymous, PASSWORD).status_code == 302


def test_still_counts_what_was_wrong(browser: Client, company: Company) -> None:
    anonymous = Client(raise_request_exception=False)
    for _ in range(5):
        assert sign_in(anonymous, "wrong").status_code == 200
    assert "Too many attempts" in words(sign_in(anonymous, PASSWORD))
