"""File names as people gave them: cleaned when they come in, encoded for the header when they go out."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

LONGEST = 200

NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""The Content-Security-Policy of files that came from outside: a browser may show them, and runs nothing in them."""

_ENDING = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,8}", re.IGNORECASE)  # «.html», not the «.2026» of a number


def clean_name(name: str, *, suffixes: Sequence[str]) -> str:
    """Return the last part of a path, without characters that are unsafe in a header, a shell or a file dialog.

    Control and invisible formatting characters go too, among them the one that shows `fdp.exe` as `exe.pdf`. The name
    ends as its content does: `suffixes` are those of the file's type, the usual one first, and another one is replaced
    by it. A name of which nothing is left becomes `document` and the suffix; a name too long keeps its end.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if _is_safe(character))
    stem, ending = _parted(" ".join(kept.split()).strip(" ."), suffixes)
    return f"{stem[: LONGEST - len(ending)].rstrip(' .') or 'document'}{ending}"


def is_safe_name(name: str) -> bool:
    """Return whether a name is as it looks: no control or invisible character, and no path."""
    return bool(name.strip(" .")) and not any(
        character in "/\\" or unicodedata.category(character).startswith("C") for character in name
    )


def content_disposition(kind: str, name: str) -> str:
    """Return the header value for `attachment` or `inline` (RFC 6266).

    A name beyond ASCII is given twice: spelled out for old clients, and exactly as `filename*` (RFC 5987).
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "").replace("\\", "")
    value = f'{kind}; filename="{plain.strip() or "document"}"'
    return value if name.isascii() else f"{value}; filename*=UTF-8''{quote(name, safe='')}"


def _parted(name: str, suffixes: Sequence[str]) -> tuple[str, str]:
    """Return the name without the endings of other types, and the ending it is to have."""
    while name:
        path = PurePosixPath(name)
        if path.suffix.lower() in suffixes:
            return path.stem, path.suffix
        if f".{name.lower()}" in suffixes:
            return "", suffixes[0]
        if not _ENDING.fullmatch(path.suffix):
            break
        name = path.stem.rstrip(" .")
    return name, suffixes[0]


def _is_safe(character: str) -> bool:
    if character in "\"'`<>|:*?;%$&":
        return False
    return character == " " or unicodedata.category(character)[0] not in "CZ"
