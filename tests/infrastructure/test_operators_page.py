"""docs/OPERATING.md followed word for word: installed, served, backed up, lost, restored and upgraded."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest
import yaml

from tests.infrastructure.installations import ROOT, free_port, installation
from tests.infrastructure.operators_page import PAGE, Machine, section

TOOLS = ("bash", "curl", "openssl", "tar", "git")
PASSWORD = "a horse, a battery, a staple"
JOURNAL = """Entry reference;Date;Account code;Debit;Credit
A1;2026-01-15;1200;119.00;
A1;2026-01-15;0800;;119.00
A2;2026-01-16;1000;20.00;
A2;2026-01-16;1200;;20.00
"""

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"the page's commands need {', '.join(TOOLS)}"
)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A machine on which the page was followed up to «Serving», with two entries and a document in its books."""
    with installation() as servers:
        user = servers.hold_open()
        one = Machine(servers.home.parent / "machine", servers.secrets(), free_port())
        with psycopg.connect(one.superuser_url(), autocommit=True) as connection:  # as bare as a new server
            connection.execute("DROP DATABASE backfill")
            connection.execute("DROP ROLE backfill")
        one.prepare()
        done = one.follow("Installing", typed=f"{PASSWORD}\n")
        try:
            assert done.returncode == 0, done.stdout
            (one.folder / "journal.csv").write_text(JOURNAL)
            media = one.folder / "var/lib/backfill/media"
            media.mkdir(exist_ok=True)
            (media / "receipt.txt").write_text("a receipt")
            load = f'import_journal {one.folder}/journal.csv --company "Acme GmbH"'
            done = one.run(f"runuser -u backfill -- .venv/bin/python manage.py {load}")
            assert done.returncode == 0, done.stdout
            yield one
        finally:
            one.run("systemctl stop backfill")
            user.communicate("\n")


def asked(machine: Machine, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, Any]:
    """Ask as the proxy does."""
    proxied = {"Host": "books.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    request = Request(
        f"http://127.0.0.1:{machine.port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={**proxied, "Content-Type": "application/json", **headers},
    )
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, error.read().decode()


def heads(machine: Machine) -> list[tuple[Any, ...]]:
    with psycopg.connect(machine.role_url("backfill")) as connection:
        return connection.execute("TABLE ledger_journalhead").fetchall()


def test_watches_by_address(machine: Machine) -> None:
    done = machine.follow("Watching")
    assert done.returncode == 0, done.stdout
    assert '"status": "ok"' in done.stdout
    assert "Acme GmbH: 2 entries, right" in done.stdout


