import re
from datetime import timedelta

import pytest
from django.utils import timezone

from backfill.errors import Forbidden, NotFound, ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.errors import KeyNotUsable
from backfill.tenancy.models import AccessEvent, Company
from backfill.tenancy.selectors import listed_api_keys
from backfill.tenancy.services import create_api_key, end_membership, revoke_api_key, take_over_api_key
from tests.factories import actor_of, make_api_key, make_company, make_member

pytestmark = pytest.mark.django_db


def test_hands_out_256_random_bits_behind_the_prefix(company: Company) -> None:
    first, second = make_api_key(company), make_api_key(company)
    assert re.fullmatch(r"bf_live_[A-Za-z0-9_-]{43}", first.token)
    assert first.token != second.token
    assert first.api_key.prefix == first.token[:12]


def test_keeps_the_scopes_as_they_were_chosen(company: Company) -> None:
    api_key = make_api_key(company, scopes=[" finance:read", "debitoren:write", "finance:read"]).api_key
    assert api_key.scopes == ["finance:read", "debitoren:write"]


def test_refuses_an_unknown_scope_by_name(company: Company) -> None:
    with pytest.raises(ValidationFailed, match="'finance:raed', 'x'") as refusal:
        make_api_key(company, scopes=["finance:raed", "journal:read", "x"])
    assert refusal.value.field == "scopes"


@pytest.mark.parametrize("scopes", [[], [""], [" "]])
def test_refuses_a_key_that_may_do_nothing(company: Company, scopes: list[str]) -> None:
    with pytest.raises(ValidationFailed, match="at least one scope"):
        make_api_key(company, scopes=scopes)


def test_refuses_an_unknown_contract(company: Company) -> None:
    with pytest.raises(ValidationFailed, match="'bokos'"):
        make_api_key(company, contract="bokos")


def test_refuses_an_expiry_in_the_past(company: Company) -> None:
    with pytest.raises(ValidationFailed, match="expired already"):
        make_api_key(company, expires_at=timezone.now())


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b"])
def test_refuses_a_name_that_says_nothing(company: Company, name: str) -> None:
    with pytest.raises(ValidationFailed):
        create_api_key(company=company, name=name, scopes=["admin"], actor=system_actor())


@pytest.mark.parametrize("role", ["bookkeeper", "approver", "viewer"])
def test_is_an_admins_right(company: Company, role: str) -> None:
    with pytest.raises(Forbidden):
        make_api_key(company, actor=actor_of(make_member(company, role=role)))


def test_is_nobodys_right_in_another_company(company: Company) -> None:
    with pytest.raises(Forbidden):
        make_api_key(company, actor=actor_of(make_member(make_company())))


def test_is_no_keys_right_whatever_its_scopes(company: Company) -> None:
    credential = credential_from_token(make_api_key(company, actor=actor_of(make_member(company))).token)
    assert credential is not None
    with pytest.raises(Forbidden):
        make_api_key(company, actor=credential.actor)


def test_revokes_for_good_and_keeps_the_first_time(company: Company) -> None:
    key_id = make_api_key(company).api_key.pk
    first = revoke_api_key(company=company, key_id=key_id, actor=system_actor()).revoked_at
    assert first is not None
    assert revoke_api_key(company=company, key_id=key_id, actor=system_actor()).revoked_at == first
    with pytest.raises(KeyNotUsable):
        take_over_api_key(company=company, key_id=key_id, actor=system_actor())


def test_does_not_know_someone_elses_key(company: Company) -> None:
    key_id = make_api_key(make_company()).api_key.pk
    with pytest.raises(NotFound):
        revoke_api_key(company=company, key_id=key_id, actor=system_actor())


def test_lists_keys_with_their_state_in_two_queries(company: Company, django_assert_num_queries: object) -> None:
    make_member(company)
    leaving = make_member(company, role="admin")
    make_api_key(company, actor=actor_of(leaving))
    revoked = make_api_key(company)
    expired = make_api_key(company, expires_at=timezone.now() + timedelta(hours=1))
    make_api_key(make_company())
    revoke_api_key(company=company, key_id=revoked.api_key.pk, actor=system_actor())
    company.api_keys.filter(pk=expired.api_key.pk).update(expires_at=timezone.now())
    end_membership(membership_id=leaving.pk, actor=system_actor())
    make_api_key(company)
    with django_assert_num_queries(2):  # type: ignore[operator]
        listed = listed_api_keys(company)
    assert [item.state for item in listed] == ["active", "expired", "revoked", "stopped"]


def test_leaves_a_line_in_the_trail_without_the_token(company: Company) -> None:
    member = make_member(company)
    issued = make_api_key(company, actor=actor_of(member))
    event = AccessEvent.objects.get(verb="api_key_created")
    assert event.actor_label == member.user.email
    assert event.detail == {"key": issued.token[:12], "scopes": ["admin"]}
