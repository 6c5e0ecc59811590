"""Requests as a server hands them over, in each way in which a body can come: what Django's test client cannot send."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from backfill.bodies import Environ, WholeBodies

Framing = Callable[[bytes], tuple[bytes, Mapping[str, Any]]]

CHUNKED: Mapping[str, Any] = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
HTTP2: Mapping[str, Any] = {"wsgi.input_terminated": True, "SERVER_PROTOCOL": "HTTP/2"}


def _stated(body: bytes) -> Mapping[str, Any]:
    return {"CONTENT_LENGTH": str(len(body))}


def _compressed(body: bytes, encoding: str, extra: Mapping[str, Any] | None = None) -> tuple[bytes, Mapping[str, Any]]:
    sent = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    return sent, {"HTTP_CONTENT_ENCODING": encoding, **(_stated(sent) if extra is None else extra)}


FRAMINGS: Mapping[str, Framing] = {
    "Content-Length": lambda body: (body, _stated(body)),
    "chunked": lambda body: (body, CHUNKED),
    "HTTP/2 without a length": lambda body: (body, HTTP2),
    "gzip": lambda body: _compressed(body, "gzip"),
    "deflate": lambda body: _compressed(body, "deflate"),
    "gzip, chunked": lambda body: _compressed(body, "gzip", CHUNKED),
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes
    environ: Environ = field(repr=False, default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.content)


def send(
    method: str,
    path: str,
    body: bytes = b"",
    *,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
    framing: str = "Content-Length",
    **extra: Any,
) -> Answer:
    """Send a request to the product in this process and return its answer."""
    sent, stated = FRAMINGS[framing](body)
    plain, _, query = path.partition("?")
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": plain,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": content_type,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(sent),
        "wsgi.errors": BytesIO(),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()},
        **stated,
        **extra,
    }
    started: list[Any] = []
    with _kept_connection():
        result: Any = _product()(environ, lambda status, headers, exc_info=None: started.extend([status, headers]))
        content = b"".join(result)
        result.close()
    return Answer(int(started[0].split()[0]), dict(started[1]), content, environ)


@contextmanager
def _kept_connection() -> Iterator[None]:
    """Keep the database connection of the test, in whose transaction all happens."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@cache
def _product() -> WholeBodies:
    return WholeBodies(WSGIHandler())
