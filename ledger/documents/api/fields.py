"""Fields of documents: references, quantities, percentages, addresses."""

from collections.abc import Collection
from typing import Any, ClassVar, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.fields.optional import ObjectField
from backfill.letters.address_parts import ADDRESS_KEYS
from backfill.tenancy.days import day_named
from ledger.documents.lines.arithmetic import DISCOUNT_KEYS


class ReadObjectField(ObjectField):
    """An object whose sender chooses what is in it, but of which some keys are read: `texts` and `days`. Beside them it
    may have `kept` ones, which stay as they were sent, and a free `metadata`. Any other key is refused by name: it may
    be one that is read, mistyped, and would be lost without a word."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "unknown_field": "There is no such field. Fields: {known}. What is your own goes into metadata.",
        "no_text": "Must be a text or a number.",
        "no_day": "Must be a date in the form YYYY-MM-DD, or a time in RFC 3339.",
    }

    def __init__(
        self, *, texts: Collection[str] = (), days: Collection[str] = (), kept: Collection[str] = (), **kwargs: Any
    ) -> None:
        self.texts, self.days = frozenset(texts), frozenset(days)
        self.known = self.texts | self.days | frozenset(kept) | {"metadata"}
        super().__init__(**kwargs)
        properties: dict[str, Any] = {name: {} for name in sorted(self.known)}
        self._spectacular_annotation = {
            "field": {"type": "object", "properties": properties, "additionalProperties": False}
        }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value = super().to_internal_value(data)
        errors = {key: [error] for key in value if (error := self._refusal(key, value[key])) is not None}
        if errors:
            raise ValidationError(errors)
        return value

    def _refusal(self, key: str, value: Any) -> ErrorDetail | None:
        if key not in self.known:
            return self._error("unknown_field", code="unknown_field", known=", ".join(sorted(self.known)))
        if key in self.texts and (isinstance(value, dict | list | bool)):
            return self._error("no_text")
        return self._error("no_day") if key in self.days and not self._is_day(value) else None

    def _is_day(self, value: Any) -> bool:
        if value in (None, ""):
            return True
        try:
            day_named(value if isinstance(value, str) else "", "UTC")
        except (ValueError, OverflowError):
            return False
        return True

    def _error(self, message: str, code: str = "invalid", **facts: str) -> ErrorDetail:
        return ErrorDetail(self.error_messages[message].format(**facts), code=code)


class AddressField(ReadObjectField):
    """A postal address in the sender's own words: line1, city, postal_code, country and the like."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"max_keys": 30, "max_depth": 3, "max_text_length": 500}
        super().__init__(**{**own, "texts": ADDRESS_KEYS, "kept": _BESIDE_AN_ADDRESS, **kwargs})


class DiscountField(ReadObjectField):
    """A discount on a whole document: `amount` or `percent`."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"max_keys": 50, "max_depth": 3, "allow_null": False}
        super().__init__(**{**own, "texts": DISCOUNT_KEYS, "kept": _BESIDE_A_DISCOUNT, **kwargs})


class DiscountsField(serializers.ListField):
    """The discounts on a whole document."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Discounts on the whole document: objects with `amount` or `percent`.")
        super().__init__(**{"child": DiscountField(), "required": False, "max_length": 50, **kwargs})


class ProductField(ReadObjectField):
    """A product in the sender's words; its name and unit are printed where the line names no item."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"texts": ("name", "unit", "unit_label"), "kept": _BESIDE_A_PRODUCT}
        super().__init__(**{**own, **kwargs})


_BESIDE_AN_ADDRESS: Final = (
    *("id", "type", "label", "attention", "care_of", "first_name", "last_name", "full_name", "department", "phone"),
    *("fax", "email", "building", "district", "county", "state_code", "province_code", "country_name", "latitude"),
    *("longitude", "notes", "default"),
)
_BESIDE_A_DISCOUNT: Final = ("id", "name", "code", "reason", "description")
_BESIDE_A_PRODUCT: Final = (
    *("id", "product_id", "item_id", "variant_id", "variant", "variant_title", "sku", "gtin", "ean", "upc", "isbn"),
    *("mpn", "barcode", "hs_code", "country_of_origin", "description", "title", "category", "categories", "brand"),
    *("vendor", "manufacturer", "type", "tags", "options", "attributes", "color", "size", "weight", "weight_unit"),
    *("price", "currency", "url", "image_url", "active"),
)
