"""How the bytes of an uploaded file are turned into lines of text: UTF-8 (with or without BOM) or Windows-1252.

The whole file is looked at before anything is believed, so a file that is not text, or that changes its encoding
half-way, is refused with one sentence instead of a thousand wrong letters. Memory is bounded by the longest line.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.imports.errors import UnreadableFile

MAX_LINE_BYTES = 1024 * 1024

_CONTROL_CHARACTER = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SIGNATURES = (
    (b"PK\x03\x04", gettext_lazy("The file is a ZIP archive or an Excel workbook; save the sheet as CSV.")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("The file is an old Excel workbook; save the sheet as CSV.")),
    (b"%PDF", gettext_lazy("The file is a PDF document; export the data as CSV.")),
    (b"\x1f\x8b", gettext_lazy("The file is a gzip archive; unpack it first.")),
    (b"\x89PNG", gettext_lazy("The file is a picture (PNG).")),
    (b"\xff\xd8\xff", gettext_lazy("The file is a picture (JPEG).")),
    (codecs.BOM_UTF16_LE, gettext_lazy("The file is UTF-16 text; save it as UTF-8.")),
    (codecs.BOM_UTF16_BE, gettext_lazy("The file is UTF-16 text; save it as UTF-8.")),
)


# What files of older programs come in and nothing in them tells: a person says so.
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": gettext_lazy("Windows-1252 (Western Europe)"),
    "cp1250": gettext_lazy("Windows-1250 (Central Europe)"),
    "cp1251": gettext_lazy("Windows-1251 (Cyrillic)"),
    "cp1253": gettext_lazy("Windows-1253 (Greek)"),
    "cp1254": gettext_lazy("Windows-1254 (Turkish)"),
    "cp1257": gettext_lazy("Windows-1257 (Baltic)"),
    "iso8859-2": gettext_lazy("ISO 8859-2 (Central Europe)"),
    "iso8859-15": gettext_lazy("ISO 8859-15 (Western Europe)"),
    "cp850": gettext_lazy("DOS 850 (Western Europe)"),
    "cp852": gettext_lazy("DOS 852 (Central Europe)"),
    "mac_roman": "Mac Roman",
}


@dataclass(frozen=True, slots=True)
class TextProfile:
    """What the bytes of a file are: `encoding` is Python's name of it, `line_count` counts line feeds."""

    encoding: str
    has_byte_order_mark: bool
    line_count: int
    sha256: str

    @property
    def encoding_name(self) -> str:
        if self.encoding == "cp1252":
            return "Windows-1252"
        if self.encoding != "utf-8":
            return str(ENCODINGS[self.encoding])
        return _("UTF-8 with byte order mark") if self.has_byte_order_mark else "UTF-8"


def examine_text(file: BinaryIO, encoding: str | None = None) -> TextProfile:
    """Read all of `file` from its start and say what it is. Raises `UnreadableFile`; leaves the position at the end.

    `encoding` is one of ENCODINGS for a file that a person knows; without it, UTF-8 or Windows-1252 by what is found.
    """
    if encoding is not None:
        return _examined_as(file, encoding)
    file.seek(0)
    _refuse_signature(file.read(8))
    file.seek(0)
    digest = hashlib.sha256()
    first_utf8 = first_cp1252 = line_count = 0
    is_blank = True
    for number, line in _raw_lines(file):
        line_count = number
        digest.update(line)
        is_blank = is_blank and not line.strip(b" \t\r\n\xef\xbb\xbf")
        _refuse_binary(number, line)
        if line.isascii() or (number == 1 and line.startswith(codecs.BOM_UTF8) and line[3:].isascii()):
            continue
        if _is_utf8(line):
            first_utf8 = first_utf8 or number
        else:
            first_cp1252 = first_cp1252 or number
            _refuse_undefined(number, line)
    if is_blank:
        raise UnreadableFile(_("The file is empty."))
    has_mark = _has_byte_order_mark(file)
    if first_cp1252 and (first_utf8 or has_mark):
        raise UnreadableFile(
            _(
                "The file mixes two encodings: line {first_utf8} is UTF-8, line {first_cp1252} is "
                "not. Save it anew in one encoding, UTF-8 or Windows-1252."
            ).format(first_utf8=first_utf8 or 1, first_cp1252=first_cp1252)
        )
    return TextProfile("cp1252" if first_cp1252 else "utf-8", has_mark, line_count, digest.hexdigest())


def _examined_as(file: BinaryIO, encoding: str) -> TextProfile:
    if encoding not in ENCODINGS:
        raise UnreadableFile(
            _("«{encoding}» is none of the encodings: {encodings}.").format(
                encoding=encoding, encodings=", ".join(ENCODINGS)
            )
        )
    file.seek(0)
    _refuse_signature(file.read(8))
    has_mark = _has_byte_order_mark(file)
    if has_mark and encoding != "utf-8":
        raise UnreadableFile(_("The file says itself that it is UTF-8, not {name}.").format(name=ENCODINGS[encoding]))
    file.seek(0)
    digest = hashlib.sha256()
    line_count, is_blank = 0, True
    for number, line in _raw_lines(file):
        line_count = number
        digest.update(line)
        is_blank = is_blank and not line.strip(b" \t\r\n\xef\xbb\xbf")
        _refuse_binary(number, line)
        try:
            line.decode(encoding)
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                _("Line {number} is not {name} (byte 0x{byte:02X}). Choose another encoding.").format(
                    number=number, name=ENCODINGS[encoding], byte=line[error.start]
                )
            ) from error
    if is_blank:
        raise UnreadableFile(_("The file is empty."))
    return TextProfile(encoding, has_mark, line_count, digest.hexdigest())


def text_lines(file: BinaryIO, profile: TextProfile) -> Iterator[str]:
    """Yield the lines of `file` from its start, decoded, with their line ends, without a byte order mark."""
    file.seek(0)
    for number, line in _raw_lines(file):
        starts_with_mark = number == 1 and profile.has_byte_order_mark
        yield line[3:].decode(profile.encoding) if starts_with_mark else line.decode(profile.encoding)


def _raw_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise UnreadableFile(
                _("Line {number} is longer than {most:,} bytes; this is not a table of bookings.").format(
                    number=number, most=MAX_LINE_BYTES
                )
            )
        yield number, line


def _refuse_signature(start: bytes) -> None:
    for signature, message in _SIGNATURES:
        if start.startswith(signature):
            raise UnreadableFile(str(message))


def _refuse_binary(number: int, line: bytes) -> None:
    if b"\0" in line:
        raise UnreadableFile(
            _("Line {number} contains NUL bytes: the file is binary, or UTF-16 text to be saved as UTF-8.").format(
                number=number
            )
        )
    if control := _CONTROL_CHARACTER.search(line):
        raise UnreadableFile(
            _("Line {number} contains the control character 0x{byte:02X}: the file is binary or damaged.").format(
                number=number, byte=line[control.start()]
            )
        )


def _refuse_undefined(number: int, line: bytes) -> None:
    if undefined := _UNDEFINED_IN_CP1252.search(line):
        raise UnreadableFile(
            _("Line {number} is neither UTF-8 nor Windows-1252 (byte 0x{byte:02X}). Save the file as UTF-8.").format(
                number=number, byte=line[undefined.start()]
            )
        )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_byte_order_mark(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(3) == codecs.BOM_UTF8
