"""A WSGI application behind the gateway that answers with what it was given, and keeps a list of its requests."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from backfill.asgi import Gateway
from backfill.bodies import REFUSAL, WholeBodies

ASKED = Path(os.environ.get("ECHO_ASKED", os.devnull))


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    refusal = environ.get(REFUSAL)
    told = {
        "path": environ["PATH_INFO"].encode("latin-1").decode(),
        "body": body.decode("latin-1"),
        "refused": refusal.code if refusal else None,
        **{name: value for name, value in environ.items() if name.startswith("HTTP_")},
    }
    with ASKED.open("a") as file:
        file.write(f"{told['path']}\n")
    if told["path"] == "/large":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([b"x" * 1_000_000] * 10)
    status = f"{refusal.status} Refused" if refusal else "200 OK"
    start_response(status, [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [json.dumps(told).encode()]


application = Gateway(WholeBodies(echo), threads=2)
