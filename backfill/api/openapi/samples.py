"""The curl command that shows how an operation is called."""

import json
from typing import Any


def curl(document: dict[str, Any], *, path: str, method: str) -> dict[str, str]:
    """Return the code sample of an operation; the shell fills in $BACKFILL_URL and $BACKFILL_TOKEN."""
    lines = [f'curl {"" if method == "GET" else f"-X {method} "}"$BACKFILL_URL{_sample_path(document, path)}"']
    if document["security"]:
        lines.append('-H "Authorization: Bearer $BACKFILL_TOKEN"')
    if any(parameter["name"] == "Idempotency-Key" for parameter in document["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    lines += _body_lines(document.get("requestBody", {}))
    return {"lang": "curl", "label": "curl", "source": " \\\n  ".join(lines)}


def _sample_path(document: dict[str, Any], path: str) -> str:
    needed = [p["name"] for p in document["parameters"] if p["in"] == "query" and p["required"]]
    query = "&".join(f"{name}=…" for name in needed)
    return path.replace("{", "$").replace("}", "") + (f"?{query}" if query else "")


def _body_lines(body: dict[str, Any]) -> list[str]:
    for media_type, media in body.get("content", {}).items():
        if media_type == "multipart/form-data":
            return ['-F "file=@document.pdf"']
        example = json.dumps(media.get("example", {}), ensure_ascii=False).replace("'", "'\\''")
        return [f'-H "Content-Type: {media_type}"', f"-d '{example}'"]
    return []
