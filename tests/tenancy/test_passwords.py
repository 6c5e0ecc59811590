import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from backfill.errors import ValidationFailed
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.errors import InvalidCredentials, InvalidToken, TooManyAttempts, WeakPassword
from backfill.tenancy.models import AccessEvent, Company, Membership, PasswordToken
from backfill.tenancy.one_time_tokens import issue_password_token
from backfill.tenancy.services import request_password_reset, set_password, sign_in, verify_password
from tests.factories import PASSWORD, make_company, make_member

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
ADDRESS = "203.0.113.7"
NEW = "another horse battery"


@pytest.fixture
def anna(company: Company) -> Membership:
    return make_member(company, email=EMAIL, password=PASSWORD)


@pytest.fixture
def ask(django_capture_on_commit_callbacks: Any) -> Any:
    def asked(email: str = EMAIL, address: str = ADDRESS) -> int:
        """Ask for a link and return how many mails there are."""
        with django_capture_on_commit_callbacks(execute=True):
            request_password_reset(email=email, address=address)
        return len(mail.outbox)

    return asked


def set_new(token: str, password: str = NEW) -> None:
    set_password(token=token, password=password, address=ADDRESS)


def test_mails_a_link_that_sets_the_password_once(anna: Membership, ask: Any) -> None:
    ask("Anna@Example.com ")
    assert mail.outbox[0].to == [EMAIL]
    found = re.search(r"http://localhost:8000/admin/set-password/\?token=(pwd_\S{43})\s", str(mail.outbox[0].body))
    assert found
    set_new(found[1])
    assert verify_password(email=EMAIL, password=NEW, address=ADDRESS) == anna.user
    with pytest.raises(InvalidToken):
        set_new(found[1], "a third horse battery")


def test_stores_only_the_hash_of_the_token(anna: Membership) -> None:
    token = issue_password_token(anna.user)
    assert token not in str(PasswordToken.objects.values().get())


def test_answers_an_unknown_address_the_same_and_looks_nothing_up(
    anna: Membership, django_assert_num_queries: Any
) -> None:
    """Each is one row in the outbox and nothing else."""
    for email in (EMAIL, "nobody@example.com"):
        with django_assert_num_queries(1) as captured:
            request_password_reset(email=email, address=ADDRESS)
        assert captured[0]["sql"].startswith('INSERT INTO "tenancy_queuedmail"')


def test_mails_nobody_without_an_account(anna: Membership, ask: Any) -> None:
    assert ask("nobody@example.com") == 0
    anna.user.is_active = False
    anna.user.save()
    assert ask(EMAIL) == 0


def test_floods_nobodys_mailbox(anna: Membership, ask: Any) -> None:
    assert [ask(address=f"203.0.113.{number}") for number in range(5)] == [1, 2, 3, 3, 3]


def test_lets_one_machine_ask_twenty_times_an_hour(db: None, company: Company, ask: Any) -> None:
    for number in range(22):
        make_member(company, email=f"p{number}@example.com", role="viewer")
    assert [ask(f"p{number}@example.com") for number in range(22)][-3:] == [20, 20, 20]


def test_refuses_what_is_no_address(db: None) -> None:
    with pytest.raises(ValidationFailed):
        request_password_reset(email="anna", address=ADDRESS)


def test_refuses_an_expired_token(anna: Membership) -> None:
    token = issue_password_token(anna.user)
    with time_machine.travel(timezone.now() + timedelta(hours=2)), pytest.raises(InvalidToken):
        set_new(token)


@pytest.mark.parametrize("token", ["", "pwd_", "pwd_" + "A" * 43, "inv_" + "A" * 43, "é"])
def test_refuses_a_token_it_never_sent(anna: Membership, token: str) -> None:
    with pytest.raises(InvalidToken):
        set_new(token)


def test_refuses_the_token_of_somebody_deactivated(anna: Membership) -> None:
    token = issue_password_token(anna.user)
    anna.user.is_active = False
    anna.user.save()
    with pytest.raises(InvalidToken):
        set_new(token)


def test_refuses_a_weak_password_and_keeps_the_link_good(anna: Membership) -> None:
    token = issue_password_token(anna.user)
    with pytest.raises(WeakPassword, match=r"at least 10 characters.*entirely numeric") as refusal:
        set_new(token, "123456789")
    assert refusal.value.field == "password"
    set_new(token)


def test_voids_every_other_link(anna: Membership) -> None:
    first, second = issue_password_token(anna.user), issue_password_token(anna.user)
    set_new(second)
    with pytest.raises(InvalidToken):
        set_new(first)


def test_ends_the_sessions_of_the_api_and_of_the_admin(anna: Membership, client: Client) -> None:
    bearer = sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).token
    assert client.login(username=EMAIL, password=PASSWORD)
    request = RequestFactory().get("/admin/")
    request.session = client.session
    assert get_user(request) == anna.user
    set_new(issue_password_token(anna.user))
    assert credential_from_token(bearer) is None
    assert get_user(request).is_anonymous


def test_unlocks_the_person_who_has_proved_to_own_the_address(anna: Membership) -> None:
    for number in range(51):
        with pytest.raises((InvalidCredentials, TooManyAttempts)):
            verify_password(email=EMAIL, password="wrong", address=f"203.0.113.{number}")
    set_new(issue_password_token(anna.user))
    assert verify_password(email=EMAIL, password=NEW, address="198.51.100.1") == anna.user


def test_leaves_a_line_in_the_trail(anna: Membership) -> None:
    set_new(issue_password_token(anna.user))
    assert AccessEvent.objects.get(verb="password_set").user == anna.user


@pytest.mark.django_db(transaction=True)
def test_uses_a_token_once_when_twenty_try_together() -> None:
    token = issue_password_token(make_member(make_company(), email=EMAIL, password=PASSWORD).user)
    together = Barrier(20)

    def use(number: int) -> bool:
        together.wait()
        try:
            set_new(token, f"password number {number} of twenty")
        except InvalidToken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(use, range(20))) == 1
