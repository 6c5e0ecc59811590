"""Values that a field must refuse, by the kind of the field, and bodies in which every field has one of them.

Read off the very serializers that validate requests, so that a field that is added is attacked from its first day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.fields import Field

from backfill.api.fields import (
    CurrencyField,
    ExactDecimalField,
    InstantField,
    JSONObjectField,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    StrictUUIDField,
)
from backfill.api.serializers import InputSerializer
from ledger.documents.api.fields import ReadObjectField

NO_TEXT = (7, True, ["x"], {"a": 1})
NO_DATE = ("2026-02-30", "", "x", 20260505, True, ["2026-05-05"], "0001-01-01", "9999-12-31", "2026-13-01")


@dataclass(frozen=True)
class Attack:
    """A body, and the paths of the fields that its refusal has to name."""

    body: dict[str, Any]
    blamed: frozenset[str]


def attacks(shape: type[InputSerializer], *, updates: bool = False) -> Iterator[Attack]:
    """Yield bodies in which every field is wrong, until every field has had each of its wrong values; then bodies
    whose lists and objects are none."""
    fields = shape(updates=updates).fields
    rounds = max((len(wrong_values(leaf)) for leaf in _leaves(fields)), default=0)
    for turn in range(rounds):
        blamed: set[str] = set()
        yield Attack({name: _wrong(field, turn, name, blamed) for name, field in fields.items()}, frozenset(blamed))
    containers = {name for name, field in fields.items() if _inner(field) is not None}
    absent = {name for name, field in fields.items() if field.required}
    for value in ("x", 7, True) if containers else ():
        yield Attack(dict.fromkeys(containers, value), frozenset(containers | absent))


def wrong_values(field: "Field[Any, Any, Any, Any]") -> tuple[Any, ...]:
    """Return what a field refuses, whatever else a body says."""
    for kind, found in _WRONG.items():
        if isinstance(field, kind):
            values = found(field)
            return values if field.allow_null else (*values, None)
    raise AssertionError(f"no wrong values are known for {type(field).__name__}: add some")


def _inner(field: Any) -> Any:
    """Return what a field that holds others holds: the member of a list, or the field itself when it is an object."""
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return field.child
    return field if isinstance(field, serializers.Serializer) else None


def _leaves(fields: Mapping[str, Any]) -> Iterator[Any]:
    for field in fields.values():
        inner = _inner(field)
        if isinstance(inner, serializers.Serializer):
            yield from _leaves(inner.fields)
        else:
            yield field if inner is None else inner


def _wrong(field: Any, turn: int, path: str, blamed: set[str]) -> Any:
    inner = _inner(field)
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return [_wrong(inner, turn, f"{path}[0]", blamed)]
    if inner is not None:
        return {name: _wrong(child, turn, f"{path}.{name}", blamed) for name, child in inner.fields.items()}
    values = wrong_values(field)
    blamed.add(path)
    return values[min(turn, len(values) - 1)]


def _text(field: Any) -> tuple[Any, ...]:
    too_long = () if field.max_length is None else ("x" * (field.max_length + 1),)
    return (*NO_TEXT, *too_long, *(() if field.allow_blank else ("", "  ")))


def _decimal(field: Any) -> tuple[Any, ...]:
    too_precise = float(f"1.{'0' * field.places}1")
    below = () if field.minimum is None else (float(field.minimum - 1),)
    return ("abc", "", "1,00", True, ["1"], {"a": 1}, too_precise, 10**field.whole_digits, float("1e30"), *below)


def _integer(field: Any) -> tuple[Any, ...]:
    return ("x", "", 1.5, True, [1], {"a": 1}, field.max_value + 1, field.min_value - 1)


def _object(field: Any) -> tuple[Any, ...]:
    deep: Any = 1
    for _ in range(field.max_depth + 1):
        deep = {"deeper": deep}
    wide = {str(number): number for number in range(field.max_keys + 1)}
    return ("x", "", 7, True, ["x"], deep, wide, {"x" * (field.max_key_length + 1): 1}, {"x": 10**30})


_WRONG: dict[type[Any], Any] = {
    CurrencyField: lambda _: ("usd", "EURO", "", "€€€", *NO_TEXT),
    serializers.ChoiceField: lambda _: ("wrong", 7, ["x"], {"a": 1}),
    serializers.RegexField: lambda _: ("wrong!", "", True, ["x"], {"a": 1}),
    serializers.CharField: _text,
    ExactDecimalField: _decimal,
    StrictDateField: lambda _: (*NO_DATE, "2026-05-05T00:00:00Z"),
    InstantField: lambda _: (*NO_DATE, "2026-02-30T12:00:00Z", "2026-05-05T25:00:00Z"),
    StrictUUIDField: lambda _: ("acme", "", 7, True, ["x"], {"a": 1}),
    StrictBooleanField: lambda _: ("yes", "", 1, 0, ["x"], {"a": 1}),
    StrictIntegerField: _integer,
    JSONObjectField: _object,
}


def read_objects(shape: type[InputSerializer]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path of every object of which some keys are read, its field, and a function of what it holds to a body
    that holds it."""
    yield from _read_objects(shape().fields, "", lambda held: held)


def free_objects(shape: type[InputSerializer]) -> set[str]:
    """Return the names of the objects that are kept and never read."""
    return {
        leaf.field_name or leaf.parent.field_name
        for leaf in _leaves(shape().fields)
        if isinstance(leaf, JSONObjectField) and not isinstance(leaf, ReadObjectField)
    }


def _read_objects(fields: Mapping[str, Any], path: str, within: Any) -> Iterator[tuple[str, Any, Any]]:
    for name, field in fields.items():
        inner = _inner(field)
        is_list = isinstance(field, serializers.ListSerializer | serializers.ListField)
        here = f"{path}{name}[0]" if is_list else f"{path}{name}"
        held = inner if is_list else field

        def wrapped(value: Any, name: str = name, is_list: bool = is_list) -> Any:
            return within({name: [value] if is_list else value})

        if isinstance(held, serializers.Serializer):
            yield from _read_objects(held.fields, f"{here}.", wrapped)
        elif isinstance(held, ReadObjectField):
            yield here, held, wrapped
