"""Throw-away installations: a home of their own, and `manage.py` run in it as an operator would."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg

from backfill.local.place import Generated, generated

ROOT = Path(__file__).resolve().parent.parent.parent
NAMED_ELSEWHERE = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BACKFILL_LOCAL", "DJANGO_SETTINGS_MODULE", "PORT"}

# What every command does around its work (see manage.py), without loading Django, which takes seconds.
USE = """
import signal, sys
import psycopg
from backfill import local

def sql(statement):
    home = local.home_location(local.environment())
    with psycopg.connect(local.generated(home).database_url) as connection:
        connection.execute(statement)

signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
try:
    local.provide(print)
    exec(sys.argv[1])
finally:
    local.release()
"""


@dataclass(frozen=True)
class Installation:
    home: Path

    def environment(self, **extra: str) -> dict[str, str]:
        own = {key: value for key, value in os.environ.items() if key not in NAMED_ELSEWHERE}
        return {**own, "BACKFILL_HOME": str(self.home), "BACKFILL_EMBEDDED_DURABLE": "false", **extra}

    def start(self, *arguments: str, **extra: str) -> "subprocess.Popen[str]":
        """Start a command of `manage.py`."""
        return self._start(str(ROOT / "manage.py"), *arguments, **extra)

    def manage(self, *arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of `manage.py` to its end; `stdout` holds both outputs."""
        return _finished(self.start(*arguments, **extra))

    def start_using(self, code: str, **extra: str) -> "subprocess.Popen[str]":
        """Start a process that runs the code with the servers up; `sql` is at hand."""
        return self._start("-c", USE, code, **extra)

    def use(self, code: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        return _finished(self.start_using(code, **extra))

    def hold_open(self) -> "subprocess.Popen[str]":
        """Start a process that uses the servers until it reads a line."""
        process = self.start_using("print('here', flush=True); input()")
        assert process.stdout is not None
        assert any(line.strip() == "here" for line in process.stdout)
        return process

    def _start(self, *arguments: str, **extra: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def secrets(self) -> Generated:
        made = generated(self.home)
        assert made is not None
        return made

    def postmaster(self) -> int:
        return int((Path(self.secrets().servers) / "postgres" / "postmaster.pid").read_text().split()[0])

    def is_running(self) -> bool:
        try:
            psycopg.connect(self.secrets().database_url).close()
        except psycopg.OperationalError:
            return False
        return True

    def demo(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads((self.home / "demo.json").read_text())
        return answer


def _finished(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    output, _ = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, output)


@contextmanager
def installation(*, private: bool = False) -> Iterator[Installation]:
    """A home that does not exist yet, in a folder that is gone afterwards; `private` keeps everybody else out of it."""
    folder = Path(tempfile.mkdtemp(prefix="backfill-"))
    folder.chmod(0o700 if private else 0o711)
    one = Installation(folder / "home")
    servers = None
    try:
        yield one
    finally:
        if (one.home / "embedded.json").is_file():
            try:
                servers = Path(one.secrets().servers)
            except Exception:  # noqa: BLE001 - a test may have damaged the file
                servers = one.home
            kill_servers(servers)
        for leftover in {folder, servers} - {None}:
            shutil.rmtree(str(leftover), ignore_errors=True)


def kill_servers(servers: Path) -> None:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(servers) in command and (b"/postgres" in command or b"valkey-server" in command):
            os.kill(int(folder.name), signal.SIGQUIT if b"/postgres" in command else signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_up(
    process: "subprocess.Popen[str]", base_url: str, seconds: float = 240, host: str = "localhost"
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urlopen(Request(f"{base_url}/readyz", headers={"Host": host}), timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{base_url} did not come up")
