"""Serializer fields of both contracts: exact money, strict dates, bounded JSON. None of them guesses."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, cast
from uuid import UUID

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backfill.api.renderers import dump_json

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)
CENT: Final = Decimal("0.01")


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


@extend_schema_field({"type": "string", "format": "date", "examples": ["2026-05-05"]})
class StrictDateField(serializers.Field[Any, Any, Any, Any]):
    """A calendar day `YYYY-MM-DD` between 1900 and 2199."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be a date in the form YYYY-MM-DD.",
        "impossible": "There is no such day.",
        "out_of_range": f"Must lie between {EARLIEST} and {LATEST}.",
    }

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", data):
            self.fail("invalid")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("impossible")
        if not EARLIEST <= day <= LATEST:
            self.fail("out_of_range")
        return day

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "string", "format": "date-time", "examples": ["2026-05-05T12:00:00Z"]})
class InstantField(serializers.Field[Any, Any, Any, Any]):
    """An instant in RFC 3339, answered in UTC. A day alone is taken as its midnight, a time without zone as UTC."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be a time in RFC 3339, such as 2026-05-05T12:00:00Z.",
        "out_of_range": f"Must lie between {EARLIEST} and {LATEST}.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}|$)", data):
            self.fail("invalid")
        try:
            instant = datetime.fromisoformat(data.upper())
        except ValueError:
            self.fail("invalid")
        if not EARLIEST.year <= instant.year <= LATEST.year:
            self.fail("out_of_range")
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)

    def to_representation(self, value: Any) -> Any:
        return value


class ExactDecimalField(serializers.Field[Any, Any, Any, Any]):
    """A decimal in and out as a string (`"125.00"`); a JSON number is accepted, since the parser keeps its digits.

    `whole_digits` and `places` bound what is accepted: more decimals are refused, never rounded. `shown_places`
    is the least number of decimals in an answer; trailing zeros beyond it are dropped.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": 'Must be a decimal number as a string, such as "125.00".',
        "too_precise": "Has more than {places} decimals.",
        "max_value": "Has more than {whole_digits} digits before the decimal point.",
        "min_value": "Must not be less than {minimum}.",
    }

    def __init__(
        self,
        *,
        whole_digits: int = 14,
        places: int = 4,
        shown_places: int = 2,
        minimum: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.whole_digits, self.places, self.shown_places, self.minimum = whole_digits, places, shown_places, minimum
        super().__init__(**kwargs)
        self._spectacular_annotation = {"field": self.schema()}

    def schema(self) -> dict[str, Any]:
        sign = "" if self.minimum is not None and self.minimum >= 0 else "-?"
        pattern = rf"^{sign}[0-9]{{1,{self.whole_digits}}}(\.[0-9]{{1,{self.places}}})?$"
        return {"type": "string", "format": "decimal", "pattern": pattern, "examples": ["125.00"]}

    def to_internal_value(self, data: Any) -> Decimal:
        value = self._exact(data)
        if value.adjusted() >= self.whole_digits:
            self.fail("max_value", whole_digits=self.whole_digits)
        if value != value.quantize(Decimal(1).scaleb(-self.places)):
            self.fail("too_precise", places=self.places)
        if self.minimum is not None and value < self.minimum:
            self.fail("min_value", minimum=self.minimum)
        return value

    def to_representation(self, value: Any) -> Any:
        return plain_decimal(value, self.shown_places)

    def _exact(self, data: Any) -> Decimal:
        if isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", data):
            return Decimal(data)
        if not isinstance(data, int | Decimal) or isinstance(data, bool):
            self.fail("invalid")
        value = Decimal(data)
        # 1e400 and 1E-400 are refused by size before anything would write out their zeros.
        if value.adjusted() >= 60:
            self.fail("max_value", whole_digits=self.whole_digits)
        if len(value.as_tuple().digits) > 60 or int(value.as_tuple().exponent) < -60:
            self.fail("too_precise", places=self.places)
        return value


class MoneyField(ExactDecimalField):
    """An amount of money, in the currency that the record states. Precision per currency is the ledger's to check."""


class RateField(ExactDecimalField):
    """A percentage or an exchange rate."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"whole_digits": 9, "places": 12, **kwargs})


class BooksAmountField(ExactDecimalField):
    """An amount as a JSON number with at most two decimals, both in and out (the Bookkeeping contract)."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be a number."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"places": 2, **kwargs})

    def schema(self) -> dict[str, Any]:
        least = {} if self.minimum is None else {"minimum": int(self.minimum)}
        return {"type": "number", "multipleOf": 0.01, "examples": [100.0], **least}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return Decimal(value).quantize(CENT) + 0


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


def plain_decimal(value: Any, places: int = 2) -> str:
    """Return a decimal as text without exponent, with at least `places` decimals and no zeros beyond them."""
    text = format(Decimal(value), "f")
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    number = f"{whole}.{decimals}" if decimals else whole
    return number.removeprefix("-") if not number.strip("-0.") else number
