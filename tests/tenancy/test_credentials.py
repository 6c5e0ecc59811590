from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backfill.tenancy.actors import system_actor
from backfill.tenancy.credentials import Credential, credential_from_token, note_use
from backfill.tenancy.models import ApiKey, Company
from backfill.tenancy.services import change_role, end_membership, revoke_api_key, sign_in, sign_out, take_over_api_key
from tests.factories import PASSWORD, actor_of, make_api_key, make_company, make_member

pytestmark = pytest.mark.django_db


def found(token: str) -> Credential:
    credential = credential_from_token(token)
    assert credential is not None
    return credential


def session_of(company: Company, role: str = "owner", **fields: Any) -> str:
    member = make_member(company, role=role, password=PASSWORD, **fields)
    return sign_in(email=member.user.email, password=PASSWORD, address="203.0.113.1").token


def test_recognises_a_key(company: Company) -> None:
    issued = make_api_key(company, scopes=["finance:read"], contract="books")
    credential = found(issued.token)
    assert credential.company == company
    assert credential.contract == "books"
    assert credential.key_id == issued.api_key.pk
    assert credential.user is None
    assert credential.actor.kind == "api_key"
    assert credential.actor.key_prefix == issued.token[:12]
    assert credential.allows("journal:read")
    assert credential.allows("debitoren:read")
    assert credential.allows("finance:read")
    assert not credential.allows("journal:write")
    assert not credential.allows("config:read")


def test_recognises_a_session(company: Company) -> None:
    token = session_of(company, "viewer")
    credential = found(token)
    assert token.startswith("sess_")
    assert credential.company == company
    assert credential.contract == "books"
    assert credential.key_id is None
    assert credential.user is not None
    assert credential.actor.user_id == credential.user.pk
    assert credential.actor.label == credential.user.email
    assert credential.allows("reports:read")
    assert not credential.allows("journal:write")


def test_reserves_admin_for_those_who_may_do_everything(company: Company) -> None:
    assert found(make_api_key(company, scopes=["*"]).token).allows("admin")
    assert not found(make_api_key(company, scopes=["finance:*", "periods:write", "config:write"]).token).allows("admin")


def test_fails_loudly_when_a_view_asks_for_a_scope_that_does_not_exist(company: Company) -> None:
    with pytest.raises(KeyError):
        found(make_api_key(company).token).allows("jurnal:read")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "bf_live_",
        "bf_live_" + "A" * 43,
        "sess_" + "A" * 43,
        "bf_live_" + "é" * 43,
        "bf_live_\x00" + "A" * 42,
        "x" * 9999,
    ],
)
def test_knows_nobody_by_a_token_it_did_not_hand_out(token: str) -> None:
    assert credential_from_token(token) is None


