"""`manage.py demo --serve`, as `make demo` runs it: the whole set of processes on a free port."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import psycopg
import pytest
import redis

from backfill.local.place import Generated
from tests.infrastructure.installations import ROOT, Installation, free_port, installation, wait_until_up


class Served:
    """A running demo."""

    def __init__(self, one: Installation, port: int) -> None:
        self.installation = one
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"
        self.process = one.start("demo", "--serve", PORT=str(port))
        wait_until_up(self.process, self.base_url)

    def children(self) -> list[int]:
        """The process numbers of everything started by it, the embedded servers excepted."""
        found, wanted = [], {self.process.pid}
        for _generation in range(3):
            children = {int(pid) for parent in wanted for pid in _children_of(parent)}
            found.extend(children)
            wanted = children
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> str:
        self.process.send_signal(number)
        output: str = self.process.communicate(timeout=40)[0]
        return output


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with installation() as one:
        running = Served(one, free_port())
        yield running
        if running.process.poll() is None:
            running.stop()


def _children_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def body(url: str, **headers: str) -> str:
    with urlopen(Request(url, headers=headers), timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def test_answers_liveness_and_readiness(served: Served) -> None:
    assert json.loads(body(f"{served.base_url}/healthz")) == {"status": "ok"}
    assert json.loads(body(f"{served.base_url}/readyz")) == {
        "status": "ok",
        "checks": {"database": "ok", "broker": "ok", "migrations": "ok"},
    }


def test_counts_over_all_its_web_workers(served: Served) -> None:
    pattern = re.compile(r'^django_http_requests_total_by_method_total\{method="HEAD"\} ([0-9.]+)$', re.MULTILINE)

    def counted() -> float:
        match = pattern.search(body(f"{served.base_url}/metrics"))
        return float(match[1]) if match else 0.0

    before = counted()
    for _ in range(40):
        with urlopen(Request(f"{served.base_url}/healthz", method="HEAD"), timeout=20):
            pass
    assert [counted() for _ in range(6)] == [before + 40] * 6


def test_writes_what_one_needs_to_get_in_for_its_owner_only(served: Served) -> None:
    demo = served.installation.demo()
    assert stat.S_IMODE((served.installation.home / "demo.json").stat().st_mode) == 0o600
    assert demo["base_url"] == served.base_url
    assert set(demo) == {"base_url", "database_url", "redis_url", "admin", "keys"}
    assert set(demo["keys"]) == {"backfill", "books"}
    assert all(key.startswith("bf_live_") for key in demo["keys"].values())
    with psycopg.connect(demo["database_url"]) as connection:
        assert connection.execute("SELECT count(*) FROM tenancy_company").fetchone() == (2,)
    assert redis.Redis.from_url(demo["redis_url"]).ping()


def test_lets_the_admin_sign_in(served: Served) -> None:
    demo = served.installation.demo()
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{served.base_url}/admin/login/?next=/admin/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "next": "/admin/", **demo["admin"]}
    answer = browser.open(f"{served.base_url}/admin/login/", urlencode(form).encode())
    assert answer.url == f"{served.base_url}/admin/"


def test_serves_static_files_without_collecting_them_first(served: Served) -> None:
    assert "font-family" in body(f"{served.base_url}/static/unfold/fonts/inter/styles.css")


def test_runs_tasks_given_by_anybody(served: Served) -> None:
    """It gives a task from a command and sees its effect: an expired session is gone."""
    done = served.installation.manage(
        "shell",
        "--no-imports",
        "--command",
        "from datetime import UTC, datetime; from django.contrib.sessions.models import Session;"
        "from backfill.tasks import clear_sessions;"
        "Session.objects.create(session_key='gone', session_data='', expire_date=datetime(2020, 1, 1, tzinfo=UTC));"
        "clear_sessions.delay()",
    )
    assert done.returncode == 0, done.stdout
    with psycopg.connect(served.installation.demo()["database_url"], autocommit=True) as connection:
        for _ in range(100):
            row = connection.execute("SELECT count(*) FROM django_session WHERE session_key = 'gone'").fetchone()
            if row == (0,):
                return
            time.sleep(0.1)
    raise AssertionError("the worker did not run the task")


@pytest.mark.skipif(not (shutil.which("curl") and (ROOT / ".venv/bin/python").exists()), reason="no curl, or no .venv")
def test_does_what_the_readme_shows(served: Served) -> None:
    """Every command of README.md as written, in one shell, but for the port of this demo."""
    make, *blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert make == "make demo\n"
    script = "".join(blocks).replace("http://localhost:8000", served.base_url).replace("curl ", "curl --fail ")
    done = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", script], check=False, cwd=ROOT, timeout=300,
        env=served.installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    for shown in (
        '"account_code"',
        '"name":"Acme Inc."',
        "bf_live_",
        "Posted 2 entries.",
        "Acme GmbH: 2 entries, right",
    ):
        assert shown in done.stdout.replace('": "', '":"'), shown


def test_refuses_a_second_server_in_the_same_home(served: Served) -> None:
    done = served.installation.manage("serve", PORT=str(free_port()))
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(
        f"CommandError: Backfill serves from {served.installation.home} already: process {served.process.pid}"
    )


def test_starts_a_part_again_that_was_killed(served: Served) -> None:
    for pid in _children_of(served.process.pid):
        os.kill(int(pid), signal.SIGKILL)
    time.sleep(1)
    wait_until_up(served.process, served.base_url)


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_starts_an_embedded_server_again_that_was_killed(served: Served, server: str) -> None:
    """The parts go on meanwhile: their process numbers stay."""
    parts = _children_of(served.process.pid)
    made = served.installation.secrets()
    if server == "postgres":
        pid = served.installation.postmaster()
    else:
        pid = int((Path(made.sockets) / "valkey.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while _status(served.base_url, "/readyz", "localhost") == 200:  # until the loss is seen
        assert time.monotonic() < deadline
        if not _is_alive(pid) and _answers_again(made, server):
            break
    wait_until_up(served.process, served.base_url, seconds=60)
    assert set(parts) <= set(_children_of(served.process.pid))
    test_runs_tasks_given_by_anybody(served)


def test_ends_with_everything_it_started_and_comes_back_with_the_same_keys(served: Served) -> None:
    before = served.installation.demo()
    children = served.children()
    assert len(children) >= 3
    output = served.stop()
    assert served.process.returncode == 0, output
    assert "Traceback" not in output, output
    said = [line for line in output.splitlines() if line.startswith("Stopping")]
    assert said == [
        "Stopping, when what is under way is done; Ctrl-C again stops at once …",
        "Stopping PostgreSQL …",
        "Stopping Valkey …",
    ]
    assert not [pid for pid in children if _is_alive(pid)]
    assert not served.installation.is_running()

    again = Served(served.installation, served.port)
    assert served.installation.demo() == before
    again.process.kill()
    again.process.communicate()
    _wait_until_free(served.port)

    third = Served(served.installation, served.port)
    assert served.installation.demo() == before
    third.stop(signal.SIGTERM)
    assert third.process.returncode == 0
    assert not served.installation.is_running()


def test_says_that_the_port_is_taken() -> None:
    with installation() as one, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = one.manage("demo", "--serve", PORT=str(port))
        assert done.returncode == 1
        last = done.stdout.splitlines()[-1]
        assert last == f"CommandError: Port {port} is taken by another program. Set PORT to a free one."
        assert not (one.home / "demo.json").exists()


def test_does_not_serve_a_database_without_its_migrations() -> None:
    with installation() as one:
        done = one.manage("serve", PORT=str(free_port()))
        assert done.returncode == 1
        assert done.stdout.splitlines()[-1].startswith("CommandError: The database lacks migrations.")


@pytest.mark.parametrize("command", [("demo",), ("demo", "--serve"), ("migrate",)])
def test_leaves_a_schema_alone_that_it_does_not_know(command: tuple[str, ...]) -> None:
    """Data of a version whose migrations this one does not have: said in one line, with the way out."""
    with installation() as one:
        made = one.use(
            "sql('CREATE TABLE django_migrations (id serial, app text, name text, applied timestamptz DEFAULT now())');"
            "sql(\"INSERT INTO django_migrations (app, name) VALUES ('ledger', '0002_old')\")"
        )
        assert made.returncode == 0, made.stdout
        done = one.manage(*command, PORT=str(free_port()))
        assert done.returncode == 1, done.stdout
        last = done.stdout.splitlines()[-1]
        assert last.startswith(f"CommandError: the data in {one.home} was made by another version of Backfill")
        assert "(ledger.0002_old); start with an empty folder (BACKFILL_HOME=" in last
        with one.hold_open() as user:
            with psycopg.connect(one.secrets().database_url) as connection:
                tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            user.communicate("\n", timeout=60)
        assert tables == [("django_migrations",)]


def test_says_that_the_database_does_not_answer() -> None:
    with installation() as one:
        done = one.manage(
            "demo", "--serve", DATABASE_URL="postgres://user@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1/0",
            BACKFILL_LOCAL="true", PORT=str(free_port()),
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stdout.splitlines()[-1].startswith("CommandError: The database does not answer: ")


def test_serves_named_servers_over_https_only(tmp_path: Path) -> None:
    """A production installation, its servers being the embedded ones of somebody else."""
    with installation() as elsewhere:
        user = elsewhere.hold_open()
        made = elsewhere.secrets()
        production = {
            "DATABASE_URL": made.database_url,
            "REDIS_URL": made.redis_url,
            "SECRET_KEY": "not-so-secret-but-long-enough-for-a-test-of-production",
            "ALLOWED_HOSTS": "books.example.com",
            "STATIC_ROOT": str(tmp_path / "static"),
            "PORT": str(free_port()),
        }
        one = Installation(tmp_path / "home")
        done = one.manage("migrate", "--verbosity", "0", **production)
        assert done.returncode == 0, done.stdout
        process = one.start("serve", **production)
        base_url = f"http://127.0.0.1:{production['PORT']}"
        wait_until_up(process, base_url, host="books.example.com")
        assert _location(base_url, "/admin/", "books.example.com") == "https://books.example.com/admin/"
        assert _status(base_url, "/metrics", "books.example.com") == 404
        for path in ("/healthz", "/readyz"):  # probes ask by address
            assert _status(base_url, path, "10.0.0.7:8000") == 200
        assert _status(base_url, "/admin/", "10.0.0.7:8000") == 400
        assert list((tmp_path / "static" / "unfold" / "fonts" / "inter").glob("styles.*.css.gz"))
        assert not (one.home / "postgres").exists()
        process.terminate()
        output = process.communicate(timeout=40)[0]
        assert process.returncode == 0, output
        user.communicate("\n")


def _ask(base_url: str, path: str, host: str) -> HTTPResponse:
    connection = HTTPConnection(base_url.removeprefix("http://"), timeout=20)
    connection.request("GET", path, headers={"Host": host})
    return connection.getresponse()


def _status(base_url: str, path: str, host: str) -> int:
    return _ask(base_url, path, host).status


def _answers_again(made: Generated, server: str) -> bool:
    try:
        if server == "valkey":
            return bool(redis.Redis.from_url(made.redis_url).ping())
        psycopg.connect(made.database_url).close()
    except (psycopg.OperationalError, redis.RedisError):
        return False
    return True


def _location(base_url: str, path: str, host: str) -> str | None:
    return _ask(base_url, path, host).headers["Location"]


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _wait_until_free(port: int) -> None:
    """Wait for the parts of a killed server to end by themselves."""
    for _ in range(200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                time.sleep(0.1)
            else:
                return
    raise subprocess.TimeoutExpired("the killed server's parts", 20)
