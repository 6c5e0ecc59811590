"""The records: every table of the installation, for superusers with a second factor, to look at and nothing else."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import DjangoDbBlocker

from backfill.api.models import IdempotencyRecord
from backfill.demo import COMPANIES
from backfill.demo_data import load_demo_data
from backfill.tenancy.models import ApiKey, Company, Invitation, PasswordToken, QueuedMail, Role, SessionToken, User
from backfill.workspace import records
from backfill.workspace.records.secrets import is_secret
from ledger.models import Account, JournalEntry, JournalLine
from receivables.models import Customer, Invoice
from tests.factories import PASSWORD, actor_of, make_api_key, make_company, make_customer, make_member
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db

MODELS = sorted(records.site._registry, key=lambda model: model._meta.label)
INDEX = "/admin/records/"


def address(model: type[models.Model], page: str = "changelist", *arguments: Any) -> str:
    return reverse(f"records:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def verified(user: User) -> Client:
    """Return a browser in which the person has signed in with the second factor."""
    device = TOTPDevice.objects.create(user=user, name="Phone", confirmed=True)
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("operator@example.com", PASSWORD)


@pytest.fixture
def operator(superuser: User) -> Client:
    return verified(superuser)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """A company with a year of everything, loaded once for the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        company = make_company(**next(iter(COMPANIES.values())))
        load_demo_data(company, actor=actor_of(make_member(company, role=Role.OWNER)))
        yield company
        transaction.set_rollback(True)


def test_every_model_of_every_app_has_a_list() -> None:
    assert set(records.site._registry) == set(apps.get_models())
    assert {Invoice, JournalLine, Company, User, TOTPDevice} <= set(records.site._registry)
    assert all(isinstance(one, records.RecordAdmin) for one in records.site._registry.values())


def test_every_list_and_record_opens_and_nothing_can_be_changed(operator: Client, demo: Company) -> None:
    opened = 0
    for model, shown in records.site._registry.items():
        page = operator.get(address(model))
        assert page.status_code == 200, model
        assert "addlink" not in page.content.decode()
        assert operator.get(address(model, "add")).status_code == 403
        assert operator.post(address(model, "add"), {}).status_code == 403
        row = model._default_manager.first()
        if row is None or not shown.has_page:
            continue
        opened += 1
        assert operator.get(address(model, "change", row.pk)).status_code == 200, model
        assert operator.post(address(model, "change", row.pk), {}).status_code == 403
        assert operator.get(address(model, "delete", row.pk)).status_code == 403
        assert operator.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert (
            operator.post(address(model), {"action": "delete_selected", "_selected_action": row.pk}).status_code < 400
        )
        assert model._default_manager.filter(pk=row.pk).exists()
    assert opened > 30


