"""Headers on every answer, and what a production installation insists on."""

import secrets

import pytest
from django.test import Client

from tests.infrastructure.installations import installation

PRODUCTION = {
    "DATABASE_URL": "postgres://user@nowhere/backfill",
    "REDIS_URL": "redis://nowhere/0",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "books.example.com",
}


def directives(header: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.strip().partition(" ") for part in header.split(";"))}


def test_lets_pages_load_only_from_here(client: Client) -> None:
    policy = directives(client.get("/healthz").headers["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"


@pytest.mark.django_db
def test_relaxes_the_policy_under_the_admin_only(client: Client) -> None:
    policy = directives(client.get("/admin/login/").headers["Content-Security-Policy"])
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'none'"


def test_sends_the_other_headers(client: Client) -> None:
    headers = client.get("/healthz").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_leaves_nothing_for_djangos_deployment_check() -> None:
    with installation() as one:
        done = one.manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
        assert done.returncode == 0, done.stdout
        assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_does_not_run_in_production_without(name: str) -> None:
    with installation() as one:
        done = one.manage("check", **{**PRODUCTION, name: ""})
        assert done.returncode == 1
        assert done.stdout.startswith(f"backfill: {name} must be set: ")
        assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(("name", "value"), [("DEBUG", "perhaps"), ("PORT", "http"), ("WEB_WORKERS", "two")])
def test_fails_loudly_on_a_bad_value(name: str, value: str) -> None:
    with installation() as one:
        done = one.manage("check", **PRODUCTION, **{name: value})
        assert done.returncode == 1
        assert done.stdout.startswith(f'backfill: Environment variable "{name}" invalid')


def test_generates_a_secret_key_of_its_own_for_each_home() -> None:
    keys = []
    for _ in range(2):
        with installation() as one:
            one.use("pass")
            shown = one.manage("diffsettings").stdout
            assert f"SECRET_KEY = '{one.secrets().secret_key}'" in shown
            keys.append(one.secrets().secret_key)
    assert len(set(keys)) == 2


def test_keeps_uploads_in_a_folder_or_by_setting_in_an_s3_compatible_store() -> None:
    with installation() as one:
        local = one.manage("diffsettings", **PRODUCTION).stdout
        assert "FileSystemStorage" in local
        assert f"MEDIA_ROOT = PosixPath('{one.home}/media')" in local
        remote = one.manage("diffsettings", **PRODUCTION, S3_BUCKET="books", S3_ENDPOINT_URL="https://s3.example.com")
        assert "'BACKEND': 'storages.backends.s3.S3Storage'" in remote.stdout
        assert "'endpoint_url': 'https://s3.example.com'" in remote.stdout
