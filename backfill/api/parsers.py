"""JSON in, strictly: what two programs could read differently is refused instead of guessed."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import BaseParser

from backfill.api.errors import MalformedBody

MAX_DEPTH: Final = 20
MAX_INTEGER_DIGITS: Final = 40


class StrictJSONParser(BaseParser):
    """Reads one JSON value: UTF-8 only, no duplicate names, no NaN or Infinity, no NUL, numbers as Decimal.

    Decimals keep the digits of the text, so that 0.1 is 0.1 and 1e400 is a number too large, not infinity.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return parse_json(stream.read())


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text; raises MalformedBody, or ValidationError when one field is to blame."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The body is not UTF-8: byte {error.start} cannot be read.") from error
    try:
        value = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_bounded_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_without_duplicates,
        )
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH} levels.") from error
    _refuse_deep_nesting(value)
    # Only an escape can bring such a character in: raw control characters are no JSON, lone surrogates no UTF-8.
    if re.search(r"\\u(?:0000|[dD][89a-fA-F])", text):
        _refuse_unstorable_text(value)
    return value


def _bounded_integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise MalformedBody(f"A number in the body has more than {MAX_INTEGER_DIGITS} digits.")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBody(f"{name} is not a JSON number.")


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValidationError({twice: [ErrorDetail("This name is given twice in one object.", code="duplicate")]})
    return value


def _refuse_deep_nesting(value: Any) -> None:
    """Go through the containers level by level, without recursion and without naming what is not refused."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for container in level for child in _values(container) if isinstance(child, dict | list)]
        if not level:
            return
    raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _values(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return container.values()
    return container if isinstance(container, list) else ()


def _refuse_unstorable_text(value: Any, path: str = "") -> None:
    """Name the first text that PostgreSQL cannot store: NUL characters and halves of surrogate pairs."""
    if isinstance(value, dict):
        for name, child in value.items():
            child_path = f"{path}.{name}" if path else name
            _refuse_unstorable_text(name, child_path)
            _refuse_unstorable_text(child, child_path)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _refuse_unstorable_text(child, f"{path}[{index}]")
    elif isinstance(value, str):
        if "\x00" in value:
            raise ValidationError({path: [ErrorDetail("NUL characters cannot be stored.", code="invalid")]})
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError({path: [ErrorDetail("Half of a surrogate pair is not a character.", code="invalid")]})
