"""Numbers of the Bookkeeping contract that are not money: quantities, prices, rates as fractions."""

from decimal import Decimal
from typing import Any, ClassVar

from backfill.api.fields import ExactDecimalField


class NumberField(ExactDecimalField):
    """A JSON number, exact, in and out."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be a number."}

    def schema(self) -> dict[str, Any]:
        least = {} if self.minimum is None else {"minimum": int(self.minimum)}
        return {"type": "number", **least}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return plain_number(value)


def plain_number(value: Decimal) -> Decimal:
    """Return a number without trailing zeros and without exponent: 10, 12.5, 0.19."""
    return Decimal(format(value.normalize() + 0, "f"))
