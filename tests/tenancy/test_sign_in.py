from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, ClassVar

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.addresses import client_address
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.errors import InvalidCredentials, NoCompany, TooManyAttempts
from backfill.tenancy.models import AccessEvent, Company, SessionToken
from backfill.tenancy.services import end_membership, sign_in, sign_out, verify_password
from tests.factories import PASSWORD, make_company, make_member

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
ADDRESS = "203.0.113.7"


@pytest.fixture
def anna(company: Company) -> Any:
    return make_member(company, email=EMAIL, password=PASSWORD)


def attempt(password: str = "wrong", email: str = EMAIL, address: str = ADDRESS) -> str:
    try:
        sign_in(email=email, password=password, address=address)
    except (InvalidCredentials, TooManyAttempts) as refusal:
        return refusal.code
    return "in"


def test_starts_a_session_kept_as_a_hash(anna: Any, company: Company) -> None:
    signed_in = sign_in(email=" ANNA@example.com", password=PASSWORD, address=ADDRESS)
    assert signed_in.user == anna.user
    assert signed_in.membership == anna
    assert signed_in.token not in str(SessionToken.objects.values().get())
    assert AccessEvent.objects.filter(verb="signed_in", user=anna.user, company=company).exists()


def test_says_the_same_for_a_wrong_password_and_an_unknown_address(anna: Any) -> None:
    refusals = []
    for email in (EMAIL, "nobody@example.com"):
        with pytest.raises(InvalidCredentials) as refusal:
            sign_in(email=email, password="wrong", address=ADDRESS)
        refusals.append((refusal.value.message, refusal.value.code, refusal.value.status, refusal.value.details))
    assert refusals[0] == refusals[1]


class CountingHasher(Argon2PasswordHasher):
    """Counts how often the slow function runs, which is what takes the time of a sign-in."""

    runs: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).runs += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        type(self).runs += 1
        return super().verify(password, encoded)


@pytest.mark.parametrize("kind", ["known", "unknown", "inactive", "without a password"])
def test_takes_as_long_for_an_unknown_address(anna: Any, settings: Any, kind: str) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    anna.user.set_password(PASSWORD)
    anna.user.is_active = kind != "inactive"
    if kind == "without a password":
        anna.user.set_unusable_password()
    anna.user.save()
    CountingHasher.runs = 0
    assert attempt(email="nobody@example.com" if kind == "unknown" else EMAIL) == "INVALID_CREDENTIALS"
    assert CountingHasher.runs == 1


def test_refuses_an_inactive_person_like_a_wrong_password(anna: Any) -> None:
    anna.user.is_active = False
    anna.user.save()
    assert attempt(PASSWORD) == "INVALID_CREDENTIALS"


def test_tells_a_person_without_a_company_what_is_missing(anna: Any, company: Company) -> None:
    make_member(company)
    end_membership(membership_id=anna.pk, actor=system_actor())
    with pytest.raises(NoCompany, match="invitation"):
        sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS)


def test_chooses_the_company_used_last(anna: Any) -> None:
    second = make_member(make_company(), email=EMAIL)
    assert sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).membership == anna
    sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS, company_id=str(second.company_id))
    assert sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).membership == second


@pytest.mark.parametrize("wanted", ["", "nonsense", "someone else's"])
def test_refuses_a_company_that_is_not_the_persons(anna: Any, wanted: str) -> None:
    company_id = str(make_company().pk) if wanted == "someone else's" else wanted
    with pytest.raises(ValidationFailed) as refusal:
        sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS, company_id=company_id)
    assert refusal.value.field == "tenant_id"


def test_locks_after_five_failures_even_for_the_right_password(anna: Any) -> None:
    assert [attempt() for _ in range(6)] == ["INVALID_CREDENTIALS"] * 5 + ["RATE_LIMITED"]
    with pytest.raises(TooManyAttempts) as refusal:
        sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS)
    assert 890 <= refusal.value.retry_after <= 900
    assert refusal.value.details["headers"] == {"Retry-After": str(refusal.value.retry_after)}


