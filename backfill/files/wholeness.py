"""Whether bytes are what their first ones say: a file of one kind, not a few bytes of it before something else.

Only the structure is read, with no decoder of pictures or pages: those are large, and have faults of their own.
"""

import re
import struct
import zlib
from typing import Final

_PDF_START: Final = re.compile(rb"%PDF-\d\.\d")
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN: Final = 0xDA


def is_whole(content: bytes, mime_type: str) -> bool:
    """Return whether a PDF has its header and end, a JPEG its segments up to the picture, a PNG all of its chunks."""
    return {"application/pdf": _is_pdf, "image/jpeg": _is_jpeg, "image/png": _is_png}[mime_type](content)


def _is_pdf(content: bytes) -> bool:
    # Some writers put these before the header, and others anything behind the end.
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")
    return bool(_PDF_START.match(start)) and b"%%EOF" in content


def _is_jpeg(content: bytes) -> bool:
    """Walk the segments, each a marker and a length, until the picture begins. A picture cut short is still one."""
    at, has_frame = 2, False
    while content[at : at + 1] == b"\xff":
        while content[at : at + 1] == b"\xff":  # fill bytes are allowed
            at += 1
        head = content[at : at + 3]
        if len(head) < 3:
            return False
        marker, length = head[0], int.from_bytes(head[1:], "big")
        if marker < 0xC0 or length < 2:
            return False
        if marker == _START_OF_SCAN:
            return has_frame and at + 1 + length < len(content)
        has_frame = has_frame or marker in _START_OF_FRAME
        at += 1 + length
    return False


def _is_png(content: bytes) -> bool:
    """Walk the chunks, each a length, a name, its bytes and their checksum, from IHDR to IEND."""
    at, names = len(_PNG_START), []
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        named = content[at + 4 : at + 8 + length]
        if content[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(named)):
            return False
        names.append(named[:4])
        at += 12 + length
        if names[-1] == b"IEND":
            return names[0] == b"IHDR" and b"IDAT" in names
    return False
