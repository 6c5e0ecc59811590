"""Which bytes are text, and how they are read."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.encoding import examine_text, text_lines
from ledger.imports.errors import UnreadableFile

PRINTABLE = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1).filter(str.strip)


def _text(raw: bytes) -> str:
    file = io.BytesIO(raw)
    return "".join(text_lines(file, examine_text(file)))


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"plain\n", "UTF-8"),
        ("Bücher\n".encode(), "UTF-8"),
        (b"\xef\xbb\xbfB\xc3\xbccher\n", "UTF-8 with byte order mark"),
        (b"\xef\xbb\xbfplain\n", "UTF-8 with byte order mark"),
        ("Bücher – 5 €\r\n".encode("cp1252"), "Windows-1252"),
    ],
)
def test_names_the_encoding(raw: bytes, name: str) -> None:
    assert examine_text(io.BytesIO(raw)).encoding_name == name


def test_drops_the_byte_order_mark() -> None:
    assert _text(b"\xef\xbb\xbfa;b\n1;2\n") == "a;b\n1;2\n"


@given(st.lists(PRINTABLE, min_size=1))
def test_reads_back_what_was_written_as_utf8(lines: list[str]) -> None:
    assert _text("\n".join(lines).encode()) == "\n".join(lines)


@given(st.lists(st.sampled_from(["Bücher", "Größe", "plain", "5 €", "Müller – Söhne"]), min_size=1))
def test_reads_back_what_was_written_as_windows_1252(lines: list[str]) -> None:
    assert _text("\n".join(lines).encode("cp1252")) == "\n".join(lines)


def test_counts_lines_without_a_last_line_feed() -> None:
    assert examine_text(io.BytesIO(b"a\nb\nc")).line_count == 3


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The file is empty."),
        (b" \r\n\r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"PK\x03\x04rest", "The file is a ZIP archive or an Excel workbook; save the sheet as CSV."),
        (b"%PDF-1.7", "The file is a PDF document; export the data as CSV."),
        ("date,debit\n".encode("utf-16"), "The file is UTF-16 text; save it as UTF-8."),
        (b"a;b\n1;\x002\n", "Line 2 contains NUL bytes"),
        (b"a;b\n1;\x072\n", "Line 2 contains the control character 0x07"),
        (b"a\nB\xfccher\nx\x81\n", "Line 3 is neither UTF-8 nor Windows-1252 (byte 0x81)"),
        (
            "a\nBücher\n".encode() + "Größe\n".encode("cp1252"),
            "The file mixes two encodings: line 2 is UTF-8, line 3 is",
        ),
        (b"\xef\xbb\xbfa\nB\xfccher\n", "The file mixes two encodings: line 1 is UTF-8, line 2 is not"),
        (b"x" * 1_100_000, "Line 1 is longer than 1,048,576 bytes"),
    ],
)
def test_refuses_what_is_no_text_in_one_sentence(raw: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        examine_text(io.BytesIO(raw))
    assert refusal.value.message.startswith(message)
    assert "\n" not in refusal.value.message


@given(st.binary(max_size=400))
def test_any_bytes_are_either_refused_or_readable(raw: bytes) -> None:
    file = io.BytesIO(raw)
    try:
        profile = examine_text(file)
    except UnreadableFile:
        return
    assert "".join(text_lines(file, profile)).encode(profile.encoding) == raw.removeprefix(
        b"\xef\xbb\xbf" if profile.has_byte_order_mark else b""
    )