def test_opens_again_when_it_said_it_would(anna: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            attempt()
        clock.shift(899)
        assert attempt(PASSWORD) == "RATE_LIMITED"
        clock.shift(1)
        assert attempt(PASSWORD) == "in"


def test_locks_an_unknown_address_the_same_way(anna: Any) -> None:
    answers = [attempt(email="nobody@example.com") for _ in range(7)]
    assert answers == [attempt() for _ in range(7)]


def test_locks_nobody_elses_way_in(anna: Any, company: Company) -> None:
    make_member(company, email="ben@example.com", password=PASSWORD)
    for _ in range(6):
        attempt()
    assert attempt(PASSWORD, address="198.51.100.1") == "in"
    assert attempt(PASSWORD, email="ben@example.com") == "in"


def test_forgets_failures_after_the_right_password(anna: Any) -> None:
    for _ in range(4):
        attempt()
    assert attempt(PASSWORD) == "in"
    assert [attempt() for _ in range(5)] == ["INVALID_CREDENTIALS"] * 5


def test_locks_a_machine_that_tries_many_people(db: None) -> None:
    answers = {attempt(email=f"person{number}@example.com") for number in range(101)}
    assert answers == {"INVALID_CREDENTIALS", "RATE_LIMITED"}


def test_locks_a_person_whom_many_machines_try(anna: Any) -> None:
    answers = [attempt(address=f"203.0.113.{number}") for number in range(51)]
    assert answers.count("RATE_LIMITED") == 1
    assert attempt(PASSWORD, address="198.51.100.1") == "RATE_LIMITED"


@pytest.mark.django_db(transaction=True)
def test_checks_five_guesses_when_twenty_arrive_together() -> None:
    make_member(make_company(), email=EMAIL, password=PASSWORD)
    together = Barrier(20)

    def guess(_: int) -> str:
        together.wait()
        try:
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(guess, range(20)))
    assert answers.count("INVALID_CREDENTIALS") == 5


def test_counts_in_the_shared_store_as_well(anna: Any, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": settings.REDIS_URL,
            "KEY_PREFIX": "test-of-sign-in",
        }
    }
    email = f"{timezone.now().timestamp()}@example.com"
    assert [attempt(email=email) for _ in range(6)] == ["INVALID_CREDENTIALS"] * 5 + ["RATE_LIMITED"]


def test_is_how_the_admin_signs_in_too(anna: Any, rf: RequestFactory) -> None:
    request = rf.post("/admin/login/", REMOTE_ADDR=ADDRESS)
    assert authenticate(request, username=EMAIL, password=PASSWORD) == anna.user
    for _ in range(6):
        assert authenticate(request, username=EMAIL, password="wrong") is None
    assert authenticate(request, username=EMAIL, password=PASSWORD) is None


def test_moves_an_older_hash_to_the_preferred_one(anna: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    verify_password(email=EMAIL, password=PASSWORD, address=ADDRESS)
    anna.user.refresh_from_db()
    assert anna.user.password.startswith("argon2")


def test_ends_one_session_and_not_the_other(anna: Any) -> None:
    first, second = (sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).token for _ in range(2))
    sign_out(token=first)
    sign_out(token=first)
    assert credential_from_token(first) is None
    assert credential_from_token(second)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("198.51.100.1", 0, "203.0.113.7"),
        ("6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1, 10.0.0.1", 2, "198.51.100.1"),
        ("198.51.100.1", 2, "203.0.113.7"),
        ("2001:db8:1:2:3::4", 1, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", 1, "198.51.100.1"),
        ("nonsense", 1, "unknown"),
    ],
)
def test_believes_its_own_proxies_only(
    rf: RequestFactory, settings: Any, forwarded: str, proxies: int, expected: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client_address(rf.get("/", REMOTE_ADDR=ADDRESS, HTTP_X_FORWARDED_FOR=forwarded)) == expected


def test_ends_with_the_hours_of_a_session(anna: Any, settings: Any) -> None:
    settings.API_SESSION_HOURS = 1
    token = sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).token
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert credential_from_token(token) is None
