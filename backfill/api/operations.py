"""The description of one operation: what it takes, answers and refuses.

The same description validates the request and becomes the OpenAPI document, so the two cannot differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from rest_framework import serializers

from backfill.api.serializers import InputSerializer, QuerySerializer

Envelope = Literal["", "record", "list", "deletion"]
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path.

    query, body: serializers of what comes in; `body_is_update` makes nothing in the body required.
    answer: serializer of what goes out, inside `envelope` (with `object_name`) or, with `many`, in a bare array;
    None with `media_types` other than JSON is a file. `also_status` is a second success status with the same body.
    envelope_extra: serializer of what stands beside `data` in the envelope.
    errors: codes beyond those that every operation may answer, by status.
    body_example, answer_example: shown in the reference, called by the contract tests.
    """

    summary: str
    description: str = ""
    tag: str = ""
    query: type[QuerySerializer] | None = None
    body: type[InputSerializer] | None = None
    body_is_update: bool = False
    body_media_type: str = "application/json"
    answer: type[serializers.BaseSerializer[Any]] | None = None
    many: bool = False
    envelope: Envelope = ""
    envelope_extra: type[serializers.BaseSerializer[Any]] | None = None
    object_name: str = ""
    status: int = 200
    also_status: int | None = None
    has_entity_tag: bool = False
    media_types: tuple[str, ...] = ("application/json",)
    errors: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    body_example: Any = None
    answer_example: Any = None


def operation(**description: Any) -> Callable[[FunctionT], FunctionT]:
    """Describe a view's method: `@operation(summary=…, body=…, answer=…)`. See Operation for the parameters."""
    described = Operation(**description)

    def describe(function: FunctionT) -> FunctionT:
        function.operation = described  # type: ignore[attr-defined]
        return function

    return describe
