"""Naming a field in a refusal as the body has it, which may call it otherwise (`InputSerializer.aliases`)."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from backfill.api.serializers import InputSerializer

_STEPS = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def as_sent(path: str, shape: type[InputSerializer], body: Any) -> str:
    """Return `line_items[0].item_id` for `lines[0].product_id`, when those are the names that the body uses."""
    level: Any = _read(shape)
    named = ""
    for index, name in _STEPS.findall(path):
        if index:
            named += f"[{index}]"
            body = body[int(index)] if isinstance(body, list) and int(index) < len(body) else None
            continue
        sent, level = _sent_name(name, level, body)
        named += f".{sent}" if named else sent
        body = body.get(sent) if isinstance(body, Mapping) else None
    return named


@cache
def _read(shape: type[InputSerializer]) -> InputSerializer:
    """Return a serializer of which names are read and nothing else, so that one serves all requests: it costs
    milliseconds to make, and a body may be wrong in a hundred fields."""
    return shape()


def _sent_name(name: str, level: Any, body: Any) -> tuple[str, Any]:
    """Return what the body calls a field of a serializer, and the serializer of what it holds."""
    if not isinstance(level, InputSerializer):
        return name, None
    known = level.aliases.get(name, name)
    said = body if isinstance(body, Mapping) else {}
    alias = next((alias for alias, one in level.aliases.items() if one == known and alias in said), None)
    field = level.fields.get(known)
    held = field.child if isinstance(field, serializers.ListSerializer | serializers.ListField) else field
    return (alias if alias is not None and known not in said else name), held
