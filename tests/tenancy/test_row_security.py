"""Row-level security over every table of every app that holds a company's rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from backfill.api.models import IdempotencyRecord
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.models import AccessEvent, ApiKey, Company, ContactMessage, Invitation, Membership, SessionToken
from backfill.tenancy.row_security import NOBODY, name_company, name_company_of_token, within_company
from backfill.tenancy.selectors import memberships_of
from backfill.tenancy.services import sign_in
from backfill.tenancy.tokens import token_hash
from backfill.workspace.models import FormSubmission
from ledger.documents.models import NumberSeries
from ledger.documents.numbers.series import next_document_numbers
from tests.factories import PASSWORD, make_api_key, make_company, make_member

pytestmark = pytest.mark.django_db


def tables_of_companies() -> set[str]:
    """The tables that refer to a company, by whatever name, in whatever app."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Company
    }


def secured(condition: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relname FROM pg_class WHERE {condition}")
        return {name for (name,) in cursor.fetchall()}


def test_is_switched_on_for_every_table_of_a_company_and_forced_on_its_owner() -> None:
    assert tables_of_companies() - secured("relrowsecurity AND relforcerowsecurity") == set()


def test_has_one_policy_for_reading_and_writing_on_each() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_policies WHERE cmd = 'ALL' AND permissive = 'PERMISSIVE' AND roles = '{public}'"
            " AND qual LIKE '%backfill.company_id%' AND with_check LIKE '%backfill.company_id%'"
        )
        assert {name for (name,) in cursor.fetchall()} == tables_of_companies()


ACCESS: tuple[type[Any], ...] = (
    *(ApiKey, Membership, SessionToken, Invitation, AccessEvent, ContactMessage),
    *(IdempotencyRecord, FormSubmission, NumberSeries),
)


@pytest.fixture
def companies() -> tuple[Company, Company]:
    """Two companies with access of every kind, one person being a member of both."""
    one, two = make_company(), make_company()
    for company in (one, two):
        member = make_member(company, email="kim@example.com", password=PASSWORD if company is one else None)
        make_api_key(company)
        SessionToken.objects.create(
            company=company, user=member.user, token_hash=str(company.pk), expires_at="2999-01-01T00:00:00Z"
        )
        company.invitations.create(email="lee@example.com", role="viewer", expires_at="2999-01-01T00:00:00Z")
        ContactMessage.objects.create(company=company, name="Kim", email="kim@example.com", message="Hello")
        IdempotencyRecord.objects.create(company=company, key="k", request_digest="", status=201, body=b"")
        FormSubmission.objects.create(company=company, request_id=NOBODY, digest="")
        next_document_numbers(company_id=company.pk, document_type="invoice", prefix="INV-", year=2026)
    return one, two


@contextmanager
def naming(company: Company | None) -> Iterator[None]:
    with transaction.atomic():
        name_company(company.pk if company else NOBODY)
        yield
        name_company("")  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ACCESS, ids=lambda model: model.__name__)
def test_shows_access_of_the_named_company_alone(model: Any, companies: tuple[Company, Company]) -> None:
    assert set(model.objects.values_list("company", flat=True)) >= {company.pk for company in companies}
    with naming(companies[0]):
        assert set(model.objects.values_list("company", flat=True)) == {companies[0].pk}
    with naming(None):
        assert not model.objects.exists()


@pytest.mark.parametrize("model", ACCESS, ids=lambda model: model.__name__)
def test_lets_no_access_be_given_to_another_company(model: Any, companies: tuple[Company, Company]) -> None:
    row = model.objects.filter(company=companies[0]).first()
    name_company(companies[0].pk)
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        # Not even by a row of its own; what is append-only is refused anyway.
        model.objects.filter(pk=row.pk).update(company=companies[1])
    assert isinstance(refusal.value.__cause__, psycopg.Error)
    assert refusal.value.__cause__.sqlstate in {"42501", "BF003", "BF005"}


def test_finds_the_company_of_a_token_and_nobody_s_for_another(companies: tuple[Company, Company]) -> None:
    token = make_api_key(companies[1]).token
    name_company_of_token(token_hash(token))
    assert set(ApiKey.objects.values_list("company", flat=True)) == {companies[1].pk}
    assert credential_from_token(token) is not None
    name_company_of_token(token_hash(f"{token}x"))
    assert not ApiKey.objects.exists()


def test_finds_the_companies_of_a_person_whichever_is_named(companies: tuple[Company, Company]) -> None:
    user = Membership.objects.filter(company=companies[0], user__email="kim@example.com").get().user
    for company in (*companies, None):
        with naming(company):
            assert {membership.company_id for membership in memberships_of(user)} == {one.pk for one in companies}


def test_signs_in_before_a_company_is_named(companies: tuple[Company, Company]) -> None:
    name_company(NOBODY)
    signed_in = sign_in(
        email="kim@example.com", password=PASSWORD, address="192.0.2.1", company_id=str(companies[1].pk)
    )
    assert signed_in.membership.company_id == companies[1].pk
    name_company(companies[1].pk)
    assert SessionToken.objects.filter(token_hash=token_hash(signed_in.token)).exists()


def test_names_the_company_before_again(companies: tuple[Company, Company]) -> None:
    one, two = companies
    with naming(one):
        with within_company(two.pk):
            assert set(Membership.objects.values_list("company", flat=True)) == {two.pk}
        assert set(Membership.objects.values_list("company", flat=True)) == {one.pk}
        with pytest.raises(DatabaseError), within_company(two.pk), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert set(Membership.objects.values_list("company", flat=True)) == {one.pk}


@pytest.mark.parametrize("header", ["Bearer bf_live_unknown", "Bearer ", "Basic x", ""])
def test_names_nobody_for_a_caller_who_is_not_known(header: str) -> None:
    make_company()
    assert Client(headers={"Authorization": header}).get("/v1/accounts").status_code == 401
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('backfill.company_id', true)")
        assert (cursor.fetchone()[0] or "") == ""
