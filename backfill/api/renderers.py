"""JSON out, by orjson: money never passes through a float, times are UTC with a Z."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_NON_STR_KEYS


def dump_json(value: Any) -> bytes:
    """Return JSON with every Decimal as a string, its digits as they are (the Backfill contract)."""
    return orjson.dumps(value, default=_decimal_as_text, option=_OPTIONS)


def dump_json_with_numbers(value: Any) -> bytes:
    """Return JSON with every Decimal as a JSON number, its digits as they are (the Bookkeeping contract)."""
    return orjson.dumps(value, default=_decimal_as_number, option=_OPTIONS)


class BackfillRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dump_json(data)


class BookkeepingRenderer(BackfillRenderer):
    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dump_json_with_numbers(data)


def _decimal_as_text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return _other(value)


def _decimal_as_number(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    return _other(value)


def _other(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
