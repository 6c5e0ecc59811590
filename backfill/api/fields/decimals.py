"""Exact numbers: money, rates, quantities. Never rounded on the way in, never a float on the way out."""

import re
from decimal import Decimal
from typing import Any, ClassVar, Final

from rest_framework import serializers

from backfill.currencies import CURRENCIES

CENT: Final = Decimal("0.01")
_DECIMALS: Final = {code: currency.decimals for code, currency in CURRENCIES.items()}


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


class BookkeepingAmountField(ExactDecimalField):
    """An amount as a JSON number, both in and out (the Bookkeeping contract): two decimals, and more only where its
    currency has them.

    `currency_at` is where the body states the currency; without it, it is the company's own.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be a number."}

    def __init__(self, *, currency_at: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.currency_at = currency_at
        super().__init__(**{"places": 2, **kwargs})

    def schema(self) -> dict[str, Any]:
        least = {} if self.minimum is None else {"minimum": int(self.minimum)}
        return {"type": "number", "examples": [100.0], **least}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, str):
            self.fail("invalid")
        self.places = max(2, _DECIMALS.get(self._currency(), 2))
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return books_amount(Decimal(value))

    def _currency(self) -> Any:
        company = self.context.get("company")
        stated: Any = getattr(self.root, "initial_data", None)
        for name in self.currency_at:
            stated = stated.get(name) if isinstance(stated, dict) else None
        if self.currency_at and isinstance(stated, str):
            return stated
        return company.base_currency if company is not None else ""


def books_amount(value: Decimal) -> Decimal:
    """Return an amount with two decimals, or with all that its currency has beyond them (KWD 1.234)."""
    cents = value.quantize(CENT)
    return (cents if cents == value else value.normalize()) + 0


def plain_decimal(value: Any, places: int = 2) -> str:
    """Return a decimal as text without exponent, with at least `places` decimals and no zeros beyond them."""
    # A list shows thousands of them, and str is three times as fast as format; it has an exponent only at the extremes.
    text = str(value)
    if "E" in text:
        text = format(Decimal(value), "f")
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    number = f"{whole}.{decimals}" if decimals else whole
    return number[1:] if number[0] == "-" and not number.strip("-0.") else number
