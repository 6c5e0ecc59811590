"""Base classes of what comes in: bodies and query strings. What goes out uses plain DRF serializers."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty
from rest_framework.utils.serializer_helpers import BindingDict

from backfill.api.fields import OptionalText, StrictIntegerField


class InputFields(BindingDict):
    """The fields of one body, each copied from its declaration when somebody asks for it.

    DRF copies all of them for every body; a document's line has dozens, of which a sender states a few.
    """

    def __init__(self, serializer: "InputSerializer") -> None:
        super().__init__(serializer)
        self.declared: Mapping[str, Any] = serializer._declared_fields  # noqa: SLF001 - where DRF keeps them
        self.updates = serializer.updates

    def __getitem__(self, name: str) -> Any:
        if name not in self.fields:
            field = deepcopy(self.declared[name])
            if self.updates:
                field.required, field.default = False, empty
            self[name] = field
        return self.fields[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)

    def __contains__(self, name: object) -> bool:
        return name in self.declared


class InputSerializer(serializers.Serializer[Any]):
    """The shape of a body. Unknown fields are refused by name; nested input serializers do the same.

    `aliases` maps an accepted name to the documented one (`{"lines": "line_items"}`), where the reference itself
    uses two. With `updates=True` nothing at this level is required and no default is filled in, but nested
    objects stay complete: that is what a partial update by PUT or PATCH means.
    """

    refuses_unknown: ClassVar[bool] = True
    aliases: ClassVar[Mapping[str, str]] = {}
    unknown_code: ClassVar[str] = "unknown_field"

    def __init__(self, *args: Any, updates: bool = False, **kwargs: Any) -> None:
        self.updates = updates
        self._sent: frozenset[str] = frozenset()
        super().__init__(*args, **kwargs)

    @cached_property
    def fields(self) -> "InputFields":
        return InputFields(self)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        errors: dict[str, Any] = {}
        named = self._documented_names(data, errors)
        self._sent = frozenset(named)
        if self.refuses_unknown:
            for name in named.keys() - self.fields.keys():
                errors[str(name)] = [ErrorDetail(self._unknown_message(), code=self.unknown_code)]
        try:
            values = super().to_internal_value(named)
        except ValidationError as error:
            sent = {name: alias for alias, name in self.aliases.items() if alias in data and name not in data}
            blamed = {sent.get(name, name): detail for name, detail in _as_mapping(error.detail).items()}
            raise ValidationError({**errors, **blamed}) from error
        if errors:
            raise ValidationError(errors)
        return values

    @property
    def _writable_fields(self) -> list[Any]:
        """The fields that have something to say: those that are sent, asked for or have a default.

        DRF would ask each of the others and catch its exception; of a document's line that is most of them.
        """
        return [
            self.fields[name]
            for name, declared in self._declared_fields.items()
            if name in self._sent or (not self.updates and (declared.required or declared.default is not empty))
        ]

    def _documented_names(self, data: Mapping[str, Any], errors: dict[str, Any]) -> dict[str, Any]:
        named = {name: data[name] for name in data}  # of a multipart body, not the lists it keeps
        for alias, name in self.aliases.items():
            if alias in named:
                value = named.pop(alias)
                if name in named:
                    errors[alias] = [ErrorDetail(f"The same as {name}, which is given too.", code="duplicate")]
                named.setdefault(name, value)
        return named

    def _unknown_message(self) -> str:
        known = ", ".join(sorted(self.fields))
        return f"There is no such field. Fields: {known}." if known else "There is no such field; this takes no body."


class SourcedInput(InputSerializer):
    """A body that may carry a source identity: the record's place in the system it came from.

    `source_id` with `source_system` and `connection_id` is unique per company and resource; `source_system` is
    `api` when only `source_id` is given.
    """

    source_system = OptionalText(max_length=50, help_text="Connector or provider that supplied the record.")
    source_id = OptionalText(max_length=200, help_text="Stable record id in the source system.")
    connection_id = OptionalText(max_length=100, help_text="Account, store or realm the record came through.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("source_id") and not attrs.get("source_system"):
            attrs["source_system"] = "api"
        return attrs


class BookkeepingInput(InputSerializer):
    """A body of the Bookkeeping contract, where unknown members are ignored."""

    refuses_unknown = False


class QuerySerializer(InputSerializer):
    """The shape of a query string. Unknown parameters and parameters given twice are refused in both contracts."""

    unknown_code = "unknown_parameter"

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(single_values(data) if isinstance(data, QueryDict) else data)

    def _unknown_message(self) -> str:
        known = ", ".join(sorted(self.fields)) or "none"
        return f"There is no such parameter. Parameters: {known}."


class LimitField(StrictIntegerField):
    """How many rows to answer, from 1 to `max_value`; out of range is an error, not clamped."""

    def __init__(self, *, default: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(
            **{"default": default, "min_value": 1, "max_value": max_value, "help_text": "Rows to answer.", **kwargs}
        )


class OffsetField(StrictIntegerField):
    """How many rows to skip."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"default": 0, "min_value": 0, "max_value": 10**12, "help_text": "Rows to skip.", **kwargs})


def single_values(params: QueryDict) -> dict[str, str]:
    """Return the parameters of a query string, refusing one that is given twice."""
    twice = [name for name, values in params.lists() if len(values) > 1]
    if twice:
        raise ValidationError({name: [ErrorDetail("Given more than once.", code="duplicate")] for name in twice})
    return {name: str(value) for name, value in params.items()}


def _as_mapping(detail: Any) -> Mapping[str, Any]:
    return detail if isinstance(detail, Mapping) else {"non_field_errors": detail}
