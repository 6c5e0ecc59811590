"""What stands between the sockets and the product: slow clients, half bodies, bodies without a length."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from backfill.serving import GRANIAN
from tests.infrastructure.installations import ROOT, free_port
from tests.infrastructure.slow_clients import answer_to, connected, dropped, ends_of, head, http2_status

CHUNKED = "Transfer-Encoding: chunked"
LOGIN = ("POST", "/v1/auth/login")
JSON = ("Content-Type: application/json", "Backfill-Contract: books")


@contextmanager
def _granian(target: str, port: int, **extra: str) -> Iterator[None]:
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "backfill.settings", **extra}
    process = subprocess.Popen([*command, target], cwd=ROOT, env=environment)
    try:
        _wait_until_it_listens(port)
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


def _wait_until_it_listens(port: int) -> None:
    for _ in range(600):
        try:
            ask(port, "GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")


def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers={"Host": "localhost", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def product() -> Iterator[int]:
    port = free_port()
    with _granian("backfill.asgi:application", port):
        yield port


@pytest.fixture
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "asked"


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    with _granian(
        "tests.infrastructure.echo:application", port, ECHO_ASKED=str(tmp_path_factory.getbasetemp() / "asked")
    ):
        yield port


def test_serves_others_while_two_hundred_clients_send_half_of_something(product: int) -> None:
    """Before, two of them stopped the site: each of the two threads waited for the rest of a body."""
    halves = [
        head(*LOGIN, *JSON, "Content-Length: 1000") + b'{"a":',
        head(*LOGIN, *JSON, CHUNKED) + b'3\r\n{"a\r\n',
        head("POST", "/admin/login/", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 99") + b"a=1",
        head(*LOGIN)[:-9],
    ]
    began = time.monotonic()
    slow = [connected(product, halves[number % 4]) for number in range(200)]
    took = []
    for _ in range(20):
        start = time.monotonic()
        assert ask(product, "GET", "/healthz")[0] == 200
        assert ask(product, *LOGIN, b'{"surplus": 1}', **{"Content-Type": "application/json"})[0] == 400
        took.append(time.monotonic() - start)
    assert time.monotonic() - began < 10  # none of the slow ones had been given up yet
    assert median(took) < 1
    ends = ends_of(slow, seconds=40)
    assert [ends.count(end) for end in (b"HTTP/1.1 408 Request Timeout", b"")] == [150, 50]
    assert time.monotonic() - began < 30


def test_says_that_a_body_came_too_slowly(product: int) -> None:
    answer = answer_to(product, head(*LOGIN, *JSON, "Content-Length: 9") + b"{")
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert told["code"] == "REQUEST_TIMEOUT"
    assert told["message"] == "The body came too slowly; nothing was done. Send the request again."


def test_gives_up_a_body_that_drips(echo: int) -> None:
    """A byte every second is never a pause, but no client worth waiting for is that slow."""
    with connected(echo, head("POST", "/drip", "Content-Length: 1000")) as connection:
        began = time.monotonic()
        connection.settimeout(1)
        while time.monotonic() - began < 40:
            connection.sendall(b"x")
            try:
                assert connection.recv(4096).startswith(b"HTTP/1.1 408")
            except TimeoutError:
                continue
            break
        assert 15 < time.monotonic() - began < 30


@pytest.mark.parametrize("lines", [("Content-Length: 99",), (CHUNKED,)], ids=str)
@pytest.mark.parametrize("part", [b"", b"5\r\n{}{}{\r\n"])
def test_does_nothing_when_the_client_goes_away_before_its_body(
    echo: int, asked: Path, lines: tuple[str, ...], part: bytes
) -> None:
    """What came of a chunked body could be empty, and an empty body may be one to act on."""
    path = f"/gone{len(part)}{len(lines[0])}"
    dropped(echo, head("POST", path, *lines) + part)
    assert ask(echo, "GET", "/after")[0] == 200
    assert path not in asked.read_text().split()


def test_reads_chunks_to_the_end(echo: int) -> None:
    status, content = ask(echo, "POST", "/chunks", iter([b'{"amount":', b'"5.00"}']))
    assert (status, json.loads(content)["body"]) == (200, '{"amount":"5.00"}')


def test_reads_http_2_without_a_length(echo: int, product: int) -> None:
    status, content = http2_status(echo, "POST", "/two", {"cookie": "a=1"}, b'{"amount":"5.00"}')
    told = json.loads(content)
    assert (status, told["body"], told["HTTP_HOST"]) == (200, '{"amount":"5.00"}', "localhost")
    headers = {"content-type": "application/json", "backfill-contract": "books"}
    status, content = http2_status(product, *LOGIN, headers, b'{"email":"anna@example.com"}')
    assert status == 400
    assert [error["field"] for error in json.loads(content)["errors"]] == ["password"]


def test_gives_headers_as_they_came(echo: int) -> None:
    sent = head(
        "GET", "/a%20b/%E2%82%AC", "Cookie: a=1", "Cookie: b=2", "X-Two: 1", "X-Two: 2", "X_Two: 3", "Connection: close"
    )
    answer = answer_to(echo, sent)
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (told["path"], told["HTTP_COOKIE"], told["HTTP_X_TWO"]) == ("/a b/€", "a=1; b=2", "1,2")
    assert answer.count(b"set-cookie: ") == 2


def test_does_not_hold_a_thread_for_a_slow_reader(echo: int) -> None:
    """Both threads answer 10 MB to clients that read nothing; two more clients are served all the same."""
    slow = [connected(echo, head("GET", "/large")) for _ in range(8)]
    time.sleep(0.5)
    assert [ask(echo, "GET", "/quick")[0] for _ in range(8)] == [200] * 8
    for connection in slow:
        connection.close()
    assert len(ask(echo, "GET", "/large")[1]) == 10_000_000


def test_refuses_a_body_beyond_the_limit_before_reading_it(echo: int) -> None:
    answer = answer_to(echo, head("POST", "/stated", "Content-Length: 99000000", "Connection: close"))
    assert answer.startswith(b"HTTP/1.1 413")
