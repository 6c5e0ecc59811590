"""Fields that may be absent or null: references, amounts, quantities, percentages, objects."""

from decimal import Decimal
from typing import Any

from backfill.api.fields.decimals import ExactDecimalField, MoneyField
from backfill.api.fields.objects import JSONObjectField
from backfill.api.fields.plain import StrictUUIDField

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
    """A free JSON object that may be absent; null, where it is allowed, is the empty one, as our columns store it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, {}) if data is None and self.allow_null else super().validate_empty_values(data)
