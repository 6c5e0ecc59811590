"""Who uses the embedded servers: started by the first process, stopped by the last.

Two lock files in the home, held by the kernel and therefore gone with a killed process: `lock` for the time of a start
or stop, and `in-use`, shared by every process that works with the servers.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backfill.local.account import private_folder, server_account
from backfill.local.errors import EmbeddedError
from backfill.local.packages import check_installed
from backfill.local.place import SECRETS_FILE, Generated, environment, generate, home_location, open_home
from backfill.local.postgres import Postgres
from backfill.local.valkey import Valkey

LOCK_SECONDS = 300

_SERVERS: dict[str, type[Postgres | Valkey]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
_in_use: dict[Path, tuple[int, int, list[Postgres | Valkey]]] = {}


def provide(announce: Callable[[str], None], *, may_create: bool = True) -> None:
    """Start what the environment does not name, or join what is running already.

    Also generates the secrets of a home that serves this machine only. `announce` gets a line before each long step.
    Without BACKFILL_HOME only a command that `may_create` makes a database. Raises EmbeddedError.
    """
    env = environment()
    wanted = {name: kind for name, kind in _SERVERS.items() if not env.str(name, default="")}
    if not wanted and not env.bool("BACKFILL_LOCAL", default=False):
        return
    check_installed(list(wanted))
    home = home_location(env)
    if not env.str("BACKFILL_HOME", default=""):
        _find(home, announce, may_create=may_create or not wanted)
    durable = env.bool("BACKFILL_EMBEDDED_DURABLE", default=True)
    try:
        open_home(home)
        with _lock(home):
            made = generate(home)
            if wanted:
                _make_folders(made)
                servers = [kind(made, durable=durable) for kind in wanted.values()]
                for server in servers:
                    server.start(announce)
                _join(home, servers)
    except OSError as error:
        raise EmbeddedError(f"{error.filename or home}: {error.strerror or error}.") from error


def _find(home: Path, announce: Callable[[str], None], *, may_create: bool) -> None:
    """Say which data is used where nobody named it, and refuse to make a database by the way."""
    if (home / SECRETS_FILE).exists():
        announce(f"Using the data in {home}")
    elif not may_create:
        raise EmbeddedError(
            f"there is no data in {home} yet. `make demo` makes some, `.venv/bin/python manage.py migrate` an empty "
            "database; BACKFILL_HOME names another folder."
        )


def missing() -> list[str]:
    """Return the names of the servers this process joined that do not run, because they crashed or were killed."""
    joined = [server for pid, _lock, servers in _in_use.values() if pid == os.getpid() for server in servers]
    return [server.name for server in joined if not server.is_running()]


def release(announce: Callable[[str], None] = lambda _line: None) -> None:
    """Leave; the last to leave stops the servers. Does nothing in a process that never joined, or in its children."""
    for home, (pid, descriptor, servers) in list(_in_use.items()):
        del _in_use[home]
        if pid != os.getpid():
            continue
        try:
            with _lock(home):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                for server in servers:
                    announce(f"Stopping {server.name}")
                    server.stop()
        finally:
            os.close(descriptor)


def _make_folders(made: Generated) -> None:
    account = server_account(Path(made.servers) / "postgres")
    for folder in (Path(made.servers) / "logs", Path(made.sockets)):
        private_folder(folder, account)


def _join(home: Path, servers: list[Postgres | Valkey]) -> None:
    descriptor = os.open(home / "in-use", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _in_use[home] = (os.getpid(), descriptor, servers)


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"another process has been starting the servers in {home} for minutes."
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)
