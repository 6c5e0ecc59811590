"""File names as people gave them: cleaned when they come in, encoded for the header when they go out."""

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

LONGEST = 200


def clean_name(name: str, *, suffix: str) -> str:
    """Return the last part of a path, without characters that are unsafe in a header, a shell or a file dialog.

    Control and invisible formatting characters go too, among them the one that shows `fdp.exe` as `exe.pdf`. A name
    of which nothing is left becomes `document` and the suffix (`.pdf`); a name too long keeps its end.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if _is_safe(character))
    kept = " ".join(kept.split()).strip(" .")
    if not kept or kept.lower() == suffix.lstrip("."):
        return f"document{suffix}"
    if len(kept) > LONGEST:
        ending = PurePosixPath(kept).suffix[:10]
        kept = kept[: LONGEST - len(ending)].rstrip(" .") + ending
    return kept


def content_disposition(kind: str, name: str) -> str:
    """Return the header value for `attachment` or `inline` (RFC 6266).

    A name beyond ASCII is given twice: spelled out for old clients, and exactly as `filename*` (RFC 5987).
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "").replace("\\", "")
    value = f'{kind}; filename="{plain.strip() or "document"}"'
    return value if name.isascii() else f"{value}; filename*=UTF-8''{quote(name, safe='')}"


def _is_safe(character: str) -> bool:
    if character in "\"'`<>|:*?;%$&":
        return False
    return character == " " or unicodedata.category(character)[0] not in "CZ"