def test_a_list_costs_the_same_however_many_rows_it_shows(
    operator: Client, demo: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Person, device and session; company told and taken back; the filter, the header, the count and the rows."""
    counts: dict[str, int] = {}
    for model, shown in records.site._registry.items():
        url = f"{address(model)}?company={demo.pk}" if "company" in shown.list_display else address(model)
        for rows in (1, 20):
            monkeypatch.setattr(shown, "list_per_page", rows)
            with CaptureQueriesContext(connection) as queries:
                assert operator.get(url).status_code == 200
            sent = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
            assert counts.setdefault(model._meta.label, len(sent)) == len(sent), (model, sent)
    assert counts["receivables.Invoice"] == counts["ledger.JournalLine"] == max(counts.values()) == COST


COST = 9


@pytest.mark.parametrize("who", ["nobody", "a member", "a superuser without the second factor", "a member with it"])
def test_keeps_everybody_else_out(who: str, company: Company, signed_in: SignedIn, superuser: User) -> None:
    client = Client()
    if who == "a member":
        client = signed_in(company)
    elif who == "a superuser without the second factor":
        client.force_login(superuser)
    elif who == "a member with it":
        client = verified(make_member(company, role=Role.OWNER).user)
    for path in (INDEX, address(Invoice), address(User), f"{INDEX}r/1/1/", f"{INDEX}autocomplete/", f"{INDEX}ledger/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, f"{INDEX}login/"), path
    onward = client.get(f"{INDEX}login/?next={INDEX}")
    if who.startswith("a member"):
        assert onward.status_code == 403
        assert "You may not see this page" in onward.content.decode()
    elif who == "nobody":
        assert onward.headers["Location"] == f"/admin/login/?next={INDEX}"
    else:
        assert onward.headers["Location"] == f"{INDEX}second-factor/"


def test_asks_a_session_without_the_code_for_it(superuser: User) -> None:
    TOTPDevice.objects.create(user=superuser, name="Phone", confirmed=True)
    client = Client()
    client.force_login(superuser)
    assert client.get(f"{INDEX}login/?next={INDEX}").headers["Location"] == f"/admin/login/?next={INDEX}"
    assert client.get("/admin/login/").status_code == 200  # the form, not a circle
    assert (
        client.get(f"{INDEX}second-factor/").headers["Location"] == INDEX
    )  # nor a second device by the password alone


def test_leads_a_new_superuser_from_the_command_to_the_records(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--no-input", "--email", "root@example.com")
    client = Client()
    answer = client.post(
        f"/admin/login/?next={INDEX}", {"username": "root@example.com", "password": PASSWORD}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{INDEX}second-factor/"
    page = words(client.post(f"{INDEX}second-factor/"))
    assert "QR code of the secret" in page
    device = TOTPDevice.objects.get(user__email="root@example.com")
    assert not device.confirmed
    wrong = client.post(f"{INDEX}second-factor/", {"code": "abc"})
    assert "This is not the current code" in words(wrong)
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    code = f"{totp(device.bin_key):06d}"
    assert client.post(f"{INDEX}second-factor/", {"code": code}).headers["Location"] == INDEX
    index = words(client.get(INDEX))
    assert "Records of Backfill · no company chosen" in index
    assert f'href="{address(Invoice)}"' in index
    assert client.get("/admin/").status_code == 302  # a member of no company has no pages of one


def test_shows_the_records_of_the_chosen_company(operator: Client, company: Company, other: Company) -> None:
    ours, theirs = make_customer(company, name="Harbor Inc."), make_customer(other, name="Nordwind GmbH")
    both = words(operator.get(address(Customer)))
    assert "Harbor Inc." in both
    assert "Nordwind GmbH" in both
    page = words(operator.get(f"{address(Customer)}?company={company.pk}"))
    assert "Harbor Inc." in page
    assert "Nordwind GmbH" not in page
    assert f"Records of Backfill · {company.name}" in page
    assert operator.get(address(Customer, "change", ours.pk)).status_code == 200  # kept for the next pages
    assert operator.get(address(Customer, "change", theirs.pk)).status_code == 302  # row-level security hides it
    assert "Nordwind GmbH" in words(operator.get(f"{address(Customer)}?company=all"))
    assert operator.get(address(Customer, "change", theirs.pk)).status_code == 200


def test_tells_postgresql_the_company_and_takes_it_back(operator: Client, company: Company) -> None:
    with CaptureQueriesContext(connection) as queries:
        operator.get(f"{address(Account)}?company={company.pk}")
    named = [one["sql"] for one in queries if "backfill.company_id" in one["sql"]]
    assert [str(company.pk) in sql for sql in named] == [True, False]


def test_searches_by_number_name_and_id(operator: Client, company: Company) -> None:
    harbor, reef = make_customer(company, name="Harbor Inc."), make_customer(company, name="Reef Ltd.")
    for term in ("harb", str(harbor.pk)):
        page = words(operator.get(address(Customer), {"q": term}))
        assert "Harbor Inc." in page
        assert "Reef Ltd." not in page
    assert "Reef Ltd." in words(operator.get(address(Customer), {"q": reef.name}))
    entry = JournalEntry.objects.get(company=company, document_number="INV-1")
    assert str(entry.pk) in operator.get(address(JournalEntry), {"q": "INV-1"}).content.decode()
    assert "0 journal entr" in words(operator.get(address(JournalEntry), {"q": "nowhere"}))


@pytest.fixture
def secrets(operator: Client, company: Company, superuser: User) -> dict[type[models.Model], str]:
    """A row with a secret in every table that holds one."""
    soon = timezone.now() + timedelta(days=1)
    key = make_api_key(company)
    hashes = {name: name[0] * 64 for name in ("session", "password", "invitation")}
    SessionToken.objects.create(company=company, user=superuser, token_hash=hashes["session"], expires_at=soon)
    PasswordToken.objects.create(user=superuser, token_hash=hashes["password"], expires_at=soon)
    Invitation.objects.create(
        company=company, email="new@example.com", role="viewer", token_hash=hashes["invitation"], expires_at=soon
    )
    IdempotencyRecord.objects.create(
        company=company,
        key="once",
        request_digest="d" * 64,
        status=200,
        headers={},
        body=b'{"token": "s3cr3t-of-an-answer"}',
    )
    return {
        ApiKey: key.api_key.token_hash,
        SessionToken: hashes["session"],
        PasswordToken: hashes["password"],
        Invitation: hashes["invitation"],
        IdempotencyRecord: "s3cr3t-of-an-answer",
        User: superuser.password,
        TOTPDevice: TOTPDevice.objects.get(user=superuser).key,
        apps.get_model("sessions", "Session"): operator.session.session_key or "",
    }


def test_never_shows_a_secret(operator: Client, secrets: dict[type[models.Model], str]) -> None:
    for model, secret in secrets.items():
        assert secret
        pages = [operator.get(address(model)), operator.get(address(model), {"q": secret[:8]})]
        if records.site._registry[model].has_page:
            pages += [operator.get(address(model, "change", row.pk)) for row in model._default_manager.all()]
        for page in pages:
            assert secret not in page.content.decode(), model
    session = operator.session.session_key
    assert operator.get(f"{INDEX}sessions/session/{session}/change/").status_code == 404


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (User, "password__startswith=md5"),
        (ApiKey, "token_hash__startswith=a"),
        (ApiKey, "created_by__password__startswith=md5"),
        (TOTPDevice, "key__contains=1"),
        (SessionToken, "user__password__contains=a"),
    ],
)
def test_lets_nobody_guess_a_secret_by_filtering(operator: Client, model: type[models.Model], query: str) -> None:
    assert operator.get(f"{address(model)}?{query}").status_code == 400


# Columns that sound like secrets and are none: hashes of the journal's chain and of files, names of lines.
PUBLIC = {
    "closing_hash", "content_digest", "digest", "hash", "last_hash", "line_key", "prev_hash", "request_digest",
    "datev_key", "sha256", "list_key",
}  # fmt: skip


def test_every_column_that_sounds_like_a_secret_is_decided_about() -> None:
    sounds = re.compile("password|secret|token|seed|hash|digest|key|otp|session|private|sha256")
    found = {field.name for model in MODELS for field in model._meta.concrete_fields if sounds.search(field.name)}
    hidden = {field.name for model in MODELS for field in model._meta.concrete_fields if is_secret(field)}
    assert found - PUBLIC <= hidden
    assert {"password", "token_hash", "key", "session_key", "session_data", "body"} <= hidden


def test_takes_lists_of_packages_that_change_nothing(superuser: User) -> None:
    class Mails(records.RecordAdmin):
        list_display = ("kind", "about")

    derived = records.site._registry[QueuedMail]
    try:
        records.site.register(QueuedMail, Mails)
        records.register_all()
        shown = records.site._registry[QueuedMail]
    finally:
        records.site._registry[QueuedMail] = derived
    assert shown.list_display == ("kind", "about")
    assert shown.search_fields == derived.search_fields == ["about"]
    request = RequestFactory().get("/")
    request.user = superuser
    assert not any(getattr(shown, f"has_{verb}_permission")(request) for verb in ("add", "change", "delete"))
    with pytest.raises(ImproperlyConfigured):
        records.site.register(QueuedMail, ModelAdmin)
    assert records.site._registry[QueuedMail] is derived


def test_is_linked_for_superusers_only(company: Company, signed_in: SignedIn) -> None:
    member = make_member(company, role=Role.OWNER).user
    client = Client()
    client.force_login(member)
    assert INDEX not in words(client.get("/admin/"))
    User.objects.filter(pk=member.pk).update(is_superuser=True)
    assert INDEX in words(client.get("/admin/"))


def test_looks_as_django_does_and_keeps_to_the_content_policy(operator: Client) -> None:
    page = operator.get(INDEX)
    assert "admin/css/base.css" in page.content.decode()
    assert "unfold" not in page.content.decode()
    assert "script-src 'self'" in page.headers["Content-Security-Policy"].split("; ")
    assert not re.search(r"<script(?![^>]*src=)", page.content.decode())


def test_signs_out(operator: Client) -> None:
    assert operator.post(f"{INDEX}logout/").status_code == 200
    assert operator.get(INDEX).status_code == 302
