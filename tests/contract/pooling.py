"""A real PgBouncer in transaction mode before a copy of the test database, and clients whose requests go through it.

Requests run in a thread of their own, connected as a role that serves where one can be made. What tests prepare runs
in the test's thread, connected to the copy directly as its owner.
"""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.utils import load_backend
from django.test import Client
from psycopg import sql

from backfill.local import generated
from backfill.serving_role import grant_serving_role

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SERVER_CONNECTIONS = 2
CONFIGURATION = """
[databases]
{database} = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {size}
ignore_startup_parameters = extra_float_digits, options
logfile = {folder}/log
{more}
"""


@dataclass(frozen=True)
class Pool:
    """How to connect through the pooler, and whether the role is one that only serves."""

    parameters: dict[str, Any]
    serves_only: bool
    version: tuple[int, ...]

    @property
    def may_prepare(self) -> bool:
        return self.version >= (1, 21)


class PooledClient(Client):
    """A client whose requests run in a thread that is connected through the pooler."""

    def __init__(self, threads: ThreadPoolExecutor, **options: Any) -> None:
        super().__init__(**options)
        self.threads = threads

    def request(self, **request: Any) -> Any:
        return self.threads.submit(super().request, **request).result()


@contextmanager
def pool(folder: Path) -> Iterator[Pool]:
    """Copy the test database, put a pooler before the copy, and connect this thread to the copy."""
    if not PGBOUNCER:
        reason = "no PgBouncer on this machine (Debian: apt-get install pgbouncer)"
        if os.environ.get("BACKFILL_REQUIRE_POOLER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with ExitStack() as stack:
        stack.enter_context(_copied_database())
        role, password = stack.enter_context(_serving_role())
        version = _version()
        port = stack.enter_context(_running(folder, role, password, version))
        parameters = {
            **connection.settings_dict,
            "HOST": "127.0.0.1",
            "PORT": port,
            "USER": role,
            "PASSWORD": password,
            "OPTIONS": {
                "prepare_threshold": 1 if version >= (1, 21) else None,
                "sslmode": "disable",
                "connect_timeout": 10,
            },
        }
        yield Pool(parameters, serves_only=role != connection.settings_dict["USER"], version=version)


@contextmanager
def pooled_threads(pool: Pool, count: int = 1) -> Iterator[ThreadPoolExecutor]:
    """Threads that know the database through the pooler alone."""

    def connect() -> None:
        backend = load_backend(pool.parameters["ENGINE"])
        connections["default"] = backend.DatabaseWrapper(dict(pool.parameters), "default")

    with ThreadPoolExecutor(count, initializer=connect) as threads:
        yield threads
        for _ in range(count):
            threads.submit(connections.close_all).result()


@contextmanager
def _copied_database() -> Iterator[None]:
    own = str(connection.settings_dict["NAME"])
    copy = f"{own}_pooled"
    connections.close_all()
    with _maintenance() as raw:
        raw.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        # Nobody may be connected to what is copied, and a thread of an earlier test may still be.
        raw.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [own])
        raw.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(own)))
    connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = own
        with _maintenance() as raw:
            raw.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))


@contextmanager
def _serving_role() -> Iterator[tuple[str, str]]:
    """Yield a new role that serves and its password; the owner's where no role can be made."""
    owner = connection.settings_dict
    superuser = _superuser()
    if superuser is None:
        yield str(owner["USER"]), str(owner["PASSWORD"])
        return
    role, password = f"{owner['NAME']}_serves", secrets.token_hex(12)
    identifier = sql.Identifier(role)
    with psycopg.connect(**superuser, dbname=owner["NAME"], autocommit=True) as raw:
        drop = sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(identifier)
        if raw.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchall():
            raw.execute(drop)
        raw.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(identifier, password))
        try:
            grant_serving_role(role)
            yield role, password
        finally:
            raw.execute(drop)


def _superuser() -> dict[str, Any] | None:
    made = generated(settings.BACKFILL_HOME)
    if made is None or made.database_url != settings.DATABASE_URL:
        return None
    return {"host": made.sockets, "user": "postgres", "password": made.superuser_password}


@contextmanager
def _maintenance() -> Iterator["psycopg.Connection[Any]"]:
    known = connection.settings_dict
    wanted = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}
    given = {name: str(value) for name, value in wanted.items() if value}
    with psycopg.connect(**given, dbname="postgres", autocommit=True) as raw:  # type: ignore[arg-type]
        yield raw


def _version() -> tuple[int, ...]:
    said = subprocess.run([str(PGBOUNCER), "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    assert found is not None, said
    return int(found[1]), int(found[2])


@contextmanager
def _running(folder: Path, role: str, password: str, version: tuple[int, ...]) -> Iterator[int]:
    known = connection.settings_dict
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen: int = free.getsockname()[1]
    (folder / "users").write_text(f'"{role}" "{password}"\n')
    (folder / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            database=known["NAME"],
            host=known["HOST"] or "127.0.0.1",
            port=known["PORT"] or 5432,
            listen=listen,
            folder=folder,
            size=SERVER_CONNECTIONS,
            more="max_prepared_statements = 200" if version >= (1, 21) else "",
        )
    )
    process = subprocess.Popen(
        [str(PGBOUNCER), *_account(folder), str(folder / "pgbouncer.ini")], stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(listen, process)
        yield listen
    finally:
        process.terminate()
        process.wait(20)


def _account(folder: Path) -> list[str]:
    """PgBouncer does not run as root: then as the owner of PostgreSQL's sockets, who may enter their folder."""
    if os.getuid() != 0:
        return []
    sockets = Path(str(connection.settings_dict["HOST"] or "/"))
    owner = sockets.stat().st_uid if sockets.is_dir() else 0
    account = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    folder.chmod(0o755)
    for path in (folder, *folder.iterdir()):
        os.chown(path, account.pw_uid, account.pw_gid)
    return ["-u", account.pw_name]


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        assert process.poll() is None, "PgBouncer has ended"
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("PgBouncer does not answer")