def test_asks_the_database_nothing_about_what_cannot_be_a_token(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert credential_from_token("Bearer nonsense") is None


def test_costs_two_statements_for_a_key_of_a_person(company: Company) -> None:
    token = make_api_key(company, actor=actor_of(make_member(company))).token
    found(token)
    with CaptureQueriesContext(connection) as queries:
        found(token)
    assert len(queries) == 2


def test_refuses_a_revoked_key(company: Company) -> None:
    issued = make_api_key(company)
    revoke_api_key(company=company, key_id=issued.api_key.pk, actor=system_actor())
    assert credential_from_token(issued.token) is None


def test_refuses_an_expired_key_from_that_moment_on(company: Company) -> None:
    expiry = timezone.now() + timedelta(days=1)
    token = make_api_key(company, expires_at=expiry).token
    with time_machine.travel(expiry - timedelta(seconds=1), tick=False):
        assert credential_from_token(token)
    with time_machine.travel(expiry, tick=False):
        assert credential_from_token(token) is None


def test_refuses_an_expired_session(company: Company) -> None:
    token = session_of(company)
    with time_machine.travel(timezone.now() + timedelta(hours=12, seconds=1)):
        assert credential_from_token(token) is None


def test_refuses_a_session_that_was_signed_out(company: Company) -> None:
    token = session_of(company)
    sign_out(token=token)
    assert credential_from_token(token) is None


@pytest.mark.parametrize("take_away", ["deactivate", "end"])
def test_stops_sessions_and_keys_with_the_access_of_the_person(company: Company, take_away: str) -> None:
    make_member(company)
    member = make_member(company, role="admin", password=PASSWORD)
    key = make_api_key(company, actor=actor_of(member)).token
    session = sign_in(email=member.user.email, password=PASSWORD, address="203.0.113.1").token
    if take_away == "deactivate":
        member.user.is_active = False
        member.user.save()
    else:
        end_membership(membership_id=member.pk, actor=system_actor())
    assert credential_from_token(key) is None
    assert credential_from_token(session) is None


def test_counts_the_last_day_in_the_time_zone_of_the_company() -> None:
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        company = make_company(time_zone="Pacific/Auckland")  # twelve hours ahead of UTC in winter
        token = session_of(company, "auditor", ends_on=date(2026, 6, 1))
    with time_machine.travel(datetime(2026, 6, 1, 11, 59, tzinfo=UTC)):
        assert credential_from_token(token)
    with time_machine.travel(datetime(2026, 6, 1, 12, 1, tzinfo=UTC)):
        assert credential_from_token(token) is None


def test_never_lets_a_key_do_more_than_its_person_may(company: Company) -> None:
    make_member(company)
    member = make_member(company, role="admin")
    token = make_api_key(company, scopes=["admin"], actor=actor_of(member)).token
    assert found(token).allows("config:write")
    change_role(membership_id=member.pk, role="viewer", actor=system_actor())
    assert found(token).allows("journal:read")
    assert not found(token).allows("journal:write")


def test_goes_on_with_a_key_that_another_admin_took_over(company: Company) -> None:
    leaving, staying = make_member(company, role="admin"), make_member(company)
    issued = make_api_key(company, actor=actor_of(leaving))
    end_membership(membership_id=leaving.pk, actor=system_actor())
    take_over_api_key(company=company, key_id=issued.api_key.pk, actor=actor_of(staying))
    assert found(issued.token).actor.user_id == staying.user_id


def test_lets_only_an_admin_key_of_the_backfill_contract_post_into_a_soft_lock(company: Company) -> None:
    def may(scopes: list[str], contract: str) -> bool:
        return found(make_api_key(company, scopes=scopes, contract=contract).token).actor.may_post_into_soft_lock

    assert may(["admin"], "backfill")
    assert not may(["finance:write", "periods:write"], "backfill")
    assert not may(["admin"], "books")
    assert not found(session_of(company)).actor.may_post_into_soft_lock


def last_used(issued_key: ApiKey) -> datetime | None:
    return ApiKey.objects.values_list("last_used_at", flat=True).get(pk=issued_key.pk)


def test_writes_the_last_use_at_most_once_a_minute(company: Company) -> None:
    issued = make_api_key(company)
    start = timezone.now()
    seen: Callable[[], datetime | None] = lambda: last_used(issued.api_key)  # noqa: E731
    with time_machine.travel(start, tick=False) as clock:
        note_use(found(issued.token))
        assert seen() == start
        clock.shift(59)
        note_use(found(issued.token))
        assert seen() == start
        clock.shift(1)
        note_use(found(issued.token))
        assert seen() == start + timedelta(seconds=60)


@pytest.mark.django_db(transaction=True)
def test_writes_the_last_use_once_when_twenty_requests_arrive_together() -> None:
    issued = make_api_key(make_company())
    together = Barrier(20)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE use_writes (n int); CREATE FUNCTION count_use() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO use_writes VALUES (1); RETURN NEW; END $$; "
            "CREATE TRIGGER count_use AFTER UPDATE ON tenancy_apikey FOR EACH ROW EXECUTE FUNCTION count_use()"
        )

    def use() -> None:
        together.wait()
        try:
            note_use(credential_from_token(issued.token))
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(20) as pool:
            for result in [pool.submit(use) for _ in range(20)]:
                result.result()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM use_writes")
            assert cursor.fetchone() == (1,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION count_use CASCADE; DROP TABLE use_writes")


def test_stores_no_token_anywhere(company: Company) -> None:
    issued = make_api_key(company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM tenancy_apikey k WHERE id = %s", [issued.api_key.pk])
        stored = cursor.fetchone()[0]
    assert issued.token not in stored
    assert issued.token[12:] not in stored
