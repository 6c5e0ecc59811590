"""What the reference shows, kept beside an app's endpoints and compared by its tests: bodies as somebody would send
them on a first day (`bodies.json`), and real answers (`answers.json`). Both are found by the name of the object."""

from importlib.resources import files
from typing import Any

import orjson


def kept_answers(package: str) -> dict[str, Any]:
    """Return an app's records by their object name, each as `{"id", "object", "data"}`."""
    return _kept(package, "answers.json")


def kept_bodies(package: str) -> dict[str, Any]:
    """Return the bodies that create an app's records, by object name."""
    return _kept(package, "bodies.json")


def _kept(package: str, name: str) -> dict[str, Any]:
    kept: dict[str, Any] = orjson.loads((files(package) / name).read_bytes())
    return kept
