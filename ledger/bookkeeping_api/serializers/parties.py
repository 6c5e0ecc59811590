"""What customers and vendors have in common in the Bookkeeping contract: bank details and an address."""

import re
from typing import Any, ClassVar

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from backfill.api.fields import OptionalText
from backfill.api.serializers import InputSerializer

_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


class IbanField(OptionalText):
    """An IBAN, checked by ISO 7064 modulo 97-10 and its country's length; kept without spaces."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be an IBAN; its check digits must fit."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 42, **kwargs})  # 34 characters in groups of four

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            return ""
        try:
            return str(IBAN(text))
        except SchwiftyException:
            self.fail("invalid")


class BicField(OptionalText):
    """A BIC of 8 or 11 characters."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be a BIC of 8 or 11 letters and digits."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 11, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).upper()
        if text and not _BIC.fullmatch(text):
            self.fail("invalid")
        return text


class PartyAddressInput(InputSerializer):
    """Not one of the body's own members: a part of an address that has another name would be lost without a word."""

    street = OptionalText(max_length=255)
    city = OptionalText(max_length=255)
    zip = OptionalText(max_length=20)
    country = OptionalText(max_length=100)
