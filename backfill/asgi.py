"""The application that granian serves: it waits for bodies on the event loop, and only whole requests take a thread.

A client that sends half a body costs a few kilobytes until its time is up. It holds no thread and no database
connection, so it keeps nobody else waiting. The product behind it is Django's WSGI application, `backfill.wsgi`.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

from django.conf import settings

from backfill.bodies import (
    BodyTooLong,
    BodyTooSlow,
    Buffer,
    Environ,
    WsgiApplication,
    limit_for,
    put,
    refuse,
)
from backfill.errors import DomainError
from backfill.wsgi import application as product

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Between two pieces of a body, and on average over all of it: slower ones hold a connection for no good.
LONGEST_PAUSE: Final = 10.0
GRACE_SECONDS: Final = 20.0
BYTES_PER_SECOND: Final = 8 * 1024
# How long a client may take to read one piece of an answer.
LONGEST_READ: Final = 60.0
_PIECE: Final = 256 * 1024


class _ClientGone(Exception):
    """The connection ended before the body did; nothing may run."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: IO[bytes]


class Gateway:
    """An ASGI application in front of a WSGI one."""

    def __init__(self, application: WsgiApplication, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.shutdown":
                await asyncio.to_thread(self.threads.shutdown)
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        try:
            put(environ, await received(receive, environ))
        except DomainError as refusal:
            refuse(environ, refusal)
        except _ClientGone:
            return
        answer = await asyncio.get_running_loop().run_in_executor(self.threads, self._answer, environ)
        await _sent(answer, send)

    def _answer(self, environ: Environ) -> _Answer:
        """Run the application in this thread, to the end: a client that reads slowly shall not hold it."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            started[:] = [status, headers]

        body = Buffer(sys.maxsize)
        result = self.application(environ, start_response)
        try:
            for chunk in result:
                body.write(chunk)
        finally:
            close = getattr(result, "close", None)
            if close:
                close()
            environ["wsgi.input"].close()
        body.file.seek(0)
        status, headers = started
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return _Answer(int(status.split(" ", 1)[0]), encoded, body.file)


async def received(receive: Receive, environ: Environ) -> Buffer:
    """Return the body once all of it is there.

    Raises BodyTooLong and BodyTooSlow, and _ClientGone when the connection ends before the body.
    """
    limit = limit_for(environ.get("CONTENT_TYPE", ""))
    stated = environ.get("CONTENT_LENGTH", "")
    if stated.isdigit() and int(stated) > limit:
        raise BodyTooLong(f"A body may have {limit} bytes; this one has {stated}.")
    body, began, more = Buffer(limit), time.monotonic(), True
    while more:
        slack = GRACE_SECONDS + body.length / BYTES_PER_SECOND - (time.monotonic() - began)
        try:
            async with asyncio.timeout(min(LONGEST_PAUSE, max(slack, 0.0))):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow("The body came too slowly; nothing was done. Send the request again.") from None
        if message["type"] != "http.request":
            raise _ClientGone
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    return body


def environ_of(scope: Message) -> Environ:
    """Return the WSGI environ of a request, without its body."""
    path = scope.get("raw_path") or scope["path"].encode()
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    """Add one header. One with an underscore could pass itself off as another one, so it is left out."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    separator = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


async def _sent(answer: _Answer, send: Send) -> None:
    with answer.body as body:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        piece = body.read(_PIECE)
        more = True
        while more:
            following = body.read(_PIECE)
            more = bool(following)
            try:
                async with asyncio.timeout(LONGEST_READ):
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
            except TimeoutError:
                return
            piece = following


application = Gateway(product, threads=settings.WEB_THREADS)
