import re
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.management import CommandError, call_command, execute_from_command_line

from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.models import ApiKey, Company, User
from tests.factories import PASSWORD, make_company

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_create_company_prints_the_id_only() -> None:
    printed = run("create_company", "Acme Inc.", "--chart", "us", "--currency", "USD")
    company = Company.objects.get(pk=UUID(printed.removesuffix("\n")))
    assert (company.name, company.country) == ("Acme Inc.", "US")


def test_create_company_takes_the_rest_too() -> None:
    arguments = "--chart skr04 --currency EUR --country AT --fiscal-year-start-month 7 --time-zone Europe/Vienna"
    company = Company.objects.get(pk=run("create_company", "Beispiel GmbH", *arguments.split()).strip())
    assert (company.country, company.fiscal_year_start_month, company.time_zone) == ("AT", 7, "Europe/Vienna")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--chart skr05 --currency EUR", "skr05"),
        ("--chart us --currency EURO", "EURO"),
        ("--chart us --currency USD --country ZZ", "ZZ"),
        ("--chart us --currency USD --time-zone Mars", "Mars"),
    ],
)
def test_create_company_names_the_bad_input(arguments: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run("create_company", "Acme Inc.", *arguments.split())


@pytest.mark.parametrize("by", ["name", "id"])
def test_create_api_key_prints_the_token_and_nothing_else(by: str) -> None:
    company = make_company(name="Acme Inc.")
    named = "acme inc." if by == "name" else str(company.pk)
    printed = run("create_api_key", "--company", named, "--scopes", "finance:read,finance:write")
    assert re.fullmatch(r"bf_live_[A-Za-z0-9_-]{43}\n", printed)
    credential = credential_from_token(printed.strip())
    assert credential is not None
    assert credential.company == company
    assert credential.contract == "backfill"


def test_create_api_key_takes_contract_name_and_expiry() -> None:
    make_company(name="Acme Inc.")
    options = ["--contract", "books", "--name", "Shop", "--expires-in-days", "30"]
    run("create_api_key", "--company", "Acme Inc.", "--scopes", "journal:read", *options)
    api_key = ApiKey.objects.get()
    assert (api_key.contract, api_key.name) == ("books", "Shop")
    assert api_key.expires_at is not None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--company", "Nobody", "--scopes", "finance:read"], "'Nobody'"),
        (["--company", "Acme Inc.", "--scopes", "finance:raed"], "'finance:raed'"),
        (["--company", "Acme Inc.", "--scopes", ","], "at least one scope"),
        (["--company", "Acme Inc.", "--scopes", "*", "--contract", "bokos"], "'bokos'"),
        (["--company", "Acme Inc.", "--scopes", "*", "--expires-in-days", "0"], "expired already"),
        (["--company", "Acme Inc.", "--scopes", "*", "--expires-in-days", "9999999999"], "out of range|too large"),
    ],
)
def test_create_api_key_names_the_bad_input(arguments: list[str], complaint: str) -> None:
    make_company(name="Acme Inc.")
    with pytest.raises(CommandError, match=complaint):
        run("create_api_key", *arguments)
    assert not ApiKey.objects.exists()


def test_create_member_sets_a_password() -> None:
    make_company(name="Acme Inc.")
    options = ["--email", "anna@example.com", "--role", "owner", "--password", PASSWORD]
    printed = run("create_member", "--company", "Acme Inc.", *options)
    assert User.objects.get(pk=printed.strip()).check_password(PASSWORD)


def test_create_member_reads_a_password_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    make_company(name="Acme Inc.")
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\nnot this\n"))
    options = ["--email", "anna@example.com", "--role", "owner", "--password", "-"]
    printed = run("create_member", "--company", "Acme Inc.", *options)
    assert User.objects.get(pk=printed.strip()).check_password(PASSWORD)


def test_create_member_says_how_somebody_without_a_password_gets_in(capsys: pytest.CaptureFixture[str]) -> None:
    make_company(name="Acme Inc.")
    run("create_member", "--company", "Acme Inc.", "--email", "anna@example.com", "--role", "owner")
    said = capsys.readouterr().err
    assert "anna@example.com has no password yet." in said
    assert "`.venv/bin/python manage.py changepassword anna@example.com`" in said


def test_create_member_invites(django_capture_on_commit_callbacks: Any) -> None:
    make_company(name="Acme Inc.")
    with django_capture_on_commit_callbacks(execute=True):
        run("create_member", "--company", "Acme Inc.", "--email", "a@example.com", "--role", "viewer", "--invite")
    assert mail.outbox[0].to == ["a@example.com"]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--company Nobody --email a@example.com --role owner", "'Nobody'"),
        ("--company Acme --email a@ --role owner", "'a@'"),
        ("--company Acme --email a@example.com --role boss", "'boss'"),
        ("--company Acme --email a@example.com --role auditor", "last day"),
        ("--company Acme --email a@example.com --role auditor --ends-on 2026-02-30", "2026-02-30"),
        ("--company Acme --email a@example.com --role owner --password short", "at least 10"),
    ],
)
def test_create_member_names_the_bad_input(arguments: str, complaint: str) -> None:
    make_company(name="Acme")
    with pytest.raises(CommandError, match=complaint):
        run("create_member", *arguments.split())
    assert not User.objects.exists()


def test_fails_with_status_1_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        execute_from_command_line(["manage.py", "create_company", "X", "--chart", "us", "--currency", "EURO"])
    assert exit_status.value.code == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "'EURO' is not" in printed.err
