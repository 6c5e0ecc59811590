"""Text, true and false, whole numbers, UUIDs, currencies, files: each taken only in its own JSON type."""

import re
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class TextField(serializers.CharField):
    """Text, not blank unless allowed. A number is refused, not turned into text. Length in characters."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class OptionalText(TextField):
    """Text that may be absent, empty or null; null is kept as the empty string, as our columns store it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "allow_null": True, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)


@extend_schema_field({"type": "boolean"})
class StrictBooleanField(serializers.Field[Any, Any, Any, Any]):
    """JSON true or false; in a query string the words `true` and `false`."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, str):
            data = {"true": True, "false": False}.get(data)
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> bool:
        return bool(value)


class StrictIntegerField(serializers.IntegerField):
    """A whole number of at most 64 bits; in a query string its digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -(2**63), "max_value": 2**63 - 1, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,19}", data):
            return int(data)
        if isinstance(data, Decimal) and data.adjusted() < 19 and data == data.to_integral_value():
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class StrictUUIDField(serializers.UUIDField):
    """A UUID in its 36 character form."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class CurrencyField(serializers.CharField):
    """An ISO 4217 code. Whether it is one in use is the ledger's to check."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be a three letter currency code, such as EUR."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spectacular_annotation = {"field": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"]}}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not re.fullmatch(r"[A-Z]{3}", data):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "format": "binary"})
class UploadField(serializers.FileField):
    """A file of a multipart body. What it really is, is for the service to find out."""
