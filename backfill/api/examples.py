"""The answers that the reference shows: real ones, kept in an app's `answers.json` and compared by its tests."""

from importlib.resources import files
from typing import Any

import orjson


def kept_answers(package: str) -> dict[str, Any]:
    """Return an app's records by their object name, each as `{"id", "object", "data"}`."""
    answers: dict[str, Any] = orjson.loads((files(package) / "answers.json").read_bytes())
    return answers
