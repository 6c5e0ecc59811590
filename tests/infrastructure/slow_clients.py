"""Clients written by hand, byte by byte: slow ones, ones that go away, and one that speaks HTTP/2."""

import socket
import time
from collections.abc import Iterable, Mapping

HOST = "127.0.0.1"


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def connected(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection((HOST, port), timeout=90)
    connection.sendall(data)
    return connection


def answer_to(port: int, data: bytes) -> bytes:
    """Send the bytes and return all that comes until the server closes the connection."""
    with connected(port, data) as connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def dropped(port: int, data: bytes) -> None:
    """Send the bytes and go away once the server has them."""
    with connected(port, data):
        time.sleep(0.3)


def ends_of(connections: Iterable[socket.socket], seconds: float) -> list[bytes]:
    """Return the first line that each connection gets before it is closed; empty where it is closed without a word."""
    deadline = time.monotonic() + seconds
    lines = []
    for connection in connections:
        connection.settimeout(max(0.1, deadline - time.monotonic()))
        lines.append(connection.recv(4096).split(b"\r\n", 1)[0])
        connection.close()
    return lines


def http2_status(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Send one request over HTTP/2 without Content-Length; return status and body of the answer."""
    names = {":method": method, ":scheme": "http", ":authority": "localhost", ":path": path, **headers}
    block = b"".join(b"\x00" + _text(name.lower()) + _text(value) for name, value in names.items())
    half = len(body) // 2
    frames = [_frame(4, 0, 0, b""), _frame(1, 4, 1, block), _frame(0, 0, 1, body[:half]), _frame(0, 0, 1, body[half:])]
    with connected(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"".join(frames) + _frame(0, 1, 1, b"")) as connection:
        stream = connection.makefile("rb")
        status, content = 0, b""
        while True:
            length, kind, flags, number = _head(stream.read(9))
            payload = stream.read(length)
            if kind == 1:
                status = _status(payload)
            elif kind == 0:
                content += payload
            if number == 1 and flags & 1:
                return status, content


def _text(value: str) -> bytes:
    """A string of HPACK without Huffman's code, shorter than its length takes more than a byte."""
    assert len(value) < 127
    return bytes([len(value)]) + value.encode()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _head(nine: bytes) -> tuple[int, int, int, int]:
    return int.from_bytes(nine[:3], "big"), nine[3], nine[4], int.from_bytes(nine[5:], "big")


# The statuses in the static table of HPACK; any other one counts as 0.
_INDEXED = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def _status(block: bytes) -> int:
    return _INDEXED.get(block[0], 0)
