"""Fields of documents: references, quantities, percentages, addresses."""

from decimal import Decimal
from typing import Any

from backfill.api.fields import ExactDecimalField, JSONObjectField, MoneyField, StrictUUIDField

ZERO = Decimal(0)


class ReferenceField(StrictUUIDField):
    """The id of another record of the company; null is none. Whether it exists is the service's to check."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **kwargs})


class OptionalAmount(MoneyField):
    """An amount of money that may be absent or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **kwargs})


class UnitAmountField(ExactDecimalField):
    """A price of one, which may be finer than money."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "whole_digits": 12, "places": 6, **kwargs})


class QuantityField(ExactDecimalField):
    """A number of pieces, hours or kilograms."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_null": True, "whole_digits": 12, "places": 6, "shown_places": 0, **kwargs}
        )


class PercentField(ExactDecimalField):
    """A percentage between 0 and 100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_null": True, "whole_digits": 3, "places": 6, "minimum": ZERO, **kwargs}
        )


class ObjectField(JSONObjectField):
    """A free JSON object that may be absent; null is the empty one, as our columns store it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, {}) if data is None else super().validate_empty_values(data)


class AddressField(ObjectField):
    """A postal address in the sender's own words: line1, city, postal_code, country and the like."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_keys": 30, "max_depth": 3, "max_text_length": 500, **kwargs})
