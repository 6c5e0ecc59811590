"""Bodies of requests: bounded, decompressed and of known length before any view looks at them.

Django reads as many bytes as Content-Length says, and none without it. Chunked HTTP/1.1, most of HTTP/2 and compressed
bodies have no such length, so a step would run with its defaults. `WholeBodies` gives every body its true length, under
whichever server runs it. What cannot be read stands in the environ, and `backfill.contracts.middleware` refuses it in
the caller's format.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.conf import settings

from backfill.errors import DomainError

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

REFUSAL: Final = "backfill.body_refusal"
IN_MEMORY: Final = 1024 * 1024  # what is larger waits on disk
_CHUNK: Final = 64 * 1024
# The window sizes by which zlib knows the two formats.
_DECODERS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
ACCEPTED_ENCODINGS: Final = "gzip, deflate, identity"


class LengthRequired(DomainError):
    code = "LENGTH_REQUIRED"
    status = 411


class BodyTooSlow(DomainError):
    code = "REQUEST_TIMEOUT"
    status = 408


class BodyTooLong(DomainError):
    """Over the limit for any body. Under /v1 the operation itself says so, in the words of its reference."""

    code = "BODY_TOO_LARGE"
    status = 413


class UnknownEncoding(DomainError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class UnreadableBody(DomainError):
    code = "MALFORMED_BODY"
    status = 400


class WholeBodies:
    """A WSGI application whose requests all state the length of their body."""

    def __init__(self, application: WsgiApplication) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        with_length(environ)
        return self.application(environ, start_response)


class Buffer:
    """Collects a body, in memory first; raises BodyTooLong beyond the limit in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.length = 0
        self.file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as the request

    def write(self, chunk: bytes) -> None:
        self.length += len(chunk)
        if self.length > self.limit:
            raise BodyTooLong(f"A body may have {self.limit} bytes; this one is larger.")
        self.file.write(chunk)


def limit_for(content_type: str) -> int:
    """Return how many bytes a body of this type may have. Only forms with files may have more than JSON."""
    if content_type.strip().lower().startswith("multipart/form-data"):
        return int(settings.LARGEST_UPLOAD)
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def with_length(environ: Environ) -> None:
    """Put the body of a request into its environ with its true length, or the reason why it cannot be read."""
    if REFUSAL in environ:
        return
    try:
        encoding = _content_encoding(environ)
        stated = str(environ.get("CONTENT_LENGTH") or "")
        if stated and encoding is None:
            return
        body = _buffered(_chunks(environ, stated), encoding, limit_for(str(environ.get("CONTENT_TYPE", ""))))
    except DomainError as refusal:
        refuse(environ, refusal)
    else:
        put(environ, body)


def put(environ: Environ, body: Buffer) -> None:
    body.file.seek(0)
    environ["wsgi.input"] = body.file
    environ["CONTENT_LENGTH"] = str(body.length)


def refuse(environ: Environ, refusal: DomainError) -> None:
    """Leave the refusal for the middleware. The length stays over the limit where the body was too long."""
    environ[REFUSAL] = refusal
    if isinstance(refusal, BodyTooLong):
        beyond = limit_for(str(environ.get("CONTENT_TYPE", ""))) + 1
        stated = str(environ.get("CONTENT_LENGTH") or "")
        environ["CONTENT_LENGTH"] = str(max(beyond, int(stated) if stated.isdigit() else 0))
    else:
        environ["CONTENT_LENGTH"] = "0"
    environ["wsgi.input"] = SpooledTemporaryFile()  # noqa: SIM115 - lives as long as the request


def _content_encoding(environ: Environ) -> str | None:
    """Return the coding to take off the body, None for none; raises UnknownEncoding for others and for several."""
    coding = str(environ.get("HTTP_CONTENT_ENCODING", "")).strip().lower()
    transfer = str(environ.get("HTTP_TRANSFER_ENCODING", "")).strip().lower()
    if transfer not in {"", "chunked", "identity"}:
        raise UnknownEncoding("Only «Transfer-Encoding: chunked» is read. Compress by Content-Encoding instead.")
    if coding in {"", "identity"}:
        return None
    if coding not in _DECODERS:
        raise UnknownEncoding(
            f"A body with «Content-Encoding: {coding[:50]}» is not read. Send it as it is, or with gzip or deflate.",
            headers={"Accept-Encoding": ACCEPTED_ENCODINGS},
        )
    return coding


def _chunks(environ: Environ, stated: str) -> Iterator[bytes]:
    """Yield the body as sent; raises LengthRequired where the server cannot say where it ends."""
    if stated:
        remaining = int(stated) if stated.isdigit() else 0
    elif environ.get("wsgi.input_terminated"):
        remaining = None
    elif environ.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired("State the length of the body in Content-Length.")
    else:
        remaining = 0
    while remaining is None or remaining > 0:
        chunk = environ["wsgi.input"].read(_CHUNK if remaining is None else min(_CHUNK, remaining))
        if not chunk:
            if remaining:
                raise UnreadableBody("The body ends before the length that Content-Length states.")
            return
        remaining = None if remaining is None else remaining - len(chunk)
        yield chunk


def _buffered(chunks: Iterator[bytes], encoding: str | None, limit: int) -> Buffer:
    body = Buffer(limit)
    for piece in _decoded(chunks, encoding) if encoding else chunks:
        body.write(piece)
    return body


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Take off the compression piece by piece, so that a small body never becomes a large one in memory."""
    decoder = zlib.decompressobj(wbits=_DECODERS[encoding])
    is_empty = True
    try:
        for chunk in chunks:
            is_empty = False
            rest = chunk
            while rest:
                yield decoder.decompress(rest, _CHUNK)
                rest = decoder.unconsumed_tail
            if decoder.unused_data:
                raise UnreadableBody(f"Something follows the end of the {encoding} body.")
    except zlib.error as error:
        raise UnreadableBody(f"The body is not {encoding}, which its Content-Encoding says it is.") from error
    if not is_empty and not decoder.eof:
        raise UnreadableBody(f"The {encoding} body is cut off.")
