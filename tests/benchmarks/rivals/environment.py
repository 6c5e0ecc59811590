"""Throw-away environments and databases for other ledgers."""

import os
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

HERE = Path(__file__).resolve().parent
SUPPORT = ("psycopg[binary]>=3.3,<3.4", "dj-database-url>=3")


@dataclass(frozen=True)
class Rival:
    name: str
    requirement: str
    script: str


@dataclass(frozen=True)
class RunningRival:
    version: str
    statements: int
    process: "subprocess.Popen[str]"

    def post(self, entries: int) -> None:
        """Let it post two-line entries, one by one."""
        assert self.process.stdin
        assert self.process.stdout
        print(entries, file=self.process.stdin, flush=True)
        if self.process.stdout.readline() != "done\n":
            pytest.fail(f"it stopped: {self.process.communicate()[1][-2_000:]}")


@contextmanager
def running(rival: Rival, folder: Path) -> Iterator[RunningRival]:
    """Install the rival into `folder` and start it on a database of its own on our server."""
    python = _installed(rival, folder)
    with _database(rival.script) as url:
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PYTHONWARNINGS": "ignore"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([python, HERE / f"{rival.script}.py"], env=environment, text=True, **pipes)
        assert process.stdout
        statements = process.stdout.readline()
        if not statements:
            pytest.fail(f"{rival.name} does not run: {process.communicate()[1][-2_000:]}")
        try:
            yield RunningRival(_version(python, rival), int(statements), process)
        finally:
            process.communicate()


def _installed(rival: Rival, folder: Path) -> Path:
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", rival.requirement, *SUPPORT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{rival.name} cannot be installed (no package index?): {done.stderr.strip().splitlines()[-1]}")
    return python


def _version(python: Path, rival: Rival) -> str:
    code = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"
    done = subprocess.run([python, "-c", code, rival.name], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def _database(suffix: str) -> Iterator[str]:
    """Make an empty database beside ours and yield its URL."""
    parameters = connection.get_connection_params()
    name = f"{parameters['dbname']}_{suffix}"
    user, password = quote(parameters.get("user") or ""), quote(parameters.get("password") or "", safe="")
    host, port = quote(str(parameters.get("host") or ""), safe=""), parameters.get("port") or ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"postgres://{user}{':' if password else ''}{password}@{host}{f':{port}' if port else ''}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
