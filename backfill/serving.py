"""The web server, worker and scheduler of this installation, and the checks before they start."""

import errno
import fcntl
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError

from backfill import local
from backfill.errors import DomainError
from backfill.health import is_schema_current
from backfill.local.place import open_home
from backfill.local.supervisor import Part, Servers, Supervisor
from backfill.schema import DatabaseDoesNotAnswer

QUEUES = "default,bank,exports,ingest"
PARTS = ("web", "worker", "scheduler")
# Headers must be there within 15 seconds, and a HTTP/2 connection must answer pings. `backfill.asgi` times bodies.
# A connection costs a descriptor and little memory, so thousands may wait without keeping others out.
GRANIAN = [
    "--interface", "asgi", "--no-ws", "--loop", "asyncio", "--respawn-failed-workers", "--log-level", "warning",
    "--http1-header-read-timeout", "15000", "--http2-keep-alive-interval", "15000", "--http2-keep-alive-timeout", "10",
    "--http2-max-headers-size", "65536", "--backlog", "4096", "--backpressure", "4096",
]  # fmt: skip
FILE_DESCRIPTORS = 10_000


class CannotServe(DomainError):
    code = "CANNOT_SERVE"


def check_port(host: str, port: int) -> None:
    """Raise CannotServe unless the port is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(f"Port {port} is taken by another program. Set PORT to a free one.") from error
            raise CannotServe(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def has_all_migrations() -> bool:
    """Return whether the schema is current; raise CannotServe when the database cannot even be asked."""
    try:
        return is_schema_current()
    except DatabaseError as error:
        raise CannotServe(DatabaseDoesNotAnswer(error).message) from error


@contextmanager
def sole_server(host: str, port: int, only: str | None = None) -> Iterator[None]:
    """Hold the home for one server; raise CannotServe when another one has it. The kernel frees it if we are killed.

    `only` names the one part that is served, of which there is one per home, too.
    """
    try:
        open_home(settings.BACKFILL_HOME)
        descriptor = os.open(
            settings.BACKFILL_HOME / (f"serving-{only}" if only else "serving"), os.O_RDWR | os.O_CREAT, 0o600
        )
    except OSError as error:
        raise CannotServe(f"BACKFILL_HOME {settings.BACKFILL_HOME} cannot be used: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.read(descriptor, 200).decode(errors="replace").strip()
            raise CannotServe(f"Backfill serves from {settings.BACKFILL_HOME} already: {who}.") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on http://{host}:{port}\n".encode())
        yield
    finally:
        os.close(descriptor)


def serve(
    host: str, port: int, *, announce: Callable[[str], None], when_ready: Callable[[], None], only: str | None = None
) -> bool:
    """Run everything, or `only` one of PARTS, until a signal comes; False when a part kept failing from the start.

    Raises CannotServe before starting any.
    """
    chosen = (only,) if only else PARTS
    serves_pages = "web" in chosen
    if serves_pages:
        check_port(host, port)
    if not has_all_migrations():
        raise CannotServe("The database lacks migrations. Run `.venv/bin/python manage.py migrate` first.")
    if serves_pages and not settings.PRIVATE:
        announce("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
    _allow_descriptors(FILE_DESCRIPTORS)
    parts = {name: part for name, part in _parts(host, port).items() if name in chosen}
    announce(f"Starting {_listed([part.name for part in parts.values()])}")
    return Supervisor(
        list(parts.values()),
        environment=_environment(counts=serves_pages),
        folder=settings.BASE_DIR,
        announce=announce,
        servers=Servers(missing=local.missing, revive=[sys.executable, "-m", "backfill.local"]),
    ).run(is_ready=lambda: not serves_pages or _answers(host, port), when_ready=when_ready)


def _allow_descriptors(count: int) -> None:
    """Raise this process's limit of open files, which its parts inherit, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _parts(host: str, port: int) -> dict[str, Part]:
    python, level = sys.executable, settings.LOGGING["root"]["level"].lower()
    celery = [python, "-m", "celery", "--quiet", "--app", "backfill.celery"]
    schedule = settings.BACKFILL_HOME / "beat-schedule"
    return {
        "web": Part(
            "web server",
            [python, "-m", "granian", *GRANIAN, "--host", host, "--port", str(port),
             "--workers", str(settings.WEB_WORKERS), "--workers-kill-timeout", "10", "backfill.asgi:application"],
        ),
        "worker": Part(
            "worker",
            [*celery, "worker", "--queues", QUEUES, "--concurrency", str(settings.WORKER_PROCESSES),
             "--loglevel", level, "--without-gossip", "--without-mingle"],
            hurry=signal.SIGQUIT,
        ),
        "scheduler": Part(
            "scheduler",
            [*celery, "beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", level],
        ),
    }  # fmt: skip


def _environment(*, counts: bool) -> dict[str, str]:
    """Return the environment of the parts; those that count requests begin with none."""
    counters: Path = settings.BACKFILL_HOME / "metrics"
    if counts:
        shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir(mode=0o700, exist_ok=True)
    environment = {
        **os.environ,
        "BACKFILL_HOME": str(settings.BACKFILL_HOME),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "backfill.settings"),
        "PROMETHEUS_MULTIPROC_DIR": str(counters),
    }
    if os.geteuid() == 0:  # Celery's ten lines about it belong to pickle, which is off
        environment["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    return environment


def _answers(host: str, port: int) -> bool:
    """Ask /readyz as a browser on this machine would, under a name the installation answers to."""
    name = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    connection = HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
