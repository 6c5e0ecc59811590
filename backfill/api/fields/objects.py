"""Free JSON objects within limits."""

from decimal import Decimal
from typing import Any, ClassVar, cast

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backfill.api.renderers import dump_json


@extend_schema_field({"type": "object", "additionalProperties": True})
class JSONObjectField(serializers.Field[Any, Any, Any, Any]):
    """A free JSON object within limits: keys, depth and bytes. `flat` allows no objects or lists inside."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be an object.",
        "too_large": "{reason}",
    }

    def __init__(
        self,
        *,
        max_keys: int = 200,
        max_key_length: int = 100,
        max_text_length: int | None = None,
        max_depth: int = 5,
        max_bytes: int = 16_384,
        **kwargs: Any,
    ) -> None:
        self.max_keys, self.max_key_length, self.max_text_length = max_keys, max_key_length, max_text_length
        self.max_depth, self.max_bytes = max_depth, max_bytes
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        if len(data) > self.max_keys:
            self.fail("too_large", reason=f"Has more than {self.max_keys} keys.")
        value = cast(dict[str, Any], self._storable(data, 1))
        if len(dump_json(value)) > self.max_bytes:
            self.fail("too_large", reason=f"Is larger than {self.max_bytes} bytes.")
        return value

    def to_representation(self, value: Any) -> Any:
        return value

    def _storable(self, value: Any, depth: int) -> Any:
        """Return the value with JSON's own number types, refusing what would not come back as it was sent."""
        if isinstance(value, dict | list):
            return self._storable_container(value, depth)
        if isinstance(value, str) and self.max_text_length is not None and len(value) > self.max_text_length:
            self.fail("too_large", reason=f"A text is longer than {self.max_text_length} characters.")
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            self.fail("too_large", reason="A number is larger than 64 bits; send it as a string.")
        return self._json_number(value) if isinstance(value, Decimal) else value

    def _storable_container(self, value: Any, depth: int) -> Any:
        if depth > self.max_depth:
            self.fail("too_large", reason=f"Is nested deeper than {self.max_depth} levels.")
        if isinstance(value, list):
            return [self._storable(child, depth + 1) for child in value]
        if any(len(key) > self.max_key_length for key in value):
            self.fail("too_large", reason=f"A key is longer than {self.max_key_length} characters.")
        return {key: self._storable(child, depth + 1) for key, child in value.items()}

    def _json_number(self, value: Decimal) -> Any:
        number = orjson.loads(str(value)) if abs(value.adjusted()) < 300 else None
        if number is None or Decimal(repr(number)) != value:
            self.fail("too_large", reason=f"The number {value} cannot be kept exactly; send it as a string.")
        return number