def test_lets_the_first_owner_sign_in(machine: Machine) -> None:
    machine.follow("Watching")  # waits until it is up
    status, body = asked(machine, "/v1/auth/login", {"email": "anna@example.com", "password": PASSWORD})
    assert (status, body["user"]["role"]) == (200, "owner")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_none', now())",
        "UPDATE django_migrations SET name = 'x'",
        "DELETE FROM django_migrations",
        "UPDATE tenancy_apikey SET token_hash = 'mine'",
        "UPDATE tenancy_apikey SET scopes = '{admin}'",
        "UPDATE tenancy_apikey SET company_id = NULL",
        "DELETE FROM tenancy_apikey",
        "DELETE FROM tenancy_accessevent",
        "UPDATE tenancy_accessevent SET verb = 'x'",
        "TRUNCATE ledger_journalline",
        "ALTER TABLE ledger_journalline DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_journalline DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE ledger_journalentry DROP CONSTRAINT ledger_journalentry_pkey CASCADE",
        "DROP POLICY ledger_journalline_company ON ledger_journalline",
        "CREATE TABLE mine ()",
        "SET session_replication_role = replica",
        "SET ROLE backfill",
    ],
)
def test_keeps_from_the_role_that_serves(machine: Machine, statement: str) -> None:
    with (
        psycopg.connect(machine.role_url("backfill_serves")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.parametrize(
    "table", ["ledger_journalentry", "ledger_account", "tenancy_membership", "tenancy_apikey", "documents_numberseries"]
)
def test_shows_the_role_that_serves_the_company_that_it_names_and_the_role_that_works_all(
    machine: Machine, table: str
) -> None:
    make = (
        'runuser -u backfill -- .venv/bin/python manage.py create_api_key --company "Acme GmbH" --scopes journal:read'
    )
    assert machine.run(make).returncode == 0
    count = f"SELECT count(*) > 0 FROM {table}"
    seen = {}
    for role in ("backfill_serves", "backfill_works"):
        with psycopg.connect(machine.role_url(role)) as connection:
            seen[role] = connection.execute(count).fetchall()[0][0]
    is_empty = table == "documents_numberseries"  # nothing was numbered
    assert seen == {"backfill_serves": False, "backfill_works": not is_empty}
    with psycopg.connect(machine.role_url("backfill_works")) as connection:
        company = connection.execute("SELECT id FROM tenancy_company").fetchall()[0][0]
    with psycopg.connect(machine.role_url("backfill_serves")) as connection:
        connection.execute("SELECT set_config('backfill.company_id', %s, true)", [str(company)])
        assert connection.execute(count).fetchall() == [(not is_empty,)]
        connection.commit()
        assert connection.execute(count).fetchall() == [(False,)]


def test_starts_no_worker_with_the_role_that_serves(machine: Machine) -> None:
    done = machine.run(
        f"DATABASE_URL='{machine.role_url('backfill_serves')}' timeout 60 .venv/bin/python -m celery"
        " --app backfill.celery worker --concurrency 1"
    )
    assert done.returncode != 0
    assert "The worker's role sees no company's rows" in done.stdout


def test_lets_the_role_that_serves_make_revoke_and_note_the_use_of_keys(machine: Machine) -> None:
    make = (
        'runuser -u backfill -- .venv/bin/python manage.py create_api_key --company "Acme GmbH" --scopes journal:read'
    )
    done = machine.run(make)
    assert done.returncode == 0, done.stdout
    machine.follow("Watching")
    status, body = asked(machine, "/v1/journal_entries", Authorization=f"Bearer {done.stdout.strip()}")
    assert (status, body["pagination"]["total_count"]) == (200, 2)
    with psycopg.connect(machine.role_url("backfill_serves")) as connection:
        prefix = done.stdout.strip()[:12]
        company = "SELECT set_config('backfill.company_id', tenancy_company_of_token(%s)::text, true)"
        connection.execute(company, [hashlib.sha256(done.stdout.strip().encode()).hexdigest()])
        connection.execute("UPDATE tenancy_apikey SET revoked_at = now() WHERE prefix = %s", [prefix])
    assert asked(machine, "/v1/journal_entries", Authorization=f"Bearer {done.stdout.strip()}")[0] == 401


@pytest.mark.parametrize(
    ("role", "complaint"),
    [("nobody_here", "There is no role 'nobody_here'"), ("backfill", "could switch the guards off"),
     ("postgres", "is a superuser"), ("backfill_dumps", "passes row-level security")],
)  # fmt: skip
def test_refuses_to_serve_with_a_role_that_could_do_more(machine: Machine, role: str, complaint: str) -> None:
    done = machine.run(f"BACKFILL_ENV=/etc/backfill/owner.env .venv/bin/python manage.py grant_serving_role {role}")
    assert done.returncode == 1
    assert complaint in done.stdout


def test_says_who_must_grant(machine: Machine) -> None:
    done = machine.run(".venv/bin/python manage.py grant_serving_role backfill_serves")
    assert done.returncode == 1
    assert "belongs to backfill. Run this with the DATABASE_URL of backfill." in done.stdout


def test_names_a_file_of_settings_that_is_not_there(machine: Machine) -> None:
    done = machine.run("BACKFILL_ENV=/etc/backfill/none.env .venv/bin/python manage.py check")
    assert done.returncode == 1
    assert (
        done.stdout.strip()
        == f"backfill: BACKFILL_ENV names {machine.folder}/etc/backfill/none.env, which is not there."
    )


def test_leaves_no_half_backup(machine: Machine) -> None:
    """As the tables' owner pg_dump fails after it has begun the file, since row-level security is forced."""
    service = machine.folder / "etc/backfill/wrong_service.conf"
    password = re.search(r"backfill:(\w+)@", machine.role_url("backfill"))
    assert password is not None
    service.write_text(
        f"[backfill_dump]\nhost={machine.made.sockets}\ndbname=backfill\nuser=backfill\npassword={password[1]}\n"
    )
    done = machine.run("PGSERVICEFILE=/etc/backfill/wrong_service.conf deploy/backup /var/backups/backfill-wrong")
    assert done.returncode != 0
    assert "row-level security" in done.stdout
    assert list((machine.folder / "var/backups/backfill-wrong").iterdir()) == []


def test_brings_back_what_was_lost(machine: Machine) -> None:
    """All that is in the backup comes back with its guards; the damaged database is kept."""
    before = heads(machine)
    done = machine.follow("Backup")
    assert done.returncode == 0, done.stdout
    (made,) = (machine.folder / "var/backups/backfill").iterdir()
    assert {file.name for file in made.iterdir()} == {"database.dump", "media.tar", "settings.env"}
    assert made.stat().st_mode & 0o077 == 0

    with psycopg.connect(machine.role_url("backfill"), autocommit=True) as connection:
        connection.execute("DROP TABLE ledger_journalhead CASCADE")
    (machine.folder / "var/lib/backfill/media/receipt.txt").unlink()
    done = machine.follow("Restore")
    assert done.returncode == 0, done.stdout
    assert "Acme GmbH: 2 entries, right" in done.stdout
    assert heads(machine) == before
    assert (machine.folder / "var/lib/backfill/media/receipt.txt").read_text() == "a receipt"
    test_keeps_from_the_role_that_serves(machine, "DELETE FROM django_migrations")
    with (
        psycopg.connect(machine.role_url("backfill")) as owner,
        pytest.raises(psycopg.DatabaseError, match="append-only"),
    ):
        owner.execute("DELETE FROM ledger_journalline")
    test_lets_the_first_owner_sign_in(machine)


def test_upgrades(machine: Machine) -> None:
    machine.run("systemctl stop backfill")
    done = machine.follow("Upgrade")
    assert done.returncode == 0, done.stdout
    assert "No migrations to apply" in done.stdout
    test_watches_by_address(machine)


def test_has_units_that_systemd_accepts(machine: Machine) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd on this machine")
    folder = machine.folder / "units"
    folder.mkdir()
    for unit in (ROOT / "deploy").glob("*.[st][ei][rm][ve]*"):
        (folder / unit.name).write_text(machine.redirected(unit.read_text()))
    names = [str(folder / name) for name in ("backfill.service", "backfill@web.service", "backfill-backup.timer")]
    shutil.copy(folder / "backfill@.service", folder / "backfill@web.service")
    done = subprocess.run(
        ["systemd-analyze", "verify", *names], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert str(folder) not in done.stderr


def test_shows_every_command_that_runs_as_part_of_a_section() -> None:
    """A block is followed by the test unless it needs a network or a package manager."""
    skipped = re.findall(r"^```sh machine\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(skipped) == 3
    assert all(re.match(r"apt-get|certbot|cd /opt/backfill\ndeploy/backup", block) for block in skipped)


def test_names_files_that_exist() -> None:
    named = set(re.findall(r"deploy/[\w@.-]*\w|compose\.yaml|Containerfile", PAGE.read_text()))
    assert named >= {"deploy/backup", "deploy/nginx.conf", "compose.yaml", "Containerfile"}
    for name in named:
        assert (ROOT / name).is_file(), name


def test_composes_what_the_settings_know() -> None:
    """Without a daemon: the file is valid YAML, mounts what exists and sets what the table of settings describes."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"postgres", "valkey", "migrate", "backfill"}
    table = set(re.findall(r"`([A-Z_]+)`", section("Settings")))
    for name in ("migrate", "backfill"):
        assert set(services[name]["environment"]) <= table
    assert "backfill_works:" in services["backfill"]["environment"]["DATABASE_URL"]
    assert "backfill_serves:" in services["backfill"]["environment"]["WEB_DATABASE_URL"]
    assert "//backfill:" in services["migrate"]["environment"]["DATABASE_URL"]
    mounted = [volume.split(":")[0] for volume in services["postgres"]["volumes"] if volume.startswith("./")]
    assert [Path(ROOT / name).is_file() for name in mounted] == [True]
    secret = set(re.findall(r"\$\{(\w+):\?\}", (ROOT / "compose.yaml").read_text()))
    assert secret <= set(re.findall(r"[A-Z_]{5,}", section("In containers")))


def test_contains_what_the_program_needs() -> None:
    recipe = (ROOT / "Containerfile").read_text()
    left_out = (ROOT / ".dockerignore").read_text().split()
    for name in (
        "backfill",
        "ledger",
        "receivables",
        "reporting",
        "templates",
        "static",
        "manage.py",
        "requirements.txt",
    ):
        assert (ROOT / name).exists()
        assert name not in left_out
    assert {".env", ".git"} <= set(left_out)
    assert 'ENTRYPOINT ["python", "manage.py"]' in recipe
